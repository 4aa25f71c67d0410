"""`make bench`: the floor and Accord on the same two servers in one run; ratios, and build/bench.json.

argv: sizes (default 10000 50000), --reps R, --document FILE, whose table between two marks is written anew.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.servers import running

CASES = ("link", "copy", "incr", "noop")
ROOT = Path(__file__).resolve().parent.parent


def figures(module: str, arguments: Sequence[str], environment: dict[str, str]) -> list[dict[str, Any]]:
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


def compared(n: int, floor: list[dict[str, Any]], accord: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A line of `bench.json` per case."""
    lines = []
    for case in CASES:
        floor_s, accord_s = median(floor, case, "s"), median(accord, case, "s")
        changes, busy = int(median(accord, case, "changes")), servers(accord, case)
        lines.append(
            {
                "case": case,
                "n": n,
                "floor_s": round(floor_s, 4),
                "accord_s": round(accord_s, 4),
                "ratio": round(accord_s / floor_s, 2),
                "floor_cpu_s": round(median(floor, case, "cpu"), 4),
                "cpu_s": round(median(accord, case, "cpu"), 4),
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
    "case        n    floor s   accord s   ratio   floor cpu   own cpu   ratio   servers cpu   peak MiB   "
    "changes/s   calls/change"
)


def show(line: dict[str, Any]) -> None:
    """One case on one line, under `HEAD`."""
    rate = f"{line['changes'] / line['accord_s']:,.0f}" if line["changes"] else "-"
    cpu = f"{line['cpu_s'] / line['floor_cpu_s']:.2f}" if line["floor_cpu_s"] else "-"
    calls = "-" if line["calls_per_change"] is None else f"{line['calls_per_change']:.3f}"
    busy = " + ".join(f"{each:.2f}" for each in line["servers_cpu_s"])
    print(
        f"{line['case']:<4}  {line['n']:>7,} {line['floor_s']:>10.3f} {line['accord_s']:>10.3f} {line['ratio']:>7.2f} "
        f"{line['floor_cpu_s']:>11.3f} {line['cpu_s']:>9.2f} {cpu:>7} {busy:>13} {line['rss_mib']:>10.1f} "
        f"{rate:>11} {calls:>14}{'  server-bound' if line['server_bound'] else ''}",
        flush=True,
    )


def measured(n: int, reps: int, environment: dict[str, str]) -> list[dict[str, Any]]:
    """The floor and Accord in turns, so that a machine whose speed drifts slows both."""
    floor: list[dict[str, Any]] = []
    accord: list[dict[str, Any]] = []
    for _ in range(reps):
        floor += figures("floor_run", [str(n), "1"], environment)
        accord += figures("accord_run", [str(n)], environment)
    return compared(n, floor, accord)


def table(lines: list[dict[str, Any]]) -> str:
    """The lines as a table in Markdown."""
    times = ("floor, s", "Accord, s", "ratio", "floor CPU, s", "own CPU, s", "ratio", "servers CPU, s")
    heads = ("case", "records", *times, "MiB", "calls")
    rows = [f"| {' | '.join(heads)} |", f"| --- |{' --: |' * (len(heads) - 1)}"]
    for line in lines:
        cpu = f"{line['cpu_s'] / line['floor_cpu_s']:.1f}" if line["case"] != "noop" else ""
        calls = "" if line["calls_per_change"] is None else f"{line['calls_per_change']:.3f}"
        busy = " + ".join(f"{each:.2f}" for each in line["servers_cpu_s"])
        cells = (
            f"{line['case']}{' (server-bound)' if line['server_bound'] else ''}",
            f"{line['n']:,}",
            f"{line['floor_s']:.3f}",
            f"{line['accord_s']:.3f}",
            f"**{line['ratio']:.1f}**" if line["case"] != "noop" else "",
            f"{line['floor_cpu_s']:.2f}",
            f"{line['cpu_s']:.2f}",
            cpu,
            busy,
            f"{line['rss_mib']:.0f}",
            calls,
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def put_table(page: Path, lines: list[dict[str, Any]]) -> None:
    """Write the table into a page, between its two marks."""
    before, begin, rest = page.read_text().partition("<!-- figures:begin -->\n")
    _, end, after = rest.partition("\n<!-- figures:end -->")
    if not (begin and end):
        raise SystemExit(f"{page} has no marks figures:begin and figures:end")
    page.write_text(f"{before}{begin}\n{table(lines)}\n{end}{after}")


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 50_000])
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--document", type=Path)
    options = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory(prefix="accord-bench-") as scratch, running(Path(scratch)) as pids:
        environment = {**os.environ, "BENCH_DIR": scratch, "SERVER_PIDS": ",".join(map(str, pids))}
        print(HEAD, flush=True)
        for n in options.sizes:
            for line in measured(n, options.reps, environment):
                lines.append(line)
                show(line)
    out = ROOT / "build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(lines, indent=2) + "\n")
    print(f"written to {out.relative_to(ROOT)}")
    if options.document:
        put_table(options.document, lines)


if __name__ == "__main__":
    main()
