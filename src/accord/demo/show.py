"""The demonstration from its beginning to its end."""

import time
from collections.abc import Callable
from pathlib import Path

from accord.demo.checklist import perform_checklist
from accord.demo.linking import check_links, plan, sync_through_kills
from accord.demo.program import from_here
from accord.demo.scenes import Scenes
from accord.demo.stage import Stage
from accord.demo.summary import Summary
from accord.demo.telling import Teller

__all__ = ["run_demo"]


def run_demo(folder: Path, *, seed: int, persons: int, say: Callable[[str], None]) -> Summary:
    """Run it in a folder, which is renewed. Raises NotSo as soon as something that it shows is not so."""
    began = time.monotonic()
    tell = Teller(say)
    tell.step(f"Two systems with {persons:,} persons of FEBRL 4, a benchmark with known truth (seed {seed})")
    with Stage(folder, seed=seed, persons=persons) as stage:
        summary = Summary(seed=seed, persons=len(stage.world.numbers))
        _introduce(stage, tell, summary)
        tell.step("What would be done?")
        plan(stage, tell, summary)
        tell.step("Do it, and pull the plug three times")
        sync_through_kills(stage, tell, summary, seed=seed)
        tell.step("Compare with the truth, and with what the systems say themselves")
        state = check_links(stage, tell, summary)
        created = sum(summary.created.values())
        tell.say(
            f"{summary.links:,} persons were found in both systems, and {created:,} records were created, none twice;"
        )
        tell.say(f"{summary.pairs_equal:,} contacts stand in both now, with the same values in each.")
        scenes = Scenes(stage, tell, summary, state)
        scenes.edit_in_crm()
        scenes.edit_in_erp()
        scenes.conflict()
        scenes.delete()
        scenes.idle()
        tell.step("The dataflow document, performed as the QA checklist on sandboxes of its own")
        perform_checklist(stage, tell, summary)
    summary.checks, summary.seconds = tell.checks, time.monotonic() - began
    tell.step("What it came to")
    tell.say("\n".join(summary.lines()))
    say("")
    say("Where to look next, in what was left there:")
    say(f"   one value and where it came from   {summary.look}")
    say(f"   what waits for a person            {stage.program.shown} status")
    say(f"   the checklist, line by line        {from_here(stage.program.project)}/.accord/qa/last.html")
    say(f"   what happened last                 {stage.program.shown} history --limit 20")
    return summary


def _introduce(stage: Stage, tell: Teller, summary: Summary) -> None:
    for key in stage.world.rows:
        summary.loaded[key] = len(stage.listing(key))
        tell.same(f"{key} is loaded", len(stage.loaded(key)), summary.loaded[key])
    for system in (stage.crm, stage.erp):
        held = ", ".join(
            f"{n:,} {k.partition('.')[2]}" for k, n in summary.loaded.items() if k.startswith(system.name)
        )
        tell.say(f"{system.name} at {system.url}: {held}")
    tell.say("Of each side a tenth of the persons is missing and two of a hundred are there twice.")
