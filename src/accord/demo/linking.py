"""First part: plan, then sync with three kill -9 in it, then all of it against the truth."""

from random import Random
from typing import Any

import msgspec

from accord.core.errors import AccordError
from accord.demo.judging import Judgement, Missed, created_in, differing, judge
from accord.demo.program import Kill
from accord.demo.stage import Stage
from accord.demo.state import HubState, read_state
from accord.demo.summary import Summary
from accord.demo.telling import Teller
from accord.demo.world import CRM, ERP

__all__ = ["check_links", "plan", "sync_through_kills"]

KILLS = 3
_MOST_RUNS = 12
_LEFT_OUT = ("Overwrites", "    ", "Kept in", "The configuration is not confirmed")
"""Lines of a plan: samples of every property, and what to do next; a few are shown, and it is done."""


def plan(stage: Stage, tell: Teller, summary: Summary) -> None:
    """`accord check`, `accord plan --out`. Nothing may have been written."""
    done = stage.program.run("check")
    tell.same("accord check finds no fault", 0, done.code)
    tell.ran("check", done, out=done.out.strip().splitlines()[-1])
    file = stage.folder / "plan.json"
    done = stage.program.run("plan", "--out", str(file))
    tell.same(f"accord plan ends well ({done.out[-300:]})", 0, done.code)
    shown = (line for line in done.out.splitlines() if not line.startswith(_LEFT_OUT))
    tell.ran("plan --out plan.json", done, out="\n".join(shown))
    made = msgspec.json.decode(file.read_bytes())
    overwrites = sum(made["overwrites"].values())
    tell.say(
        f"Where linked records differ the CRM has priority: {overwrites:,} values would be overwritten, like"
    )
    for sample in made["samples"][:3]:
        name = f"{sample['record']} {sample['property'].split()[-1]}"
        tell.say(f"    {name:<40}{sample['now']} -> {sample['then']}")
    tell.same("a plan writes nothing", 0, stage.writes())
    summary.planned = len(made["writes"])


def sync_through_kills(stage: Stage, tell: Teller, summary: Summary, *, seed: int) -> None:
    """`accord sync --plan`, killed at three moments, run again until it ends well; then what it left to a next
    run."""
    random = Random(seed)
    args = ("sync", "--plan", str(stage.folder / "plan.json"))
    for _ in range(KILLS):
        sent = stage.writes()
        kill = Kill(stage.writes, sent + random.randint(1, max(1, (summary.planned - sent) // 2)))
        done = stage.program.run(*args, kill=kill)
        tell.same("sync --plan was still at work when it was killed", -9, done.code)
        tell.ran("sync --plan plan.json", done, f"kill -9 after {kill.seen:6,} writes")
        summary.kills.append(kill.seen)
    _until_done(stage, tell, *args)
    tell.say("A plan leaves what has moved since to a further run:")
    _until_done(stage, tell, "sync")
    told = _status(stage)
    waiting = {it["mapping"]: it["unknown_writes"] for it in told["types"] if it["unknown_writes"]}
    tell.same("no write is of unknown outcome any more", {}, waiting)
    tell.same("no write was refused", [], told["dead_letters"])


def _status(stage: Stage) -> dict[str, Any]:
    """What `accord status` tells a machine."""
    told: dict[str, Any] = msgspec.json.decode(stage.program.run("--json", "status").out)
    return told


def _until_done(stage: Stage, tell: Teller, *args: str) -> None:
    for _ in range(_MOST_RUNS):
        done = stage.program.run(*args)
        shown = " ".join("plan.json" if arg.endswith("plan.json") else arg for arg in args)
        tell.ran(shown, done)
        if done.code == 0:
            return
        tell.same("exit code 5 asks to run it again, no other", 5, done.code)
        tell.same("no write was refused", [], _status(stage)["dead_letters"])
    raise AccordError(f"accord {' '.join(args)} did not end well in {_MOST_RUNS} runs")


def check_links(stage: Stage, tell: Teller, summary: Summary) -> HubState:
    """Links against the truth, creates against what was there before, values of linked records side by side: the
    state they are in then."""
    state = read_state(stage.program.project)
    judgement = judge(stage.world, state)
    _check_creates(stage, tell, summary, state)
    _check_missed(tell, judgement)
    pairs, different = differing(state, stage.listing(CRM), stage.listing(ERP))
    tell.same("linked contacts hold the same in both systems, by their own APIs", [], different[:5])
    summary.pairs_equal = pairs
    tell.true("precision is at least 0.999", judgement.precision >= 0.999, seen=judgement.precision)
    tell.true("recall is at least 0.99", judgement.recall >= 0.99, seen=judgement.recall)
    tell.same("every doubled person is in review", judgement.doubled, judgement.doubled_in_review)
    tell.same("no doubled person is linked", 0, judgement.doubled_linked)
    summary.take(judgement)
    return state


def _check_creates(stage: Stage, tell: Teller, summary: Summary, state: HubState) -> None:
    for key in stage.world.rows:
        count, repeated = created_in(stage.loaded(key), state, key, stage.listing(key).keys())
        if count:
            summary.created[key] = count
        summary.repeated += repeated
    tell.same("no create was repeated by a crash", [], summary.repeated)


def _check_missed(tell: Teller, judgement: Judgement) -> None:
    """Every record that was created although its partner was there belongs to a missed match, and the other way."""
    for missed in judgement.all_missed:
        expected = {"created": 2, "proposed": 0}.get(missed.fate, missed.created)
        tell.same(f"creates for {shown(missed)}", expected, missed.created)


def shown(missed: Missed) -> str:
    """A missed pair on a line."""
    return f"{CRM}/{missed.crm} and {ERP}/{missed.erp}"
