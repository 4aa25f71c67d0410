"""The state: what was last seen, the agreed shadow, and the golden record. Three layers, and nothing pending.

In order: `Seen`; `Golden` and its claims; `Link`, which holds the shadow, and what hangs on it; then the rows beside
the layers: match keys and groups, what people are asked and what they said, reading, history.

Rows are mutable and owned by whoever loaded them: a pure step consumes the rows it is given and returns them. Values
stand in columns: `Seen.raw`, `Link.raw/base/same` follow the properties of the mapping, `Golden.value/stamp` those of
the concept; where a field is a dict by number, the number is such a column. Times are microseconds UTC since 1970, on
the hub's clock unless told otherwise. `mapping` is the key of a mapping, `id` a record's remote id.
"""

from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct, field

from accord.core.stamps import Stamp
from accord.core.values import MISSING, Raw, Value

__all__ = [
    "IN_FLIGHT",
    "LEFT_OUT",
    "NOT_PERMITTED",
    "TO_BE_READ",
    "UNREADABLE",
    "WHOLE",
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
    "record_parts",
]

WriteKind: TypeAlias = Literal["create", "update", "delete"]

IN_FLIGHT = "a create there is of unknown outcome"
"""Why a newcomer is held that may be what our own create made (W13)."""
TO_BE_READ = "to be read again"
"""Why a record that was held is not linked yet: what was seen of it may be old (W13)."""
UNREADABLE = "it can not be read"
"""Why a record is held of which nothing could be read yet (C2, G4)."""
NOT_PERMITTED = "not permitted"
"""How the reason begins where the account may not write what is due (W9)."""
WHOLE = -1
"""The column of a rejection that is of the record as a whole (W9)."""
LEFT_OUT = "left out by the filter"
"""Why a record of a group takes no part in matching; it is there, so nothing is created beside it (S2, W13)."""


def record_key(mapping: str, remote_id: str) -> str:
    """The one name of a record in stamps, messages and history: "system.Type/id"."""
    return f"{mapping}/{remote_id}"


def record_parts(key: str) -> tuple[str, str]:
    """Mapping and remote id of a record key; ids may hold slashes. What is no key has no id."""
    mapping, _, remote_id = key.partition("/")
    return mapping, remote_id


# The first layer: what was seen


class Seen(Struct, kw_only=True):
    """A record as last read."""

    mapping: str
    id: str
    raw: list[Raw]
    """Mapped values in the system's own spelling."""
    asked_us: int = 0
    """When the request that showed it began; 0: see `is_reset`."""
    first_us: int = 0
    """When it was first seen."""
    fetched: bool = False
    """It was last shown whole: by a fetch, a search or the reply to a write, not by a listing (S3)."""
    seq: int = 1
    """Counts accepted observations: a link with a smaller one has news to settle."""

    # what the system says of it
    version: str | None = None
    old_versions: list[str] = field(default_factory=list)
    """Opaque versions that the current one superseded, newest last (S7)."""
    order: int | None = None
    """The version as a number, where versions are ordered."""
    highest_order: int | None = None
    """The highest of these that was ever seen of it (S11)."""
    backsteps: int = 0
    """How many fetches in a row found it below `highest_order`."""
    modified_us: int | None = None
    """Modification time, put on the hub's clock (M3)."""
    offset_us: int = 0
    """How far the system's clock was taken to be ahead for that."""
    created_us: int | None = None
    """Creation time, put on the hub's clock."""
    born_us: int | None = None
    """Creation time as the system tells it, which no new measurement of its clock moves: another one is another
    record (S10)."""
    our_id: str = ""
    """The idempotency key of the create of ours that it shows (W3)."""
    successor: str = ""
    """The record that it was merged into (S10)."""

    # where it stands
    golden: str | None = None
    """The golden record that it is linked to."""
    gone: Literal["", "deleted", "merged", "replaced"] = ""
    """Kept also of records that were never linked (S7). "replaced": another record stands under its id (S10)."""
    missing_us: int | None = None
    """When a fetch first found nothing there, which alone proves nothing (S10)."""
    unreadable: str = ""
    """Why it could not be read when it was last shown; what stands here is from before (G4)."""
    held: str = ""
    """Why it is neither linked nor created elsewhere for now: a review, a create in flight, ... (W13)."""
    excluded: str = ""
    """Why its mapping leaves it out (S2)."""
    resting: str = ""
    """Why its facet is neither read nor written for now (L9)."""
    initial: bool = False
    """It was in the first complete listing of its entity type (W7)."""
    made: bool = False
    """A create of ours made it (W7)."""

    @property
    def is_reset(self) -> bool:
        """Nothing was read of it since its system was restored from a backup, and the hub's state holds (S11)."""
        return self.asked_us == 0

    @property
    def told_us(self) -> int | None:
        """Modification time as the system told it, which no better knowledge of its clock moves."""
        return None if self.modified_us is None else self.modified_us + self.offset_us


