"""The page of the reference that tells which check killed which mutant."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.mutants.run import Fate

__all__ = ["AUTOMATIC", "document", "with_part"]

AUTOMATIC = "## The automatic run"
"""Begins the part of the page that `tests.mutants.auto` writes."""

HEAD = """# Mutants

A mutant is a bug that is seeded on purpose, in a copy of the source, to see whether the checks notice it. A rule of
[the contract](../spec/semantics.md) counts as proved when a mutant against it is killed. This page is written by

```console
make mutants
```

which is `python -m tests.mutants.run --document docs/reference/mutants.md`; `ARGS='--only ID'` tries some of them.
The mutants stand in `tests/mutants`, next to the text that each of them replaces. *Killed by* names the rule that the
[simulated world](../explanation/simulated-world.md) found broken, or the law that failed; *worlds* is how many worlds
were played until then, from seed 0 on.

| mutant | rule | what it does | killed by | worlds |
| --- | --- | --- | --- | --- |
"""


def document(fates: "Sequence[Fate]") -> str:
    """The page, in Markdown."""
    rows = []
    for fate in fates:
        check = (f"`{fate.check}`" if not fate.worlds else fate.check) if fate.killed else "**survives**"
        worlds = str(fate.worlds) if fate.worlds else "law"
        rows.append(f"| {fate.mutant.id} | {fate.mutant.rule} | {fate.mutant.story} | {check} | {worlds} |")
    killed = sum(fate.killed for fate in fates)
    return HEAD + "\n".join(rows) + f"\n\n{killed} of {len(fates)} mutants are killed.\n"


def with_part(page: str, *, seeded: str | None = None, automatic: str | None = None) -> str:
    """The page with one of its two parts written anew."""
    first, _, second = page.partition(AUTOMATIC)
    parts = [(seeded or first).rstrip("\n")]
    if automatic or second:
        parts.append((automatic or f"{AUTOMATIC}{second}").rstrip("\n"))
    return "\n\n".join(parts) + "\n"
