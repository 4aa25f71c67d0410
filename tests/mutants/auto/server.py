"""Tries changes one after the other, each in a fork of a process that has everything imported and collected.

In the fork the code of the one changed function is exchanged, whoever refers to it; then the laws run that noticed
other changes of the file, a few simulated worlds are played, the other laws that reach the function run, quickest
first, and then more worlds, until one of them notices.
"""

import ast
import gc
import os
import resource
import select
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import pytest
from coverage import Coverage
from msgspec import json

from tests.mutants.auto.operators import Change, functions_of, with_change
from tests.mutants.hunt import broken_promises

__all__ = ["UNTRIED", "Fate", "Server", "tally"]

UNTRIED = "? "
"""Begins the killer of a change that could not be made."""
FEW, SOME, MANY = 4, 25, 100
"""Examples of each law: to see what it reaches, and to see what it notices, where it is slow and where it is quick."""
QUICK_S = 0.15
"""A law that has drawn its few examples by then is quick."""
MEASURED_WORLDS = 6
FIRST_WORLDS = 10
"""Worlds that are played before the laws which noticed nothing in the file yet: most changes break one at once."""
USUAL = 8
"""So many of the laws that noticed most changes of a file are tried before anything else."""
MEMORY_BYTES = 3 << 30
LONGEST_S = 20.0
"""A law or a world that takes longer, and ten times as long as without a change, hangs."""
BUSIEST_S = 6.0
"""So does a law that computes for longer, and ten times as long: a busy machine makes no difference."""


class Fate(NamedTuple):
    """What became of a change: who noticed it, "" nobody; `reached` is how many laws reach its function."""

    file: str
    change: Change
    killer: str
    reached: int
    worlds: int
    seconds: float


