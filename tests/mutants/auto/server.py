"""Tries changes one after the other, each in a fork of a process that has everything imported and collected.

In the fork the code of the one changed function is exchanged, whoever refers to it. Then the laws run that noticed
other changes there, the laws that are about few lines and reach the changed one, a few simulated worlds, the other laws
that reach the function, quickest first, and more worlds, until one of them notices or the time for a change is used up.
"""

import ast
import gc
import os
import resource
import select
import signal
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import pytest
from msgspec import Struct, json

from tests.mutants.auto.operators import Change, functions_of, with_change
from tests.mutants.auto.reach import Measure, Reach, kept, state_of, watched
from tests.mutants.hunt import broken_promises

__all__ = ["UNTRIED", "Fate", "Limits", "Server", "tally"]

UNTRIED = "? "
"""Begins the killer of a change that could not be made."""
FEW = 4
"""Examples of each law, to see what it reaches and how long it takes."""
EXAMPLES = ((0.06, 400), (0.3, 100), (float("inf"), 25))
"""Examples of each law at most, to see what it notices, by the seconds that it took for the few."""
NARROW = 700
"""A law that reaches no more lines of the core than so many is about them: it is tried before the worlds."""
MEASURED_WORLDS = 6
FIRST_WORLDS = 8
"""Worlds that are played before the laws which noticed nothing there yet: most changes break one at once."""
USUAL = 6
"""So many of the laws that noticed most changes of a function, and of a file, are tried before anything else."""
MEMORY_BYTES = 3 << 30
STUCK_S = 120.0
"""A law that takes longer, and does not even compute, hangs."""
BUSIEST_S = 6.0
"""So does one that computes for longer, and ten times as long as without a change: of the processor's time."""


class Fate(NamedTuple):
    """What became of a change: who noticed it, "" nobody; `reached` is how many laws reach its function."""

    file: str
    change: Change
    killer: str
    reached: int
    worlds: int
    seconds: float


class Limits(Struct, frozen=True, kw_only=True):
    """What a change is given (worlds, seconds of the processor), how many are tried at once, and for how long."""

    worlds: int
    seconds: float
    jobs: int
    minutes: float


class Trial(Struct, kw_only=True):
    """A change that is being tried in a process of its own."""

    file: str
    change: Change
    reached: int
    pid: int
    said: bytes = b""


