"""Two systems without a server, and projects between them."""

from pathlib import Path
from typing import Any

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.core.errors import ConfigError, Fault
from accord.core.model import PropertyMapping
from accord.project import Project, project_from_text

__all__ = ["HEAD", "MANIFESTS", "faults_of", "loaded", "row_of"]

HEAD = "version: 1\nname: shop\nsystems: {crm: {connector: crm}, erp: {connector: erp}}\n"


def _manifest(name: str, types: dict[str, dict[str, Any]]) -> Manifest:
    entities = {
        key: {"path": key.lower(), "update": "patch", "properties": properties}
        for key, properties in types.items()
    }
    return manifest_from({"name": name, "base_url": f"http://{name}.example/", "types": entities})


MANIFESTS = {
    "crm": _manifest(
        "crm",
        {
            "Person": {
                **{path: {} for path in ("givenName", "familyName", "email", "mobile", "phone", "country")},
                "kind": {"enum": ["private", "business"]},
                "born": {"type": "date"},
                "age": {"type": "integer"},
                "seen": {"type": "datetime", "read_only": True},
                "nickname": {"max_length": 5},
                "alias": {"max_length": 5, "normalises": ["trim", "lower"]},
                "emails": {"type": "list"},
                "amount": {"type": "decimal"},
                "address": {"type": "object"},
                "address.city": {},
                "flags.main": {"type": "boolean"},
                "flags.rank": {"type": "integer"},
                "flags.note": {},
                "companyId": {"reference": "Company"},
            },
            "Company": {"name": {"required": True}, "number": {}, "size": {"type": "integer"}},
        },
    ),
    "erp": _manifest(
        "erp",
        {
            "Contact": {
                **{
                    path: {} for path in ("name", "first", "last", "mail", "tel", "tel2", "note", "birthDate")
                },
                "fullName": {"read_only": True},
                "short": {"max_length": 5},
                "spare": {},
                "price": {"type": "decimal", "scale": 2},
                "firm": {"type": "integer", "reference": "Firm"},
            },
            "Firm": {"title": {}, "vat": {}, "staff": {"type": "integer"}},
        },
    ),
}


def loaded(text: str) -> Project:
    """The project that a text states after `HEAD`."""
    return project_from_text(HEAD + text, Path(), manifests=MANIFESTS)


def faults_of(text: str) -> list[Fault]:
    """What is wrong with it; the text itself begins in line 1."""
    try:
        loaded(text)
    except ConfigError as error:
        lines = HEAD.count("\n")
        return [fault._replace(line=fault.line - lines) for fault in error.faults]
    return []


def row_of(project: Project, mapping: str, name: str) -> PropertyMapping:
    """The (first) row of a property."""
    return next(row for row in project.model.mappings[mapping].properties if row.name == name)
