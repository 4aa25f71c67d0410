"""The format of `accord.yaml`, version 1: what people write, checked key by key.

Short forms (`email: string`, `[givenName, firstName]`) are expanded before they are checked, so that the rest of the
package knows the long form alone. Nothing here looks at manifests; that is `check.py`.
"""

from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import ConfigDict, Field, model_validator

from accord.project.schema_alerts import AlertsConfig
from accord.project.schema_creating import CreateConfig, EntityConfig, MappingCreateConfig
from accord.project.schema_parts import (
    Name,
    NormaliserConfig,
    OneOrMany,
    OrNothing,
    Paths,
    PlaceConfig,
    Scalar,
    Strict,
    SurvivorshipName,
    one_of,
)
from accord.project.schema_schedule import ScheduleConfig, TypeConfig
from accord.project.schema_secrets import TokensConfig
from accord.project.schema_serve import ServeConfig, WebhooksConfig
from accord.project.schema_store import StoreConfig
from accord.runtime.guards import GuardLimits

__all__ = [
    "ConceptConfig",
    "CreateConfig",
    "DirectionsConfig",
    "EndConfig",
    "GuardsConfig",
    "KeepConfig",
    "MappingConfig",
    "MatchConfig",
    "PairConfig",
    "PairMatchConfig",
    "PairRowConfig",
    "ProjectConfig",
    "PropertyConfig",
    "RateConfig",
    "RowConfig",
    "SideConfig",
    "SystemConfig",
    "TokensConfig",
    "project_json_schema",
]


Delete: TypeAlias = Literal["ignore", "propagate", "archive", "recreate"]
SystemName: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]


class RateConfig(Strict):
    """How often a system may be called, where it differs from its manifest (W11)."""

    per_second: float | None = Field(None, gt=0, description="Calls per second.")
    per_day: int | None = Field(
        None, ge=1, description="Calls per day (UTC); then it is left alone till the next one."
    )
    concurrent: int | None = Field(None, ge=1, description="Calls under way at the same time.")


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
        description="Settings of the manifest's way to log in; secrets as env:NAME, file:PATH or keyring:SERVICE/NAME.",
    )
    rate: RateConfig = Field(
        default_factory=RateConfig,
        description="How often it may be called, where the manifest says otherwise.",
    )
    priority: int | None = Field(
        None, description="The higher one wins ties, and conflicts under `priority`."
    )
    enabled: bool = Field(True, description="false: neither read nor written; what is linked rests (K4).")
    share: bool = Field(True, description="false: nothing is written here; it is read as ever (W7).")
    full_sync: bool = Field(
        True, description="false: what its first complete listing held is not created elsewhere (W7)."
    )
    settle_s: float = Field(
        0.0, ge=0, description="Seconds that an edit made here rests before it is written elsewhere (W12)."
    )
    schedule: ScheduleConfig | None = Field(
        None, description="When `accord serve` reads it; default: as the project says."
    )
    types: dict[Name, TypeConfig] = Field(
        default_factory=dict, description="Settings of single entity types, by their names in the manifest."
    )
    webhooks: WebhooksConfig = Field(
        default_factory=WebhooksConfig, description="Whether it tells of changes by itself, where it can."
    )


class PropertyConfig(Strict):
    """A property of a concept. Short form: the name of its type."""

    short: ClassVar = {"type": ["string", "null"]}

    type: str | None = Field(None, description="Value type; default: what the manifests say.")
    to: str | None = Field(None, description="For type reference: the concept that is pointed to.")
    whole: bool = Field(
        False, description="What is pointed to is a whole, created only with all of its parts (W5)."
    )
    survivorship: SurvivorshipName | None = Field(
        None, description="Who wins a conflict: latest (default), priority, function:NAME, or ask."
    )

    @classmethod
    def expand(cls, written: Any) -> Any:
        if written is None or isinstance(written, str):
            return {"type": written}
        return written


