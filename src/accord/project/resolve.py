"""Looks up the names of the specs in the manifests: entity types, paths, types, references, what may be written."""

from collections.abc import Mapping as ReadOnly

from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_parts import PropertySpec as Declared
from accord.core.lens import parse_place
from accord.core.types import KNOWN_TYPES, value_type
from accord.core.wording import remedy
from accord.project.casts import declared_type
from accord.project.known import known_property, near_paths
from accord.project.resolved import Resolved, ResolvedConcept, ResolvedMapping, ResolvedRow
from accord.project.schema import SystemConfig
from accord.project.source import Faults, Loc
from accord.project.specs import ConceptSpec, MappingSpec, PropertySpec, RowSpec, Specs

__all__ = ["resolve"]


def resolve(
    specs: Specs, systems: ReadOnly[str, SystemConfig], manifests: ReadOnly[str, Manifest], faults: Faults
) -> Resolved:
    """The specs with all that the manifests say; what they do not know is a fault, and is left out."""
    return _Resolver(specs, systems, manifests, faults).resolve()


class _Resolver:
    def __init__(
        self,
        specs: Specs,
        systems: ReadOnly[str, SystemConfig],
        manifests: ReadOnly[str, Manifest],
        faults: Faults,
    ) -> None:
        self._specs, self._systems, self._manifests, self._faults = specs, systems, manifests, faults
        self._entities = {m.key: entity for m in specs.mappings if (entity := self._entity(m)) is not None}
        self._declared: dict[tuple[str, str], Declared | None] = {}
        self._rows_of: dict[tuple[str, str], list[tuple[MappingSpec, RowSpec, Declared | None]]] = {}
        for mapping in specs.mappings:
            for row in mapping.rows:
                self._look_up(mapping, row)
                declared = self._declared.get((mapping.key, row.paths[0]))
                of_property = self._rows_of.setdefault((mapping.concept, row.property), [])
                of_property.append((mapping, row, declared))

    def resolve(self) -> Resolved:
        concepts = tuple(self._concept(concept) for concept in self._specs.concepts)
        by_name = {concept.spec.name: concept for concept in concepts}
        mappings = tuple(
            self._mapping(mapping, by_name[mapping.concept])
            for mapping in self._specs.mappings
            if mapping.key in self._entities
        )
        return Resolved(concepts=concepts, mappings=mappings)

    def _entity(self, mapping: MappingSpec) -> EntityType | None:
        where = mapping.where
        if mapping.system not in self._systems:
            what = f"`{mapping.key}` is of a system `{mapping.system}` that does not exist"
            self._faults.add(where, what, remedy(mapping.system, self._systems))
            return None
        manifest = self._manifests.get(mapping.system)
        if manifest is None:
            return None  # a fault of its own: the manifest could not be loaded
        entity = manifest.types.get(mapping.type)
        if entity is None:
            what = f"The system `{mapping.system}` has no entity type `{mapping.type}`"
            known = [f"{mapping.system}.{name}" for name in manifest.types]
            self._faults.add(where, what, remedy(mapping.entity_type, known))
        return entity

    def _look_up(self, mapping: MappingSpec, row: RowSpec) -> None:
        """Note what the manifest says of the row's paths, and those that it does not know."""
        entity = self._entities.get(mapping.key)
        for path in (*row.paths, *(path for path, _ in row.when)):
            declared = None if entity is None else self._path(mapping, entity, path, row.where)
            self._declared[mapping.key, path] = declared

    def _path(self, mapping: MappingSpec, entity: EntityType, path: str, where: Loc) -> Declared | None:
        try:
            plain = parse_place(path).paths()
        except ValueError:
            return None  # told where the place is built
        found = [known_property(entity, each) for each in plain]
        for each, declared in zip(plain, found, strict=True):
            if declared is None:
                what = f"{mapping.entity_type} has no property `{each}`"
                self._faults.add(where, what, remedy(each, near_paths(each, entity)))
        return found[0] if found else None

    def _concept(self, concept: ConceptSpec) -> ResolvedConcept:
        types, references = [], []
        for prop in concept.properties:
            type_name = value_type(self._type(concept, prop)).name
            types.append(type_name)
            references.append(self._pointed_to(concept, prop) if type_name == "reference" else "")
        return ResolvedConcept(spec=concept, types=tuple(types), references=tuple(references))

    def _rows(
        self, concept: ConceptSpec, prop: PropertySpec
    ) -> list[tuple[MappingSpec, RowSpec, Declared | None]]:
        return self._rows_of.get((concept.name, prop.name), [])

    def _type(self, concept: ConceptSpec, prop: PropertySpec) -> str:
        """Value type of a property: as written, else as the manifests agree on."""
        if prop.type is not None:
            try:
                value_type(prop.type)
                return prop.type
            except ValueError as error:
                known = KNOWN_TYPES.split(", ")
                self._faults.add(prop.where, f"`{prop.name}`: {str(error).partition(';')[0]}",
                                 remedy(prop.type, known))  # fmt: skip
                return "string"
        said: dict[str, str] = {}
        for mapping, row, declared in self._rows(concept, prop):
            if declared is None or (not row.is_plain() and declared.type in ("string", "object", "list")):
                continue
            try:
                said.setdefault(declared_type(declared), f"{mapping.entity_type}.{row.paths[0]}")
            except ValueError as error:
                what, _, advice = str(error).partition("; ")
                self._faults.add(
                    prop.where, f"The type of `{prop.name}` is not known: {what}", f"{advice.capitalize()}."
                )
                return "string"
        return self._agreed(prop, said)

    def _agreed(self, prop: PropertySpec, said: dict[str, str]) -> str:
        """One type of those that the manifests say: the only one, or the stricter one of text and something else."""
        strict = {name: place for name, place in said.items() if name not in ("string", "object")}
        kinds = {value_type(name).kind for name in strict}
        if "string" in said and (kinds == {"integer"} or prop.match_only):
            return "string"  # text may hold more than digits
        if len(strict) == 1 and ("string" not in said or kinds != {"reference"}):
            return next(iter(strict))
        if not strict:
            return "string" if "string" in said or not said else "object"
        if kinds == {"enum"} or prop.match_only:
            return "string"
        if kinds <= {"decimal"} or kinds == {"integer", "decimal"}:
            return max(
                (name for name in strict if name != "integer"), key=lambda name: value_type(name).scale
            )
        listed = " and ".join(f"{place} is {name}" for name, place in said.items())
        advice = "Write the type, and a lens where the payload's differs from it."
        if kinds == {"reference"}:
            advice = "Write `type: string` to copy the id as text, or declare the other one's reference too."
        self._faults.add(prop.where, f"The types of `{prop.name}` clash: {listed}", advice)
        return "string"

    def _pointed_to(self, concept: ConceptSpec, prop: PropertySpec) -> str:
        """The concept that a reference points to: as written, else that of the entity types it refers to."""
        if prop.to is not None:
            if self._specs.concept(prop.to) is None:
                what = f"`{prop.name}` refers to the concept `{prop.to}`, which is not mapped"
                self._faults.add(
                    prop.where, what, remedy(prop.to, (each.name for each in self._specs.concepts))
                )
            return prop.to
        found: dict[str, str] = {}
        for mapping, row, declared in self._rows(concept, prop):
            if declared is None or not declared.reference:
                continue
            target = f"{mapping.system}.{declared.reference}"
            concepts = [each.concept for each in self._specs.mappings if each.entity_type == target]
            if not concepts:
                what = f"{mapping.entity_type}.{row.paths[0]} refers to {target}, which is not mapped"
                self._faults.add(
                    row.where, what, "Map it too, or write `type: string` to copy the id as text."
                )
            found.update(dict.fromkeys(concepts, target))
        if len(found) > 1:
            what = f"`{prop.name}` refers to different concepts: {', '.join(found)}"
            self._faults.add(
                prop.where, what, "Write which one: `to: …`, or `type: string` to copy the id as text."
            )
        return next(iter(found), "")

    def _mapping(self, mapping: MappingSpec, concept: ResolvedConcept) -> ResolvedMapping:
        system = self._systems[mapping.system]
        return ResolvedMapping(
            spec=mapping,
            entity=self._entities[mapping.key],
            rows=tuple(self._row(mapping, row, concept) for row in mapping.rows),
            priority=system.priority if mapping.priority is None else mapping.priority,
        )

    def _row(self, mapping: MappingSpec, row: RowSpec, concept: ResolvedConcept) -> ResolvedRow:
        paths = {path: self._declared[mapping.key, path] for path in row.paths}
        written = [declared for path in row.written() if (declared := paths[path]) is not None]
        read_only = any(each.read_only for each in written)
        return ResolvedRow(
            spec=row,
            paths=tuple(paths.values()),
            reads=row.reads,
            writes=row.writes and not read_only,
            create_only=row.create_only or any(each.create_only for each in written),
            required=row.required or (row.writes and any(each.required for each in written)),
            references=self._held(mapping, row, paths[row.paths[0]], concept),
            why="read-only in the manifest" if read_only and row.writes else "",
        )

    def _held(
        self, mapping: MappingSpec, row: RowSpec, declared: Declared | None, concept: ResolvedConcept
    ) -> str:
        """Key of the mapping whose ids the row holds; of several facets the one of the concept pointed to (L9)."""
        if concept.type_of(row.property) != "reference":
            return ""
        pointed = concept.references[concept.columns[row.property]]
        if declared is None or not declared.reference:
            what = f"{mapping.entity_type}.{row.paths[0]} is mapped to a reference, but its manifest names no type"
            self._faults.add(row.where, what, "Add `reference: <type>` to the property in the manifest.")
            return ""
        target = f"{mapping.system}.{declared.reference}"
        keys = [each.key for each in self._specs.mappings_of(pointed) if each.entity_type == target]
        if not keys and pointed:
            what = (
                f"{mapping.entity_type}.{row.paths[0]} refers to {target}, which is not mapped to `{pointed}`"
            )
            self._faults.add(
                row.where, what, "Map it to that concept, or write `type: string` to copy the id as text."
            )
        return keys[0] if keys else ""
