"""What Accord costs as the records grow: `python -m benchmarks.size [N ...] [--stores sqlite postgresql]`.

Between two servers that compute what they show (`lean_server.py`), a hub links N pairs of records in one process; in
another one it opens what the first left, and runs: idle, with 1, 100 and 1,000 edits spread over all records, and
reading everything once more. Prints a line for each figure, writes build/size.json, and with --document FILE the tables
between its marks. What must not grow with N is told as a ratio to the smallest N (C4).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.pages import put_table, table
from benchmarks.servers import LEAN, free_ports, running
from benchmarks.store_servers import STORES, serving, sizes

ROOT = Path(__file__).resolve().parent.parent
PHASES = ("link", "work")
HISTORY = ("event", "event_value")

Line = dict[str, Any]


def measured(n: int, store: str) -> list[Line]:
    """Figures of one size with one store: medians of each case, and what the store takes."""
    with tempfile.TemporaryDirectory(prefix="accord-size-") as scratch, serving(store) as environment:
        ports = free_ports()
        with running(Path(scratch), LEAN, ports) as pids:
            told = {
                **os.environ,
                **environment,
                "BENCH_DIR": scratch,
                "BENCH_PORTS": ",".join(map(str, ports)),
                "SERVER_PIDS": ",".join(map(str, pids)),
            }
            lines: list[Line] = []
            before: Mapping[str, tuple[int, int]] = {}
            for phase in PHASES:
                lines += _medians(_run(phase, n, told))
                after = sizes(Path(scratch) / "accord")
                lines.append({"what": f"store after {phase}", **_stored(n, before, after)})
                before = after
    return [{"n": n, "store": store, **line} for line in lines]


def _run(phase: str, n: int, environment: Mapping[str, str]) -> list[Line]:
    command = [sys.executable, "-m", "benchmarks.size_run", phase, str(n)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{phase} of {n} failed:\n{done.stderr[-3000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _medians(lines: Iterable[Line]) -> list[Line]:
    """One line for all repetitions of a case; memory is the greatest."""
    by_case: dict[str, list[Line]] = {}
    for line in lines:
        by_case.setdefault(line["what"], []).append(line)
    found = []
    for what, some in by_case.items():
        line: Line = {"what": what, "times": len(some)}
        for name in ("s", "cpu", "servers_cpu", "store_cpu", "calls", "changes"):
            line[name] = round(statistics.median(each[name] for each in some), 5)
        found.append(
            line | {name: round(max(each[name] for each in some), 1) for name in ("rss", "store_mib")}
        )
    return found


def _stored(n: int, before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]) -> Line:
    """Bytes per linked record without its history, and per line of history; how many lines came since."""
    state = sum(size for name, (_, size) in after.items() if name not in HISTORY)
    lines, size = (now - then for now, then in zip(_history(after), _history(before), strict=True))
    return {
        "bytes": sum(size for _, size in after.values()),
        "bytes_per_record": round(state / (2 * n), 1),
        "lines": lines,
        "bytes_per_line": round(size / max(1, lines), 1),
        "tables": after,
    }


def _history(tables: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    """Lines, and bytes of all of them."""
    return tables.get("event", (0, 0))[0], sum(size for name, (_, size) in tables.items() if name in HISTORY)


def show(line: Line) -> str:
    """One figure on one line."""
    head = f"{line['store']:<10} {line['n']:>9,}  {line['what']:<17}"
    if "bytes" in line:
        return (
            f"{head} {line['bytes'] / 2**20:10,.0f} MiB  {line['bytes_per_record']:,.0f} B/record  "
            f"{line['lines']:,} lines of history, each {line['bytes_per_line']:,.0f} B"
        )
    return (
        f"{head} {line['s']:10.3f} s  own {line['cpu']:9.4f} s  store {line['store_cpu']:7.2f} s  "
        f"{line['calls']:6,.0f} calls  peak {line['rss']:6.1f} MiB  store {line['store_mib']:6.1f} MiB"
    )


def tables(lines: Sequence[Line]) -> str:
    """The figures as tables in Markdown: what grows with N, and what must not."""
    parts = []
    for store in dict.fromkeys(line["store"] for line in lines):
        some = [line for line in lines if line["store"] == store]
        ns = list(dict.fromkeys(line["n"] for line in some))
        by = {(line["what"], line["n"]): line for line in some}
        parts.append(_of_store(store, ns, by))
    return "\n\n".join(parts)


def _of_store(store: str, ns: Sequence[int], by: Mapping[tuple[str, int], Line]) -> str:
    cases = [what for what, n in by if n == ns[-1] and not what.startswith("store")]
    rows = []
    for what in cases:
        some = [by.get((what, n)) for n in ns]
        cells = ["" if line is None else f"{_s(line['s'])} ({_s(line['cpu'])})" for line in some]
        known = [line for line in some if line is not None]
        ratio = known[-1]["cpu"] / known[0]["cpu"] if len(known) > 1 and known[0]["cpu"] else 0.0
        peaks = " / ".join(f"{line['rss']:.0f}" for line in known)
        rows.append([what, *cells, f"{ratio:.1f}", f"{known[-1]['calls']:,.0f}", peaks])
    heads = [store, *(f"{n:,}: s (own CPU)" for n in ns), "CPU, last / first", "calls", "peak MiB"]
    stored = [by["store after link", n] for n in ns]
    worked = [by["store after work", n] for n in ns]
    rows.append(
        ["bytes per linked record", *(f"{line['bytes_per_record']:,.0f}" for line in stored), "", "", ""]
    )
    for what, some in (("link", stored), ("edit", worked)):
        per_line = (f"{line['bytes_per_line']:,.0f}" for line in some)
        rows.append([f"bytes per line of history, of {what}s", *per_line, "", "", ""])
    return table(heads, rows)


def _s(seconds: float) -> str:
    return f"{seconds:.3f}" if seconds < 1 else f"{seconds:.1f}"


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.size", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    parser.add_argument("--document", type=Path)
    parser.add_argument("--again", type=Path, help="take the figures of this file of an earlier run as well")
    options = parser.parse_args()
    lines: list[Line] = json.loads(options.again.read_text()) if options.again else []
    out = ROOT / "build" / "size.json"
    out.parent.mkdir(exist_ok=True)
    for store in options.stores:
        for n in options.sizes:
            new = measured(n, store)
            print("\n".join(map(show, new)), flush=True)
            lines = [line for line in lines if (line["n"], line["store"]) != (n, store)] + new
            lines.sort(key=lambda line: (STORES.index(line["store"]), line["n"]))
            out.write_text(json.dumps(lines, indent=2) + "\n")
    print(f"written to {out.relative_to(ROOT)}")
    if options.document:
        put_table(options.document, "sizes", tables(lines))


if __name__ == "__main__":
    main()
