"""The page of the reference about what simulated worlds reached: figures, and which faults met."""

from collections.abc import Mapping

from accord.simulate.figures import Figures
from accord.simulate.reasons import all_faults, why_never
from accord.testing.world.matrix import as_markdown

__all__ = ["page_of"]

UNDONE = "decides undo puts back"
_HEAD = """# What the simulated worlds reached

Written by `make soak` ([](../explanation/simulated-world.md) tells what a world is): the figures of its last run, and
two matrices. A cell counts the worlds in which both faults struck, or in which a rule was judged where a fault had
struck. An empty cell has a reason, which stands below.
"""


def page_of(by_kind: Mapping[str, Figures], total: Figures) -> str:
    """The whole page."""
    kinds = {("the example" if "/" in kind or kind == "." else kind): f for kind, f in by_kind.items()}
    lines = [_HEAD, "## Figures", "", _row("", *kinds, "all"), _row("---", *["---:"] * (len(kinds) + 1))]
    columns = [_counted(figures) for figures in (*kinds.values(), total)]
    lines += [_row(name, *(f"{column[name]:,}" for column in columns)) for name in columns[0]]
    minutes = total.seconds / 60
    lines += [
        "",
        f"In {minutes:,.0f} minutes: {total.worlds / minutes:,.0f} worlds a minute." if minutes >= 1 else "",
    ]
    lines += [
        "",
        "Allowed where a rule says so itself, and counted:",
        "",
        _row("rule, reason", "times"),
        _row("---", "---:"),
    ]
    lines += [_row(why, f"{n:,}") for why, n in total.exempt.most_common()]
    faults = all_faults(total.matrix.struck)
    lines += ["", as_markdown(total.matrix, faults, sorted(total.checked), why_never)]
    return "\n".join(lines)


def _counted(figures: Figures) -> dict[str, int]:
    return {
        "worlds": figures.worlds,
        "promises broken": figures.failures,
        "acts of people": figures.acts,
        "writes": figures.writes,
        "faults that struck": figures.strikes,
        "kills": figures.kills,
        "things undone": sum(n for what, n in figures.reached.items() if what.startswith(UNDONE)),
        "judgements": figures.checked.total(),
        "exemptions": figures.exempt.total(),
    }


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
