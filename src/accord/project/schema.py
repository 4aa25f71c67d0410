"""The format of `accord.yaml`, version 1: what people write, checked key by key.

Short forms (`email: string`, `[givenName, firstName]`) are expanded before they are checked, so that the rest of the
package knows the long form alone. Nothing here looks at manifests; that is `check.py`.
"""

from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from accord.core.lens import LENSES

__all__ = [
    "ConceptConfig",
    "CreateConfig",
    "DirectionsConfig",
    "EndConfig",
    "GuardsConfig",
    "LensConfig",
    "MappingConfig",
    "MatchConfig",
    "NormaliserConfig",
    "PairConfig",
    "PairMatchConfig",
    "PairRowConfig",
    "ProjectConfig",
    "PropertyConfig",
    "RowConfig",
    "SideConfig",
    "SystemConfig",
    "project_json_schema",
]


class _Schema:
    """Says in the JSON Schema of a type what its annotation can not."""

    def __init__(self, **said: Any) -> None:
        self._said = said

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core), **self._said}


_LensName = Annotated[str, _Schema(pattern=rf"^\s*({'|'.join(sorted(LENSES))})\s*(\(.*\))?\s*$")]
_LensObject = Annotated[
    dict[str, Any], _Schema(required=["name"], properties={"name": {"enum": sorted(LENSES)}})
]
LensConfig: TypeAlias = _LensName | _LensObject | list[_LensName | _LensObject]
"""A lens as the registry takes it: a name, a name with settings, or a chain of these from record to concept.

What is wrong with one is told when it is built; the JSON Schema knows the names.
"""

NormaliserConfig: TypeAlias = str | dict[str, Any]
"""A normaliser's name, or `{name: …, ignore: [values that identify nothing here]}`."""

Scalar: TypeAlias = str | int | float | bool | None
Condition: TypeAlias = (
    Scalar
    | list[Scalar]
    | Annotated[dict[Literal["not", "present"], Scalar | list[Scalar]], Field(min_length=1, max_length=1)]
)
"""What a filter wants of a path: a value, one of several, or `{not: …}` / `{present: true}`."""


def _different(paths: list[str]) -> list[str]:
    if len(set(paths)) < len(paths):
        raise ValueError("names a path twice; Remove one of the two.")
    return paths


Name: TypeAlias = Annotated[str, Field(min_length=1)]
Paths: TypeAlias = Annotated[
    list[Name], Field(min_length=2), AfterValidator(_different), _Schema(uniqueItems=True)
]


