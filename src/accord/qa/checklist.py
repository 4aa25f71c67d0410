"""The checklist as plain values: for each line of a document, scripts of what a person does and what must be seen then.

Every value in a script is a literal. None is worked out by the project's lenses: `deriving` may not import them. A
script acts on *probes*: records that the checklist itself makes, each known in its script by a role ("a", "b").
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = [
    "Act",
    "Agree",
    "Appears",
    "Checklist",
    "Direction",
    "Edit",
    "Expect",
    "Field",
    "Gone",
    "IdOf",
    "Kind",
    "Line",
    "Lives",
    "Make",
    "Remove",
    "Script",
    "Shows",
    "Spot",
    "StaysAway",
    "Step",
    "Still",
]

Direction: TypeAlias = Literal["forward", "backward", "both"]
Kind: TypeAlias = Literal["creation", "match", "row", "conflict", "delete", "idle"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a record: a dotted path; `when` selects the list element or the record, (path, value) each."""

    path: str
    when: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class IdOf:
    """In the place of a literal: the remote id of the probe in this role, which is known only when it is there."""

    role: str


@dataclass(frozen=True, slots=True)
class Field:
    """A raw value at a spot; None blanks it, or expects it blank (null, absent, an empty text or list)."""

    spot: Spot
    value: Any


@dataclass(frozen=True, slots=True)
class Make:
    """A person enters a record of entity type `at` ("crm.Contacts#human")."""

    role: str
    at: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """A person edits a probe."""

    role: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Remove:
    """A person deletes a probe."""

    role: str


Act: TypeAlias = Make | Edit | Remove


@dataclass(frozen=True, slots=True)
class Appears:
    """A counterpart of probe `of` is there in `at`, just one, and bears the role from now on.

    It is recognised by any of the literals `by`, anywhere in its payload: a text that one of its texts holds, in any
    case; a number that stands there, also as text. Without any, it is the only record of the type that was not there
    before: such a script has the systems for itself (`Script.alone`).
    """

    role: str
    of: str
    at: str
    by: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class StaysAway:
    """No (further) counterpart of probe `of` is in `at`: none but the probes of this script is recognised by `by`."""

    of: str
    at: str
    by: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Shows:
    """The probe has these values; with `enough` one of them will do."""

    role: str
    fields: tuple[Field, ...]
    enough: bool = False


@dataclass(frozen=True, slots=True)
class Agree:
    """Two probes show one and the same of several outcomes, each told for both: ((field of one, field of other), …)."""

    roles: tuple[str, str]
    outcomes: tuple[tuple[Field, Field], ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """The probe is deleted."""

    role: str


@dataclass(frozen=True, slots=True)
class Lives:
    """The probe is there."""

    role: str


@dataclass(frozen=True, slots=True)
class Still:
    """A further cycle leaves the probe as the step before left it: same payload, no call."""

    role: str


Expect: TypeAlias = Appears | StaysAway | Shows | Agree | Gone | Lives | Still


@dataclass(frozen=True, slots=True)
class Step:
    """Acts, done together; then, once the flow has come to rest, what must be seen. `what` names it: "unicode"."""

    what: str
    acts: tuple[Act, ...]
    expects: tuple[Expect, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """Steps in order. `alone`: no other script may act meanwhile on the entity types that are tied to its own.

    `leans_on` are ids of lines: where one of them did not pass, a failure of this script is none of its own line, which
    is not checked then.
    """

    steps: tuple[Step, ...]
    alone: bool = False
    leans_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a document in one direction.

    `pair` is "source - target" (mapping keys), `row` the line in words: "email - email", "creation", "match 1",
    "edit on both sides", "delete", "idle". `scripts` are tried in order: the next one only where no counterpart
    appeared, for that is another line's promise, or several that nothing tells apart. A line without scripts can not
    be checked, and `why_not` says why.
    """

    document: str
    pair: str
    row: str
    kind: Kind
    direction: Direction
    scripts: tuple[Script, ...] = ()
    why_not: str = ""

    @property
    def id(self) -> str:
        """Unique in its checklist, and the same in the next one of the same project."""
        return f"{self.pair} | {self.row} | {self.direction}"


@dataclass(frozen=True, slots=True)
class Checklist:
    """All lines in the order of the documents. `mark` is part of every text that a probe bears."""

    mark: str
    lines: tuple[Line, ...]

    def entity_types(self) -> Iterator[str]:
        """Mapping keys that the scripts act on or look at."""
        seen: dict[str, None] = {}
        for line in self.lines:
            for script in line.scripts:
                for step in script.steps:
                    parts = (*step.acts, *step.expects)
                    seen.update(
                        (part.at, None) for part in parts if isinstance(part, Make | Appears | StaysAway)
                    )
        yield from seen
