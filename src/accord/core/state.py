"""The state: what was last seen, the agreed shadow, and the golden record. Three layers, and nothing pending.

Rows are mutable and owned by whoever loaded them: a pure step consumes the rows it is given and returns them. Values
stand in columns: `Seen.raw`, `Link.raw/base/same` follow the properties of the mapping, `Golden.value/stamp` those of
the concept. Times are microseconds UTC since 1970, on the hub's clock unless told otherwise.
"""

from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct, field

from accord.core.stamps import Stamp
from accord.core.values import MISSING, Raw, Value

__all__ = [
    "IN_FLIGHT",
    "LEFT_OUT",
    "TO_BE_READ",
    "UNREADABLE",
    "Claim",
    "Cluster",
    "Cursor",
    "Decision",
    "Event",
    "Fetch",
    "Golden",
    "Group",
    "Key",
    "Link",
    "Member",
    "Open",
    "Pin",
    "Rejection",
    "Review",
    "Seen",
    "Sent",
    "Suspect",
    "WriteKind",
    "Written",
    "record_key",
]

WriteKind: TypeAlias = Literal["create", "update", "delete"]

IN_FLIGHT = "a create there is of unknown outcome"
"""Why a newcomer is held that may be what our own create made (W13)."""
TO_BE_READ = "to be read again"
"""Why a record that was held is not linked yet: what was seen of it may be old (W13)."""
UNREADABLE = "it can not be read"
"""Why a record is held of which nothing could be read yet (C2, G4)."""
LEFT_OUT = "left out by the filter"
"""Why a record of a group takes no part in matching; it is there, so nothing is created beside it (S2, W13)."""


def record_key(mapping: str, remote_id: str) -> str:
    """The one name of a record in stamps, messages and history: "system.Type/id"."""
    return f"{mapping}/{remote_id}"


class Seen(Struct, kw_only=True):
    """A record as last read: raw mapped values, version and when it was read.

    `asked_us` is when the request that showed it began, `first_us` when the record was first seen, `modified_us` the
    system's own modification time less its clock offset. `seq` counts accepted observations: a link that has a
    smaller one has news to settle. `gone` keeps the mark *deleted*, also of records never linked (S7). `held` is why
    an unlinked record is neither linked nor created elsewhere (a review, a create in flight), `excluded` why it was
    left out. `old_versions` are the opaque tokens that the current one superseded, newest last.
    """

    mapping: str
    id: str
    raw: list[Raw]
    version: str | None = None
    order: int | None = None
    modified_us: int | None = None
    created_us: int | None = None
    asked_us: int = 0
    first_us: int = 0
    fetched: bool = False
    seq: int = 1
    golden: str | None = None
    gone: Literal["", "deleted", "merged", "replaced"] = ""
    missing_us: int | None = None
    """When a fetch first found nothing there (S10)."""
    held: str = ""
    excluded: str = ""
    our_id: str = ""
    successor: str = ""
    """The record that it was merged into (S10)."""
    old_versions: list[str] = field(default_factory=list)
    unreadable: str = ""
    """Why it could not be read when it was last shown; what stands here is from before (G4)."""
    initial: bool = False
    """It was in the first complete listing of its entity type (W7)."""
    made: bool = False
    """A create of ours made it (W7)."""
    resting: str = ""
    """Why its facet rests: neither read nor written for now (L9)."""
    top: int | None = None
    """The highest ordered version that was ever seen of it (S11)."""
    back: int = 0
    """How many fetches in a row found it below that."""
    born_us: int | None = None
    """Its creation time as the system tells it; offsets of clocks are measured anew, and this never moves (S10)."""
    offset_us: int = 0
    """How far the system's clock was taken to be ahead when `modified_us` was worked out (M3)."""

    @property
    def told_us(self) -> int | None:
        """Modification time as the system told it, which no better knowledge of its clock moves."""
        return None if self.modified_us is None else self.modified_us + self.offset_us


class Claim(NamedTuple):
    """A record's value for a golden property: when it was decided, and on top of what (M2, M3)."""

    stamp: Stamp
    base: Stamp
    value: Value
    error_us: int = 0