class Strict(BaseModel):
    """Unknown keys are faults; a subclass with a short form names it in `short` and expands it in `expand`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, title=None)

    short: ClassVar[JsonSchemaValue | None] = None

    @classmethod
    def expand(cls, written: Any) -> Any:
        """Long form of what was written; anything that is no short form is returned as it is."""
        return written

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, written: Any) -> Any:
        return cls.expand(written)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        if cls.short is None:
            return schema
        return {"anyOf": [cls.short, schema]}


SystemName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]


class SystemConfig(Strict):
    """One connected application: which connector, where, as whom."""

    connector: str = Field(
        description="Name of a built-in connector, or path of a manifest file (./crm.yaml)."
    )
    title: Annotated[str, Field(pattern=r"^\S(.*\S)?$")] | None = Field(
        None, description="Its name in documents; default: the name here."
    )
    url: str | None = Field(None, description="Base address, where it differs from the manifest's.")
    auth: dict[str, Scalar | list[str]] = Field(
        default_factory=dict,
        description="Settings of the manifest's way to log in; secrets as env:NAME or file:PATH.",
    )
    priority: int | None = Field(
        None, description="The higher one wins ties, and conflicts under `priority`."
    )
    enabled: bool = Field(True, description="false: neither read nor written; what is linked rests (K4).")


SurvivorshipName: TypeAlias = Annotated[str, Field(pattern=r"^(latest|priority|function:.+)$")]


class PropertyConfig(Strict):
    """A property of a concept. Short form: the name of its type."""

    short = {"type": ["string", "null"]}

    type: str | None = Field(None, description="Value type; default: what the manifests say.")
    to: str | None = Field(None, description="For type reference: the concept that is pointed to.")
    survivorship: SurvivorshipName | None = Field(
        None, description="Who wins a conflict: latest (default), priority, or function:NAME."
    )

    @classmethod
    def expand(cls, written: Any) -> Any:
        if written is None or isinstance(written, str):
            return {"type": written}
        return written


class MatchConfig(Strict):
    """A match rule: properties that identify together. Short form: their names."""

    short = {"type": "array", "items": {"type": "string"}, "minItems": 1}

    properties: list[str] = Field(min_length=1)
    normalise: dict[str, NormaliserConfig] = Field(
        default_factory=dict, description="Normaliser per property, where its type's own does not fit."
    )
    veto: list[str] = Field(
        default_factory=list, description="Present on both sides and different: a review (L10)."
    )
    max_share: int = Field(
        5, ge=1, description="A value borne by more records than this identifies nothing (L2)."
    )
    propose: bool = Field(False, description="true: only propose, never link (L7).")

    @classmethod
    def expand(cls, written: Any) -> Any:
        return {"properties": written} if isinstance(written, list) else written


class ConceptConfig(Strict):
    """A shared idea that entity types of several systems stand for."""

    properties: dict[str, PropertyConfig] = Field(min_length=1)
    match: list[MatchConfig] = Field(default_factory=list, description="Match rules, strongest first (L4).")
    survivorship: SurvivorshipName = Field("latest", description="For properties that do not name their own.")
    first_link: Literal["keep", "latest"] = Field("keep", description="Who wins without a base (M6).")
    delete: Literal["ignore", "propagate"] = Field(
        "ignore", description="What a delete means elsewhere (W8)."
    )


def _one_of(*keys: str) -> JsonSchemaValue:
    """JSON Schema of what `PlaceConfig.one_place` checks."""
    several = [key for key in keys if key != "path"]
    return {
        "oneOf": [{"required": [key]} for key in keys],
        "not": {"required": ["when"], "anyOf": [{"required": [key]} for key in several]},
    }


class PlaceConfig(Strict):
    """Where a property stands in a record, and how: one place, or several that a lens makes one value of."""

    model_config = ConfigDict(json_schema_extra=_one_of("path", "paths"))

    short = {"type": "string", "minLength": 1}
    ways: ClassVar[tuple[str, ...]] = ("path", "paths")

    path: str = Field("", min_length=1, description="Dotted path in the payload.")
    paths: Paths = Field(
        default_factory=list,
        description="Several paths, read as one; the lens begins with join, when or first_of.",
    )
    lens: LensConfig | None = Field(
        None, description="Conversion between the system's value and the concept's."
    )
    when: dict[str, Scalar] = Field(
        default_factory=dict, description="path: value of the list element, or the record, that is meant."
    )
    required: bool = Field(False, description="A create without it is not sent.")
    create_only: bool = Field(False, description="Written when a record is created, never afterwards.")
    update_only: bool = Field(False, description="Never written when a record is created.")

    @classmethod
    def expand(cls, written: Any) -> Any:
        return {"path": written} if isinstance(written, str) else written

    @model_validator(mode="after")
    def one_place(self) -> Self:
        """The place is said once; `when` selects one of a single path."""
        said = [way for way in self.ways if way in self.model_fields_set]
        if len(said) != 1:
            found = f"has {' and '.join(f'`{way}`' for way in said)}" if said else "has no path"
            raise ValueError(
                f"{found}; Write `path: …` for one place, or `paths: […]` and a lens for several."
            )
        if said != ["path"] and "when" in self.model_fields_set:
            raise ValueError(f"has `{said[0]}` and `when`; `when` selects an element of one `path`.")
        return self

    @property
    def places(self) -> tuple[str, ...]:
        """The path, or the paths."""
        return tuple(self.paths) or (self.path,)


class RowConfig(PlaceConfig):
    """Where a concept's property stands in a record. Short form: the path."""

    model_config = ConfigDict(json_schema_extra=_one_of("path", "paths", "first_of"))
    ways = ("path", "paths", "first_of")

    first_of: Paths = Field(
        default_factory=list,
        description="Paths, the first of which that holds a value is read; the first is written (M9).",
    )
    direction: Literal["both", "read", "write"] = Field(
        "both", description="read: from this system only (W14)."
    )
    enforce: bool = Field(False, description="With write: edits made here are reverted (W14).")


