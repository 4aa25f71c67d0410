"""The text of a new project: systems, and pairs with the rows that their equal names suggest."""

from collections.abc import Mapping as ReadOnly, Sequence
from typing import Final

from accord.connectorkit.manifest import EntityType, Manifest
from accord.core.wording import remedy
from accord.project.casts import clash

__all__ = ["TEMPLATE_SYSTEMS", "draft_text"]

TEMPLATE_SYSTEMS: Final = {"crm": "crmoffice", "erp": "customerp"}
"""The systems of a project that names none, as an example."""

_HEAD = """\
# An Accord project. Every setting: `accord schema project`. Check it with: accord check
version: 1
name: {name}

# The connected applications. `connector` is a built-in one ({builtin}), or the path of a manifest file.
# Secrets never stand here: under `auth` write env:NAME or file:PATH, where the manifest's own names do not fit.
systems:
"""
_GUARDS = """
# When a person is asked before much is destroyed; these are the defaults.
# guards: {share: 0.1, least: 5, most: 500, confirm_above: 100}
"""
_EXAMPLE = """
# What is kept in sync: pairs of entity types, and their properties row by row.
# pairs:
#   - from: crm.Contacts
#     to: erp.Contact
#     match: [[[email, email]]]                     # what identifies a person in both
#     create: {forward: always, backward: linked}   # new contacts are created in the ERP, not the other way
#     rows:
#       - [givenName, firstName]
"""


def draft_text(
    name: str,
    systems: ReadOnly[str, tuple[str, str]],
    pairs: Sequence[tuple[str, str]],
    manifests: ReadOnly[str, Manifest],
    builtin: Sequence[str],
) -> str:
    """The text of accord.yaml. `systems` are (connector, URL or ""), `pairs` two entity types (system.Type) each.

    Raises ValueError: a pair names a system or an entity type that is not there.
    """
    lines = [_HEAD.format(name=name, builtin=", ".join(builtin))]
    for number, (system, (connector, url)) in enumerate(systems.items()):
        lines.append(f"  {system}:\n    connector: {connector}\n")
        lines.append(
            f"    priority: {len(systems) - number}   # the higher one wins where records differ at first\n"
        )
        lines.append(f"    url: {url}\n" if url else f"    # url: {manifests[system].base_url}\n")
    for system in systems:
        lines.append(f"    # entity types of {system}: {', '.join(manifests[system].types)}\n")
    if pairs:
        lines.append(
            "\n# What is kept in sync: pairs of entity types, and their properties row by row.\npairs:\n"
        )
        lines += [_pair(one, other, manifests) for one, other in pairs]
    else:
        lines.append(_EXAMPLE)
    lines.append(_GUARDS)
    return "".join(lines)


def _pair(one: str, other: str, manifests: ReadOnly[str, Manifest]) -> str:
    ours, theirs = _entity(one, manifests), _entity(other, manifests)
    rows = _rows(ours, theirs)
    left = [path for path in ours.properties if path not in {a for a, _ in rows}]
    right = [path for path in theirs.properties if path not in {b for _, b in rows}]
    lines = [f"  - from: {one}\n    to: {other}\n    create: {{forward: always, backward: linked}}\n"]
    lines.append("    # match: [[[email, email]]]   # what identifies the same thing in both\n")
    lines.append("    rows:\n" if rows else "    rows: []\n")
    lines += [f"      - [{a}, {b}]\n" for a, b in rows]
    lines.append(f"    # not mapped yet, of {one}: {', '.join(left) or 'nothing'}\n")
    lines.append(f"    # not mapped yet, of {other}: {', '.join(right) or 'nothing'}\n")
    return "".join(lines)


def _entity(written: str, manifests: ReadOnly[str, Manifest]) -> EntityType:
    system, _, type_name = written.partition(".")
    if system not in manifests:
        raise ValueError(f"there is no system {system}. {remedy(system, manifests)}")
    if type_name not in manifests[system].types:
        known = [f"{system}.{name}" for name in manifests[system].types]
        raise ValueError(f"there is no entity type {written}. {remedy(written, known)}")
    return manifests[system].types[type_name]


def _rows(ours: EntityType, theirs: EntityType) -> list[tuple[str, str]]:
    """Paths that bear the same name on both sides, with types that fit; each is used once."""
    by_name: dict[str, str] = {}
    for path, spec in theirs.properties.items():
        if not spec.reference:
            by_name.setdefault(_plain(path), path)
    found = []
    for path, spec in ours.properties.items():
        other = by_name.get(_plain(path))
        if other is None or spec.reference:
            continue
        if spec.type == theirs.properties[other].type or not clash("string", spec):
            found.append((path, by_name.pop(_plain(path))))
    return found


def _plain(path: str) -> str:
    return path.replace("_", "").lower()
