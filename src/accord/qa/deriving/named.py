"""Pairs that somebody names, so that a checklist is made of these alone."""

from collections.abc import Iterator, Sequence
from itertools import product

from accord.core.errors import AccordError
from accord.core.wording import known
from accord.project.specs import split_key

__all__ = ["Named"]


class Named:
    """The pairs "A-B" in any order, where A and B are systems or entity types; all pairs where none is named."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._names = {name: "".join(name.split()).casefold() for name in names}
        self._labels: dict[str, bool] = {}
        self._missing = set(names)

    def has(self, label: str) -> bool:
        """Whether a pair, "source - target" of mapping keys, is among them."""
        if label not in self._labels:
            called = {f"{a}-{b}" for one, other in _ends(label) for a, b in product(one, other)}
            found = {name for name, plain in self._names.items() if plain in called}
            self._missing -= found
            self._labels[label] = bool(found) or not self._names
        return self._labels[label]

    def refuse_unknown(self) -> None:
        """Raises AccordError: a name is of no pair that was asked for."""
        for name in self._names:
            if name in self._missing:
                raise AccordError(f"no pair is called {name}", remedy=f"Known: {known(self._labels)}.")


def _ends(label: str) -> Iterator[tuple[set[str], set[str]]]:
    """What the ends of a pair may be called, in either order; a name may hold the sign between them."""
    parts = label.split(" - ")
    for at in range(1, len(parts)):
        one, other = _names(" - ".join(parts[:at])), _names(" - ".join(parts[at:]))
        yield from ((one, other), (other, one))


def _names(end: str) -> set[str]:
    """What a mapping key ("crm.Contacts#human") may be called."""
    key = "".join(end.split()).casefold()
    system, kind, _ = split_key(key)
    return {key, key.partition("#")[0], system, kind}
