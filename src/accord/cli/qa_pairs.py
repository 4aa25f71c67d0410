"""Lines of the pairs that somebody names."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from accord.core.errors import AccordError
from accord.core.wording import known
from accord.qa.checklist import Checklist

__all__ = ["only_pairs"]


def only_pairs(checklist: Checklist, names: Sequence[str]) -> Checklist:
    """The lines of these pairs, "A-B" in any order, where A and B are systems or entity types; all without names.

    Raises AccordError: a name that is of no pair.
    """
    if not names:
        return checklist
    pairs = list(dict.fromkeys(line.pair for line in checklist.lines))
    wanted: set[str] = set()
    for name in names:
        found = {pair for pair in pairs if _is_named(pair, name)}
        if not found:
            raise AccordError(f"no pair is called {name}", remedy=f"Known: {known(pairs)}.")
        wanted |= found
    return replace(checklist, lines=tuple(line for line in checklist.lines if line.pair in wanted))


def _is_named(pair: str, name: str) -> bool:
    ends = [_names(end) for end in pair.split(" - ")]
    told = "".join(name.split()).casefold()
    return any(told in (f"{a}-{b}", f"{b}-{a}") for a, b in product(*ends))


def _names(end: str) -> set[str]:
    """What a mapping key ("crm.Contacts#human") may be called."""
    key = "".join(end.split()).casefold()
    entity_type = key.partition("#")[0]
    system, _, name = entity_type.partition(".")
    return {key, entity_type, system, name}
