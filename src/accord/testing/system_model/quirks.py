"""How a played system misbehaves, per entity type."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

__all__ = ["LASTING", "Quirks", "add_quirk", "quirks_from"]


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Chance = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0)]


class Quirks(BaseModel):
    """Misbehaviour of one entity type; nothing by default. Settings may change while the system plays.

    Properties are dotted paths. Chances are per call, from 0 to 1, drawn from the system's own seeded random.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    trims: Names = Field(default=(), description="White space around these properties is dropped.")
    recases: dict[str, Literal["lower", "upper", "title"]] = Field(
        default={}, description="Properties put into lower, upper or title case."
    )
    truncates: dict[str, int] = Field(default={}, description="Properties cut to so many characters.")
    rounds: dict[str, int] = Field(default={}, description="Properties rounded to so many digits.")
    ignores: Names = Field(
        default=(), description="What a call writes to these properties is dropped in silence."
    )
    computes: dict[str, str] = Field(
        default={}, description="Properties computed at each write: '{given} {family}'."
    )
    another: dict[str, str] = Field(
        default={},
        description="Another integration brings these properties into its own shape after each change, as an edit: "
        "lower, upper, title, trim, touch (a new version, nothing else), =VALUE.",
    )
    another_s: Seconds = Field(default=1, description="So long after the change it does.")
    replaces: bool = Field(
        default=False, description="An update blanks what it does not send, manifest or not."
    )
    omits_nulls: bool = Field(default=False, description="Properties that are null are left out of payloads.")
    noop_keeps: bool = Field(
        default=False, description="An update that changes nothing makes no new version."
    )
    hides: Names = Field(
        default=(), description="The account may not see or write these properties: left out, and 403."
    )
    nulls: Names = Field(default=(), description="These properties are shown as null, whatever they hold.")
    retypes: dict[str, Literal["text", "number", "list", "object"]] = Field(
        default={}, description="These properties are shown as values of another type."
    )
    forbids: Literal["nothing", "writes", "all"] = Field(
        default="nothing", description="What the account may not do any more: answered 403."
    )
    lag_s: Seconds = Field(default=0, description="Listings show a write only so long after it.")
    clock_offset_s: float = Field(default=0, description="The system's clock is so far ahead.")
    lost_before: Chance = Field(default=0, description="Time-out; the write was not applied.")
    lost_after: Chance = Field(default=0, description="Time-out; the write was applied.")
    late: Chance = Field(default=0, description="Time-out; the write is applied later.")
    late_s: Seconds = Field(default=0, description="At most so much later; 0: the manifest's max_request_s.")
    dropped: Chance = Field(
        default=0, description="The connection breaks: before a write is applied, or after, evenly."
    )
    doubles: Chance = Field(
        default=0,
        description="A write comes in twice, a create only where the system can tell; the second answer is told, the "
        "first where the write names a version.",
    )
    swallows: Chance = Field(default=0, description="An update is answered as done, and not applied.")
    stale: Chance = Field(default=0, description="A conditional write is answered 412, whatever it names.")
    errors: Chance = Field(default=0, description="Answered 500, not applied.")
    errors_after: Chance = Field(default=0, description="Answered 500, but applied.")
    error_every: int = Field(default=0, ge=0, description="Every so many calls one is answered 500; 0: none.")
    throttles: Chance = Field(default=0, description="Answered 429.")
    throttle_every: int = Field(
        default=0, ge=0, description="Every so many calls one is answered 429; 0: none."
    )
    expires: Chance = Field(
        default=0, description="All access tokens end right before the call, where OAuth 2 is spoken."
    )
    unavailable: Chance = Field(default=0, description="Answered 503.")
    retry_after_s: Seconds = Field(default=1, description="What 429 and 503 ask for.")
    duplicates: Chance = Field(default=0, description="An item of a page comes twice.")
    shuffles: Chance = Field(default=0, description="The items of a page come in another order.")
    late_pages: Chance = Field(
        default=0, description="A page comes after the one that follows it, where tokens page."
    )
    repeats: Chance = Field(default=0, description="A page comes twice, where tokens page.")
    drops_hints: Chance = Field(default=0, description="Nothing tells of a change (a lost webhook).")
    doubles_hints: Chance = Field(default=0, description="A change is told of twice.")
    late_hints: Chance = Field(default=0, description="A change is told of later, after what came behind it.")
    late_hints_s: Seconds = Field(default=1, description="At most so much later.")
    forges_hints: Chance = Field(default=0, description="A webhook bears a wrong signature or secret.")

    def mended(self) -> "Quirks":
        """The same system on a good day: what is its nature stays, what passes is over."""
        return Quirks.model_validate(self.model_dump(include=set(LASTING), exclude_defaults=True))


