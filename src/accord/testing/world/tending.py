"""What goes on around the hub: people pause systems and end that, systems tell of changes, records move meanwhile."""

from collections.abc import Callable
from random import Random

from msgspec import Struct, field

from accord.core.errors import AccordError
from accord.runtime.hub import Hub
from accord.runtime.pauses import Pause
from accord.runtime.people.pause import hint, pause, pauses_of, resume
from accord.testing.world.people import People

__all__ = ["Tending"]

KEPT = ("hub", "system")
PAUSES_S = (None, 3.0, 30.0)
UNKNOWN = "never-there"
"""An id that some hints bear, and no record ever had (S9)."""


class Tending(Struct, kw_only=True):
    """Pauses of people, hints of systems, and what happens between the pages of a listing.

    `hints` are those that were not delivered yet: entity type and id.
    """

    people: People
    tell: Callable[[str], None]
    hints: list[tuple[str, str]] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    def change(self, entity_type: str, id_: str, random: Random) -> None:
        """A system tells of a change, or does not, or tells of it twice (S9)."""
        dice = random.random()
        times = 0 if dice < 0.3 else 2 if dice < 0.5 else 1
        if times != 1:
            self._count("hint lost or doubled")
        self.hints += [(entity_type, id_ if dice < 0.95 else UNKNOWN)] * times

    async def deliver(self, hub: Hub, random: Random) -> None:
        """What was told arrives, in any order; some of it later."""
        due = [each for each in self.hints if random.random() < 0.7]
        self.hints = [each for each in self.hints if each not in due]
        random.shuffle(due)
        for entity_type, id_ in due:
            if any(mapping.entity_type == entity_type for mapping in hub.model.mappings.values()):
                await hint(hub, entity_type, [id_])
                self._count("hint")

    async def act(self, hub: Hub, random: Random) -> None:
        """Somebody pauses something, or ends a pause."""
        standing = await pauses_of(hub)
        if standing and random.random() < 0.6:
            await self._resume(hub, random.choice(standing), random)
            return
        mapping = hub.model.mappings[random.choice(sorted(hub.model.mappings))]
        scope = random.choice([mapping.system, mapping.entity_type])
        made = await pause(hub, scope, for_s=random.choice(PAUSES_S), reads=random.random() < 0.6, by="ann")
        self._count("pause")
        self.tell(f"a person pauses {scope}{', which is read' if made.reads else ''}")

    async def end(self, hub: Hub) -> None:
        """All pauses end that do not end by themselves once nothing fails any more."""
        for each in (p for p in await pauses_of(hub) if p.kind in ("person", "restored")):
            await self._resume(hub, each, Random(each.scope))

    def stir(self, entity_type: str, random: Random) -> None:
        """Somebody acts while an entity type is being listed: what is shown moves to another page (S8)."""
        form, before = self.people.forms.get(entity_type), self.people.random
        if form is None:
            return
        self.people.random = random
        try:
            self.people.act_on(form)
        finally:
            self.people.random = before
        self._count("act between pages")

    async def _resume(self, hub: Hub, standing: Pause, random: Random) -> None:
        keep = random.choice(KEPT) if standing.kind == "restored" else None
        accept = standing.kind in ("drift", "identity")
        try:
            await resume(hub, standing.scope, accept=accept, keep=keep)  # type: ignore[arg-type]
        except AccordError as error:
            self.tell(f"a person does not resume {standing.scope}: {error.code}")
            return
        self._count("resume")
        self.tell(f"a person resumes {standing.scope} ({standing.kind}){f', keep {keep}' if keep else ''}")

    def _count(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1
