"""What one settling of one golden record works with, and the few acts that change it."""

from collections.abc import Mapping as ReadOnly, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from accord.core.claims import LATEST, merge
from accord.core.model import Concept, Mapping, Model, PropertyMapping, References, Survivorship
from accord.core.oscillation import note_undone, note_written
from accord.core.sets import in_golden_words, merge_elements
from accord.core.stamps import BOTTOM, Stamp, edit_stamp, is_side_effect, side_effect_stamp
from accord.core.state import (
    NOT_PERMITTED,
    TO_BE_READ,
    Claim,
    Cluster,
    Element,
    Event,
    Fetch,
    Golden,
    Link,
    Open,
    Rejection,
    Seen,
    Sent,
    WriteKind,
    record_key,
)
from accord.core.values import MISSING, Raw, Value, value_order

__all__ = [
    "SECOND_US",
    "Context",
    "Due",
    "Gate",
    "Held",
    "Hold",
    "Work",
    "keep_rejections",
    "versions_around",
]

SECOND_US = 1_000_000


class Gate(Struct, frozen=True, kw_only=True):
    """What W13 wants to know of an entity type before a create there."""

    complete: bool
    """It and every connected entity type of its concept was read completely once."""
    began_us: int
    """When its last finished read began."""
    paused: bool = False
    """It is not read for now, and nothing waits for it."""
    swept_us: int = 0
    """When its last whole read began: what that did not show is fetched (S10)."""
    back_us: int = 0
    """When a record of it was last found below its highest version: `lag_s` later it is fetched again (S11)."""


class Context(Struct, frozen=True, kw_only=True):
    """All that a pure step is given besides rows: the model, the time, what was looked up."""

    model: Model
    now_us: int
    run: int = 0
    refs: References

    # what keeps from writing (W13, G2, K6, S11, L9)
    gates: ReadOnly[str, Gate]
    """By mapping."""
    strangers: frozenset[tuple[str, str]] = frozenset()
    """(golden, mapping) where an unlinked record bears a key of the golden record (W13 c)."""
    reviewed: ReadOnly[str, str] = field(default_factory=dict)
    """Record key -> id of an open review that concerns it (W13 d)."""
    paused: ReadOnly[str, str] = field(default_factory=dict)
    """Mapping -> why nothing is written there for now."""
    doubted: frozenset[str] = frozenset()
    """Paused mappings of which what was read last is not believed either (G2, S11)."""
    kept: frozenset[tuple[str, str]] = frozenset()
    """(mapping, id) of records that are to be deleted, of which another facet is alive (L9)."""

    # what refers to what, and waits for it (W5, W6)
    gone: frozenset[tuple[str, str]] = frozenset()
    """(entity type, id) that is referred to, and was deleted there."""
    unknown: frozenset[tuple[str, str]] = frozenset()
    """(entity type, id) that is referred to, and was never seen there."""
    alone: frozenset[str] = frozenset()
    """Golden records whose creates wait for each other: they are sent without the references that tie them."""
    barred: frozenset[tuple[str, str]] = frozenset()
    """(golden, mapping) that is referred to, and no record will come to stand for it there."""
    unasked: frozenset[tuple[str, str]] = frozenset()
    """(golden, mapping) that is referred to, and gets a record there only where something pulls it in."""
    pulled: frozenset[tuple[str, str]] = frozenset()
    """(golden, mapping) that something synchronised there refers to."""


class Due(Struct, kw_only=True):
    """A write that is due, derived and never stored."""

    kind: WriteKind
    golden: str
    mapping: str
    incarnation: int
    id: str | None = None
    sent: dict[int, Sent] = field(default_factory=dict)
    """By column of the mapping."""
    version: str | None = None
    """The version of the record that the write names (W4)."""
    again: bool = False
    """The open write of unknown outcome is sent once more, as it was."""
    blanks: list[str] = field(default_factory=list)
    """Properties that lose their value (G1, M6)."""
    overwrites: list[str] = field(default_factory=list)
    """Properties that get another value than they have (G1, M6)."""
    first: bool = False
    """It overwrites what a first link found (M6)."""
    pulled: bool = False
    """A create that is due only because something refers to it (W6)."""


Held: TypeAlias = Literal[
    "waiting", "pending", "failed", "conflict", "frozen", "excluded", "tombstoned", "review"
]
"""The states of G4 in which something is not written."""


class Hold(Struct, kw_only=True):
    """Something that is not written, and why."""

    golden: str
    mapping: str
    property: str
    state: Held
    reason: str
    until_us: int | None = None
    """When time alone will free it."""
    waits_for: tuple[str, str] | None = None
    """The (golden, mapping) whose creation will."""
    pulls: bool = False
    """It asks for that creation (W6)."""


