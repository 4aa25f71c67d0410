"""Stories of one golden record, told in few words: what systems show, what the hub sends, what they answer.

Times are seconds of the hub's clock. An observation at a time has, unless told otherwise, a version and a modification
time of that time; `at` is when the request began.

    story = Story(system("crm"), system("erp"))
    story.sees("crm", at=10, name="Ada")
    story.sees("erp", at=11, name="ADA")
    story.sends("erp", at=12)
    story.answers("erp", at=12, name="Ada")
"""

from collections.abc import Iterable, Mapping as ReadOnly
from typing import Any

from accord.core.confirm import confirm, open_write
from accord.core.declaration import Declaration
from accord.core.intake import Intake, Timing, intake, timing_of
from accord.core.lens import Path, build_lens
from accord.core.link import new_golden, new_link
from accord.core.model import Concept, Mapping, MatchRule, Model, Property, PropertyMapping
from accord.core.observation import Observation, Outcome
from accord.core.settle import Settled, settle, settle_work
from accord.core.state import Cluster, Event, Golden, Link, Seen
from accord.core.values import MISSING
from accord.core.work import SECOND_US, Context, Due, Gate, Hold, Work

__all__ = [
    "EMAIL_RULE",
    "Refs",
    "Story",
    "concept",
    "observation",
    "row",
    "system",
    "take",
]

PROPERTIES = ("email", "name", "phone")
_OF_MAPPING = {*Mapping.__struct_fields__} - {"entity_type", "properties", "declaration"}
EMAIL_RULE = MatchRule(name="email", parts=((0, str.lower),))
UNSET: Any = object()


def us(seconds: float) -> int:
    """Microseconds."""
    return int(seconds * SECOND_US)


def row(
    name: str, *, lens: Any = None, value_type: str = "string", references: str = "", **more: Any
) -> PropertyMapping:
    """A row of a mapping: the property of that name at the path of that name."""
    return PropertyMapping(
        property=more.pop("property", PROPERTIES.index(name) if name in PROPERTIES else 0),
        name=name,
        place=more.pop("place", Path(name)),
        lens=lens or build_lens(None, value_type, references=references),
        fingerprint=f"{name}:{value_type}",
        references=references,
        **more,
    )


def system(name: str, *rows: PropertyMapping, **more: Any) -> Mapping:
    """A mapping of `name.Person`. `rows` stand in for those of the same property; what is no field of a mapping is
    declared of the entity type."""
    named = {r.name: r for r in rows}
    fields = {key: more.pop(key) for key in _OF_MAPPING if key in more}
    entity_type = f"{name}.{more.pop('type', 'Person')}"
    properties = more.pop("properties", PROPERTIES)
    return Mapping(
        entity_type=entity_type,
        properties=tuple(named.get(p) or row(p) for p in properties),
        declaration=Declaration(entity_type=entity_type, **more),
        **{"concept": "person", **fields},
    )


def concept(*, properties: Iterable[Property] = (), **more: Any) -> Concept:
    """The concept person, with e-mail as its match rule."""
    columns = tuple(properties) or tuple(Property(name=p, type="string") for p in PROPERTIES)
    return Concept(**{"name": "person", "properties": columns, "rules": (EMAIL_RULE,), **more})


class Refs:
    """References of a story: (entity type, remote id) -> golden id."""

    def __init__(self, known: ReadOnly[tuple[str, str], str] | None = None) -> None:
        self.known = dict(known or {})

    def golden(self, entity_type: str, remote_id: str) -> str | None:
        return self.known.get((entity_type, remote_id))

    def remote(self, entity_type: str, golden_id: str) -> str | None:
        return next((r for (t, r), g in self.known.items() if (t, g) == (entity_type, golden_id)), None)


def observation(
    mapping: str = "crm.Person",
    remote_id: str = "1",
    *,
    at: float,
    how: str = "listing",
    version: Any = UNSET,
    modified: Any = UNSET,
    created: float | None = None,
    gone: str = "",
    **more: Any,
) -> Observation:
    """An observation; keywords that are no field of it are its payload."""
    told = ("proven", "successor", "order", "our_id", "creator", "offset_us")
    fields = {key: more.pop(key) for key in told if key in more}
    modified = at if modified is UNSET else modified
    return Observation(
        mapping=mapping,
        id=remote_id,
        how=how,
        asked_us=us(at),
        payload=None if gone else more,
        gone=gone,
        version=f"v{at}" if version is UNSET else version,
        modified_us=None if modified is None else us(modified),
        created_us=None if created is None else us(created),
        born_us=None if created is None else us(created),
        **fields,
    )


