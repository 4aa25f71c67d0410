"""What the demonstration comes to: figures for people, and for machines."""

from collections.abc import Iterator

from msgspec import Struct, field

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
        yield f"links between persons               {self.links:,}"
        yield f"  told of persons the rules were not chosen on, and that are not doubled: {self.pairs:,} pairs"
        yield f"  precision                         {self.precision:.4f}   ({self.wrong} wrong)"
        yield f"  recall                            {self.recall:.4f}   ({self.right:,} of {self.pairs:,})"
        yield f"  values equal in both systems      {self.pairs_equal:,} of {self.pairs_equal:,} linked pairs"
        yield f"records created                     {sum(self.created.values()):,}"
        yield f"  repeated by a crash               {len(self.repeated)}   (killed after {self._kills()} writes)"
        yield from self._missed()
        yield f"doubled persons                     {self.doubled}"
        yield f"  in review                         {self.doubled_in_review}"
        yield f"  linked                            {self.doubled_linked}"
        if self.doubled_created:
            yield f"  partner created once more         {len(self.doubled_created)}: {', '.join(self.doubled_created)}"
        for change in self.changes:
            yield f"{change.scene:<36}{change.changes} edit(s), {change.writes} write(s)"
        yield f"idle run                            {self.idle_reads} reads, {self.idle_writes} writes"
        yield f"checked                             {self.checks} things, {self.seconds:.0f} s"

    def _kills(self) -> str:
        return ", ".join(f"{kill:,}" for kill in self.kills)

    def _missed(self) -> Iterator[str]:
        yield f"pairs missed, of all {self.persons:,} persons   {self.missed}"
        yield f"  created although the partner was there: {self.created_although_there} records"
        told = (
            ("created on both sides", self.missed_created),
            ("proposed as near matches, nothing created", self.missed_proposed),
            ("held by a review", self.missed_held),
        )
        for what, pairs in told:
            yield f"  {what}: {len(pairs)}"
            for pair in pairs:
                yield f"    {pair}"
