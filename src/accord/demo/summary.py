"""What the demonstration comes to: figures for people, and for machines."""

from collections.abc import Iterator

from msgspec import Struct, field

from accord.core.wording import counted
from accord.demo.judging import Judgement

__all__ = ["Change", "Summary"]


class Change(Struct, frozen=True, kw_only=True):
    """What one scene cost: edits that people made, writes that followed from them."""

    scene: str
    changes: int
    writes: int


class Summary(Struct, kw_only=True):
    """All figures; counts unless named otherwise. Lists of records are "system.Type/id"."""

    seed: int
    persons: int
    loaded: dict[str, int] = field(default_factory=dict)
    planned: int = 0
    kills: list[int] = field(default_factory=list)
    """Writes that had been sent when it was killed."""
    links: int = 0
    pairs: int = 0
    right: int = 0
    wrong: int = 0
    precision: float = 0.0
    recall: float = 0.0
    pairs_equal: int = 0
    missed: int = 0
    missed_proposed: list[str] = field(default_factory=list)
    missed_created: list[str] = field(default_factory=list)
    missed_held: list[str] = field(default_factory=list)
    created_although_there: int = 0
    created: dict[str, int] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)
    doubled: int = 0
    doubled_in_review: int = 0
    doubled_linked: int = 0
    doubled_created: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    idle_reads: int = 0
    idle_writes: int = 0
    qa_rows: int = 0
    """Lines of the checklist."""
    qa_passed: int = 0
    qa_not_checked: int = 0
    qa_seconds: float = 0.0
    checks: int = 0
    seconds: float = 0.0
    look: str = ""

    def take(self, judgement: Judgement) -> None:
        """Take over the figures of the links."""
        self.links, self.pairs, self.right = judgement.links, judgement.pairs, judgement.right
        self.wrong, self.precision, self.recall = len(judgement.wrong), judgement.precision, judgement.recall
        self.doubled, self.doubled_in_review = judgement.doubled, judgement.doubled_in_review
        self.doubled_linked, self.doubled_created = judgement.doubled_linked, judgement.doubled_created
        self.missed = len(judgement.all_missed)
        self.created_although_there = sum(one.created for one in judgement.all_missed)
        by_fate = {"created": self.missed_created, "proposed": self.missed_proposed}
        for one in judgement.all_missed:
            by_fate.get(one.fate, self.missed_held).append(f"{one.crm} = customerp.Contact/{one.erp}")

    def lines(self) -> Iterator[str]:
        """The figures as people read them."""
        yield _line("persons found in both systems", self.links)
        yield "of those that the rules were not chosen on, and that are not doubled:"
        yield _line("  pairs that there are", self.pairs)
        yield _line("  recall", self.recall, f"{self.right:,} pairs found")
        yield _line("  precision", self.precision, f"{counted(self.wrong, 'wrong link')}")
        yield _line("contacts in both systems now", self.pairs_equal, "all with the same values in each")
        yield _line("records created", sum(self.created.values()))
        kills = " and ".join(", ".join(f"{kill:,}" for kill in self.kills).rsplit(", ", 1))
        yield _line("  repeated by a crash", len(self.repeated), f"killed after {kills} writes")
        yield from self._missed()
        yield _line("doubled persons", self.doubled)
        yield _line("  in review", self.doubled_in_review)
        yield _line("  linked", self.doubled_linked)
        if self.doubled_created:
            yield _line(
                "  partner created once more", len(self.doubled_created), ", ".join(self.doubled_created)
            )
        for change in self.changes:
            yield _line(f"writes after {change.scene}", change.writes, counted(change.changes, "edit"))
        yield _line("writes of an idle run", self.idle_writes, counted(self.idle_reads, "read"))
        yield _line("lines of the QA checklist", self.qa_rows, f"performed in {self.qa_seconds:.0f} s")
        yield _line("  passed", self.qa_passed)
        yield _line("  not checked", self.qa_not_checked, "each says why" if self.qa_not_checked else "")
        yield _line("things checked", self.checks, f"in {self.seconds:.0f} s")

    def _missed(self) -> Iterator[str]:
        yield _line("pairs missed", self.missed, f"of all {self.persons:,} persons")
        created = f"{counted(self.created_although_there, 'record')} created although the partner was there"
        told = (
            ("created on both sides", self.missed_created, created),
            ("near match: proposed, not created", self.missed_proposed, ""),
            ("held by a review", self.missed_held, ""),
        )
        for what, pairs, note in told:
            yield _line(f"  {what}", len(pairs), note)
            for pair in pairs:
                yield f"    {pair}"


def _line(what: str, figure: float, note: str = "") -> str:
    """A figure with its unit place under those of the other lines."""
    shown = f"{figure:,}" if isinstance(figure, int) else f"{figure:.4f}"
    return f"{what:<36}{shown:>7}   {note}".rstrip()