class Element(NamedTuple):
    """An element of a golden set, or of a golden list by key: there or taken out, and when that was decided (M5)."""

    key: str
    value: Value
    there: bool
    stamp: Stamp


class Golden(Struct, kw_only=True):
    """The merged state of one real-world thing.

    `rivals[p]` are the claims that still compete, where they are more than the winner or survivorship needs them.
    `questions` are the properties that nobody can decide but a person, with the reason (M6). The origin of a value is
    `stamp.record`. `elements[p]` are those of a set in order of their keys, where somebody changed one; those of any
    other set are there since its stamp (M5).
    """

    id: str
    concept: str
    value: list[Value]
    stamp: list[Stamp]
    life: Literal["alive", "dying", "dead", "merged"] = "alive"
    rivals: dict[int, list[Claim]] = field(default_factory=dict)
    questions: dict[int, str] = field(default_factory=dict)
    merged_into: str = ""
    """The golden record that this one is an alias of, where its life is "merged" (W5)."""
    elements: dict[int, list[Element]] = field(default_factory=dict)
    still_us: int = 0
    """Until when its values are left to rest before they are written; at the latest at `latest_us` (W12)."""
    latest_us: int = 0
    waits_us: int = 0
    """Since when a write of it waits for the record of another one (W5)."""


class Sent(NamedTuple):
    """One property of a write that was sent: the raw value, and the golden revision that it stood for."""

    raw: Raw
    stamp: Stamp


class Open(Struct, kw_only=True):
    """The one write to a record that was sent, or is about to be, and whose outcome is not known.

    `sent` by column of the mapping. `body` is frozen at the first sending and repeated as it is; `version` is the one
    it names; `key` the idempotency key of a create. `sendings` counts; `acked`: the system said yes, without a body.
    """

    kind: WriteKind
    sent: dict[int, Sent]
    body: dict[str, Raw] | None = None
    version: str | None = None
    key: str = ""
    sent_us: int = 0
    first_us: int = 0
    sendings: int = 0
    acked: bool = False
    unknown: bool = False
    returned: str | None = None
    """The version that the reply named, where it had no body (S5)."""
    kept: dict[str, Raw] | None = None
    """The whole payload of a record that is deleted (W8)."""


class Suspect(Struct, kw_only=True):
    """A value found while a write of the same property was unresolved: an edit or a representation (S5).

    `on` is the raw value that the base stands for, on which an edit would have been made (M5).
    """

    raw: Raw
    time_us: int
    base: Stamp
    sent: Sent
    on: Raw = MISSING


class Pin(NamedTuple):
    """A value that a person wants back in one record, whatever golden is, until one of the two is picked (G3)."""

    value: Value
    stamp: Stamp


class Rejection(Struct, kw_only=True):
    """Why a value is not written: holds while golden revision, fingerprint and record stand (W9)."""

    stamp: Stamp
    message: str
    at_us: int
    fingerprint: str = ""
    version: str | None = None


class Written(NamedTuple):
    """A value that was written and confirmed (G5). `undone`: it was changed in this very record since."""

    at_us: int
    raw: Raw
    undone: bool


