"""Fault x fault, and fault x rule: what met what in the worlds that were played, and why some cells stay empty."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

__all__ = ["Matrix", "as_markdown", "as_text"]

FAULT: Final = "fault "
"""How a world counts the strikes of a fault among what it reached."""


class Matrix(Struct, kw_only=True):
    """In how many worlds a fault met another fault, and in how many a rule was judged where it had struck."""

    worlds: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    under: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, reached: Mapping[str, int], checked: Mapping[str, int]) -> None:
        """One more world: what it reached, and how often a check of each rule had something to judge."""
        self.worlds += 1
        faults = sorted(
            name.removeprefix(FAULT) for name, n in reached.items() if n and name.startswith(FAULT)
        )
        rules = [rule for rule, n in checked.items() if n]
        self.struck.update(faults)
        self.judged.update(rules)
        self.pairs.update((a, b) for a in faults for b in faults if a < b)
        self.under.update((fault, rule) for fault in faults for rule in rules)

    def merge(self, other: "Matrix") -> None:
        """That of other worlds."""
        self.worlds += other.worlds
        self.struck.update(other.struck)
        self.pairs.update(other.pairs)
        self.judged.update(other.judged)
        self.under.update(other.under)

    def met(self, one: str, other: str) -> int:
        """Worlds in which both faults struck."""
        return self.pairs[min(one, other), max(one, other)]

    def empty(self, faults: Sequence[str], rules: Sequence[str]) -> list[tuple[str, str]]:
        """Cells in which nothing met: two faults, or a fault and a rule."""
        cells = [(a, b) for a in faults for b in faults if a < b and not self.met(a, b)]
        return cells + [(f, r) for f in faults for r in rules if not self.under[f, r]]


Why = Callable[[str, str], str]
"""The reason why two faults, or a fault and a rule, never meet; "" where there is none."""


def as_text(matrix: Matrix, faults: Sequence[str], rules: Sequence[str], why: Why) -> str:
    """For a terminal: one line per fault, the faults numbered, then the rules."""
    numbers = {fault: str(n) for n, fault in enumerate(faults, 1)}
    wide = max(map(len, faults), default=0) + 4
    lines = [
        f"{matrix.worlds} worlds; in how many of them two faults met, and a rule was judged under a fault",
        "",
    ]
    lines += _table(
        [f"{numbers[f]:>2} {f}" for f in faults],
        [numbers[f] for f in faults],
        lambda row, column: (
            _cell(matrix.met(faults[row], faults[column]), why(faults[row], faults[column]))
            if row != column
            else str(matrix.struck[faults[row]])
        ),
        wide,
    )
    lines += ["", "·  never, for a reason"] if any("·" in line for line in lines) else []
    lines += [""]
    lines += _table(
        [f"{numbers[f]:>2} {f}" for f in faults],
        list(rules),
        lambda row, column: _cell(matrix.under[faults[row], rules[column]], why(faults[row], rules[column])),
        wide,
    )
    return "\n".join(lines)


def _cell(count: int, reason: str) -> str:
    return str(count) if count else "·" if reason else "0!"


def _table(rows: list[str], columns: list[str], cell: Callable[[int, int], str], wide: int) -> list[str]:
    cells = [[cell(r, c) for c in range(len(columns))] for r in range(len(rows))]
    widths = [max(len(columns[c]), *(len(line[c]) for line in cells), 1) for c in range(len(columns))]
    head = " " * wide + " ".join(name.rjust(width) for name, width in zip(columns, widths, strict=True))
    return [
        head,
        *(
            name.ljust(wide) + " ".join(text.rjust(width) for text, width in zip(line, widths, strict=True))
            for name, line in zip(rows, cells, strict=True)
        ),
    ]


def as_markdown(matrix: Matrix, faults: Sequence[str], rules: Sequence[str], why: Why) -> str:
    """For the reference: both tables, and every reason."""
    numbers = {fault: n for n, fault in enumerate(faults, 1)}
    reasons: dict[str, list[str]] = {}

    def cell(one: str, other: str, count: int) -> str:
        if count:
            return str(count)
        reason = why(one, other)
        if reason:
            reasons.setdefault(reason, []).append(f"{one} x {other}")
        return "·" if reason else "**0**"

    lines = ["## Fault x fault", "", _row("fault", *map(str, numbers.values())), _rule(len(faults))]
    lines += [
        _row(
            f"{numbers[a]} `{a}`",
            *(str(matrix.struck[a]) if a == b else cell(a, b, matrix.met(a, b)) for b in faults),
        )
        for a in faults
    ]
    lines += ["", "## Fault x rule", "", _row("fault", *rules), _rule(len(rules))]
    lines += [_row(f"`{f}`", *(cell(f, r, matrix.under[f, r]) for r in rules)) for f in faults]
    if reasons:
        lines += ["", "## Why a cell is empty", ""]
        lines += [f"- {reason}: {_listed(cells)}." for reason, cells in sorted(reasons.items())]
    return "\n".join(lines) + "\n"


def _listed(cells: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(cells))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(columns: int) -> str:
    return _row("---", *["---:"] * columns)
