"""`accord review`: records that may be one thing, side by side, and the answer of a person."""

import click

from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.person import person_name
from accord.cli.show_reviews import show_effect, show_review, show_reviews
from accord.runtime.hub import Hub
from accord.runtime.people.review import (
    ANSWERS,
    Answer,
    Effect,
    answer,
    check_answer,
    effect_of,
    review as look,
    reviews,
    verdicts_of,
)

__all__ = ["review"]

_WAIT_S = 30.0
"""How long an answer waits for a run that is under way."""


@click.command
@click.argument("id_", metavar="[ID]", default="")
@click.argument("what", metavar="[ANSWER]", type=click.Choice(ANSWERS), default=None, required=False)
@click.argument("records", metavar="[RECORD]...", nargs=-1)
@click.option("--restore", is_flag=True, help="With split: give back what linking had written over (L8).")
@click.option("--plan", "plans", is_flag=True, help="Only tell what would follow.")
@pass_session
def review(
    session: Session, id_: str, what: Answer | None, records: tuple[str, ...], *, restore: bool, plans: bool
) -> None:
    """List what waits in review; show one, its records side by side; answer it.

    \b
        accord review                                        what waits?
        accord review 4b1f9c                                 who are they, what differs, why do they wait?
        accord review 4b1f9c0d11aa-3fa2b0 link               all of them are one thing
        accord review 4b1f9c0d11aa-3fa2b0 link crm.Contacts/3 erp.Contact/7       these two are
        accord review 4b1f9c0d11aa-3fa2b0 refuse crm.Contacts/4    it is none of the others, for ever
        accord review 4b1f9c0d11aa-3fa2b0 split crm.Contacts/4     it is linked to the others, and should not be
        accord review 4b1f9c0d11aa-3fa2b0 made erp.Contact/9       that is what the create made; or: not-made

    The part of the id behind the dash stands for what was shown: an answer is refused when a record has changed since.
    Nothing is written before the next sync. `accord links withdraw` takes an answer back.
    """
    if plans and what is None:
        raise click.UsageError("--plan: name the review and the answer.")
    if restore and what != "split":
        raise click.UsageError("--restore: only `split` takes it.")
    if not id_:
        found = run(session, reviews, readonly=True)
        session.data({"reviews": found}) if session.json else show_reviews(session, found)
    elif what is None:
        shown = run(session, lambda hub: look(hub, id_), readonly=True)
        session.data(shown) if session.json else show_review(session, shown)
    else:
        _answer(session, id_, what, records, restore=restore, plans=plans)


def _answer(
    session: Session, id_: str, what: Answer, records: tuple[str, ...], *, restore: bool, plans: bool
) -> None:
    async def act(hub: Hub) -> Effect:
        shown = await look(hub, id_)
        check_answer(shown, id_, what, records)
        verdicts = await verdicts_of(hub, shown, what, records, restore=restore)
        effect = await effect_of(hub, verdicts, by=person_name()) if verdicts else Effect()
        if not plans:
            await answer(hub, id_, what, records, restore=restore, by=person_name())
        return effect

    effect = run(session, act, wait_s=_WAIT_S, offline=True)
    if session.json:
        session.data({"id": id_, "answer": what, "kept": not plans, "effect": effect})
    else:
        show_effect(session, effect, kept=not plans)
