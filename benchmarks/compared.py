"""The floor and Accord on the same two servers in one run, with each store; ratios, and build/bench.json.

argv: sizes (default 10000 50000), --reps R, --stores sqlite postgresql, --document FILE, whose table between two marks
is written anew.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.pages import put_table, table
from benchmarks.servers import running
from benchmarks.store_servers import STORES, serving

CASES = ("link", "copy", "incr", "noop")
ROOT = Path(__file__).resolve().parent.parent


def figures(module: str, arguments: Sequence[str], environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """JSON lines that a runner prints."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{module} failed:\n{done.stderr[-3000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def median(lines: list[dict[str, Any]], what: str, name: str) -> float:
    """Median of a figure over the repetitions of a case."""
    return statistics.median(line[name] for line in lines if line["what"] == what)


def servers(lines: list[dict[str, Any]], what: str) -> list[float]:
    """Median of the CPU seconds of each server over the repetitions of a case."""
    spent = zip(*(line["servers_cpu"] for line in lines if line["what"] == what), strict=True)
    return [round(statistics.median(each), 4) for each in spent]


def compared(
    n: int, store: str, floor: list[dict[str, Any]], accord: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """A line of `bench.json` per case."""
    lines = []
    for case in CASES:
        floor_s, accord_s = median(floor, case, "s"), median(accord, case, "s")
        changes, busy = int(median(accord, case, "changes")), servers(accord, case)
        lines.append(
            {
                "case": case,
                "n": n,
                "store": store,
                "floor_s": round(floor_s, 4),
                "accord_s": round(accord_s, 4),
                "ratio": round(accord_s / floor_s, 2),
                "floor_cpu_s": round(median(floor, case, "cpu"), 4),
                "cpu_s": round(median(accord, case, "cpu"), 4),
                "store_cpu_s": round(median(accord, case, "store_cpu"), 4),
                "servers_cpu_s": busy,
                "floor_servers_cpu_s": servers(floor, case),
                "rss_mib": round(max(line["rss"] for line in accord if line["what"] == case), 1),
                "changes": changes,
                "calls_per_change": round(median(accord, case, "calls") / changes, 3) if changes else None,
                "server_bound": case != "noop" and max(busy) > 0.9 * accord_s,
            }
        )
    return lines


HEAD = (
    "case        n store         floor s   accord s   ratio   floor cpu   own cpu   ratio   store cpu   servers cpu"
    "   peak MiB   changes/s   calls/change"
)


def show(line: dict[str, Any]) -> None:
    """One case on one line, under `HEAD`."""
    rate = f"{line['changes'] / line['accord_s']:,.0f}" if line["changes"] else "-"
    cpu = f"{line['cpu_s'] / line['floor_cpu_s']:.2f}" if line["floor_cpu_s"] else "-"
    calls = "-" if line["calls_per_change"] is None else f"{line['calls_per_change']:.3f}"
    busy = " + ".join(f"{each:.2f}" for each in line["servers_cpu_s"])
    print(
        f"{line['case']:<4} {line['n']:>8,} {line['store']:<10} {line['floor_s']:>10.3f} {line['accord_s']:>10.3f} "
        f"{line['ratio']:>7.2f} {line['floor_cpu_s']:>11.3f} {line['cpu_s']:>9.2f} {cpu:>7} "
        f"{line['store_cpu_s']:>11.2f} {busy:>13} {line['rss_mib']:>10.1f} {rate:>11} {calls:>14}"
        f"{'  server-bound' if line['server_bound'] else ''}",
        flush=True,
    )


def measured(n: int, reps: int, environments: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """The floor and Accord with each store in turns, so that a machine whose speed drifts slows all."""
    floor: list[dict[str, Any]] = []
    accord: dict[str, list[dict[str, Any]]] = {store: [] for store in environments}
    for _ in range(reps):
        floor += figures("floor_run", [str(n), "1"], next(iter(environments.values())))
        for store, environment in environments.items():
            accord[store] += figures("accord_run", [str(n)], environment)
    return [line for store, some in accord.items() for line in compared(n, store, floor, some)]


def told(lines: list[dict[str, Any]]) -> str:
    """The lines as a table in Markdown."""
    times = ("floor, s", "Accord, s", "ratio", "floor CPU, s", "own CPU, s", "ratio", "store CPU, s")
    heads = ("case", "records", "store", *times, "servers CPU, s", "MiB", "calls")
    rows = []
    for line in lines:
        idle = line["case"] == "noop"
        busy = " + ".join(f"{each:.2f}" for each in line["servers_cpu_s"])
        rows.append(
            (
                f"{line['case']}{' (server-bound)' if line['server_bound'] else ''}",
                f"{line['n']:,}",
                line["store"],
                f"{line['floor_s']:.3f}",
                f"{line['accord_s']:.3f}",
                "" if idle else f"**{line['ratio']:.1f}**",
                f"{line['floor_cpu_s']:.2f}",
                f"{line['cpu_s']:.2f}",
                "" if idle else f"{line['cpu_s'] / line['floor_cpu_s']:.1f}",
                f"{line['store_cpu_s']:.2f}" if line["store"] != "sqlite" else "",
                busy,
                f"{line['rss_mib']:.0f}",
                "" if line["calls_per_change"] is None else f"{line['calls_per_change']:.3f}",
            )
        )
    return table(heads, rows)


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compared", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 50_000])
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    parser.add_argument("--document", type=Path)
    options = parser.parse_args()
    lines = []
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="accord-bench-"))
        pids = stack.enter_context(running(Path(scratch)))
        common = {**os.environ, "BENCH_DIR": scratch, "SERVER_PIDS": ",".join(map(str, pids))}
        environments = {store: {**common, **stack.enter_context(serving(store))} for store in options.stores}
        print(HEAD, flush=True)
        for n in options.sizes:
            for line in measured(n, options.reps, environments):
                lines.append(line)
                show(line)
    out = ROOT / "build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(lines, indent=2) + "\n")
    print(f"written to {out.relative_to(ROOT)}")
    if options.document:
        put_table(options.document, "figures", told(lines))


if __name__ == "__main__":
    main()