class SimilarConfig(Strict):
    """Properties that only have to be alike (L7). Likeness goes from 0 to 1 (equal); of several it is the mean."""

    properties: list[Name] = Field(min_length=1, description="They have to be alike.")
    propose: float = Field(0.85, gt=0, le=1, description="From this likeness on a person is asked.")
    link: float | None = Field(None, gt=0, le=1, description="From this likeness on they are linked.")


class MatchConfig(Strict):
    """A match rule: properties that identify together. Short form: their names."""

    short: ClassVar = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}

    properties: list[Name] = Field(min_length=1, description="All of them must be equal.")
    normalise: dict[str, NormaliserConfig] = Field(
        default_factory=dict, description="Normaliser per property, where its type's own does not fit."
    )
    veto: list[str] = Field(
        default_factory=list, description="Present on both sides and different: a review (L10)."
    )
    max_share: int | None = Field(
        None,
        ge=1,
        description="A value borne by more records than this identifies nothing (L2). Default 5; with `similar` 50.",
    )
    propose: bool = Field(False, description="true: only propose, never link (L7).")
    similar: SimilarConfig | None = Field(
        None, description="Of those with equal properties only the ones that are alike match (L7)."
    )

    @classmethod
    def expand(cls, written: Any) -> Any:
        return {"properties": written} if isinstance(written, list) else written


class ConceptConfig(Strict):
    """A shared idea that entity types of several systems stand for."""

    properties: dict[str, PropertyConfig] = Field(min_length=1, description="Property: value type.")
    match: list[MatchConfig] = Field(default_factory=list, description="Match rules, strongest first (L4).")
    survivorship: SurvivorshipName = Field("latest", description="For properties that do not name their own.")
    groups: list[Annotated[list[Name], Field(min_length=2)]] = Field(
        default_factory=list,
        description="Properties that make sense only together, such as [amount, currency]: one value (M8).",
    )
    first_link: Literal["keep", "latest", "ask"] = Field("keep", description="Who wins without a base (M6).")
    duplicates: Literal["review", "link"] = Field(
        "review", description="Records of one system that are one thing: link keeps them alike (L3)."
    )
    delete: Delete = Field("ignore", description="What a delete means elsewhere (W8).")


Example: TypeAlias = Annotated[list[Any], Field(min_length=2, max_length=2)]


class RowConfig(PlaceConfig):
    """Where a concept's property stands in a record. Short form: the path."""

    model_config = ConfigDict(json_schema_extra=one_of("path", "paths", "first_of"))
    ways: ClassVar = ("path", "paths", "first_of")

    first_of: Paths = Field(
        default_factory=list,
        description="Paths, the first of which that holds a value is read; the first is written (M9).",
    )
    direction: Literal["both", "read", "write"] = Field(
        "both", description="read: from this system only (W14)."
    )
    enforce: bool = Field(False, description="With write: edits made here are reverted (W14).")
    examples: list[Example] = Field(
        default_factory=list, description="[raw, value] each, which `accord qa` tries this row with."
    )


class MappingConfig(EntityConfig):
    """One entity type, or one facet of it (`system.Type#facet`), mapped to a concept."""

    concept: str = Field(description="Name of the concept that its records stand for.")
    create: MappingCreateConfig = Field(
        default_factory=MappingCreateConfig,
        description="When a record is created here; default: always (W6).",
    )
    properties: dict[str, OneOrMany[RowConfig]] = Field(
        description="Property: path, or several: the first is read back, the others are copies (M9)."
    )


class EndConfig(EntityConfig):
    """One end of a pair. Short form: `system.Type` or `system.Type#facet`."""

    short: ClassVar = {"type": "string", "minLength": 1}

    type: Name = Field(description="Entity type, `system.Type`, with `#facet` where it has several.")

    @classmethod
    def expand(cls, written: Any) -> Any:
        return {"type": written} if isinstance(written, str) else written


class DirectionsConfig(Strict):
    """Create rules of a pair: `forward` creates at the `to` end, `backward` at the `from` end."""

    forward: CreateConfig = Field(
        default_factory=lambda: CreateConfig(rule="always"), description="At the `to` end; default: always."
    )
    backward: CreateConfig = Field(
        default_factory=CreateConfig, description="At the `from` end; default: linked."
    )


