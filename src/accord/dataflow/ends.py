"""Splits what documents call "Crm Customer (human data)" into system, entity type and facet."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from accord.dataflow.document import End

__all__ = ["Named", "end_of", "end_text", "split_connected", "title_splits"]

_FACET: Final = re.compile(r"(?P<rest>.*\S)\s+\((?P<facet>[^()]*)\s+(?:data|part)\)")


class Named(NamedTuple):
    """An end, the system as it was spelled there, and whether that spelling was known."""

    end: End
    system: str
    known: bool


def title_splits(text: str) -> list[tuple[str, str]]:
    """All ways to split "A to B", or "A → B", in two; both may be blank."""
    padded = f" {text.strip()} " if text.startswith(" ") or text.endswith(("to", "→")) else text
    return [
        (padded[: found.start()].strip(), padded[found.end() :].strip())
        for found in re.finditer(r"\s→(?=\s)" if " → " in padded else r"\sto(?=\s)", padded)
    ]


def end_of(text: str, systems: tuple[str, ...]) -> Named:
    """The end that text names; `systems` are the spellings that are known, the surest first.

    Where none of them begins the text, one that begins alike is taken (`Wix` for `Wix.com`), else the first word.
    """
    named, facet = text.strip(), ""
    if found := _FACET.fullmatch(named):
        named, facet = found["rest"], found["facet"].strip()
    for system in systems:
        if not system:
            return Named(End(named, facet), "", known=True)
        if _begins(named, system):
            return Named(End(named[len(system) :].strip(), facet), named[: len(system)], known=True)
    first, _, rest = named.partition(" ")
    alike = any(system.lower().startswith(first.lower()) for system in systems if first)
    return Named(End(rest.strip(), facet), first, known=alike)


def _begins(text: str, system: str) -> bool:
    rest = text[len(system) :]
    return text.lower().startswith(system.lower()) and (not rest or rest[0] == " ")


def end_text(system: str, end: End) -> str:
    """What `end_of` splits: the system is part of it even where its name is empty."""
    facet = f" ({end.facet} part)" if end.facet else ""
    return f"{system} {end.type}{facet}"


def split_connected(text: str, systems: Iterable[str]) -> tuple[str, ...]:
    """The types in "Crm A, B, or C": only the first one bears the system's name, in one of its spellings."""
    types = [part.strip() for part in re.split(r",\s+or\s+|,\s+", text.strip())]
    system = next((system for system in systems if system and _begins(types[0], system)), "")
    types[0] = types[0][len(system) :].strip()
    return tuple(name for name in types if name)