class Server:
    """A pytest plugin: collects laws, measures them, and tries changes instead of running them."""

    def __init__(
        self,
        source: Path,
        todo: Sequence[tuple[str, Change]],
        worlds: int,
        tell: Callable[[Fate], None],
        until_s: float,
    ):
        self.source, self.todo, self.worlds, self.tell, self.until_s = source, todo, worlds, tell, until_s
        self.fates: list[Fate] = []
        self.failed = ""
        self.reach: dict[str, set[tuple[str, str]]] = {}
        self.seconds: dict[str, float] = {}
        self.reached_by_worlds: set[tuple[str, str]] = set()
        self.unsound: list[str] = []
        self.functions: list[FunctionType] = []
        self.texts: dict[str, str] = {}
        self.watch = Coverage(data_file=None, config_file=False, include=[f"{source}/*"])
        self.watch.set_option("run:disable_warnings", ["no-data-collected"])  # laws that reach nothing of it
        self.function_of: dict[str, dict[int, str]] = {}
        self.noticed: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """How many changes of a file each law noticed, and the worlds under ""."""

    # what pytest calls

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember that a law failed."""
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure, then fork for each change."""
        _examples(session.items, lambda _: FEW)
        self._measure(session.items)
        _examples(session.items, lambda item: MANY if self.seconds[item.nodeid] < QUICK_S else SOME)
        core = str(self.source)
        functions = [each for each in gc.get_objects() if isinstance(each, FunctionType)]
        self.functions = [each for each in functions if each.__code__.co_filename.startswith(core)]
        self.texts = {file: (self.source / file).read_text(encoding="utf-8") for file, _ in self.todo}
        laws = [item for item in session.items if item.nodeid not in self.unsound]
        gc.freeze()
        for file, change in self.todo:
            if time.monotonic() > self.until_s:
                break
            fate = self._try(laws, file, change)
            self.fates.append(fate)
            self.noticed[file][fate.killer if "::" in fate.killer else ""] += bool(fate.killer)
            self.tell(fate)
        return True

    # measuring

    def _measure(self, items: Sequence[pytest.Item]) -> None:
        """Which functions each law reaches, and how long it takes; and which of them a few worlds reach."""
        for item in items:
            self.reach[item.nodeid] = reached = set()
            self.seconds[item.nodeid] = self._watched(reached, lambda item=item: self._run(item))
            if self.failed:
                self.unsound.append(self.failed)
                self.failed = ""

        def play() -> None:
            for seed in range(MEASURED_WORLDS):
                if broken := broken_promises(seed):
                    raise RuntimeError(f"world {seed} fails without a change: {broken}")

        self._watched(self.reached_by_worlds, play)

    def _watched(self, reached: set[tuple[str, str]], act: Callable[[], None]) -> float:
        began = time.monotonic()
        self.watch.erase()
        self.watch.start()
        try:
            act()
        finally:
            self.watch.stop()
        took_s = time.monotonic() - began
        data = self.watch.get_data()
        for path in data.measured_files():
            if path not in self.function_of:
                self.function_of[path] = _functions_by_line(Path(path))
            function_of = self.function_of[path]
            lines = data.lines(path) or ()
            reached |= {(path, function_of[line]) for line in lines if line in function_of}
        return took_s

    def _run(self, item: pytest.Item) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    # trying

    def _try(self, items: Sequence[pytest.Item], file: str, change: Change) -> Fate:
        began = time.monotonic()
        place = (str(self.source / file), change.function)
        noticed = self.noticed[file]
        laws = sorted(
            (i for i in items if place in self.reach[i.nodeid]),
            key=lambda i: (-noticed[i.nodeid], self.seconds[i.nodeid]),
        )
        worlds = self.worlds if place in self.reached_by_worlds else 0
        usual = sum(noticed[i.nodeid] > 0 for i in laws[:USUAL]) if noticed.total() > 2 * noticed[""] else 0
        killer, played = self._forked(laws, usual, worlds, file, change)
        return Fate(file, change, killer, len(laws), played, time.monotonic() - began)

    def _forked(
        self, laws: Sequence[pytest.Item], usual: int, worlds: int, file: str, change: Change
    ) -> tuple[str, int]:
        """Name of what noticed a change, and how many worlds were played."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            try:
                self._child(writing, laws, usual, worlds, file, change)
            except BaseException as error:  # whatever it is, the parent has to hear of it
                _say(writing, f"raises {type(error).__name__}", 0)
            finally:
                os._exit(0)
        os.close(writing)
        heard = _heard(reading)
        _, status = os.waitpid(pid, 0)
        if heard and heard[-1][0] != "…":
            return heard[-1]
        doing = heard[-1][1] if heard else 0
        late = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGALRM, signal.SIGPROF)
        how = "hangs" if late else "dies"
        return how, doing

    def _child(
        self, writing: int, laws: Sequence[pytest.Item], usual: int, worlds: int, file: str, change: Change
    ) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        try:
            exchange(self.functions, self.source / file, self.texts[file], change)
        except (LookupError, ValueError, SyntaxError) as error:
            _say(writing, f"{UNTRIED}{error}", 0)
            return
        noticed = (
            self._laws(writing, laws[:usual])
            or self._worlds(writing, range(min(worlds, FIRST_WORLDS)))
            or self._laws(writing, laws[usual:])
            or self._worlds(writing, range(FIRST_WORLDS, worlds))
        )
        if not noticed:
            _say(writing, "", worlds)

    def _laws(self, writing: int, laws: Iterable[pytest.Item]) -> bool:
        """True when one of these laws notices."""
        for item in laws:
            usually_s = 10 * self.seconds[item.nodeid]
            signal.alarm(int(max(LONGEST_S, usually_s)))
            signal.setitimer(signal.ITIMER_PROF, max(BUSIEST_S, usually_s))
            self._run(item)
            signal.setitimer(signal.ITIMER_PROF, 0)
            if self.failed:
                _say(writing, self.failed, 0)
                return True
        return False

    def _worlds(self, writing: int, seeds: Iterable[int]) -> bool:
        """True when one of these worlds notices."""
        for seed in seeds:
            signal.alarm(int(LONGEST_S))
            _say(writing, "…", seed)
            if broken := broken_promises(seed):
                _say(writing, f"world {seed}: {broken[0].partition(':')[0]}", seed + 1)
                return True
        return False


_own: dict[Any, Any] = {}
"""What each law says of itself."""


def _examples(items: Sequence[pytest.Item], most_of: Callable[[pytest.Item], int]) -> None:
    """Laws draw so many examples, the same ones each time, and are not made smaller when they fail."""
    from hypothesis import Phase, settings  # not before pytest begins, which wants to see it imported

    quiet = {
        "derandomize": True,
        "database": None,
        "deadline": None,
        "phases": [Phase.explicit, Phase.generate],
    }
    for item in items:
        law = getattr(item, "obj", None)
        law = getattr(law, "__func__", law)
        if getattr(law, "is_hypothesis_test", False):
            own = _own.setdefault(law, getattr(law, "_hypothesis_internal_use_settings", None) or settings())
            most = min(own.max_examples, most_of(item))
            law._hypothesis_internal_use_settings = settings(own, max_examples=most, **quiet)


def _say(pipe: int, killer: str, worlds: int) -> None:
    os.write(pipe, json.encode([killer, worlds]) + b"\n")


def _heard(pipe: int) -> list[tuple[str, int]]:
    parts = []
    while select.select([pipe], [], [])[0] and (part := os.read(pipe, 65_536)):
        parts.append(part)
    os.close(pipe)
    lines = b"".join(parts).splitlines()
    return [(killer, worlds) for killer, worlds in (json.decode(line) for line in lines)]


def _outermost(code: CodeType) -> str:
    """Name of the function or method that a code belongs to, without what is nested in it."""
    return code.co_qualname.partition(".<locals>")[0]


def _functions_by_line(path: Path) -> dict[int, str]:
    """Outermost function or method of each line inside one."""
    found: dict[int, str] = {}
    for name, function in functions_of(ast.parse(path.read_text(encoding="utf-8")), ""):
        last = max(getattr(node, "end_lineno", 0) or 0 for node in ast.walk(function))
        found |= dict.fromkeys(range(function.body[0].lineno, last + 1), name)
    return found


def exchange(functions: Sequence[FunctionType], path: Path, source: str, change: Change) -> None:
    """Give every function that is alive the code of the changed module.

    Raises LookupError: none is; ValueError: the code has other free variables; SyntaxError: there is no such code.
    """
    before = dict(_codes(compile(source, str(path), "exec"), change.function))
    after = dict(_codes(compile(with_change(source, change.number), str(path), "exec"), change.function))
    swaps = {name: code for name, code in after.items() if name in before}
    found = 0
    for function in functions:
        code = function.__code__
        if code.co_filename == str(path) and (code.co_qualname, code.co_firstlineno) in swaps:
            function.__code__ = swaps[code.co_qualname, code.co_firstlineno]
            found += 1
    if not found:
        raise LookupError(f"{change.function} is not alive")


def _codes(module: CodeType, function: str) -> Iterable[tuple[tuple[str, int], CodeType]]:
    for constant in module.co_consts:
        if isinstance(constant, CodeType):
            if _outermost(constant) == function:
                yield (constant.co_qualname, constant.co_firstlineno), constant
            yield from _codes(constant, function)


def tally(fates: Sequence[Fate]) -> Mapping[str, tuple[int, int]]:
    """Killed and tried, by file."""
    counts: dict[str, tuple[int, int]] = {}
    for fate in fates:
        killed, tried = counts.get(fate.file, (0, 0))
        if not fate.killer.startswith(UNTRIED):
            counts[fate.file] = killed + bool(fate.killer), tried + 1
    return dict(sorted(counts.items()))