class Work(Struct, kw_only=True):
    """One golden record under work: the cluster is consumed; `events`, `fetches` and `holds` are what comes out."""

    cluster: Cluster
    concept: Concept
    context: Context
    events: list[Event] = field(default_factory=list)
    fetches: list[Fetch] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)

    # looking up

    @property
    def golden(self) -> Golden:
        return self.cluster.golden

    def mapping(self, link: Link) -> Mapping | None:
        """The mapping of a link, None where it left the configuration: the link rests (K4)."""
        return self.context.model.mappings.get(link.mapping)

    def seen(self, link: Link) -> Seen | None:
        """What was last seen of a link's record; None where another record stands under its id now (S10)."""
        seen = None if link.id is None else self.cluster.seen.get((link.mapping, link.id))
        return seen if seen is not None and seen.golden == link.golden else None

    def rows(self, link: Link) -> tuple[PropertyMapping, ...]:
        """Rows of a link's mapping, in the order of its columns."""
        return self.context.model.mappings[link.mapping].properties

    def rule(self, column: int) -> Survivorship:
        """Survivorship of a golden property."""
        return self.concept.survivorship[column] if self.concept.survivorship else LATEST

    def revision(self, link: Link) -> Stamp:
        """A stamp for all that a record would be written: another one after any decision, a delete too, and when what
        it refers to comes or goes there (W8, W9)."""
        values, remote = self.golden.value, self.context.refs.remote
        referred = [
            remote(row.references, str(values[row.property]))
            for row in self.rows(link)
            if row.references and values[row.property] is not None
        ]
        return Stamp(0, 0, 0, "", value_order((self.golden.life, self.golden.stamp, referred)))

    # what is known of a record, and what is not yet

    def is_unread(self, link: Link) -> bool:
        """True where a record is fetched first: another one went into it (S10), or it has no base and was only listed
        in part (S3); or where what was read of it is not believed (G2, S11)."""
        if link.mapping in self.context.doubted:
            return link.life == "live" and MISSING in link.raw
        mapping, seen = self.mapping(link), self.seen(link)
        if mapping is None or seen is None or seen.gone or link.life != "live":
            return False
        lacking = mapping.declaration.listing_partial and not seen.fetched and MISSING in link.raw
        return lacking or seen.held == TO_BE_READ

    def is_reread(self, link: Link) -> bool:
        """True while a linked record without a base is to be read again, for its mapping has changed (K2)."""
        if link.life != "live" or MISSING not in link.raw or self.mapping(link) is None:
            return False
        gate, seen = self.context.gates[link.mapping], self.seen(link)
        return not gate.complete or (seen is not None and seen.asked_us < gate.swept_us)

    def get(self, row: PropertyMapping, raw: Raw) -> Value:
        """Canonical value of a raw one; MISSING where it is missing or says nothing (S3)."""
        if raw is MISSING:
            return MISSING
        try:
            return row.lens.get(raw, self.context.refs)
        except ValueError:
            return MISSING

    def told(self, row: PropertyMapping, raw: Raw) -> Value:
        """What the history keeps of a raw value: its canonical one, where there is one."""
        return raw if (value := self.get(row, raw)) is MISSING else value

    def is_lost(self, row: PropertyMapping, raw: Raw) -> bool:
        """True for a reference to what was deleted there: it will never say anything (W5)."""
        return bool(row.references) and (row.references, str(raw).strip()) in self.context.gone

    def is_untold(self, row: PropertyMapping, raw: Raw, shadow: Raw) -> bool:
        """True where a record refers to something else than its shadow does, and nobody knows yet what that is (W5)."""
        elsewhere = _refers_elsewhere(row, raw, shadow) and raw is not None and not self.is_lost(row, raw)
        return elsewhere and self.get(row, raw) is MISSING

    def asks_for(self, row: PropertyMapping, raw: Raw) -> bool:
        """True for a reference to what was never seen there: it is read by its id, for it may be long gone (W5)."""
        target = (row.references, str(raw).strip())
        if target not in self.context.unknown:
            return False
        self.fetches.append(Fetch(*target, "it is referred to, and was never seen"))
        return True

    def refers_elsewhere(self, link: Link) -> bool:
        """True where a live record refers to something else than its shadow does: it is looked at in every settling,
        for what it refers to may be known by now (W5)."""
        seen = self.seen(link) if link.life == "live" else None
        if seen is None or seen.gone or self.mapping(link) is None or seen.raw == link.raw:
            return False
        return any(map(_refers_elsewhere, self.rows(link), seen.raw, link.raw))

    def untold(self, link: Link) -> bool:
        """True where a live record refers to what nobody knows yet: that is an edit still to come."""
        seen = self.seen(link)
        if seen is None or not self.refers_elsewhere(link):
            return False
        return any(map(self.is_untold, self.rows(link), seen.raw, link.raw))

    # what comes out

    def note(self, kind: str, link: Link | None = None, column: int | None = None, **more: object) -> None:
        """Add a line to the history (M4)."""
        event = Event(kind=kind, golden=self.golden.id, at_us=self.context.now_us, run=self.context.run)
        if link is not None:
            event.record = record_key(link.mapping, link.id) if link.id else link.mapping
        if column is not None:
            event.property = self.concept.properties[column].name
        for name, value in more.items():
            setattr(event, name, value)
        event.has_value = "value" in more
        self.events.append(event)

    def note_updated(self, link: Link, column: int, sent: Sent, before: Value) -> None:
        """A written value, and the one that it replaced, which no history may lack (M4)."""
        more = {} if before is MISSING else {"before": before}
        row = self.rows(link)[column]
        note_written(link, column, sent.raw, self.context.now_us)
        self.note("updated", link, row.property, value=self.get(row, sent.raw), stamp=sent.stamp, **more)

    def fetch(self, link: Link, reason: str, not_before_us: int = 0) -> None:
        """Ask for a read of a link's record."""
        if link.id is not None:
            self.fetches.append(Fetch(link.mapping, link.id, reason, not_before_us))

    def hold(self, mapping: str, state: Held, reason: str, **more: object) -> None:
        """Say that something is not written, and why (G4)."""
        held = Hold(golden=self.golden.id, mapping=mapping, property="", state=state, reason=reason)
        for name, value in more.items():
            setattr(held, name, value)
        self.holds.append(held)

    # acts on the golden record

    def claim(
        self, column: int, claim: Claim, rule: str, link: Link | None = None, *, was: Value = MISSING
    ) -> None:
        """Let a claim compete; what loses goes to the history (M4).

        `was` is what its record showed before, which tells what an edit of a set is about (M5); where it showed
        nothing, or its system computed it, the set is one value.
        """
        for fate, lost in self._merge(column, claim, was):
            self.note(
                fate,
                None,
                column,
                record=lost.stamp.record,
                value=[lost.value] if isinstance(lost, Element) else lost.value,
                stamp=lost.stamp,
                rule="by element" if isinstance(lost, Element) else self.rule(column).rule,
            )
        self.note(rule, link, column, value=claim.value, stamp=claim.stamp)
        if link is None:
            self.events[-1].record = claim.stamp.record

    def _merge(self, column: int, claim: Claim, was: Value) -> Sequence[tuple[str, Claim | Element]]:
        of, golden = self.concept.by_element.get(column), self.golden
        if of is None:
            exact = not any(m.declaration.clock_error_s for m in self.context.model.mappings.values())
            return merge(golden, column, claim, self.rule(column), exact=exact)
        if was is MISSING and claim.stamp <= golden.stamp[column]:
            return [] if claim.value == golden.value[column] else [("loser", claim)]
        return merge_elements(golden, column, claim, golden.value[column] if was is MISSING else was, of)

    def pick(self, column: int, value: Value, by: str) -> None:
        """A person's claim, which supersedes all that compete: those who do not hold it are written (M2, M6, G3).

        Those who hold it are on it from now on, as if it had been typed there: what is edited there later is no rival.
        """
        golden = self.golden
        stamps = [golden.stamp[column], *(claim.stamp for claim in golden.rivals.get(column, ()))]
        places = [
            (link, at, row)
            for link in self.cluster.links
            for at, row in enumerate(self.rows(link) if self.mapping(link) is not None else ())
            if row.property == column
        ]
        for link, at, row in places:
            if (pin := link.pins.pop(at, None)) is not None:
                stamps.append(pin.stamp)
            self._give_base(link, at, row, value)
        self.revive_golden()  # nobody who deleted a record of it had that before their eyes (W8)
        base = max(stamps)
        stamp = edit_stamp(self.context.now_us, base, 0, f"person:{by}", value_order(value))
        golden.questions.pop(column, None)
        self.claim(column, Claim(stamp, base, value), "picked", was=golden.value[column])
        for link, at, row in places:
            if (
                link.life == "live"
                and link.open is None
                and self.get(row, link.raw[at]) == golden.value[column]
            ):
                link.base[at], link.same[at] = golden.stamp[column], None

    def _give_base(self, link: Link, column: int, row: PropertyMapping, value: Value) -> None:
        """What a record shows that no first link could decide upon is decided now, and stays in the history."""
        seen = self.seen(link)
        if link.life != "live" or link.raw[column] is not MISSING or seen is None:
            return
        shown = self.get(row, seen.raw[column])
        if shown is MISSING or not row.reads:
            return
        link.raw[column], link.base[column] = seen.raw[column], BOTTOM
        if shown not in (None, value):
            self.note("loser", link, row.property, value=shown, rule="picked")

    def revive_golden(self, link: Link | None = None) -> None:
        """An edit of a record, or what a person wants, keeps a golden record that was about to be deleted (W8)."""
        if self.golden.life != "alive":
            self.golden.life = "alive"
            self.note("revived", link)

    # acts on a link

    def edit(
        self, link: Link, column: int, raw: Raw, value: Value, time_us: int, base: Stamp, on: Raw = MISSING
    ) -> None:
        """Somebody's edit of a linked record: it becomes the shadow, and a claim for the golden property (M1).

        `on` is the raw value that the base stands for, where the shadow is another one already.
        """
        mapping = self.context.model.mappings[link.mapping]
        row = mapping.properties[column]
        property_ = row.property
        was = self.get(row, link.raw[column] if on is MISSING else on)
        record = record_key(link.mapping, link.id or "")
        stamp = edit_stamp(time_us, base, mapping.priority, record, value_order(value))
        link.raw[column], link.base[column], link.same[column] = raw, stamp, None
        note_undone(link, column)
        link.rejected.clear()  # the record changed: what it refused may be taken now (W9)
        link.pins.pop(column, None)  # a person has decided otherwise (G3)
        if link.doomed:
            link.doomed = False
            self.note("delete_overruled", link)
        self.revive_golden(link)
        error_us = int(mapping.declaration.clock_error_s * SECOND_US)
        was = None if was is MISSING else was
        if row.normal is not None and (of := self.concept.by_element.get(property_)) is not None:
            was, value = (in_golden_words(self.golden, property_, v, row.normal, of) for v in (was, value))
        self.claim(property_, Claim(stamp, base, value, error_us), "edit", link, was=was)

    def side_effect(self, link: Link, column: int, raw: Raw, value: Value) -> None:
        """The system changed a property by itself while it applied our write: it loses to every other claim (S6)."""
        mapping = self.context.model.mappings[link.mapping]
        property_ = mapping.properties[column].property
        decided = self.golden.stamp[property_]
        link.raw[column], link.base[column], link.same[column] = raw, BOTTOM, None
        note_undone(link, column)
        if is_side_effect(decided):
            record = record_key(link.mapping, link.id or "")
            stamp = side_effect_stamp(decided, mapping.priority, record, value_order(value))
            link.base[column] = stamp
            self.claim(property_, Claim(stamp, decided, value), "side_effect", link)
        else:
            self.note("side_effect", link, property_, value=value)

    def agree(self, link: Link, column: int, raw: Raw, stamp: Stamp) -> None:
        """The record holds what stands for a golden revision: written and confirmed, or its representation (S5)."""
        link.raw[column], link.base[column], link.same[column] = raw, stamp, None
        link.rejected.pop(column, None)

    def reject(self, link: Link, column: int, stamp: Stamp, message: str, *, denied: bool = False) -> None:
        """A write was refused or ignored: it goes to the dead letters until something changes (W9)."""
        link.rejected[column] = Rejection(
            stamp=stamp,
            message=f"{NOT_PERMITTED}: {message}" if denied else message,
            at_us=self.context.now_us,
            denied=denied,
            fingerprint=self.context.model.fingerprint,
            version=row.version if (row := self.seen(link)) is not None else None,
        )
        mapping = self.mapping(link)
        known = mapping is not None and column >= 0
        self.note(
            "rejected", link, mapping.properties[column].property if known and mapping else None, stamp=stamp
        )

    def bury(self, link: Link, by: Literal["hub", "person"]) -> None:
        """A link's record is gone, or was never made: nothing that it refused, or that was kept aside, matters now."""
        link.life, link.by, link.suspects, link.rejected = "tomb", by, {}, {}
        link.pins, link.doomed, link.ruled = {}, False, link.doomed


def versions_around(write: Open, seen: Seen) -> tuple[str | None, str | None]:
    """The versions of a record before and after a write of ours, as far as they are known."""
    return write.version or next(reversed(seen.old_versions), None), seen.version


def keep_rejections(link: Link, before: str | None, after: str | None) -> None:
    """Our own write took a record from one version to another: no reason to try again what it refused (W9)."""
    for column, rejection in link.rejected.items():
        if rejection.version == before:
            link.rejected[column] = replace(rejection, version=after)


def _refers_elsewhere(row: PropertyMapping, raw: Raw, shadow: Raw) -> bool:
    return (
        bool(row.references) and row.reads and raw != shadow and raw is not MISSING and shadow is not MISSING
    )
