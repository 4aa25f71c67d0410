"""Two small systems, a project between them, and scripts by hand."""

from pathlib import Path
from typing import Any

from accord.connectorkit.manifest import Manifest
from accord.project import Project
from accord.project.load import project_from_text
from accord.qa.checklist import Appears, Checklist, Edit, Field, Line, Make, Script, Shows, Spot, Step

CRM, ERP = "crm.Contacts", "erp.Customer"
PAIR = f"{CRM} - {ERP}"

WHOLE: dict[str, Any] = {
    "update": "patch",
    "version": {"etag": True, "property": "version", "order": "ordered", "exact": True},
    "conditional": "If-Match",
    "modified": "changed",
    "changes": {"parameter": "since", "format": "iso"},
    "tombstones": {"property": "deleted"},
    "idempotency": {},
}
"""A type with everything that a hub may wish for."""
BARE: dict[str, Any] = {"update": "replace"}
"""A type with nothing of it."""


def manifest(system: str, kind: str, properties: dict[str, Any], **settings: Any) -> Manifest:
    """A system with one entity type."""
    it = {"path": kind.lower(), "properties": properties, **(settings or WHOLE)}
    return Manifest.model_validate(
        {"name": system, "base_url": f"http://{system}.example/api", "types": {kind: it}}
    )


def manifests(crm: dict[str, Any] | None = None, erp: dict[str, Any] | None = None) -> dict[str, Manifest]:
    """Those of the two systems; what is given stands in place of WHOLE."""
    return {
        "crm": manifest(
            "crm", "Contacts", {"name": {}, "city": {}, "vip": {"type": "boolean"}}, **(crm or {})
        ),
        "erp": manifest(
            "erp", "Customer", {"title": {}, "place": {}, "good": {"type": "boolean"}}, **(erp or {})
        ),
    }


def project(
    rows: str,
    more: str = "",
    *,
    create: str = "{forward: always, backward: always}",
    systems: dict[str, Manifest] | None = None,
) -> Project:
    """A project with one pair; `more` are further settings of the pair."""
    text = f"""\
version: 1
name: small
systems:
  crm: {{connector: ./crm.yaml, priority: 2}}
  erp: {{connector: ./erp.yaml, priority: 1}}
pairs:
  - from: {CRM}
    to: {ERP}
    create: {create}
    rows: {rows}
{more}"""
    return project_from_text(text, Path("/nowhere"), manifests=systems or manifests())


def fields(**values: Any) -> tuple[Field, ...]:
    """Fields by path."""
    return tuple(Field(Spot(path.replace("__", ".")), value) for path, value in values.items())


def line(row: str, *scripts: Script, kind: str = "row", direction: str = "forward", pair: str = PAIR) -> Line:
    """A line of the only document."""
    return Line(document="small", pair=pair, row=row, kind=kind, direction=direction, scripts=scripts)


def row(mark: str, source: str, target: str, *, companion: str = "", at: str = ERP, of: str = CRM) -> Script:
    """A row's script: typical, another value, cleared."""
    made = {source: f"{mark} one"} | ({companion: f"{mark} more"} if companion else {})
    return Script(
        (
            Step(
                "typical",
                (Make("a", of, fields(**made)),),
                (Appears("b", "a", at, (mark,)), Shows("b", fields(**{target: f"{mark} one"}))),
            ),
            Step(
                "unicode",
                (Edit("a", fields(**{source: f"{mark} ÆØÅ"})),),
                (Shows("b", fields(**{target: f"{mark} ÆØÅ"})),),
            ),
            Step("clear", (Edit("a", fields(**{source: None})),), (Shows("b", fields(**{target: None})),)),
        )
    )


def creation(mark: str, source: str = "name", *, at: str = ERP, of: str = CRM) -> Script:
    """The script of the line of creation."""
    made = Make("a", of, fields(**{source: f"{mark} new"}))
    return Script((Step("typical", (made,), (Appears("b", "a", at, (mark,)),)),))


def checklist(*lines: Line) -> Checklist:
    """A checklist."""
    return Checklist("qa7", lines)