def take(
    *observations: Observation,
    rows: dict[str, Seen] | None = None,
    timing: Timing | None = None,
    mapping: Mapping | None = None,
    now: float = 0,
    **more: Any,
) -> Intake:
    """Take a page in; `rows` is brought up to date, as a store would."""
    rows = {} if rows is None else rows
    timings = {} if timing is None else {o.id: timing for o in observations}
    taken = intake(observations, rows, timings, mapping or system("crm"), concept(**more), us(now))
    rows.update({r.id: r for r in (*taken.rows, *taken.reread)})
    return taken


class Story:
    """One golden record, its links, and what has come of the last settling."""

    def __init__(
        self, *systems: Mapping, of: Concept | None = None, refs: Refs | None = None, **context: Any
    ) -> None:
        self.model = Model(
            project="story",
            concepts={"person": of or concept()},
            mappings={s.key: s for s in systems},
            fingerprint="1",
        )
        self.cluster = Cluster(golden=new_golden("person:1", self.model.concepts["person"]), links=[])
        self.refs = refs or Refs()
        self.gates: dict[str, Gate] = {}
        self.context = context
        self.now = 0.0
        self.history: list[Event] = []
        self.settled: Settled = Settled(cluster=self.cluster, dues=[], holds=[], fetches=[], events=[])

    # given and when

    def sees(self, name: str, remote_id: str = "1", /, *, at: float, **more: Any) -> Settled:
        """A record is observed, linked to the golden record if it is not yet, and settled."""
        mapping = self.mapping(name)
        self.takes(observation(mapping.key, remote_id, at=at, **more))
        return self.settles(at=at)

    def takes_both(self, *edits: tuple[str, float, str]) -> Settled:
        """Names are edited in several systems, each at its time, before the hub looks."""
        at = max(self.now, *(time for _, time, _ in edits)) + 1
        for name, time, value in edits:
            self.takes(
                observation(self.mapping(name).key, at=at, version=f"e{time}", modified=time, name=value)
            )
        return self.settles(at=at)

    def adopts(self, name: str, remote_id: str = "new", /, *, at: float, **more: Any) -> Settled:
        """The record that a create of unknown outcome made is found."""
        link = self.link(name, opened=True)
        link.id, link.life = remote_id, "live"
        found = self.takes(observation(self.mapping(name).key, remote_id, at=at, how="search", **more))
        assert found is not None
        found.golden = self.golden.id
        return self.settles(at=at)

    def takes(self, seen: Observation) -> Seen | None:
        """An observation goes through intake; nothing is settled."""
        self.now = max(self.now, seen.asked_us / SECOND_US)
        mapping = self.model.mappings[seen.mapping]
        key = seen.mapping, seen.id
        known = {seen.id: self.cluster.seen[key]} if key in self.cluster.seen else {}
        link = next((k for k in self.cluster.links if (k.mapping, k.id) == key), None)
        timings = {seen.id: timing_of(link)}
        taken = intake([seen], known, timings, mapping, self.model.concepts["person"], us(self.now))
        self.settled.fetches.extend(taken.fetches)
        found = next(iter((*taken.rows, *taken.reread)), None)
        if found is None:
            return None
        self.cluster.seen[key] = found
        if link is None and not found.golden:
            self.links(mapping, seen.id)
        return found

    def links(self, mapping: Mapping, remote_id: str) -> Link:
        """A record becomes a link without a base."""
        link = new_link(self.golden.id, mapping, remote_id)
        link.incarnation = 1 + max(
            (k.incarnation for k in self.cluster.links if k.mapping == mapping.key), default=-1
        )
        self.cluster.links.append(link)
        self.cluster.seen[mapping.key, remote_id].golden = self.golden.id
        return link

    def settles(self, *, at: float | None = None, **context: Any) -> Settled:
        """The golden record is settled."""
        self.now = self.now if at is None else max(self.now, at)
        return self._keep(settle(self.cluster, self.given(**context)))

    def given(self, **context: Any) -> Context:
        """The context of now; every entity type was read completely just now, unless `gates` says otherwise."""
        gates = {
            key: self.gates.get(key, Gate(complete=True, began_us=us(1e9))) for key in self.model.mappings
        }
        return Context(
            **{
                "model": self.model,
                "now_us": us(self.now),
                "refs": self.refs,
                "gates": gates,
                **self.context,
                **context,
            }
        )

    def sends(self, name: str, *, at: float | None = None) -> Link:
        """The write that is due in a system is frozen and sent."""
        self.now = self.now if at is None else max(self.now, at)
        return open_write(self.work(), self.due(name))

    def answers(self, name: str, kind: str = "done", /, *, at: float | None = None, **more: Any) -> Settled:
        """The write under way ends. With values it is answered with the record, else without."""
        self.now = self.now if at is None else max(self.now, at)
        mapping, link = self.mapping(name), self.link(name, opened=True)
        told = {key: more.pop(key) for key in ("message", "faults", "after_s", "denied") if key in more}
        reply, found = more.pop("reply", None), None
        if more:
            remote_id = link.id or more.pop("id", "new")
            reply = observation(mapping.key, remote_id, at=self.now, how="reply", **more)
            key = mapping.key, remote_id
            known = {remote_id: self.cluster.seen[key]} if key in self.cluster.seen else {}
            taken = intake(
                [reply],
                known,
                {remote_id: timing_of(link)},
                mapping,
                self.model.concepts["person"],
                us(self.now),
            )
            found = next(iter((*taken.rows, *taken.reread)), self.cluster.seen.get(key))
            if found is not None:
                self.cluster.seen[key] = found
        work = self.work()
        confirm(work, link, Outcome(kind=kind, observation=reply, **told), found)
        return self._keep(settle_work(work))

    def in_sync(self, at: float = 10, /, **values: Any) -> "Story":
        """Given: every system holds the same values, and nothing is due."""
        for mapping in self.model.mappings.values():
            self.takes(observation(mapping.key, at=at, **values))
        self.settles(at=at)
        assert not self.settled.dues
        assert not self.settled.holds
        self.history.clear()
        return self

    def work(self) -> Work:
        """A work on the golden record as it stands."""
        return Work(cluster=self.cluster, concept=self.model.concepts["person"], context=self.given())

    def _keep(self, settled: Settled) -> Settled:
        self.settled = settled
        self.history.extend(settled.events)
        return settled

    # then

    @property
    def golden(self) -> Golden:
        return self.cluster.golden

    def mapping(self, name: str) -> Mapping:
        """The mapping of a system, or of a key."""
        found = self.model.mappings.get(name)
        return found or next(m for m in self.model.mappings.values() if m.system == name)

    def link(self, name: str, *, opened: bool = False) -> Link:
        """The last link of a system, or the one with an open write."""
        return self.link_of(self.mapping(name).key, opened=opened)

    def link_of(self, key: str, *, opened: bool = False) -> Link:
        """The last link of a mapping, also of one that left the configuration."""
        links = [k for k in self.cluster.links if k.mapping == key and (k.open is not None or not opened)]
        return max(links, key=lambda k: k.incarnation)

    def value(self, name: str) -> Any:
        """Golden value of a property."""
        return self.golden.value[self._column(name)]

    def values(self) -> dict[str, Any]:
        """Golden values that are not null, by name."""
        names = [p.name for p in self.model.concepts["person"].properties]
        return {n: v for n, v in zip(names, self.golden.value, strict=True) if v is not None}

    def _column(self, name: str) -> int:
        return [p.name for p in self.model.concepts["person"].properties].index(name)

    def due(self, name: str) -> Due:
        """The one write that is due in a system."""
        (due,) = [d for d in self.settled.dues if d.mapping == self.mapping(name).key]
        return due

    def dues(self) -> dict[str, dict[str, Any]]:
        """What is due: the raw values to be written by system; a create is "+system", a delete "-system"."""
        signs = {"create": "+", "update": "", "delete": "-"}
        found = {}
        for due in self.settled.dues:
            mapping = self.model.mappings[due.mapping]
            found[signs[due.kind] + mapping.system] = {
                mapping.properties[c].name: sent.raw for c, sent in sorted(due.sent.items())
            }
        return found

    def holds(self) -> set[tuple[str, str, str]]:
        """What is held: (system, property, state)."""
        return {(self.model.mappings[h.mapping].system, h.property, h.state) for h in self.settled.holds}

    def hold(self, state: str) -> Hold:
        """The one hold of a state."""
        (hold,) = [h for h in self.settled.holds if h.state == state]
        return hold

    def told(self, kind: str) -> list[Any]:
        """Values of the lines of history of a kind."""
        return [e.value for e in self.history if e.kind == kind]

    def happened(self) -> list[str]:
        """Kinds of the lines of history, in order."""
        return [e.kind for e in self.history]

    def fetches(self) -> list[tuple[str, float]]:
        """What is to be fetched: (system, not before)."""
        return [
            (self.model.mappings[f.mapping].system, f.not_before_us / SECOND_US) for f in self.settled.fetches
        ]

    def shadow(self, name: str, row_name: str) -> Any:
        """What a link's shadow holds of a property, "?" where there is no base."""
        rows = self.mapping(name).properties
        raw = self.link(name).raw[[r.name for r in rows].index(row_name)]
        return "?" if raw is MISSING else raw