LASTING: Final = (
    *("trims", "recases", "truncates", "rounds", "ignores", "computes", "replaces"),
    *("omits_nulls", "noop_keeps", "lag_s", "clock_offset_s"),
)
"""Quirks that are the nature of a system; all others are faults, which pass."""

_THERE_ARE: Final = f"there is no quirk of this name; there are {', '.join(Quirks.model_fields)}"
_SETTING: Final = re.compile(r"(?P<type>[^.=]+)\.(?P<name>[a-z_]+)(?:=(?P<value>.*))?", re.DOTALL)


def quirks_from(data: Mapping[str, Any]) -> dict[str, Quirks]:
    """Quirks by entity type, of plain data. Raises ValueError, which says what would be right."""
    if not isinstance(data, Mapping):
        raise ValueError("it is no mapping of entity types")
    return {name: _quirks(name, settings) for name, settings in data.items()}


def _quirks(name: str, settings: Any) -> Quirks:
    if not isinstance(settings, Mapping):
        raise ValueError(f"what {name} has is no mapping of quirks")
    try:
        return Quirks.model_validate(settings)
    except ValidationError as error:
        raise ValueError(_plain(error)) from None


def _plain(error: ValidationError) -> str:
    """What is wrong with quirks, for people; of a quirk that has several forms the first is told."""
    told: dict[str, str] = {}
    for each in error.errors(include_url=False, include_input=False):
        name = str(each["loc"][0])
        if each["type"] == "extra_forbidden":
            told[name] = f"{name}: {_THERE_ARE}"
        else:
            place = ".".join(map(str, each["loc"]))
            told.setdefault(name, f"{place}: {each['msg'].replace('Input should', 'it should')}")
    return "; ".join(told.values())


def add_quirk(text: str, quirks: dict[str, Quirks], types: Mapping[str, Any]) -> None:
    """Add one quirk, told as on a command line, to those of a system's entity types.

    "contacts.trims=name,city", "Contacts.truncates=name:10", "*.error_every=7", "contacts.replaces"; the case of an
    entity type does not matter, * is all of them. Raises ValueError, which says what would be right.
    """
    found = _SETTING.fullmatch(text.strip())
    if found is None:
        raise ValueError("write a quirk as TYPE.QUIRK=VALUE, e.g. contacts.trims=name")
    wanted, name, value = found.group("type"), found.group("name"), found.group("value")
    if name not in Quirks.model_fields:
        raise ValueError(_THERE_ARE)
    named = [t for t in types if wanted in ("*", t) or wanted.lower() == t.lower()]
    if not named:
        raise ValueError(f"there is no entity type of this name; there are {', '.join(types)}, and * for all")
    for entity_type in named:
        have = quirks.setdefault(entity_type, Quirks())
        try:
            setattr(have, name, _value(have, name, value))
        except ValidationError as error:
            raise ValueError(_plain(error)) from None


def _value(have: Quirks, name: str, value: str | None) -> Any:
    old = getattr(have, name)
    if value is None:
        if isinstance(old, bool):
            return True
        raise ValueError(f"the quirk {name} needs a value")
    if isinstance(old, tuple):
        return (*old, *(part.strip() for part in value.split(",")))
    if get_origin(Quirks.model_fields[name].annotation) is dict:
        if name == "computes":
            path, _, template = value.partition(":")
            return {**old, path: template}
        return {**old, **dict(_pair(part, name) for part in value.split(","))}
    return value


def _pair(part: str, name: str) -> tuple[str, str]:
    path, colon, setting = part.strip().partition(":")
    if not colon:
        raise ValueError(f"write the quirk {name} as TYPE.{name}=PROPERTY:VALUE")
    return path, setting
