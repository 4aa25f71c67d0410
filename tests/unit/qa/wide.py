"""Systems that differ in all that a checklist has to mind, and sound projects between them."""

from pathlib import Path
from typing import Any

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.project import Project, project_from_text

__all__ = ["HALL", "HALL_MANIFESTS", "WIDE", "WIDE_MANIFESTS", "loaded", "manifest"]

TEXT: dict[str, Any] = {}


def manifest(name: str, types: dict[str, dict[str, Any]], **settings: dict[str, Any]) -> Manifest:
    """A system that answers at once; `settings` are those of entity types, by name."""
    entities = {
        key: {"path": key.lower(), "update": "patch", "properties": properties, **settings.get(key, {})}
        for key, properties in types.items()
    }
    return manifest_from({"name": name, "base_url": f"http://{name}.example/", "types": entities})


WIDE_MANIFESTS = {
    "crm": manifest(
        "crm",
        {
            "Person": {
                "name": {"required": True, "max_length": 60},
                "email": {"normalises": ["trim", "lower"], "unique": True},
                "phone": TEXT,
                "born": {"type": "date"},
                "vip": {"type": "boolean"},
                "rating": {"type": "float"},
                "level": {"type": "integer"},
                "balance": {"type": "decimal", "scale": 2},
                "seenAt": {"type": "datetime", "zone": "Europe/Oslo"},
                "wakes": {"type": "time"},
                "status": {"enum": ["lead", "won", "lost", "gone"]},
                "tags": {"type": "list"},
                "note": {"max_length": 300},
                "code": {"create_only": True, "max_length": 12},
                "score": {"type": "integer", "read_only": True},
                "firm": {"reference": "Firm"},
                "mails": {"type": "list"},
                "given": TEXT,
                "family": TEXT,
                "zip": {"max_length": 4},
                "area": TEXT,
                "mobile": TEXT,
                "backup": TEXT,
                "extra": {"type": "object"},
            },
            "Firm": {"name": {"required": True}, "orgNumber": {"unique": True}, "size": {"type": "integer"}},
        },
    ),
    "erp": manifest(
        "erp",
        {
            "Contact": {
                "fullName": {"max_length": 40, "normalises": ["collapse"]},
                "mail": TEXT,
                "tel": TEXT,
                "birth": {"max_length": 10},
                "isVip": TEXT,
                "rate": {"type": "float"},
                "tier": TEXT,
                "saldo": TEXT,
                "last": {"type": "datetime"},
                "wake": {"type": "time"},
                "state": {"enum": ["L", "W", "X"]},
                "labels": TEXT,
                "remark": {"max_length": 20},
                "externalCode": TEXT,
                "points": {"type": "integer"},
                "company": {"type": "integer", "reference": "Company"},
                "workMail": TEXT,
                "homeMail": TEXT,
                "known": TEXT,
                "knownToo": TEXT,
                "postal": TEXT,
                "place": TEXT,
                "cell": TEXT,
                "more": {"type": "object"},
                "number": {"unique": True, "max_length": 12},
            },
            "Company": {"title": {"required": True}, "vat": {"max_length": 20}, "staff": TEXT},
        },
        Company={"id": {"property": "id", "type": "integer"}},
    ),
}

WIDE = """
version: 1
name: wide
systems:
  crm: {connector: crm, priority: 2}
  erp: {connector: erp, priority: 1}
pairs:
  - from: crm.Person
    to: erp.Contact
    create: {forward: always, backward: always}
    delete: propagate
    match:
      - {all: [[email, mail]], normalise: email}
      - [[name, fullName], [born, birth]]
    rows:
      - [name, fullName]
      - [email, mail]
      - {from: {path: phone, lens: phone(NO)}, to: {path: tel, lens: phone(NO)}}
      - {from: born, to: {path: birth, lens: {name: date, format: "%d.%m.%Y"}}, type: date}
      - {from: vip, to: {path: isVip, lens: {name: boolean, raw: [N, Y]}}, type: boolean}
      - [rating, rate]
      - [level, tier]
      - {from: balance, to: {path: saldo, lens: {name: decimal, raw: text, mark: ","}}, type: decimal(2)}
      - [seenAt, last]
      - [wakes, wake]
      - {from: {path: status, lens: {name: map, pairs: {lead: L, won: W, lost: X}}}, to: state}
      - {from: tags, to: {path: labels, lens: split}, type: set(string)}
      - {from: {path: note, lens: truncate(20)}, to: remark, direction: forward}
      - [code, externalCode]
      - {from: score, to: points, direction: forward}
      - [firm, company]
      - {from: {path: mails.value, when: {mails.kind: work}}, to: workMail}
      - {from: {path: mails.value, when: {mails.kind: home}}, to: homeMail}
      - {from: {paths: [given, family], lens: {name: join, absent: null}}, to: known}
      - {from: {paths: [given, family], lens: {name: join, absent: null}}, to: knownToo}
      - [zip, postal]
      - {from: {path: area, lens: [trim, upper]}, to: {path: place, lens: [trim, upper]}}
      - {from: mobile, to: cell, main: true}
      - {from: backup, to: cell, first_of: true}
      - {from: extra, to: more, type: object}
  - from: crm.Firm
    to: erp.Company
    create: {forward: always, backward: linked}
    match:
      - {all: [[orgNumber, vat]], normalise: number}
    rows:
      - [name, title]
      - [orgNumber, vat]
      - [size, staff]
"""