class Link(Struct, kw_only=True):
    """The durable tie between a record and a golden record, and the shadow: what was agreed, property by property.

    `raw[p]` is the system's own spelling (MISSING: there is no base, M6), `base[p]` the golden revision that it was
    last causally on (written there and confirmed, or edited there), `same[p]` the one it equals without a write.
    `rejected` by column; -1 is the record as a whole. `confirmed_us`: when a write was last confirmed; `sent_us`: when
    the last one was sent. What a person decided about this record alone: `pins` by column (G3); `doomed`: it is to be
    deleted, its create is undone; `kept`, of a tomb: it is to be created again with this payload around the golden
    values; `ruled`, of a tomb: that it was deleted here and edited elsewhere is no question any more (W8).
    """

    golden: str
    mapping: str
    incarnation: int = 0
    id: str | None = None
    life: Literal["creating", "live", "tomb"] = "live"
    by: Literal["", "hub", "person"] = ""
    seq: int = 0
    raw: list[Raw]
    base: list[Stamp]
    same: list[Stamp | None]
    suspects: dict[int, Suspect] = field(default_factory=dict)
    rejected: dict[int, Rejection] = field(default_factory=dict)
    open: Open | None = None
    generation: int = 0
    refusals: int = 0
    """Times in a row that the system said the record had moved on (W2)."""
    own_version: str | None = None
    """The version that our last write made (S6), and the modification time that it stamped, on the system's own
    clock (M3)."""
    own_modified_us: int | None = None
    read_us: int = 0
    """When the values of the shadow were last read."""
    sent_us: int = 0
    confirmed_us: int = 0
    pins: dict[int, Pin] = field(default_factory=dict)
    doomed: bool = False
    kept: dict[str, Raw] | None = None
    ruled: bool = False
    written: dict[int, list[Written]] = field(default_factory=dict)
    """The last values that were written, by column, oldest first (G5)."""
    restored: bool = False
    """Its system was restored from a backup and the hub's state holds: what is read next is no news (S11)."""


class Cluster(Struct, kw_only=True):
    """A golden record with all its links, and what was last seen of each linked record by (mapping, id)."""

    golden: Golden
    links: list[Link]
    seen: dict[tuple[str, str], Seen] = field(default_factory=dict)


class Key(NamedTuple):
    """A record's comparable text under one match rule (L2)."""

    rule: str
    key: str
    mapping: str
    id: str


class Member(NamedTuple):
    """A record of a group: unlinked where golden is None. `held` is LEFT_OUT for one that the filter leaves out."""

    mapping: str
    id: str
    golden: str | None
    held: str
    vetoes: tuple[str | None, ...] = ()
    likeness: tuple[str | None, ...] = ()


class Group(Struct, kw_only=True):
    """All records of a concept that bear one key under one rule."""

    rule: str
    key: str
    members: list[Member]


class Review(Struct, kw_only=True):
    """A group that a person has to look at: `members` are record keys, `goldens` the ids they stand for, if any.

    `kind`: "cluster" and "veto" hold their unlinked members; "merge" and "propose" only propose to join, and keep
    creates from being made (W13 d); "create" asks what became of a create (W3).
    """

    id: str
    concept: str
    rule: str
    key: str
    kind: Literal["cluster", "merge", "veto", "propose", "create"]
    members: list[str]
    goldens: list[str]
    reason: str
    at_us: int


class Decision(NamedTuple):
    """What a person said of two records, by their keys, a < b: the same thing, or different ones, for ever (L6).

    The newest one of a pair holds; "withdrawn" says nothing any more. `restore`: records that are parted get back what
    they held before they were joined, where what was written still stands (L8). `todo`: it was not carried out yet, or
    a record of it was not there.
    """

    concept: str
    a: str
    b: str
    verdict: Literal["same", "different", "withdrawn"]
    at_us: int
    by: str = ""
    run: int = 0
    restore: bool = False
    todo: bool = True


class Cursor(Struct, kw_only=True):
    """How far an entity type has been read. `began_us`: when the last finished read began; `complete`: all of it was
    read once; `swept_us`: when all ids were last read; `identity`: the account it was read with (K6)."""

    mapping: str
    token: str = ""
    began_us: int = 0
    complete: bool = False
    swept_us: int = 0
    identity: str = ""


class Fetch(NamedTuple):
    """A record to be read by its id, not before a time; as durable as a write."""

    mapping: str
    id: str
    reason: str
    not_before_us: int = 0


class Event(Struct, kw_only=True, omit_defaults=True):
    """A line of history: facts, and the value apart from them (P1).

    `kind`: edit, loser, superseded, unknown, representation, first_link, linked, created, updated, deleted, rejected,
    gone, revived, side_effect, ... `before` is the value that was replaced where a write replaced one.
    """

    kind: str
    golden: str
    property: str = ""
    record: str = ""
    value: Value = None
    before: Value = None
    has_value: bool = False
    stamp: Stamp | None = None
    rule: str = ""
    at_us: int = 0
    run: int = 0