class Server:
    """A pytest plugin: collects laws, measures them, and tries changes instead of running them."""

    def __init__(
        self, source: Path, todo: Sequence[tuple[str, Change]], limits: Limits, tell: Callable[[Fate], None]
    ):
        self.source, self.todo, self.limits, self.tell = source, todo, limits, tell
        self.fates: list[Fate] = []
        self.failed = ""
        self.measure = Measure()
        self.unsound: list[str] = []
        self.functions: list[FunctionType] = []
        self.caches: list[Any] = []
        self.texts: dict[str, str] = {}

    # what pytest calls

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember that a law failed."""
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure, then fork for each change."""
        self.measure = kept()
        _examples(session.items, lambda _: FEW)
        self._measure(session.items)
        reaches = self.measure.reaches
        laws = [item for item in session.items if item.nodeid not in self.unsound]
        _examples(laws, lambda item: next(n for s, n in EXAMPLES if reaches[item.nodeid].seconds < s))
        core = str(self.source)
        functions = [each for each in gc.get_objects() if isinstance(each, FunctionType)]
        self.functions = [each for each in functions if each.__code__.co_filename.startswith(core)]
        cached = type(lru_cache(len))
        self.caches = [each for each in gc.get_objects() if isinstance(each, cached)]
        self.texts = {file: (self.source / file).read_text(encoding="utf-8") for file, _ in self.todo}
        gc.freeze()
        try:
            self._try_all(laws)
        finally:
            self.measure.keep()
        return True

    # measuring

    def _measure(self, items: Sequence[pytest.Item]) -> None:
        """Which lines each law reaches, and how long it takes; and which of them a few worlds reach."""
        state, reaches = state_of({item.nodeid: item.path for item in items}), self.measure.reaches

        def play() -> None:
            for seed in range(MEASURED_WORLDS):
                if broken := broken_promises(seed):
                    raise RuntimeError(f"world {seed} fails without a change: {broken}")

        for name, act in [("", play), *((item.nodeid, lambda item=item: self._run(item)) for item in items)]:
            known = reaches.get(name)
            if known is not None and known.state == state(name):
                continue
            took_s, lines = watched(self.source, act)
            if self.failed:
                self.unsound.append(self.failed)
                self.failed = ""
            else:
                reaches[name] = Reach(state=state(name), seconds=took_s, lines=lines)
        self.measure.keep()

    def _run(self, item: pytest.Item) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    # trying

    def _try_all(self, laws: Sequence[pytest.Item]) -> None:
        """Try the changes, some at once."""
        waiting, trials = list(reversed(self.todo)), dict[int, Trial]()
        until_s = time.monotonic() + 60 * self.limits.minutes
        while trials or waiting:
            if time.monotonic() > until_s:
                waiting = []
            while waiting and len(trials) < self.limits.jobs:
                pipe, trial = self._begin(laws, *waiting.pop())
                trials[pipe] = trial
            for pipe in select.select(list(trials), [], [])[0] if trials else ():
                if part := os.read(pipe, 65_536):
                    trials[pipe].said += part
                else:
                    os.close(pipe)
                    self._end(trials.pop(pipe))

    def _begin(self, items: Sequence[pytest.Item], file: str, change: Change) -> tuple[int, Trial]:
        function = self._lines_of(file, change.function)
        reaches, noticed = self.measure.reaches, self.measure.noticed
        laws = [item for item in items if function & reaches[item.nodeid].lines.get(file, frozenset())]
        near, far = noticed.get(f"{file}:{change.function}", {}), noticed.get(file, {})

        def rank(item: pytest.Item) -> tuple[int, int, bool, float]:
            reach = reaches[item.nodeid]
            return (
                -near.get(item.nodeid, 0),
                -far.get(item.nodeid, 0),
                change.line not in reach.lines[file],
                reach.seconds,
            )

        laws.sort(key=rank)
        usual = [i for i in laws if i.nodeid in near][:USUAL]
        usual += [i for i in laws if i.nodeid in far and i not in usual][:USUAL]
        narrow = [
            i
            for i in laws
            if i not in usual
            and reaches[i.nodeid].breadth <= NARROW
            and change.line in reaches[i.nodeid].lines[file]
        ]
        rest = [item for item in laws if item not in usual and item not in narrow]
        worlds = self.limits.worlds if function & reaches[""].lines.get(file, frozenset()) else 0
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            try:
                self._child(writing, [usual, narrow, rest], worlds, file, change)
            except BaseException as error:  # whatever it is, the parent has to hear of it
                _say(writing, f"raises {type(error).__name__}", 0)
            finally:
                os._exit(0)
        os.close(writing)
        return reading, Trial(file=file, change=change, reached=len(laws), pid=pid)

    def _lines_of(self, file: str, function: str) -> frozenset[int]:
        """Lines of the body of a function."""
        for name, node in functions_of(ast.parse(self.texts[file]), ""):
            if name == function:
                last = max(getattr(each, "end_lineno", 0) or 0 for each in ast.walk(node))
                return frozenset(range(node.body[0].lineno, last + 1))
        raise LookupError(function)

    def _end(self, trial: Trial) -> None:
        _, status, used = os.wait4(trial.pid, 0)
        heard = [json.decode(line, type=tuple[str, int]) for line in trial.said.splitlines()]
        killer, worlds = heard[-1] if heard else ("…", 0)
        if killer == "…":
            late = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGALRM, signal.SIGPROF)
            killer = "hangs" if late else "dies"
        if "::" in killer:
            self.measure.note((trial.file, f"{trial.file}:{trial.change.function}"), killer)
        seconds = used.ru_utime + used.ru_stime
        fate = Fate(trial.file, trial.change, killer, trial.reached, worlds, seconds)
        self.fates.append(fate)
        self.tell(fate)

    def _child(
        self, writing: int, laws: Sequence[Sequence[pytest.Item]], worlds: int, file: str, change: Change
    ) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        try:
            exchange(self.functions, self.source / file, self.texts[file], change)
            for cache in self.caches:  # what was made before the change
                if str(cache.__module__).startswith("accord.core"):
                    cache.cache_clear()
        except (LookupError, ValueError, SyntaxError) as error:
            _say(writing, f"{UNTRIED}{error}", 0)
            return
        usual, narrow, rest = laws
        noticed = (
            self._laws(writing, usual)
            or self._laws(writing, narrow)
            or self._worlds(writing, range(min(worlds, FIRST_WORLDS)))
            or self._laws(writing, rest)
            or self._worlds(writing, range(FIRST_WORLDS, worlds))
        )
        if not noticed:
            _say(writing, "", worlds)

    def _laws(self, writing: int, laws: Iterable[pytest.Item]) -> bool:
        """True when one of these laws notices."""
        for item in laws:
            if time.process_time() > self.limits.seconds:
                break
            usually_s = 10 * self.measure.reaches[item.nodeid].seconds
            signal.alarm(int(max(STUCK_S, usually_s)))
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
            if time.process_time() > self.limits.seconds:
                break
            signal.setitimer(signal.ITIMER_PROF, BUSIEST_S)
            _say(writing, "…", seed)
            if broken := broken_promises(seed):
                _say(writing, f"world {seed}: {broken[0].partition(':')[0]}", seed + 1)
                return True
            signal.setitimer(signal.ITIMER_PROF, 0)
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
    os.write(pipe, json.encode((killer, worlds)) + b"\n")


def _outermost(code: CodeType) -> str:
    """Name of the function or method that a code belongs to, without what is nested in it."""
    return code.co_qualname.partition(".<locals>")[0]


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