HALL_MANIFESTS = {
    "crm": manifest(
        "crm",
        {
            "Customer": {
                "name": {"required": True},
                "number": {"max_length": 20},
                "kind": {"enum": ["person", "firm"], "required": True},
                "mail": {},
                "city": {},
                "stage": {"enum": ["new", "won", "lost"]},
                "closed": {"read_only": True},
                "tags": {},
            },
            "Firm": {
                "name": {"required": True},
                "number": {"max_length": 20},
                "mail": {},
                "city": {},
                "stage": {"enum": ["new", "won", "lost"]},
                "closed": {"read_only": True},
            },
            "Deal": {
                "title": {"required": True},
                "stage": {"enum": ["open", "won", "lost"]},
                "customer": {"reference": "Firm", "required": True},
                "amount": {"type": "decimal", "scale": 2},
                "currency": {"enum": ["NOK", "EUR"]},
                "product": {"reference": "Product"},
                "probability": {"type": "integer"},
            },
            "Product": {
                "sku": {"unique": True, "max_length": 30},
                "name": {"required": True},
                "price": {"type": "decimal", "scale": 2},
                "active": {"type": "boolean"},
            },
        },
    ),
    "erp": manifest(
        "erp",
        {
            "Person": {"fullName": {}, "custNo": {}, "email": {}, "town": {}},
            "Supplier": {"name": {}, "custNo": {}},
            "Company": {
                "name": {},
                "custNo": {},
                "email": {},
                "town": {"default": "Oslo"},
                "segment": {"required": True},
                "owner": {"read_only": True},
            },
            "Order": {
                "title": {},
                "buyer": {"reference": "Company"},
                "sum": {"type": "decimal", "scale": 2},
                "cur": {},
                "item": {"reference": "Item"},
                "chance": {"type": "integer"},
            },
            "Item": {
                "sku": {},
                "name": {},
                "price": {"type": "decimal", "scale": 2},
                "on": {"type": "boolean"},
            },
            "Log": {"text": {}, "code": {}, "state": {}},
        },
        Log={"operations": {"update": False, "delete": False}},
    ),
    "shop": manifest(
        "shop",
        {
            "Article": {
                "sku": {},
                "label": {"max_length": 25},
                "price": {"type": "decimal", "scale": 2},
                "stock": {"type": "integer"},
                "copy": {},
            },
        },
    ),
}
HALL = """
version: 1
name: hall
systems:
  crm: {connector: crm, priority: 3}
  erp: {connector: erp, priority: 2}
  shop: {connector: shop, priority: 1}
concepts:
  product:
    properties: {sku: string, name: string, price: decimal(2), on: boolean, text: string}
    match: [[sku]]
    delete: recreate
  log:
    properties: {text: string, code: string, state: string}
mappings:
  crm.Product:
    concept: product
    properties: {sku: sku, name: name, price: price, "on": active}
    filter: {active: {not: false}}
  erp.Item:
    concept: product
    create: {rule: connected}
    properties: {sku: sku, name: name, price: price, "on": "on"}
  shop.Article:
    concept: product
    create: {when: {price: {present: true}}}
    properties:
      sku: sku
      name: [label, {path: copy, direction: write, enforce: true}]
      price: {path: price, direction: write}
pairs:
  - from: {type: crm.Customer#person, when: {kind: person}, constants: {kind: person}}
    to: erp.Person
    create: {forward: always, backward: always}
    match: [[[number, custNo]]]
    delete: ignore
    rows: [[name, fullName], [number, custNo], [mail, email], [city, town]]
  - from: {type: crm.Customer#firm, when: {kind: firm}, constants: {kind: firm}}
    to: erp.Supplier
    match: [[[number, custNo]]]
    rows: [[name, name], [number, custNo]]
  - from: crm.Firm
    to: {type: erp.Company, constants: {segment: A}}
    create: {forward: {rule: linked, when: {stage: won}, connected: [Deal]}, backward: linked}
    match: [[[number, custNo]]]
    delete: propagate
    rows:
      - [name, name]
      - [number, custNo]
      - {from: mail, to: {path: email, update_only: true}}
      - [city, town]
      - [closed, owner]
  - from: crm.Deal
    to: erp.Order
    create: {forward: {rule: linked, when: {stage: won}}, backward: linked}
    rows:
      - [title, title]
      - {from: customer, to: buyer}
      - [amount, sum]
      - [currency, cur]
      - [product, item]
      - {from: probability, to: chance, direction: backward}
    groups: [[amount, currency]]
"""


def loaded(text: str, manifests: dict[str, Manifest]) -> Project:
    """The project that a text states."""
    return project_from_text(text, Path(), manifests=manifests)