class SideConfig(PlaceConfig):
    """One cell of a row. Short form: the path."""


class PairRowConfig(Strict):
    """A property on either side. Short form: `[from, to]` or `[from, to, type]`."""

    short: ClassVar = {"type": "array", "minItems": 2, "maxItems": 3}  # its items: project_json_schema

    source: SideConfig = Field(alias="from", description="Where it stands at the `from` end.")
    target: SideConfig = Field(alias="to", description="Where it stands at the `to` end.")
    type: Name | None = Field(None, description="Value type; default: what the manifests say.")
    direction: Literal["both", "forward", "backward", "none"] = Field(
        "both", description="forward: never read from the `to` end; none: only compared by match rules."
    )
    main: bool = Field(
        False, description="Of several rows with one property: the one that is mapped both ways (M9)."
    )
    first_of: bool = Field(
        False, description="A further source of one target: read when the main one is empty (M9)."
    )
    whole: bool = Field(
        False, description="What the reference points to is a whole, created only with all of its parts (W5)."
    )
    enforce: bool = Field(False, description="One way: edits made at the other end are reverted (W14).")
    survivorship: SurvivorshipName | None = Field(
        None, description="Who wins a conflict: latest (default), priority, function:NAME, or ask."
    )
    examples: list[Example] = Field(
        default_factory=list, description="[from, to] each, which `accord qa` tries this row with."
    )

    @classmethod
    def expand(cls, written: Any) -> Any:
        if isinstance(written, list) and 2 <= len(written) <= 3 and None not in written:
            keys = ("from", "to", "type")
            return dict(zip(keys, written, strict=False))
        return written


Combination: TypeAlias = Annotated[list[Name], Field(min_length=2, max_length=2)]


class PairMatchConfig(Strict):
    """Combinations that identify together. Short form: `[[path, path], …]`."""

    short: ClassVar = {
        "type": "array",
        "minItems": 1,
        "items": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 2, "maxItems": 2},
    }

    all: list[Combination] = Field(min_length=1, description="[path, path] each; all of them must be equal.")
    normalise: NormaliserConfig | None = Field(
        None, description="Normaliser, where the type's own does not fit."
    )
    veto: list[Combination] = Field(
        default_factory=list, description="Present on both sides and different: a review (L10)."
    )
    max_share: int = Field(
        5, ge=1, description="A value borne by more records than this identifies nothing (L2)."
    )
    propose: bool = Field(False, description="true: only propose, never link (L7).")

    @classmethod
    def expand(cls, written: Any) -> Any:
        return {"all": written} if isinstance(written, list) else written


class PairConfig(Strict):
    """Two entity types kept in sync; concepts are derived from it (M9)."""

    source: EndConfig = Field(alias="from", description="One entity type.")
    target: EndConfig = Field(alias="to", description="The other one.")
    enabled: bool = Field(True, description="false: kept in the file, not run.")
    concept: str | None = Field(
        None, description="Name of the derived concept; keeps its state when pairs change."
    )
    create: DirectionsConfig = Field(
        default_factory=DirectionsConfig, description="When a record is created at either end (W6)."
    )
    match: OrNothing[PairMatchConfig] = Field(
        default_factory=list, description="Match alternatives, strongest first (L4)."
    )
    rows: OrNothing[PairRowConfig] = Field(description="The properties that are kept in sync.")
    survivorship: SurvivorshipName = Field("latest", description="For rows that do not name their own.")
    groups: list[Annotated[list[Name], Field(min_length=2)]] = Field(
        default_factory=list,
        description="Paths of the `from` end whose properties make sense only together: one value (M8).",
    )
    first_link: Literal["keep", "latest", "ask"] = Field("keep", description="Who wins without a base (M6).")
    duplicates: Literal["review", "link"] = Field(
        "review", description="Records of one system that are one thing: link keeps them alike (L3)."
    )
    delete: Delete = Field("ignore", description="What a delete means elsewhere (W8).")


_GUARDS = GuardLimits()


