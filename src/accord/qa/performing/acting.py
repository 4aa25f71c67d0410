"""What people do: acts of scripts as writes through the systems' APIs, all of a round at once."""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.paths import copied, get_at, put_at
from accord.core.observation import Outcome
from accord.core.values import MISSING
from accord.ports.connector import Write
from accord.qa.checklist import Act, Edit, Field, IdOf, Make
from accord.qa.performing.fence import Fence
from accord.qa.performing.ground import Ground
from accord.qa.performing.playing import Play
from accord.qa.performing.records import Record, system_of, type_of
from accord.qa.performing.sight import Sight
from accord.qa.performing.spots import place, put
from accord.runtime.finishing import finished

__all__ = ["People"]

_TRIES: Final = 4
_AT_ONCE: Final = 50
T = TypeVar("T")


class People:
    """Does acts. One that a system refuses, or that can not be done, is told by the play that it stops."""

    def __init__(self, ground: Ground, fences: Mapping[str, Fence], sight: Sight) -> None:
        self._ground, self._fences, self._sight = ground, fences, sight

    async def do(self, plays: Iterable[Play]) -> None:
        """The acts of the step at which each play is. Those that name the id of a record wait until it is made."""
        left: list[tuple[Play, Act]] = [(play, act) for play in plays for act in play.at.acts]
        while left:
            now, later = _split(left)
            if not now:
                for play, _ in later:
                    play.stop("a record that is to be named was not made")
                return
            await self._read_first([(play, act) for play, act in now if isinstance(act, Edit)])
            await self._send(now)
            left = [(play, act) for play, act in later if play.hindered is None]

    async def _read_first(self, edits: Sequence[tuple[Play, Edit]]) -> None:
        """Records that are edited inside, or that are written whole, as they are now."""
        wanted = {play.roles[edit.role] for play, edit in edits if edit.role in play.roles}
        await self._sight.fetch(
            record
            for record in wanted
            if record not in self._sight.fetched
            and (not self._ground.lists_all(record.at) or self._sight.shown(record) is None)
        )

    async def _send(self, acts: Sequence[tuple[Play, Act]]) -> None:
        for _ in range(_TRIES):
            systems: dict[str, list[tuple[Play, Act, Write]]] = {}
            for play, act in acts:
                if (write := self._write(play, act)) is not None:
                    systems.setdefault(system_of(write.mapping), []).append((play, act, write))
            again = await _all_ended([self._send_to(name, some) for name, some in systems.items()])
            acts = [each for some in again for each in some]
            if not acts:
                return
            await self._sight.fetch(play.roles[act.role] for play, act in acts if act.role in play.roles)
        for play, act in acts:
            play.stop(f"{_at(play, act)} did not take it in {_TRIES} tries")

    async def _send_to(self, system: str, acts: Sequence[tuple[Play, Act, Write]]) -> list[tuple[Play, Act]]:
        """What was not taken now, and may be later. Where records outlive the process, a cancellation waits for few."""
        again: list[tuple[Play, Act]] = []
        after_s = 0.0
        at_once = _AT_ONCE if self._ground.diary is not None else len(acts)
        for n in range(0, len(acts), at_once):
            part = acts[n : n + at_once]
            outcomes = await finished(self._fences[system].act([write for _, _, write in part]))
            for (play, act, write), outcome in zip(part, outcomes, strict=True):
                if outcome.kind in ("later", "moved"):
                    again.append((play, act))
                    after_s = max(after_s, outcome.after_s)
                else:
                    self._ended(play, act, write, outcome)
        if after_s:
            await self._ground.clock.sleep(after_s)
        return again

    def _ended(self, play: Play, act: Act, write: Write, outcome: Outcome) -> None:
        if outcome.kind == "done" and isinstance(act, Make):
            if outcome.observation is None:
                play.stop(f"{act.at} does not tell the id of what is made")
                return
            play.roles[act.role] = Record(type_of(act.at), outcome.observation.id)
            play.made.add(act.role)
        elif outcome.kind == "done" and write.kind == "delete":
            self._sight.forget(play.roles[act.role])
        elif outcome.kind != "done":
            why = {"missing": "it is not there", "unknown": "no answer came"}.get(
                outcome.kind, outcome.message
            )
            play.stop(f"{_at(play, act)} does not take what is entered: {why}")

    def _write(self, play: Play, act: Act) -> Write | None:
        """The call that an act is; None: it can not be made, and the play is stopped."""
        if isinstance(act, Make):
            at = type_of(act.at)
            if not self._ground.has(at):
                play.stop(f"there is no {at}")
                return None
            body: dict[str, Any] = {}
            self._fill(play, body, act.fields, self._ground.type(at))
            return Write(mapping=at, kind="create", body=body)
        record = play.roles.get(act.role)
        if record is None:
            play.stop(f"{act.role} was not made")
            return None
        if not isinstance(act, Edit):
            return Write(mapping=record.at, kind="delete", id=record.id)
        shown = self._sight.shown(record)
        if shown is None:
            play.stop(f"{record.at}/{record.id} can not be edited: it is not there")
            return None
        return self._edit(play, act, record, shown)

    def _edit(self, play: Play, act: Edit, record: Record, shown: Mapping[str, Any]) -> Write:
        """What is typed, in a body as the system wants it: what a patch touches, or all that can be written."""
        it, fresh = self._ground.type(record.at), copied(dict(shown))
        self._fill(play, fresh, act.fields, it)
        if it.update == "patch":
            tops = dict.fromkeys((*place(f.spot)[0], *place(f.spot)[1])[0] for f in act.fields)
            tops.update((names[0], None) for f in act.fields for names in _conditions(f))
            return Write(
                mapping=record.at, kind="update", id=record.id, body={name: fresh[name] for name in tops}
            )
        body: dict[str, Any] = {}
        for path, spec in it.properties.items():
            if not spec.read_only and (raw := get_at(fresh, path)) is not MISSING:
                put_at(body, path, raw)
        return Write(mapping=record.at, kind="update", id=record.id, body=body)

    def _fill(self, play: Play, body: dict[str, Any], fields: Sequence[Field], it: EntityType) -> None:
        for each in fields:
            put(body, each.spot, self._told(play, each.value), it)

    def _told(self, play: Play, value: Any) -> Any:
        """A literal, or the id of a record as its system writes ids."""
        if not isinstance(value, IdOf):
            return value
        record = play.roles[value.role]
        return int(record.id) if self._ground.type(record.at).id.type == "integer" else record.id


