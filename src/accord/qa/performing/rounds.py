"""Rounds: all scripts that are at play do one step each, the flow comes to rest, and all that is expected is judged."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import perf_counter
from typing import Final, NamedTuple, TypeAlias

from accord.qa.checklist import Gone, Lives, Remove, StaysAway, Still
from accord.qa.performing.acting import People
from accord.qa.performing.fence import Fence
from accord.qa.performing.flow import Flow, Flowed
from accord.qa.performing.ground import Ground
from accord.qa.performing.judging import Judge, Judged, Sends
from accord.qa.performing.playing import Play
from accord.qa.performing.probes import Probes
from accord.qa.performing.records import Record, named, type_of
from accord.qa.performing.sight import Sight
from accord.qa.performing.wording import did
from accord.qa.results import Done

__all__ = ["Progress", "Rounds", "Tell"]


class Progress(NamedTuple):
    """How far a checklist has come: lines that are done, of how many; and which round is under way, with how many."""

    done: int
    of: int
    round: int
    playing: int
    doing: str
    """"entering", "flowing", "looking" or "removing"."""


Tell: TypeAlias = Callable[[Progress], None]

_UNMOVED: Final = (StaysAway, Lives, Still)
"""That something does not happen is seen only once the flow is at rest."""


class Rounds:
    """Plays rounds on a ground. `doing` is told what is under way."""

    def __init__(
        self,
        ground: Ground,
        flow: Flow,
        fences: Mapping[str, Fence],
        probes: Probes,
        mark: str,
        doing: Callable[[str], None],
    ) -> None:
        self._ground, self._flow, self._fences, self._doing = ground, flow, fences, doing
        self.sight = Sight(ground, fences, probes, mark)
        self._people = People(ground, fences, self.sight)
        self._judge = Judge(ground, self.sight, probes)

    async def begin(self) -> Flowed:
        """Let the hub read what is there: nothing of it is a probe."""
        self._doing("flowing")
        flowed = await self._flow.rest()
        self.sight.begin()
        return flowed

    async def play(self, plays: Sequence[Play]) -> None:
        """One step of each of these."""
        began = perf_counter()
        self._doing("entering")
        await self._remember(plays)
        for fence in self._fences.values():
            fence.sent.clear()
        await self._people.do(plays)
        plays = [play for play in plays if not self._stopped(play)]
        await self._flow.swept(self._unreported(plays))
        self._doing("flowing")
        flowed = await self._flow.rest()
        self._doing("looking")
        judged = await self._look(plays)
        seconds = perf_counter() - began
        for play, found in zip(plays, judged, strict=True):
            self._take(play, found, flowed, seconds)

    async def _remember(self, plays: Sequence[Play]) -> None:
        """Payloads of what is to stay as it is."""
        still = [
            play.roles[e.role]
            for play in plays
            for e in play.at.expects
            if isinstance(e, Still) and e.role in play.roles
        ]
        self._judge.before = {}
        if still:
            await self.sight.fetch(still)
            self._judge.before = {record: self.sight.shown(record) for record in still}

    def _stopped(self, play: Play) -> bool:
        for at in sorted(type_of(e.at) for e in play.at.expects if isinstance(e, StaysAway)):
            if not self._ground.has(at):
                play.stop(f"there is no {at}")
        if play.hindered is None:
            return False
        play.end("hindered", f"step {play.at.what}: {play.hindered}")
        return True

    def _unreported(self, plays: Iterable[Play]) -> list[str]:
        """Entity types in which people deleted, and which do not report that."""
        types = {play.roles[a.role].at for play in plays for a in play.at.acts if isinstance(a, Remove)}
        return sorted(at for at in types if self._ground.type(at).tombstones is None)

    async def _look(self, plays: Sequence[Play]) -> list[Judged]:
        """First by what is listed; what is not as expected, or can not be told so, is read by its id."""
        sent = [each for fence in self._fences.values() for each in fence.sent]
        self._judge.sends = Sends(sent)
        for each in sent:
            if each.kind == "delete" and each.record is not None:
                self.sight.forget(each.record)
        roles = {record for play in plays for record in play.roles.values()}
        types = {at for play in plays for at in play.types() if self._ground.has(at)}
        await self.sight.look(types, roles)
        await self.sight.fetch(_by_id(plays))
        judged = [self._judge.judge(play) for play in plays]
        unsure = {record for found in judged for record in found.unsure if not found.passed}
        await self.sight.fetch(unsure - self.sight.fetched)
        return [
            found if found.passed else self._judge.judge(play)
            for play, found in zip(plays, judged, strict=True)
        ]

    def _take(self, play: Play, found: Judged, flowed: Flowed, seconds: float) -> None:
        """The step is done; on with the next one, or the play ends."""
        play.roles = found.roles
        step = play.at
        play.done.append(
            Done(
                what=step.what,
                did=did(step.acts, play.roles),
                expected="; ".join(found.expected),
                seen="; ".join(found.seen),
                passed=found.passed,
                seconds=seconds,
                records=tuple(map(named, found.records)),
            )
        )
        if unread := self._unread(play, flowed):
            play.end("hindered", unread)
        elif found.passed and flowed.notes and any(isinstance(e, _UNMOVED) for e in step.expects):
            play.end("hindered", f"step {step.what}: {'; '.join(flowed.notes)}")
        elif found.passed:
            play.step += 1
            if play.step == len(play.script.steps):
                play.end("passed")
        else:
            notes = "".join(f" ({note})" for note in flowed.notes)
            play.end("absent" if found.absent else "failed", _why(play, found) + notes)

    def _unread(self, play: Play, flowed: Flowed) -> str:
        """Why a system could not be read, which is not the fault of a line."""
        types = play.types()
        errors = {at: why for at, why in self.sight.unread.items() if at in types}
        errors |= {m: why for m, why in flowed.errors.items() if type_of(m) in types}
        return "; ".join(f"{at} could not be read: {why}" for at, why in sorted(errors.items()))


def _by_id(plays: Iterable[Play]) -> list[Record]:
    """Records of which it is to be told whether they are there, or have changed at all."""
    return [
        play.roles[e.role]
        for play in plays
        for e in play.at.expects
        if isinstance(e, Gone | Lives | Still) and e.role in play.roles
    ]


def _why(play: Play, found: Judged) -> str:
    return f"step {play.at.what}: {'; '.join(found.wrong) or 'it could not be read'}"
