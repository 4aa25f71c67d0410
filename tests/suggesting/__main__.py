"""python -m tests.suggesting: measure suggestions on the invented pairs, and put the figures into the page."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.suggesting.measure import VARIANTS, Figures, all_found, figures, lenses, pooled

PAGE = Path(__file__).resolve().parents[2] / "docs/explanation/suggesting.md"
THRESHOLDS = (0.5, 0.7, 0.9)
HALVES = {"tuned on": False, "held out": True}


def of(variant: str, threshold: float, *, held_out: bool, what: str = "row") -> Figures:
    """The figures of one half together."""
    return pooled(figures(world, it, threshold, what=what) for world, it in all_found(variant, held_out))


def line(variant: str, half: str) -> str:
    """A line of the table: precision and recall at each threshold."""
    cells = [
        f"{it.precision:.2f} / {it.recall:.2f}"
        for it in (of(variant, threshold, held_out=HALVES[half]) for threshold in THRESHOLDS)
    ]
    return f"| {variant} | {half} | {' | '.join(cells)} |"


def by_evidence() -> Iterator[str]:
    """Precision and recall by evidence and threshold."""
    yield "| evidence | pairs | from 0.5 | from 0.7 | from 0.9 |"
    yield "| --- | --- | --- | --- | --- |"
    for variant in VARIANTS:
        for half in HALVES:
            yield line(variant, half)


def by_pair() -> Iterator[str]:
    """All pairs with their own figures, all evidence together, from 0.5 on."""
    yield "| pair | | rows | names, types | all | lenses right | match alternatives right |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for half, held_out in HALVES.items():
        named = {world.name: it for world, it in all_found("names, types", held_out)}
        for world, it in all_found("all", held_out):
            plain, full = figures(world, named[world.name], 0.5), figures(world, it, 0.5)
            right, total = lenses(world, it)
            match = figures(world, it, 0.5, what="match")
            yield (
                f"| {world.title} | {half} | {full.truth} | {_both(plain)} | {_both(full)} | {right} of {total} "
                f"| {match.right} of {match.suggested} |"
            )


def _both(it: Figures) -> str:
    return f"{it.precision:.2f} / {it.recall:.2f}"


def filled(text: str, name: str, table: Iterator[str]) -> str:
    """The page with a table after its mark: <!-- NAME -->."""
    mark = re.escape(f"<!-- {name} -->")
    lines = "".join(f"{each}\n" for each in table)
    return re.sub(rf"({mark}\n)(?:\|.*\n)*", lambda found: f"{found[1]}{lines}", text)


def main() -> None:
    """Write the page."""
    text = PAGE.read_text(encoding="utf-8")
    text = filled(filled(text, "evidence", by_evidence()), "pairs", by_pair())
    PAGE.write_text(text, encoding="utf-8")
    print("\n".join((*by_evidence(), "", *by_pair())))  # noqa: T201 - what it is run for


if __name__ == "__main__":
    main()
