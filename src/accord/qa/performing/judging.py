"""What is seen against what is expected: the expectations of a step, from payloads that the systems showed."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from accord.core.observation import Outcome
from accord.qa.checklist import Agree, Appears, Expect, Field, Gone, IdOf, Lives, Shows, StaysAway, Still
from accord.qa.performing.bearers import bears
from accord.qa.performing.fence import Sent
from accord.qa.performing.ground import Ground
from accord.qa.performing.playing import Play
from accord.qa.performing.probes import Probes
from accord.qa.performing.records import Record, named, type_of
from accord.qa.performing.sight import Sight
from accord.qa.performing.spots import is_same, value_at
from accord.qa.performing.wording import shown, values_of

__all__ = ["Judge", "Judged", "Sends"]


class Sends:
    """The writes of a round, by what they wrote."""

    def __init__(self, sent: list[Sent]) -> None:
        self.by_record: dict[Record, list[Sent]] = {}
        self.creates: dict[str, list[Sent]] = {}
        for each in sent:
            if each.record is not None:
                self.by_record.setdefault(each.record, []).append(each)
            if each.kind == "create" and each.by == "hub":
                self.creates.setdefault(each.at, []).append(each)

    def by_hub(self, record: Record) -> list[Sent]:
        """What the hub wrote to a record."""
        return [sent for sent in self.by_record.get(record, ()) if sent.by == "hub"]


class Judged(Struct, kw_only=True):
    """A step as it is seen: whether all is as expected, in sentences what is not. `absent`: a counterpart is not there.
    `unsure` are records to be read by their ids before it is believed."""

    passed: bool = True
    expected: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    records: dict[Record, None] = field(default_factory=dict)
    absent: bool = False
    roles: dict[str, Record] = field(default_factory=dict)
    unsure: set[Record] = field(default_factory=set)

    def says(self, passed: bool, expected: str, seen: str) -> None:
        """One expectation, judged."""
        self.passed = self.passed and passed
        self.expected.append(expected)
        self.seen.append(seen)
        if not passed:
            self.wrong.append(f"expected {expected}; seen {seen}")


class Judge:
    """Judges steps. `before` are payloads as the step before left them, of the records that are to stay so."""

    def __init__(self, ground: Ground, sight: Sight, probes: Probes) -> None:
        self._ground, self._sight, self._probes = ground, sight, probes
        self.sends = Sends([])
        self.before: dict[Record, Mapping[str, Any] | None] = {}

    def judge(self, play: Play) -> Judged:
        """The step at which a play is."""
        found = Judged(roles=dict(play.roles))
        for expect in play.at.expects:
            self._one(play, expect, found)
        found.records.update(dict.fromkeys(found.roles.values()))
        if not found.passed:
            found.unsure.update(found.roles.values())
        return found

    def _one(self, play: Play, expect: Expect, found: Judged) -> None:
        match expect:
            case Appears():
                self._appears(play, expect, found)
            case StaysAway():
                self._stays_away(play, expect, found)
            case Agree():
                self._agree(expect, found)
            case Shows() | Gone() | Lives() | Still():
                record = found.roles.get(expect.role)
                if record is None:
                    found.says(False, f"{expect.role} is there", "it is not known")
                else:
                    self._of_one(expect, record, found)

    def _of_one(self, expect: Shows | Gone | Lives | Still, record: Record, found: Judged) -> None:
        payload = self._sight.shown(record)
        there = "it is there" if payload is not None else "it is not there"
        if isinstance(expect, Shows):
            self._shows(expect, record, payload, found)
            return
        if record not in self._sight.fetched:
            found.unsure.add(record)
            found.passed = False
        if isinstance(expect, Gone):
            found.says(payload is None, f"{named(record)} is deleted", there)
        elif isinstance(expect, Lives):
            found.says(payload is not None, f"{named(record)} is there", there)
        else:
            calls = self.sends.by_hub(record)
            changed = "another payload" if payload != self.before.get(record) else ""
            seen = f"{len(calls)} calls" if calls else changed if payload is not None else there
            found.says(not seen, f"{named(record)} stays as it is, without a call", seen or "so it is")

    def _shows(self, expect: Shows, record: Record, payload: Mapping[str, Any] | None, found: Judged) -> None:
        wanted = tuple(Field(f.spot, self._told(f.value, found.roles)) for f in expect.fields)
        if payload is None:
            found.says(False, f"{named(record)}: {shown(wanted)}", "the record is not there")
            return
        are = [self._is(record, payload, each) for each in wanted]
        good = any(are) if expect.enough else all(are)
        seen = values_of(payload, wanted)
        if not good:
            seen += self._refused(record)
        some = "at least one of " if expect.enough and len(wanted) > 1 else ""
        found.says(good, f"{named(record)}: {some}{shown(wanted)}", seen)

    def _is(self, record: Record, payload: Mapping[str, Any], each: Field) -> bool:
        raw = value_at(payload, each.spot)
        if isinstance(each.value, _Id):
            return raw is not None and str(raw) == each.value
        spec = self._ground.type(record.at).properties.get(each.spot.path)
        return is_same(raw, each.value, spec)

    def _told(self, value: Any, roles: Mapping[str, Record]) -> Any:
        if not isinstance(value, IdOf):
            return value
        return _Id(roles[value.role].id) if value.role in roles else value

    def _agree(self, expect: Agree, found: Judged) -> None:
        one, other = (found.roles.get(role) for role in expect.roles)
        expected = " or ".join(f"{shown((a,))} and {shown((b,))}" for a, b in expect.outcomes)
        payloads = [self._sight.shown(r) if r is not None else None for r in (one, other)]
        if one is None or other is None or payloads[0] is None or payloads[1] is None:
            found.says(False, expected, "one of the records is not there")
            return
        left, right = payloads[0], payloads[1]
        good = any(self._is(one, left, a) and self._is(other, right, b) for a, b in expect.outcomes)
        fields = expect.outcomes[0]
        seen = f"{values_of(left, fields[:1])} and {values_of(right, fields[1:])}"
        if not good:
            seen += self._refused(one) + self._refused(other)
        found.says(good, f"both agree: {expected}", seen)

    # counterparts

    def _appears(self, play: Play, expect: Appears, found: Judged) -> None:
        there = self._others(play, expect, found)
        expected = f"a counterpart of {self._name(expect.of, found)} in {expect.at}, just one"
        if len(there) == 1:
            found.roles[expect.role] = there[0]
            found.says(True, expected, named(there[0]))
            return
        found.unsure.update(there)
        made = self.sends.creates.get(type_of(expect.at), ())
        found.unsure.update(sent.record for sent in made if sent.record is not None)
        seen = ", ".join(map(named, there[:5])) if there else "none" + self._refused_create(expect)
        is_unknown = not there or not expect.by  # of several that bear nothing, none is known to be it
        found.absent = found.absent or (is_unknown and not self._has_counterpart(play))
        found.says(False, expected, seen)

    def _stays_away(self, play: Play, expect: StaysAway, found: Judged) -> None:
        there = self._others(play, expect, found)
        found.unsure.update(there)
        expected = f"no {'further ' if len(found.roles) > 1 else ''}counterpart in {expect.at}"
        found.says(not there, expected, ", ".join(map(named, there[:5])) or "none")

    def _others(self, play: Play, expect: Appears | StaysAway, found: Judged) -> list[Record]:
        """Records of the type that are recognised, and bear no role here."""
        own, at = set(found.roles.values()), type_of(expect.at)
        if expect.by:
            return [r for r in self._sight.bearers(at, expect.by) if r not in own]
        new = (r for r in self._probes.of(at) if r not in play.before and r not in own)
        return [r for r in new if self._sight.shown(r) is not None]

    def _has_counterpart(self, play: Play) -> bool:
        return bool(play.roles.keys() - play.made)

    def _name(self, role: str, found: Judged) -> str:
        return named(found.roles[role]) if role in found.roles else role

    # why

    def _refused(self, record: Record) -> str:
        """What the system said to the hub about a record."""
        said = [s.outcome for s in self.sends.by_hub(record) if s.outcome.kind == "refused"]
        return f" ({record.at} refused it: {_answer(said[-1])})" if said else ""

    def _refused_create(self, expect: Appears) -> str:
        for sent in self.sends.creates.get(type_of(expect.at), ()):
            ours = not expect.by or any(bears(sent.body, literal) for literal in expect.by)
            if sent.outcome.kind == "refused" and ours:
                return f" ({expect.at} refused it: {_answer(sent.outcome)})"
        return ""


def _answer(outcome: Outcome) -> str:
    """What a system said, and of which properties."""
    return f"{', '.join(outcome.faults)}: {outcome.message}" if outcome.faults else outcome.message


class _Id(str):
    """The id of a record, whatever type its system has for ids."""

    __slots__ = ()
