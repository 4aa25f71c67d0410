"""Small projects, drafted from documents and made stricter by a seeded hand, so that their sandboxes can say no."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.dataflow.document import Alternative, Cell, Condition, Creation, Document, End, Row, Section
from accord.dataflow.importing import project_from_documents
from accord.project import Project, project_from_text
from accord.qa.checklist import Checklist
from accord.qa.deriving import derive

__all__ = ["WORLDS", "World", "checklist", "project_of"]


Strict = dict[str, dict[str, dict[str, Any]]]
"""What systems demand: by system and place ("Person.name")."""


@dataclass(frozen=True)
class World:
    """A project's settings as plain data, and its manifests."""

    data: dict[str, Any]
    manifests: Mapping[str, Manifest]


def _row(text: str) -> Row:
    """ "born - birth: date", with "mails.value[mails.kind=work]" for a condition."""
    cells, _, kind = text.partition(": ")
    source, _, target = cells.partition(" - ")
    return Row(_cell(source), _cell(target), kind or "string")


def _cell(text: str) -> Cell:
    path, _, rest = text.partition("[")
    where, _, value = rest.removesuffix("]").partition("=")
    return Cell(path, (Condition(value, where),) if where else ())


def _drafted(
    between: tuple[str, str],
    sections: list[tuple[str, str, Creation, Creation, list[str], str, str]],
) -> list[Document]:
    """The documents of both directions: source, target, creation forth and back, match, rows, those only forward."""
    forward, backward = [], []
    for source, target, forth, back, match, both, only in sections:
        start, goal = (End(*each.split("#")) for each in (source, target))
        rows = [_row(each) for each in both.splitlines() if each.strip()]
        more = [_row(each) for each in only.splitlines() if each.strip()]
        combinations = [tuple(tuple(part.split(" - ")) for part in each.split(" and ")) for each in match]
        alternatives = tuple(Alternative(each) for each in combinations)  # type: ignore[arg-type]
        forward.append(Section(start, goal, forth, alternatives, (*rows, *more)))
        turned = tuple(Row(each.target, each.source, each.type) for each in rows)
        backward.append(Section(goal, start, back, (), turned))
    one, other = between
    return [Document(one, other, tuple(forward)), Document(other, one, tuple(backward))]


def _stricter(manifest: dict[str, Any], hand: Random, strict: dict[str, dict[str, Any]]) -> Manifest:
    """The draft with what systems demand: as told for some places, and lengths as the hand falls."""
    for name, entity in manifest["types"].items():
        properties = entity["properties"]
        entity["lag_s"] = 0  # both of two that meet are seen at once, so that priorities decide (M6)
        for path, declared in properties.items():
            told = strict.get(f"{name}.{path}", {})
            if not declared and not told:
                properties[path] = {"max_length": hand.randrange(30, 90)}
            properties[path].update(told)
        for place, told in strict.items():
            if place.partition(".")[0] == name:
                properties.setdefault(place.partition(".")[2], told)
    return manifest_from(manifest)


def _world(
    seed: int,
    documents: list[Document],
    strict: Strict,
    **settings: Any,
) -> World:
    """A project of documents; `settings` are those of pairs, by number: `pair_0`."""
    draft = project_from_documents(documents, name="world", known={})
    data = yaml.safe_load(draft.files["accord.yaml"])
    hand = Random(seed)
    manifests = {}
    for priority, key in enumerate(sorted(data["systems"]), start=1):
        text = draft.files[f"manifests/{key}.yaml"]
        manifests[key] = _stricter(yaml.safe_load(text), hand, strict.get(key, {}))
        data["systems"][key] = {"connector": key, "priority": 10 - priority}
    for index, pair in enumerate(data["pairs"]):
        pair["rows"] = [_long(row) for row in pair["rows"]]
        pair["match"] = [{"all": each} for each in pair.get("match") or []]
        for key, value in settings.get(f"pair_{index}", {}).items():
            _set(pair, key, value)
    return World(data, manifests)


