"""Settings of what is created where, and what is kept from being written (W6, W7, W12, L9)."""

from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import ConfigDict, Field, model_validator

from accord.project.schema_parts import Condition, Name, Scalar, Strict

__all__ = ["CreateConfig", "EntityConfig", "MappingCreateConfig"]

_Rule = Literal["always", "linked", "connected"]
_Pull = Annotated[
    Literal["new", "old"],
    Field(description="old: what `full_sync: false` holds back is pulled in all the same (W7)."),
]


class EntityConfig(Strict):
    """What mappings and the ends of pairs say of an entity type, or of one facet of it."""

    filter: dict[str, Condition] = Field(
        default_factory=dict,
        description="Records that do not fit are left out (S2): path: value, or list of values.",
    )
    when: dict[str, Condition] = Field(
        default_factory=dict,
        description="Of a facet: records that do not fit rest, linked but neither read nor written (L9).",
    )
    primary: bool | None = Field(
        None, description="Of a facet: it creates the record, and the others wait for it (L9)."
    )
    constants: dict[str, Scalar] = Field(default_factory=dict, description="Written at create: path: value.")
    priority: int | None = Field(None, description="Where it differs from the system's.")
    share: bool | None = Field(None, description="Where it differs from the system's.")
    full_sync: bool | None = Field(None, description="Where it differs from the system's.")
    settle_s: float | None = Field(None, ge=0, description="Where it differs from the system's.")


class _Creating(Strict):
    """Short form: the rule."""

    short: ClassVar = {"enum": list(get_args(_Rule))}

    @classmethod
    def expand(cls, written: Any) -> Any:
        return {"rule": written} if isinstance(written, str) else written


class MappingCreateConfig(_Creating):
    """When a record is created here (W6). Short form: the rule."""

    rule: _Rule = Field(
        "always",
        description="linked: only update what a match found; connected: what something synchronised here refers to.",
    )
    when: dict[Name, Condition] = Field(
        default_factory=dict,
        description="Only golden records that fit are created of themselves: property: value, or list of values.",
    )
    connected: list[Name] = Field(
        default_factory=list,
        description="Concepts or entity types whose records pull this one in; with rule connected default: all.",
    )
    pull: _Pull = "new"


class CreateConfig(_Creating):
    """When a record is created at the other end (W6). Short form: the rule."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {"required": ["rule", "condition"], "properties": {"rule": {"const": "always"}}}
        }
    )

    rule: _Rule = Field(
        "linked",
        description="linked: only update what a match found; connected: what something synchronised there refers to.",
    )
    when: dict[Name, Condition] = Field(
        default_factory=dict,
        description="Only records that fit are created of themselves: path at the other end: value, or list of values.",
    )
    connected: list[str] = Field(
        default_factory=list,
        description="Entity types whose records pull this one in; with rule connected default: all.",
    )
    pull: _Pull = "new"
    condition: str = Field(
        "",
        min_length=1,
        description="The condition in prose: its name. Nothing fits it until `when` says what does.",
    )
    merge_existing: bool = Field(False, description="The document says that a match is merged, not repeated.")

    @model_validator(mode="after")
    def not_both(self) -> Self:
        """What is always created has no condition."""
        if self.rule == "always" and self.condition:
            raise ValueError("has `rule: always` and a condition; Write `linked`, or take the condition out.")
        return self
