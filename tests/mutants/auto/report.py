"""What an automatic mutation run came to: how many changes were noticed, by whom, and which were not."""

from collections import Counter
from math import sqrt

from msgspec import Struct

from tests.mutants.auto.alike import ALIKE
from tests.mutants.auto.server import UNTRIED, Fate, tally
from tests.mutants.document import AUTOMATIC

__all__ = ["Report", "interval"]

Z = 1.96
ABOUT = """Small changes are made to the functions of `core` by a program, one at a time: a comparison turned round, a
condition negated or left out, a number one higher, a call or an assignment dropped, a result replaced by nothing. Each
change is tried in a process of its own against simulated worlds and the laws that reach the changed function; examples
(unit tests) do not count. `make mutants` tries a sample, `make mutants FULL=1` every change;
[](../adr/0013-mutants-by-a-program.md) says how, and why so.
"""


def interval(killed: int, tried: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson)."""
    if not tried:
        return 0.0, 1.0
    share, square = killed / tried, Z * Z
    middle = (share + square / (2 * tried)) / (1 + square / tried)
    half = Z * sqrt(share * (1 - share) / tried + square / (4 * tried * tried)) / (1 + square / tried)
    return max(0.0, middle - half), min(1.0, middle + half)


class Report(Struct, kw_only=True):
    """The fates of the changes that were tried, of `total`."""

    fates: list[Fate]
    total: int
    seed: int
    worlds: int
    commit: str = ""
    """The state of the source that was changed."""

    @property
    def tried(self) -> list[Fate]:
        """Changes that could be made."""
        return [fate for fate in self.fates if not fate.killer.startswith(UNTRIED)]

    @property
    def killed(self) -> list[Fate]:
        """Changes that were noticed."""
        return [fate for fate in self.tried if fate.killer]

    def survivors(self) -> list[tuple[Fate, str]]:
        """Changes that nobody noticed, with the reason why they change nothing that matters, "" where there is none."""
        return [(f, ALIKE.get((f.file, f.change.key), "")) for f in self.tried if not f.killer]

    def rate(self) -> float:
        """Share of the changes that matter which were noticed."""
        alike = sum(bool(why) for _, why in self.survivors())
        return len(self.killed) / max(1, len(self.tried) - alike)

    def killers(self) -> Counter[str]:
        """What noticed how many: worlds, or the file of laws."""
        return Counter(_kind(fate.killer) for fate in self.killed)

    def lines(self) -> list[str]:
        """For a person."""
        low, high = interval(len(self.killed), len(self.tried))
        share = len(self.killed) / max(1, len(self.tried))
        alike = sum(bool(why) for _, why in self.survivors())
        lines = [
            f"{len(self.killed)} of {len(self.tried)} changes are noticed: {share:.1%}",
            f"{low:.1%} to {high:.1%} of all {self.total}, with 95 % confidence; seed {self.seed}",
            f"{self.rate():.1%} where {alike} that change nothing are left out",
            *(f"{killed:5} of {tried:5}  {file}" for file, (killed, tried) in tally(self.fates).items()),
            *(f"{count:5} noticed by {kind}" for kind, count in self.killers().most_common()),
        ]
        for fate, why in self.survivors():
            lines.append(
                f"survives: {fate.file}:{fate.change.line} {fate.change.key} ({why or f'{fate.reached} laws reach it'})"
            )
        return lines

    def page(self) -> str:
        """The part of the reference that tells of it, in Markdown."""
        by_file = [f"| `{f}` | {tried} | {killed} |" for f, (killed, tried) in tally(self.fates).items()]
        by_kind = [f"| {kind} | {count} |" for kind, count in self.killers().most_common()]
        left = [
            f"| `{f.file}` | `{_cell(f.change.key)}` | {why or '**nobody noticed**'} |"
            for f, why in self.survivors()
        ]
        tables = [
            ("| file of `core` | changes tried | noticed |", by_file),
            ("| noticed first by | changes |", by_kind),
            ("| file | change that survives | why |", left),
        ]
        parts = [f"{AUTOMATIC}\n", ABOUT, self.sum_up()]
        for head, rows in tables:
            parts.append("\n".join([head, "|" + " --- |" * (head.count("|") - 1), *rows]) + "\n")
        return "\n".join(parts)

    def sum_up(self) -> str:
        """All in some sentences."""
        low, high = interval(len(self.killed), len(self.tried))
        alike = sum(bool(why) for _, why in self.survivors())
        whole = (
            "all" if len(self.fates) == self.total else f"a sample of {len(self.fates)} (seed {self.seed})"
        )
        at = f"at commit `{self.commit}` " if self.commit else ""
        hung = sum(fate.killer == "hangs" for fate in self.killed)
        ends = f", {hung} of them because nothing came to an end" if hung else ""
        share, open_ = len(self.killed) / max(1, len(self.tried)), len(self.tried) - len(self.killed) - alike
        return (
            f"Of {self.total} changes {at}{whole} was tried; {len(self.tried)} could be made. {len(self.killed)} were "
            f"noticed{ends}: **{share:.1%}**, so {low:.1%} to {high:.1%} of all, with 95 % confidence (Wilson). "
            f"{alike} of the others change nothing that matters, {open_} stand open; "
            f"of those that matter {self.rate():.1%} were noticed.\n"
        )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")


def _kind(killer: str) -> str:
    if killer.startswith("world "):
        return f"worlds: {killer.partition(': ')[2]}"
    return killer.partition("::")[0]