def _set(pair: dict[str, Any], key: str, value: Any) -> None:
    """`rows.LABEL` adds to a row; `from` and `to` to an end."""
    if key.startswith("rows."):
        row = next(each for each in pair["rows"] if label(each) == key[5:])
        for side in ("from", "to"):
            row[side].update(value.get(side, {}))
        row.update({word: said for word, said in value.items() if word not in ("from", "to")})
    elif key in ("from", "to"):
        pair[key] = {"type": pair[key], **value}
    else:
        pair[key] = value


def _long(row: Any) -> dict[str, Any]:
    found = dict(zip(("from", "to", "type"), row, strict=False)) if isinstance(row, list) else dict(row)
    for side in ("from", "to"):
        found[side] = {"path": found[side]} if isinstance(found[side], str) else dict(found[side])
    return found


def label(row: dict[str, Any]) -> str:
    """A row as faults name it: the paths."""
    return f"{_path(row['from'])} - {_path(row['to'])}"


def _path(side: dict[str, Any]) -> str:
    where = "".join(f"[{value}]" for value in side.get("when", {}).values())
    return f"{' + '.join(side.get('paths', ()))}{side.get('path', '')}{where}"


ALWAYS, LINKED = Creation("always"), Creation("linked")


def _people() -> World:
    rows = """name - title
mail - email
tel - phone
born - birth: date
age - years: integer
vip - flag: boolean
city - place"""
    documents = _drafted(
        ("Crm", "Erp"),
        [
            (
                "Person",
                "Contact",
                ALWAYS,
                ALWAYS,
                ["mail - email", "born - birth and city - place"],
                rows,
                "note - remark",
            )
        ],
    )
    strict: Strict = {
        "crm": {"Person.name": {"required": True, "max_length": 40}, "Person.mail": {"unique": True}},
        "erp": {
            "Contact.title": {"required": True},
            "Contact.email": {"normalises": ["trim", "lower"], "unique": True},
            "Contact.size": {"type": "integer"},
        },
    }
    return _world(1, documents, strict, pair_0={"delete": "propagate"})


def _deals() -> World:
    rows = """title - name
code - number
stage - state: enum(open|won|lost)
sum - amount: decimal(2)
due - deadline: datetime
mails.value[mails.kind=work] - workMail
mails.value[mails.kind=home] - homeMail
rate - share: float"""
    condition = Creation("condition", "A deal that is won")
    documents = _drafted(
        ("Crm", "Erp"), [("Deal", "Order", condition, LINKED, ["code - number"], rows, "hint - memo")]
    )
    strict: Strict = {
        "crm": {"Deal.title": {"required": True}, "Deal.stage": {"enum": ["open", "won", "lost"]}},
        "erp": {
            "Order.name": {"required": True},
            "Order.number": {"unique": True},
            "Order.state": {"enum": ["won", "lost", "open", "done"]},
            "Order.kind": {"enum": ["order", "offer"], "required": True, "default": "order"},
        },
    }
    create = {"forward": {"condition": "A deal that is won", "when": {"stage": "won"}}, "backward": "linked"}
    to = {"constants": {"kind": "offer"}}
    return _world(2, documents, strict, pair_0={"create": create, "delete": "recreate", "to": to})


def _things() -> World:
    """Three systems, a copy, a fallback, a filter."""
    first = """sku - number
name - title
price - cost: decimal(2)"""
    second = """number - code
title - label
cost - price: decimal(2)"""
    documents = [
        *_drafted(("Crm", "Erp"), [("Item", "Product", ALWAYS, ALWAYS, ["sku - number"], first, "")]),
        *_drafted(
            ("Erp", "Shop"),
            [("Product", "Article", ALWAYS, LINKED, ["number - code"], second, "title - copy")],
        ),
    ]
    strict: Strict = {
        "crm": {
            "Item.name": {"required": True},
            "Item.active": {"type": "boolean", "default": True},
            "Item.barcode": {"max_length": 40},
        },
        "erp": {"Product.title": {"required": True, "max_length": 35}, "Product.number": {"unique": True}},
        "shop": {"Article.code": {"create_only": True}, "Article.label": {"normalises": ["trim"]}},
    }
    return _world(
        3,
        documents,
        strict,
        pair_0={"from": {"filter": {"active": True}, "constants": {"active": True}}},
        pair_1={},
    )


