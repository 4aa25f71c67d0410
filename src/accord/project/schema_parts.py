"""What settings of `accord.yaml` are made of: short forms, lenses, places, lists that may be one thing or nothing."""

from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias, TypeVar

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
    "Condition",
    "LensConfig",
    "Name",
    "NormaliserConfig",
    "OneOrMany",
    "OrNothing",
    "Paths",
    "PlaceConfig",
    "Scalar",
    "Strict",
    "SurvivorshipName",
    "one_of",
]


_T = TypeVar("_T")


class _Said:
    """Says in the JSON Schema of a type what its annotation can not."""

    def __init__(self, **said: Any) -> None:
        self._said = said

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core), **self._said}


_LensName = Annotated[str, _Said(pattern=rf"^\s*({'|'.join(sorted(LENSES))})\s*(\(.*\))?\s*$")]
_LensObject = Annotated[
    dict[str, Any], _Said(required=["name"], properties={"name": {"enum": sorted(LENSES)}})
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
    list[Name], Field(min_length=2), AfterValidator(_different), _Said(uniqueItems=True)
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


SurvivorshipName: TypeAlias = Annotated[str, Field(pattern=r"^(latest|priority|ask|function:.+)$")]


def one_of(*keys: str) -> JsonSchemaValue:
    """JSON Schema of what `PlaceConfig.one_place` checks."""
    several = [key for key in keys if key != "path"]
    return {
        "oneOf": [{"required": [key]} for key in keys],
        "not": {"required": ["when"], "anyOf": [{"required": [key]} for key in several]},
    }


class PlaceConfig(Strict):
    """Where a property stands in a record, and how: one place, or several that a lens makes one value of."""

    model_config = ConfigDict(json_schema_extra=one_of("path", "paths"))

    short: ClassVar = {"type": "string", "minLength": 1}
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


def _one_is_list(written: Any) -> Any:
    return written if isinstance(written, list) else [written]


class _Many:
    """Says in the JSON Schema that a list of one item may be written as that item."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        many = handler(core)
        return {"anyOf": [many["items"], {**many, "minItems": 1}]}


OneOrMany: TypeAlias = Annotated[list[_T], Field(min_length=1), BeforeValidator(_one_is_list), _Many()]
"""A list that may be written as its one item."""


def _empty_is_list(written: Any) -> Any:
    return [] if written is None else written


class _Nothing:
    """Says in the JSON Schema that a list may be null."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(core), {"type": "null"}]}


OrNothing: TypeAlias = Annotated[list[_T], BeforeValidator(_empty_is_list), _Nothing()]
"""A list under a key that may have nothing after it."""
