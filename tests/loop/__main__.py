"""Documents of many seeds through the whole loop: python -m tests.loop FIRST LAST [--show]

Tells every line that is red; with --show the project and the steps too.
"""

import sys
import time
import traceback

from tests.loop.looping import looped, of_seed, outcomes, red


def say(*told: object) -> None:
    """A line."""
    sys.stdout.write(" ".join(map(str, told)) + "\n")
    sys.stdout.flush()


def main() -> int:
    """The number of documents with a red line, or that could not be imported or performed."""
    first, last, show = int(sys.argv[1]), int(sys.argv[2]), "--show" in sys.argv
    reports, bad, began = [], 0, time.monotonic()
    for seed in range(first, last):
        try:
            made = looped(of_seed(seed))
        except Exception:
            bad += 1
            say(seed, traceback.format_exc() if show else traceback.format_exc().splitlines()[-1])
            continue
        reports.append(made.report)
        bad += bool(red(made.report))
        for line in red(made.report):
            say(seed, line)
        if show:
            for name, text in made.draft.files.items():
                say(f"--- {name}\n{text}")
            for check in made.report.checks:
                say(check.outcome, check.id, check.why)
                for step in check.steps if check.outcome == "failed" else ():
                    say("   ", step)
    for what, count in outcomes(reports):
        say(f"{count:6,} {what}")
    say(f"{last - first} seeds, {bad} bad, {time.monotonic() - began:.0f} s")
    return 1 if bad else 0


sys.exit(main())