def _conditions(each: Field) -> list[list[str]]:
    """Conditions on the record itself: they are typed along."""
    container, _, conditions = place(each.spot)
    return [names for names, _ in conditions] if not container else []


def _split(acts: Sequence[tuple[Play, Act]]) -> tuple[list[tuple[Play, Act]], list[tuple[Play, Act]]]:
    """Acts that can be done now, and those that have to wait for a record, or for another act on the same one."""
    now: list[tuple[Play, Act]] = []
    later: list[tuple[Play, Act]] = []
    busy: set[tuple[int, str]] = set()
    for play, act in acts:
        fields = () if not isinstance(act, Make | Edit) else act.fields
        named = {f.value.role for f in fields if isinstance(f.value, IdOf)}
        if (id(play), act.role) in busy or named - play.roles.keys():
            later.append((play, act))
        else:
            now.append((play, act))
        busy.add((id(play), act.role))
    return now, later


def _at(play: Play, act: Act) -> str:
    return type_of(act.at) if isinstance(act, Make) else play.roles[act.role].at


async def _all_ended(acts: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """What they give; a cancellation is passed on when each of them has ended."""
    tasks = [asyncio.ensure_future(act) for act in acts]
    try:
        return await asyncio.gather(*tasks)
    except (
        asyncio.CancelledError
    ):  # which has reached all of them, and the first to end has ended the gathering
        await asyncio.wait(tasks)
        raise
