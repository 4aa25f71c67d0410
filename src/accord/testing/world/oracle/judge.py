"""The judgement of a world: every check, one after the other."""

from collections.abc import Sequence

from accord.testing.world.oracle.agreement import check_converged, check_latest, check_typed
from accord.testing.world.oracle.counting import (
    check_accounted,
    check_created_everywhere,
    check_created_once,
    check_not_recreated,
    check_scope,
)
from accord.testing.world.oracle.deciding import check_aliases, check_decided, check_picked, check_restored
from accord.testing.world.oracle.facts import Facts, Verdict
from accord.testing.world.oracle.keeping import check_deletes, check_kept, check_untouched
from accord.testing.world.oracle.sharing import check_facets, check_groups
from accord.testing.world.oracle.switches import check_switches
from accord.testing.world.watch import Change

__all__ = ["judge", "judge_stranger"]


def judge(facts: Facts, *, settled_us: int) -> Verdict:
    """Compare the hub's promises with the systems and with what people did."""
    verdict = Verdict()
    check_converged(verdict, facts)
    check_typed(verdict, facts)
    check_accounted(verdict, facts)
    check_scope(verdict, facts)
    check_created_once(verdict, facts)
    check_created_everywhere(verdict, facts)
    check_not_recreated(verdict, facts)
    check_kept(verdict, facts)
    check_untouched(verdict, facts)
    check_switches(verdict, facts)
    check_groups(verdict, facts)
    check_facets(verdict, facts)
    check_deletes(verdict, facts)
    check_decided(verdict, facts)
    check_aliases(verdict, facts)
    check_picked(verdict, facts)
    check_restored(verdict, facts)
    if facts.weather.strict:
        check_latest(verdict, facts, settled_us)
    return verdict


def judge_stranger(facts: Facts, after: Sequence[Change], *, aged: bool) -> Verdict:
    """G7: what a hub that knows nothing did, from its first cycle on, to systems that were in sync: no delete, and
    nothing that was typed is lost. `after` are the changes since it began; `aged`: the
    keys of its former creates are forgotten, else they may give back records that are gone."""
    verdict = Verdict()
    verdict.check("G7")
    for change in after:
        if change.deletes:
            verdict.say("G7", f"{change.type}/{change.after.id} was deleted by a hub that had lost its state")
    if aged:
        check_converged(verdict, facts)
    check_accounted(verdict, facts)
    return verdict
