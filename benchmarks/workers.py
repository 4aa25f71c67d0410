"""One worker against two, with systems that answer after 50 ms: `python -m benchmarks.workers [RECORDS ...]`.

Each worker is a process of its own on one PostgreSQL; a system takes as many calls at the same time as told, whoever
makes them. Timed is from the moment at which people enter all records in one system until the other holds them all, and
then until as many edits have arrived. Prints a line for each case, with the pieces of work done by each worker.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.postgres import open_server
from tests.workers.firm import Firm, Hired

ROOT = Path(__file__).resolve().parent.parent
LATENCY_S = 0.05


def _wait(firm: Firm, count: int) -> None:
    while firm.calls("erp")["calls"].get("create", 0) < count or not firm.in_sync():
        time.sleep(0.1)


def _await_edits(firm: Firm, count: int) -> None:
    while firm.calls("erp")["calls"].get("update", 0) < count:
        time.sleep(0.1)
    while sum(n for (_, _, phone), n in firm.people("erp").items() if phone == "edited") < count:
        time.sleep(0.1)


def _pieces(workers: list[Hired]) -> list[dict[str, int]]:
    """What each worker did, by kind."""
    for worker in workers:
        worker.end()
    ended = [worker.until_end() for worker in workers]
    return [line["conductor"] or line["hand"] for line in ended]


def measured(workers: int, records: int, concurrent: int) -> dict[str, Any]:
    """Seconds to copy so many records, and to carry as many edits."""
    with (
        open_server() as server,
        tempfile.TemporaryDirectory(prefix="accord-bench-") as scratch,
        Firm(Path(scratch), latency_s=LATENCY_S, rate={"concurrent": concurrent}) as firm,
    ):
        url = server.url(server.new_schema())
        hired = [firm.hire(url, lease_s=10.0)]
        hired[0].plays("conductor")
        for _ in range(workers - 1):
            hired.append(firm.hire(url, lease_s=10.0))
            hired[-1].plays("hand")
        hired[0].until(lambda line: line.get("workers") == workers)
        began_s = time.monotonic()
        firm.enter("crm", range(records))
        _wait(firm, records)
        copied_s = time.monotonic() - began_s
        began_s = time.monotonic()
        firm.edit("crm", {f"p{n}@x": "edited" for n in range(records)})
        _await_edits(firm, records)
        edited_s = time.monotonic() - began_s
        return {
            "workers": workers,
            "records": records,
            "concurrent": concurrent,
            "copy_s": round(copied_s, 2),
            "edit_s": round(edited_s, 2),
            "at_once": firm.calls("erp")["at_once"],
            "pieces": _pieces(hired),
        }


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("records", type=int, nargs="*", default=[1500])
    parser.add_argument("--concurrent", type=int, nargs="*", default=[8, 64])
    options = parser.parse_args()
    lines = []
    sys.stdout.write(
        "workers  records  calls at once   copy s  copies/s   edit s  edits/s   pieces by worker\n"
    )
    for records in options.records:
        for concurrent in options.concurrent:
            for workers in (1, 2):
                line = measured(workers, records, concurrent)
                lines.append(line)
                each = "; ".join(
                    ", ".join(f"{kind} {n}" for kind, n in done.items()) or "-" for done in line["pieces"]
                )
                rates = records / line["copy_s"], records / line["edit_s"]
                sys.stdout.write(
                    f"{workers:>7} {records:>8,} {line['at_once']:>7} of {concurrent:<4} {line['copy_s']:>8.2f} "
                    f"{rates[0]:>9,.0f} {line['edit_s']:>8.2f} {rates[1]:>8,.0f}   {each}\n"
                )
                sys.stdout.flush()
    out = ROOT / "build" / "bench-workers.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(lines, indent=2) + "\n")


if __name__ == "__main__":
    main()