def _one_is_list(written: Any) -> Any:
    return written if isinstance(written, list) else [written]


class _OneOrMany:
    """Says in the JSON Schema that a list of one item may be written as that item."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        many = handler(core)
        return {"anyOf": [many["items"], {**many, "minItems": 1}]}


Rows: TypeAlias = Annotated[list[RowConfig], Field(min_length=1), BeforeValidator(_one_is_list), _OneOrMany()]


class MappingConfig(Strict):
    """One entity type, or one facet of it (`system.Type#facet`), mapped to a concept."""

    concept: str
    create: Literal["always", "linked"] = Field(
        "always", description="linked: only update what a match found (W6)."
    )
    priority: int | None = Field(None, description="Where it differs from the system's.")
    filter: dict[str, Condition] = Field(
        default_factory=dict,
        description="Records that do not fit are left out (S2): path: value, or list of values.",
    )
    constants: dict[str, Scalar] = Field(default_factory=dict, description="Written at create: path: value.")
    properties: dict[str, Rows] = Field(
        description="Property: path, or several: the first is read back, the others are copies (M9)."
    )


class EndConfig(Strict):
    """One end of a pair. Short form: `system.Type` or `system.Type#facet`."""

    short = {"type": "string"}

    type: str
    filter: dict[str, Condition] = Field(default_factory=dict)
    constants: dict[str, Scalar] = Field(default_factory=dict)
    priority: int | None = None

    @classmethod
    def expand(cls, written: Any) -> Any:
        return {"type": written} if isinstance(written, str) else written


class CreateConfig(Strict):
    """When a record is created at the other end: `always`, `linked`, or what a dataflow document says beyond these.

    `connected` and `condition` are kept and shown; until they can be carried out such a pair behaves as `linked`.
    """

    short = {"enum": ["always", "linked"]}

    rule: Literal["always", "linked"] = "linked"
    connected: list[str] = Field(
        default_factory=list, description="Entity types whose records pull this one in."
    )
    condition: str | None = Field(None, description="A condition in prose.")
    merge_existing: bool = Field(False, description="The document says that a match is merged, not repeated.")

    @classmethod
    def expand(cls, written: Any) -> Any:
        return {"rule": written} if isinstance(written, str) else written


class DirectionsConfig(Strict):
    """Create rules of a pair: `forward` creates at the `to` end, `backward` at the `from` end."""

    forward: CreateConfig = Field(default_factory=lambda: CreateConfig(rule="always"))
    backward: CreateConfig = Field(default_factory=CreateConfig)


class SideConfig(PlaceConfig):
    """One cell of a row. Short form: the path."""


class PairRowConfig(Strict):
    """A property on either side. Short form: `[path, path]` or `[path, path, type]`."""

    short = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 3}

    source: SideConfig = Field(alias="from")
    target: SideConfig = Field(alias="to")
    type: str | None = Field(None, description="Value type; default: what the manifests say.")
    direction: Literal["both", "forward", "backward", "none"] = Field(
        "both", description="forward: never read from the `to` end; none: only compared by match rules."
    )
    main: bool = Field(
        False, description="Of several rows with one property: the one that is mapped both ways (M9)."
    )
    first_of: bool = Field(
        False, description="A further source of one target: read when the main one is empty (M9)."
    )
    enforce: bool = False
    survivorship: SurvivorshipName | None = None

    @classmethod
    def expand(cls, written: Any) -> Any:
        if isinstance(written, list) and 2 <= len(written) <= 3:
            keys = ("from", "to", "type")
            return dict(zip(keys, written, strict=False))
        return written


Combination: TypeAlias = Annotated[list[str], Field(min_length=2, max_length=2)]


class PairMatchConfig(Strict):
    """Combinations that identify together. Short form: `[[path, path], …]`."""

    short = {
        "type": "array",
        "items": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
    }

    all: list[Combination] = Field(min_length=1)
    normalise: NormaliserConfig | None = Field(
        None, description="Normaliser, where the type's own does not fit."
    )
    veto: list[Combination] = Field(default_factory=list)
    max_share: int = Field(5, ge=1)
    propose: bool = False

    @classmethod
    def expand(cls, written: Any) -> Any:
        return {"all": written} if isinstance(written, list) else written


def _empty_is_list(written: Any) -> Any:
    return [] if written is None else written


class PairConfig(Strict):
    """Two entity types kept in sync; concepts are derived from it (M9)."""

    source: EndConfig = Field(alias="from")
    target: EndConfig = Field(alias="to")
    enabled: bool = Field(True, description="false: kept in the file, not run.")
    concept: str | None = Field(
        None, description="Name of the derived concept; keeps its state when pairs change."
    )
    create: DirectionsConfig = Field(default_factory=DirectionsConfig)
    match: Annotated[list[PairMatchConfig], BeforeValidator(_empty_is_list)] = Field(default_factory=list)
    rows: Annotated[list[PairRowConfig], BeforeValidator(_empty_is_list)]
    survivorship: SurvivorshipName = "latest"
    first_link: Literal["keep", "latest"] = "keep"
    delete: Literal["ignore", "propagate"] = "ignore"


class GuardsConfig(Strict):
    """When a person is asked before much is destroyed (G1). Counts are per entity type and property, over 24 h."""

    share: float = Field(
        0.10, gt=0, le=1, description="Deleting or blanking more than this share of the linked records,"
    )
    least: int = Field(5, ge=0, description="and more than so many of them, is asked about first.")
    most: int = Field(500, ge=0, description="More than so many are asked about whatever their share.")
    changed_share: float = Field(
        0.30, gt=0, le=1, description="One property changing in more than this share of linked records,"
    )
    changed_least: int = Field(20, ge=1, description="of at least so many of them, is asked about.")
    confirm_above: int = Field(
        100, ge=0, description="A first sync that creates more than so many records is asked about."
    )


class ProjectConfig(Strict):
    """The whole of `accord.yaml` with all that it includes."""

    version: Literal[1] = Field(description="Version of this format.")
    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="Letters, digits, dot, dash, underscore."
    )
    store: str = Field(".accord/state.db", description="Path of the state, relative to this folder.")
    include: list[str] = Field(default_factory=list, description="Further files, e.g. mappings/*.yaml.")
    guards: GuardsConfig = Field(
        default_factory=GuardsConfig, description="When a person is asked before much is destroyed (G1)."
    )
    systems: dict[SystemName, SystemConfig] = Field(
        description="The connected applications, by name: letters, digits, dash, underscore."
    )
    concepts: dict[str, ConceptConfig] = Field(default_factory=dict)
    mappings: dict[str, MappingConfig] = Field(default_factory=dict)
    pairs: list[PairConfig] = Field(default_factory=list)


def project_json_schema() -> dict[str, Any]:
    """JSON Schema of `accord.yaml`, for editors."""
    schema = ProjectConfig.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "accord.yaml"
    return schema
