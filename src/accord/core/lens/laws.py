"""Checks a lens against samples, as `accord check` does for a project's own lenses and data."""

from collections.abc import Iterator, Sequence

from accord.core.lens.base import said_by
from accord.core.model import Lens, NoReferences, References
from accord.core.values import MISSING, Raw, Value

__all__ = ["check_lens"]


def check_lens(
    lens: Lens, raws: Sequence[Raw], values: Sequence[Value] = (), refs: References | None = None
) -> list[str]:
    """What is wrong with a lens on samples of raws and values; empty when nothing is.

    Every raw must be readable and obey GetPut; every value, and every raw's value, must be writable over every raw and
    obey PutGet. A lens that is declared lossy is spared PutGet. Samples are named by position, for messages bear no
    values (P2).
    """
    found = refs or NoReferences()
    return [*_check_raws(lens, raws, found), *_check_values(lens, raws, values, found)]


def _check_raws(lens: Lens, raws: Sequence[Raw], refs: References) -> Iterator[str]:
    for i, raw in enumerate(raws):
        try:
            if lens.put(lens.get(raw, refs), raw, refs) != raw:
                yield f"GetPut: writing back what was read changes raw {i}"
        except ValueError as error:
            yield f"raw {i} can not be read and written back: {error}"


def _check_values(
    lens: Lens, raws: Sequence[Raw], values: Sequence[Value], refs: References
) -> Iterator[str]:
    if getattr(lens, "is_lossy", False):
        return
    samples = [(f"value {i}", value) for i, value in enumerate(values)]
    samples += [(f"the value of raw {i}", said_by(raw, lens, refs)) for i, raw in enumerate(raws)]
    for name, value in samples:
        for j, old in enumerate((MISSING, *raws)):
            where = f"over raw {j - 1}" if j else "where nothing stands"
            try:
                raw = lens.put(value, old, refs)
                if value is not MISSING and raw is not MISSING and lens.get(raw, refs) != value:
                    yield f"PutGet: {name}, written {where}, reads as another value"
            except ValueError as error:
                yield f"{name} can not be written {where}: {error}"