# The second layer: golden records


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
    """The merged state of one real-world thing. The origin of a value is `stamp.record` (M7)."""

    id: str
    concept: str
    value: list[Value]
    stamp: list[Stamp]
    life: Literal["alive", "dying", "dead", "merged"] = "alive"
    """"dying": its records are being deleted (W8). "merged": it is an alias of `merged_into` (W5)."""
    merged_into: str = ""
    rivals: dict[int, list[Claim]] = field(default_factory=dict)
    """Claims that still compete, where they are more than the winner or survivorship needs them."""
    questions: dict[int, str] = field(default_factory=dict)
    """Why only a person can decide (M6)."""
    elements: dict[int, list[Element]] = field(default_factory=dict)
    """Those of a set in order of their keys, where somebody changed one; in any other set all are there since its
    stamp (M5)."""
    still_us: int = 0
    """Until when its values are left to rest before they are written (W12)."""
    latest_us: int = 0
    """When that ends at the latest, whatever changes meanwhile."""
    waits_us: int = 0
    """Since when a write of it waits for the record of another one (W5)."""


# The third layer: links, and the shadows in them


class Sent(NamedTuple):
    """One property of a write that was sent: the raw value, and the golden revision that it stood for."""

    raw: Raw
    stamp: Stamp


class Open(Struct, kw_only=True):
    """The one write to a record that was sent, or is about to be, and whose outcome is not known."""

    kind: WriteKind
    sent: dict[int, Sent]
    body: dict[str, Raw] | None = None
    """Frozen at the first sending, and repeated as it is (W2)."""
    version: str | None = None
    """The version of the record that the write names."""
    key: str = ""
    """The idempotency key of a create (W3)."""
    sent_us: int = 0
    """When it was sent last."""
    first_us: int = 0
    """When it was sent first."""
    sendings: int = 0
    acked: bool = False
    """The system said yes, and did not show the record: it is read (S5)."""
    unknown: bool = False
    """It may have been applied, and nobody knows (W4)."""
    returned: str | None = None
    """The version that the reply named, where it showed no record (S5)."""
    kept: dict[str, Raw] | None = None
    """The whole payload of a record that is deleted (W8)."""


class Suspect(Struct, kw_only=True):
    """A value found while a write of the same property was unresolved: an edit or a representation (S5).

    `on` is the raw value that the base stands for, on which an edit would have been made (M5). `acked`: it was found
    after a write that the system had said yes to.
    """

    raw: Raw
    time_us: int
    base: Stamp
    sent: Sent
    on: Raw = MISSING
    acked: bool = False


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
    denied: bool = False
    """The account may not write it, which is a matter of rights and not of the value."""


class Written(NamedTuple):
    """A value that was written and confirmed (G5). `undone`: it was changed in this very record since."""

    at_us: int
    raw: Raw
    undone: bool


class Link(Struct, kw_only=True):
    """The durable tie between a record and a golden record, and the shadow: what was agreed, property by property."""

    golden: str
    mapping: str
    incarnation: int = 0
    """Counts the records of this mapping that stood for the golden record, one after another."""
    id: str | None = None
    """None until its create is answered."""
    life: Literal["creating", "live", "tomb"] = "live"
    by: Literal["", "hub", "person"] = ""
    """Who ended a tomb: what a person deleted does not come back by itself (W8)."""
    seq: int = 0
    """The `Seen.seq` that is settled."""

    # the shadow
    raw: list[Raw]
    """The agreed values in the system's own spelling; MISSING: there is no base yet (M6)."""
    base: list[Stamp]
    """The golden revision that the record was last causally on: written there and confirmed, or edited there."""
    same: list[Stamp | None]
    """The golden revision that it equals without a write."""
    read_us: int = 0
    """When the shadow's values were last read."""
    restored: bool = False
    """Its system was restored from a backup and the hub's state holds: what is read next is no news (S11)."""

    # writes to it
    open: Open | None = None
    suspects: dict[int, Suspect] = field(default_factory=dict)
    rejected: dict[int, Rejection] = field(default_factory=dict)
    """Refused values; -1 is the record as a whole (W9)."""
    written: dict[int, list[Written]] = field(default_factory=dict)
    """The last values that were written, oldest first (G5)."""
    generation: int = 0
    """Counts creates that were refused: each next one bears another idempotency key (W3)."""
    refusals: int = 0
    """Times in a row that the system said the record had moved on (W2)."""
    sent_us: int = 0
    """When the last write was sent."""
    confirmed_us: int = 0
    """When a write was last confirmed."""
    own_version: str | None = None
    """The version that our last write made (S6)."""
    own_modified_us: int | None = None
    """The modification time that it stamped, on the system's own clock (M3)."""

    # what a person decided about this record alone
    pins: dict[int, Pin] = field(default_factory=dict)
    doomed: bool = False
    """It is to be deleted, for its create was undone (G3)."""
    kept: dict[str, Raw] | None = None
    """Of a tomb: it is to be created again, with this payload around the golden values (G3)."""
    ruled: bool = False
    """Of a tomb: that it was deleted here and edited elsewhere is no question any more (W8)."""