def _lenses() -> World:
    rows = """born - birth
tel - phone
kind - type
given - known
sum - amount
vip - flag
tags - labels
area - place"""
    documents = _drafted(
        ("Crm", "Erp"),
        [("Person", "Contact", ALWAYS, ALWAYS, ["code - number"], "code - number\n" + rows, "note - remark")],
    )
    strict: Strict = {
        "crm": {
            "Person.born": {"type": "date"},
            "Person.family": {},
            "Person.kind": {"enum": ["private", "business"]},
            "Person.sum": {"type": "decimal", "scale": 2},
            "Person.vip": {"type": "boolean"},
            "Person.tags": {"type": "list"},
            "Person.note": {"max_length": 200},
        },
        "erp": {
            "Contact.birth": {"max_length": 10},
            "Contact.type": {"enum": ["P", "B"]},
            "Contact.remark": {"max_length": 12},
        },
    }
    lenses = {
        "rows.born - birth": {"to": {"lens": {"name": "date", "format": "%d.%m.%Y"}}, "type": "date"},
        "rows.tel - phone": {"from": {"lens": "phone(NO)"}, "to": {"lens": "phone(NO)"}},
        "rows.kind - type": {
            "to": {"lens": {"name": "map", "pairs": {"P": "private", "B": "business"}}},
            "type": "enum(private|business)",
        },
        "rows.sum - amount": {
            "to": {"lens": {"name": "decimal", "raw": "text", "mark": ","}},
            "type": "decimal(2)",
        },
        "rows.vip - flag": {"to": {"lens": {"name": "boolean", "raw": ["N", "Y"]}}, "type": "boolean"},
        "rows.tags - labels": {"to": {"lens": "split"}, "type": "set(string)"},
        "rows.area - place": {"from": {"lens": ["trim", "upper"]}, "to": {"lens": ["trim", "upper"]}},
        "rows.note - remark": {"to": {"lens": "truncate(12)"}},
    }
    return _world(4, documents, strict, pair_0=lenses)


def _facets() -> World:
    person = "name - fullName\nnumber - no\ncity - town"
    firm = "name - title\nnumber - orgNo\ncity - place"
    documents = _drafted(
        ("Crm", "Erp"),
        [
            ("Customer#human", "Person", ALWAYS, ALWAYS, ["number - no"], person, ""),
            ("Customer#organisation", "Company", ALWAYS, LINKED, ["number - orgNo"], firm, ""),
        ],
    )
    strict: Strict = {
        "crm": {
            "Customer.name": {"required": True},
            "Customer.kind": {"enum": ["human", "firm"], "required": True},
        },
        "erp": {"Company.title": {"required": True}},
    }
    human = {"when": {"kind": "human"}, "constants": {"kind": "human"}}
    firm_ = {"when": {"kind": "firm"}, "constants": {"kind": "firm"}}
    return _world(5, documents, strict, pair_0={"from": human}, pair_1={"from": firm_})


def _references() -> World:
    firm = "name - title\nnumber - vat"
    person = "name - fullName\nmail - email\nfirm - company: reference"
    documents = _drafted(
        ("Crm", "Erp"),
        [
            (
                "Firm",
                "Company",
                Creation("linked", connected=("Person",)),
                LINKED,
                ["number - vat"],
                firm,
                "",
            ),
            ("Person", "Contact", ALWAYS, LINKED, ["mail - email"], person, ""),
        ],
    )
    strict: Strict = {
        "crm": {"Firm.name": {"required": True}, "Person.firm": {"reference": "Firm"}},
        "erp": {"Company.vat": {"unique": True}, "Contact.company": {"reference": "Company"}},
    }
    return _world(6, documents, strict, pair_1={"rows.firm - company": {"type": "reference"}})


WORLDS = {
    "people": _people,
    "deals": _deals,
    "things": _things,
    "lenses": _lenses,
    "facets": _facets,
    "references": _references,
}


@cache
def _built(name: str) -> World:
    return WORLDS[name]()


def project_of(name: str, fault: Any = None) -> Project:
    """The project of a world, with a fault in its settings."""
    world = _built(name)
    data = deepcopy(world.data)
    if fault is not None:
        fault(data)
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    return project_from_text(text, Path(), manifests=world.manifests)


@cache
def checklist(name: str) -> Checklist:
    """The checklist of the sound project."""
    return derive(project_of(name))
