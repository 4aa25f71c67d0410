"""The bent of one system of the built-in worlds: what its API offers, what it does to values, how it misbehaves."""

from random import Random
from typing import Any

from msgspec import Struct

from accord.connectorkit.manifest import Manifest
from accord.testing.system_model import Quirks

__all__ = ["SCOPE", "Bent", "draw_bent", "draw_quirks", "manifest_of"]

SCOPE = "kind"
"""The property that filters look at."""

PERSON = {
    "email": {"type": "string"},
    "phone": {"type": "string"},
    "name": {"type": "string"},
    "title": {"type": "string"},
    "note": {"type": "string"},
    "tags": {"type": "list"},
    "company": {"type": "string", "reference": "Company"},
}
COMPANY = {
    "vat": {"type": "string"},
    "name": {"type": "string"},
    "manager": {"type": "string", "reference": "Person"},
}
BESIDE = {"extra": {"type": "string"}, SCOPE: {"type": "string", "enum": ("in", "in", "in", "out")}}
"""What people fill in and no mapping reads (W1); and what decides on the scope of a filter (S10)."""


class Bent(Struct, kw_only=True):
    """Drawn traits of a system. `finds` is how a create is found again: "key", "our_id", "weak_id" (not enforced as
    unique), "search" or "never". `order`: "ordered", "opaque", or "none" where there is no version at all.
    `requires`: a person there has a company. `successor`: it tells which record one was merged into."""

    finds: str
    order: str
    exact: bool
    conditional: bool
    lag_s: float
    modified: str
    feed: str
    tombstones: str
    paging: str
    update: str
    replies: str
    confirm_s: float
    clock_error_s: float
    error_us: int
    declared: bool
    upper: bool
    ignores: bool
    computes: bool
    omits: bool
    partial: bool
    requires: bool
    successor: bool


def draw_bent(name: str, random: Random, *, declared: bool, strict: bool) -> Bent:
    """The traits of a system; "erp" changes the case of names, "shop" ignores titles, "crm" may compute notes."""
    draw, rare = random.choice, random.random
    order = draw(["ordered", "ordered", "opaque", "opaque", "opaque", "none" if rare() < 0.5 else "opaque"])
    bent = Bent(
        finds=draw(
            ["key", "key", "key", "our_id", "our_id", "weak_id", "search", "never" if rare() < 0.3 else "key"]
        ),
        order=order,
        exact=rare() < 0.5,
        conditional=order != "none" and rare() < 0.9,
        lag_s=draw([0, 0, 2]),
        modified=draw(["us", "us", "s", "s", "none" if rare() < 0.3 else "us"]),
        feed="version" if order == "ordered" and rare() < 0.3 else "iso",
        tombstones=draw(["", "", "flag", "flag", "path"]),
        paging=draw(["cursor", "cursor", "cursor", "offset"]),
        update=draw(["patch", "patch", "replace"]),
        replies=draw(["record", "record", "none"]),
        confirm_s=draw([0, 1]),
        clock_error_s=draw([0, 0, 0, 0, 2]),
        error_us=0,
        declared=name == "erp" and declared,
        upper=name == "erp",
        ignores=name == "shop" and rare() < 0.8,
        computes=name == "crm" and rare() < 0.15,
        omits=name == "shop" or rare() < 0.5,
        partial=rare() < 0.1,
        requires=name != "crm" and rare() < 0.1,
        successor=rare() < 0.5,
    )
    bent.error_us = round(random.uniform(-1, 1) * bent.clock_error_s * 1e6)
    if bent.feed == "iso" and bent.modified == "none":
        bent.modified = "us"
    if bent.computes:  # a side effect is told by the version of our own write (S6)
        bent.conditional, bent.replies = True, "record"
        bent.order = "opaque" if bent.order == "none" else bent.order
    if bent.partial:  # what it does to a property that it never shows can not be told (S3)
        bent.ignores = bent.omits = False
    return _strict(bent) if strict else bent


def _strict(bent: Bent) -> Bent:
    """Exact clocks, versions, whole replies; nothing is changed by the system itself."""
    bent.finds, bent.modified, bent.replies, bent.clock_error_s, bent.error_us = "key", "us", "record", 0, 0
    bent.order = "opaque" if bent.order == "none" else bent.order
    bent.conditional, bent.declared, bent.upper = True, False, False
    bent.ignores = bent.computes = bent.partial = bent.requires = False
    bent.omits = True
    return bent