class GuardsConfig(Strict):
    """When a person is asked before much is destroyed (G1). Counts are per entity type and property, over 24 h."""

    share: float = Field(
        _GUARDS.share,
        gt=0,
        le=1,
        description="Deleting or blanking more than this share of the linked records,",
    )
    least: int = Field(
        _GUARDS.least, ge=0, description="and more than so many of them, is asked about first."
    )
    most: int = Field(
        _GUARDS.most, ge=0, description="More than so many are asked about whatever their share."
    )
    changed_share: float = Field(
        _GUARDS.changed_share,
        gt=0,
        le=1,
        description="One property changing in more than this share of linked records,",
    )
    changed_least: int = Field(
        _GUARDS.changed_least, ge=1, description="of at least so many of them, is asked about."
    )
    confirm_above: int = Field(
        _GUARDS.confirm_above,
        ge=0,
        description="A first sync that creates more than so many records is asked about.",
    )
    connect_at_most: int = Field(
        _GUARDS.connect_at_most,
        ge=0,
        description="Of an entity type a run creates so many records that are only referred to (W6).",
    )
    audit_per_day: int = Field(
        _GUARDS.audit_per_day,
        ge=0,
        description="So many linked records are read again by their ids in 24 h, in turn; 0 is none (G8).",
    )


class KeepConfig(Strict):
    """How long it can be told, and undone, what happened (M4, W8, G3)."""

    history_days: int = Field(
        365, ge=1, description="History is kept for so many days; so long `undo` reaches."
    )
    undelete_days: int = Field(
        30,
        ge=0,
        description="The whole payload of a deleted record is kept for so many days; not longer than history.",
    )

    @model_validator(mode="after")
    def within(self) -> Self:
        """What is kept of deletes stands in the history."""
        if self.undelete_days > self.history_days:
            raise ValueError("has `undelete_days` above `history_days`; Keep the history for as long.")
        return self


class ProjectConfig(Strict):
    """The whole of `accord.yaml` with all that it includes."""

    version: Literal[1] = Field(description="Version of this format.")
    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="Letters, digits, dot, dash, underscore."
    )
    store: StoreConfig = Field(
        default_factory=lambda: StoreConfig(url=".accord/state.db"), description="Where the state is kept."
    )
    include: list[str] = Field(default_factory=list, description="Further files, e.g. mappings/*.yaml.")
    guards: GuardsConfig = Field(
        default_factory=GuardsConfig, description="When a person is asked before much is destroyed (G1)."
    )
    wait_s: float = Field(
        86_400.0,
        ge=0,
        description="A write that waits longer for the record that it refers to shows as failed (W5).",
    )
    keep: KeepConfig = Field(
        default_factory=KeepConfig, description="How long history and deleted records are kept (M4, W8)."
    )
    alerts: AlertsConfig = Field(
        default_factory=AlertsConfig, description="Who is told when something waits for a person."
    )
    tokens: TokensConfig = Field(
        default_factory=TokensConfig, description="How the tokens of OAuth 2 are sealed."
    )
    schedule: ScheduleConfig | None = Field(
        None, description="When `accord serve` reads the systems; default: every 60 seconds."
    )
    serve: ServeConfig = Field(default_factory=ServeConfig, description="The service as others see it.")
    systems: dict[SystemName, SystemConfig] = Field(
        description="The connected applications, by name: letters, digits, dash, underscore."
    )
    concepts: dict[str, ConceptConfig] = Field(default_factory=dict, description="Shared ideas, by name.")
    mappings: dict[str, MappingConfig] = Field(
        default_factory=dict, description="Entity types, `system.Type` or `system.Type#facet`, to concepts."
    )
    pairs: list[PairConfig] = Field(
        default_factory=list, description="Two entity types each; their concepts are derived."
    )


def project_json_schema() -> dict[str, Any]:
    """JSON Schema of `accord.yaml`, for editors."""
    schema = ProjectConfig.model_json_schema(by_alias=True)
    end = {"$ref": "#/$defs/SideConfig"}
    schema["$defs"]["PairRowConfig"]["anyOf"][0]["prefixItems"] = [
        end,
        end,
        {"type": "string", "minLength": 1},
    ]
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "accord.yaml"
    return schema