class Cluster(Struct, kw_only=True):
    """A golden record with all its links, and what was last seen of each linked record by (mapping, id)."""

    golden: Golden
    links: list[Link]
    seen: dict[tuple[str, str], Seen] = field(default_factory=dict)


# Matching


class Key(NamedTuple):
    """A record's comparable text under one match rule (L2)."""

    rule: str
    key: str
    mapping: str
    id: str


class Member(NamedTuple):
    """A record of a group."""

    mapping: str
    id: str
    golden: str | None
    """None where it is not linked."""
    held: str
    """Why it is held; LEFT_OUT where its mapping leaves it out."""
    vetoes: tuple[str | None, ...] = ()
    """Its texts under the vetoes of the rule (L10)."""
    likeness: tuple[str | None, ...] = ()
    """Its texts that a rule compares by likeness (L7)."""


class Group(Struct, kw_only=True):
    """All records of a concept that bear one key under one rule."""

    rule: str
    key: str
    members: list[Member]


# What people are asked, and what they said


class Review(Struct, kw_only=True):
    """A group that a person has to look at.

    `kind`: "cluster" and "veto" hold their unlinked members; "merge" and "propose" only propose to join, and keep
    creates from being made (W13 d); "create" asks what became of a create (W3), "restore" what a hub had created that
    was restored from a backup since, and holds what it may concern (S11).
    """

    id: str
    concept: str
    rule: str
    key: str
    kind: Literal["cluster", "merge", "veto", "propose", "create", "restore"]
    members: list[str]
    """Record keys."""
    goldens: list[str]
    """The golden records that they stand for, if any."""
    reason: str
    at_us: int


class Decision(NamedTuple):
    """What a person said of two records, for ever: one thing, or different ones. The newest of a pair holds (L6)."""

    concept: str
    a: str
    """Key of one record; it comes before `b`."""
    b: str
    verdict: Literal["same", "different", "withdrawn"]
    """"withdrawn" says nothing any more."""
    at_us: int
    by: str = ""
    run: int = 0
    restore: bool = False
    """Records that are parted get back what they held before they were joined, where what was written still
    stands (L8)."""
    todo: bool = True
    """It was not carried out yet, or a record of it was not there."""


# Reading


class Cursor(Struct, kw_only=True):
    """How far an entity type has been read."""

    mapping: str
    token: str = ""
    began_us: int = 0
    """When the last finished read began."""
    complete: bool = False
    """All of it was read once."""
    swept_us: int = 0
    """When all ids were last read; 0 asks for a sweep."""
    identity: str = ""
    """The account that it was read with (K6)."""
    back_us: int = 0
    """When a record was last found below its highest version, which is not believed at first (S11)."""


class Fetch(NamedTuple):
    """A record to be read by its id, not before a time; as durable as a write."""

    mapping: str
    id: str
    reason: str
    not_before_us: int = 0


# History


class Event(Struct, kw_only=True, omit_defaults=True):
    """A line of history: facts, and the value apart from them (P1)."""

    kind: str
    """edit, loser, superseded, unknown, representation, first_link, linked, created, updated, deleted, rejected, gone,
    revived, side_effect, ..."""
    golden: str
    property: str = ""
    record: str = ""
    value: Value = None
    before: Value = None
    """The value that a write replaced (M4)."""
    has_value: bool = False
    stamp: Stamp | None = None
    rule: str = ""
    at_us: int = 0
    run: int = 0
