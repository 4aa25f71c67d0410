"""The books as people read them: each record towards each other entity type, in one state."""

from accord.cli.context import Session
from accord.cli.show_chases import chase_remedy, chase_text
from accord.cli.tables import print_counts
from accord.core.standing import STATES
from accord.core.wording import counted
from accord.runtime.books.conservation import Conservation

__all__ = ["show_books"]


def show_books(session: Session, books: Conservation) -> None:
    """The table of G4, whether it adds up, and what else was counted."""
    states = sorted(STATES, key=lambda state: (state != "in sync", STATES.index(state)))
    rows = []
    for flow in books.flows:
        counts = [f"{flow.states.get(state, 0):,}" for state in states]
        rows.append((f"{flow.mapping} -> {flow.target}", f"{flow.records:,}", *counts))
    if rows:
        session.say()
        print_counts(session.out, "Each record towards each target", ("", "records", *states), rows, always=3)
        session.say(_sums(books))
    for unit in books.units:
        of = f", {unit.property}" if unit.property else ""
        why = f": {unit.reason}" if unit.reason else ""
        session.say(f"  {unit.state}: {unit.record} -> {unit.target}{of}{why}")
    for chase in books.chases:
        session.say(chase_text(chase))
        session.hint(f"    {chase_remedy(chase)}")
    session.hint(
        f"{books.proven:,} of {counted(books.links, 'link')} proven equal in the last 24 h; accord audit reads more."
    )
    if books.representations:
        held = counted(books.representations, "value stands", "values stand")
        session.say(f"{held} in a spelling of the system's own (S5).")
    for mapping, count in books.rests.items():
        session.hint(
            f"{mapping}: {counted(count, 'record rests', 'records rest')}, for it left the configuration "
            f"(accord forget {mapping})"
        )


def _sums(books: Conservation) -> str:
    if books.adds_up:
        return "The sums add up: every record is in exactly one state."
    wrong = [flow for flow in books.flows if not flow.adds_up]
    parts = [
        f"{flow.mapping} -> {flow.target}: {sum(flow.states.values())} of {flow.records}" for flow in wrong
    ]
    return f"THE SUMS DO NOT ADD UP: {'; '.join(parts)}. This is a fault of Accord or of the store: please report it."
