"""Which lines of the core each law, and a few simulated worlds, reach, and how long each takes.

Measured once, and kept in `build/mutants` for as long as neither the source nor the tests change.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import process_time

import msgspec
from coverage import Coverage
from msgspec import Struct, field

from tests.mutants.mutant import SOURCE

__all__ = ["Lines", "Measure", "Reach", "kept", "state_of"]

Lines = dict[str, frozenset[int]]
"""Lines that ran, by file below the core."""
KEPT = SOURCE.parent / "build" / "mutants" / "reach.msgpack"


class Reach(Struct, kw_only=True):
    """What one law, or the few worlds, reached with a few examples; `seconds` of the processor."""

    state: str
    """Of the source and the tests that it was measured with."""
    seconds: float
    lines: Lines

    @property
    def breadth(self) -> int:
        """How many lines of the core it reaches: a law that reaches few is about them."""
        return sum(map(len, self.lines.values()))


class Measure(Struct, kw_only=True):
    """All that was measured, by law ("" are the worlds), and which laws noticed changes, by file and function."""

    reaches: dict[str, Reach] = field(default_factory=dict)
    noticed: dict[str, dict[str, int]] = field(default_factory=dict)

    def note(self, places: Iterable[str], killer: str) -> None:
        """A law noticed a change there."""
        for place in places:
            by_law = self.noticed.setdefault(place, {})
            by_law[killer] = by_law.get(killer, 0) + 1

    def keep(self) -> None:
        """For the next run."""
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        KEPT.write_bytes(msgspec.msgpack.encode(self))


def kept() -> Measure:
    """What earlier runs measured."""
    try:
        return msgspec.msgpack.decode(KEPT.read_bytes(), type=Measure)
    except (OSError, msgspec.DecodeError):
        return Measure()


def state_of(files: Mapping[str, Path]) -> Callable[[str], str]:
    """Gives, for a file of laws, a digest of all that its reach depends upon: source, shared parts of tests, itself."""
    shared = hashlib.sha256()
    for root in (SOURCE, SOURCE.parent / "tests"):
        for path in sorted(root.rglob("*.py")):
            if not path.name.startswith("test_") and "mutants" not in path.parts:
                shared.update(path.read_bytes())
    common = shared.digest()
    own = {name: hashlib.sha256(common + path.read_bytes()).hexdigest() for name, path in files.items()}
    return lambda name: own.get(name) or common.hex()


def watched(core: Path, act: Callable[[], None]) -> tuple[float, Lines]:
    """Seconds of the processor, and the lines of the core that ran meanwhile."""
    watch = Coverage(data_file=None, config_file=False, include=[f"{core}/*"])
    watch.set_option("run:disable_warnings", ["no-data-collected"])  # a law that reaches nothing of it
    began = process_time()
    watch.start()
    try:
        act()
    finally:
        watch.stop()
    took_s = process_time() - began
    data = watch.get_data()
    ran = {path: data.lines(path) or () for path in data.measured_files()}
    return took_s, {
        Path(path).relative_to(core).as_posix(): frozenset(lines) for path, lines in ran.items() if lines
    }