def manifest_of(name: str, bent: Bent, *, cyclic: bool) -> Manifest:
    """The manifest of a system of this bent. `cyclic`: a company refers to a person, too."""
    company = COMPANY if cyclic else {path: COMPANY[path] for path in ("vat", "name")}
    types = {"Person": _type("/people", PERSON, bent), "Company": _type("/companies", company, bent)}
    person = types["Person"]
    if bent.partial:
        person["listing"] = {"partial": True, "omits": ["note"]}
        person["absent"] = dict.fromkeys(("listing", "feed", "fetch", "reply"), "silent")
    if bent.declared:
        person["properties"]["name"]["normalises"] = ["upper"]
    if bent.requires:
        person["properties"]["company"]["required"] = True
    return Manifest.model_validate({"name": name, "base_url": "http://127.0.0.1", "types": types})


def _type(path: str, properties: dict[str, Any], bent: Bent) -> dict[str, Any]:
    it: dict[str, Any] = {
        "path": path,
        "id": "id",
        "properties": {name: dict(spec) for name, spec in {**properties, **BESIDE}.items()},
        "page": {"style": "cursor", "size": 3, "next": "next", "items": "items"},
        "created": "created_at",
        "update": bent.update,
        "replies": {"update": bent.replies},
        "lag_s": bent.lag_s,
        "confirm_s": bent.confirm_s,
        "clock_error_s": bent.clock_error_s,
        "max_request_s": 5,
        "sweep_s": 0,
        "changes": {"parameter": "since", "format": bent.feed},
    }
    if bent.paging == "offset":
        it["page"] = {"style": "offset", "size": 3, "items": "items"}
    if bent.modified != "none":
        it["modified"] = {"property": "updated_at", "resolution": bent.modified}
    if bent.order != "none":
        it["version"] = {"property": "rev", "order": bent.order, "exact": bent.exact}
    if bent.conditional:
        it["conditional"] = "If-Match"
    if bent.omits:
        it["absent"] = dict.fromkeys(("listing", "feed", "fetch", "reply"), "null")
    if bent.tombstones:
        flagged = bent.tombstones == "flag"
        it["tombstones"] = {"property": "deleted"} if flagged else {"path": "/dead", "items": "items"}
    if bent.successor and bent.tombstones == "flag":
        it["successor"] = "merged_into"
    it.update(_finding(bent))
    if "our_id" in it:
        it["properties"]["hub_id"] = {"type": "string", "unique": bent.finds == "our_id"}
    return it


def _finding(bent: Bent) -> dict[str, Any]:
    if bent.finds == "key":
        return {"idempotency": {}}
    if bent.finds == "search":
        return {"search": {"created_since": "created", "deleted": True}}
    if bent.finds == "never":
        return {}
    return {
        "our_id": {"property": "hub_id", "unique": bent.finds == "our_id"},
        "search": {"our_id": "hub_id", "deleted": True},
    }


def draw_quirks(bent: Bent, random: Random, *, strict: bool) -> dict[str, Quirks]:
    """How the system misbehaves, by entity type; in a strict world only its listings trail, and pages come oddly."""
    shared = Quirks(lag_s=bent.lag_s * random.choice([0, 0.5, 1]))
    shared.clock_offset_s = random.choice([0, 0, 0, -3, 3])
    shared.duplicates = random.choice([0.0, 0.2])
    shared.late_pages = random.choice([0.0, 0.0, 0.2])
    if strict:
        return {"Person": shared, "Company": shared.model_copy()}
    shared.omits_nulls = bent.omits and random.random() < 0.5
    shared.noop_keeps = random.random() < 0.2
    if random.random() < 0.6 and not bent.computes:
        shared.lost_after = random.choice([0.05, 0.2])
        shared.lost_before = random.choice([0.0, 0.1])
        shared.errors = random.choice([0.0, 0.05])
        shared.errors_after = random.choice([0.0, 0.03])
        shared.throttles = random.choice([0.0, 0.05])
        shared.late = random.choice([0.0, 0.0, 0.1])
    person = shared.model_copy()
    person.recases = {"name": "upper"} if bent.upper else {}
    person.ignores = ("title",) if bent.ignores else ()
    person.computes = {"note": "{name}!"} if bent.computes else {}
    return {"Person": person, "Company": shared}
