"""What a concept has beyond the rows as written: groups as one property (M8), and the flag of the archive (W8)."""

from collections.abc import Iterator, Mapping as ReadOnly, Sequence

from msgspec.structs import replace

from accord.connectorkit.manifest import EntityType
from accord.core.folding import Folded, fold_group
from accord.core.lens import Path
from accord.core.lens.group import Flag
from accord.core.model import Mapping, Property, PropertyMapping, Survivorship
from accord.core.wording import remedy
from accord.project.fingerprint import fingerprint
from accord.project.source import Faults, Loc

__all__ = ["Folded", "fold_archive", "fold_groups"]

_ARCHIVED = "archived"
"""Name of the property that deletes set elsewhere, where they archive."""


def fold_groups(folded: Folded, groups: Sequence[Sequence[str]], where: Loc, faults: Faults) -> Folded:
    """The concept with each of its groups as one property, and rows that read and write it as one.

    A group that can not be carried out is a fault: unknown or repeated names, references, several rows of one of them
    in a mapping, a mapping that has a part of them or in other directions, survivorship that differs.
    """
    concept = folded.concept
    for index, names in enumerate(groups):
        faulty = list(_faults(folded, names, [n for other in groups[:index] for n in other]))
        for what, advice in faulty:
            faults.add((*where, "groups", index), f"The group {' + '.join(names)}: {what}", advice)
        if not faulty:
            folded = fold_group(folded, names, fingerprint)
    return folded if folded.concept is not concept else Folded(concept, folded.mappings)


def _faults(folded: Folded, names: Sequence[str], taken: Sequence[str]) -> Iterator[tuple[str, str]]:
    concept, mappings = folded
    columns = {prop.name: column for column, prop in enumerate(concept.properties)}
    for name in names:
        if name in taken or names.count(name) > 1:
            yield f"`{name}` is in a group twice", "Take one of them out."
        elif name not in columns:
            yield f"the concept has no property `{name}`", remedy(name, columns)
        elif concept.properties[columns[name]].reference:
            yield f"`{name}` is a reference", "Take it out; a reference waits for its target by itself (W5)."
    if not all(name in columns for name in names):
        return
    wanted = [columns[name] for name in names]
    rules = concept.survivorship
    if rules and any(rules[column] != rules[wanted[0]] for column in wanted):
        yield "its properties survive by different rules", "Give all of them one `survivorship`."
    elif rules and rules[wanted[0]].rule == "function":
        yield "its survivorship is a function of single values", "Use latest, priority or ask."
    for mapping in mappings:
        rows = [row for row in mapping.properties if row.property in wanted]
        if rows and sorted(row.property for row in rows) != sorted(wanted):
            yield (
                f"{mapping.key} maps a part of it, or one of it twice",
                "Map all of it once, or nothing of it.",
            )
        elif len({(row.reads, row.writes, row.create_only, row.update_only) for row in rows}) > 1:
            yield (
                f"{mapping.key} maps its properties in different directions",
                "Give all of them one direction.",
            )


def fold_archive(folded: Folded, types: ReadOnly[str, EntityType], where: Loc, faults: Faults) -> Folded:
    """The concept with a flag for what is archived, in every mapping whose manifest says how records are archived."""
    concept, mappings = folded
    if concept.delete != "archive":
        return folded
    if any(prop.name == _ARCHIVED for prop in concept.properties):
        what = f"The concept has a property `{_ARCHIVED}` of its own, and its deletes archive"
        faults.add((*where, "delete"), what, "Rename the property: the flag of the archive is called so.")
        return folded
    if not any(types[mapping.key].archive for mapping in mappings):
        what = "Deletes archive, and no system of the concept can archive its records"
        faults.add(
            (*where, "delete"),
            what,
            "Say in a manifest how: `archive: {property: …}`; or use another policy.",
        )
        return folded
    column = len(concept.properties)
    properties = (*concept.properties, Property(name=_ARCHIVED, type="boolean"))
    survivors = (*concept.survivorship, Survivorship()) if concept.survivorship else ()
    return Folded(
        replace(concept, properties=properties, survivorship=survivors, archived=column),
        [_with_flag(mapping, types[mapping.key], column) for mapping in mappings],
    )


def _with_flag(mapping: Mapping, entity: EntityType, column: int) -> Mapping:
    spec = entity.archive
    if spec is None:
        return mapping
    lens = Flag(on=spec.value, off=spec.otherwise)
    row = PropertyMapping(
        property=column,
        name=_ARCHIVED,
        place=Path(spec.property),
        lens=lens,
        fingerprint=fingerprint(spec.property, lens.fingerprint),
    )
    return replace(mapping, properties=(*mapping.properties, row))
