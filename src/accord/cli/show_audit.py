"""What an audit found, as people read it."""

from accord.cli.context import Session
from accord.core.wording import counted
from accord.runtime.books.audit import Audited

__all__ = ["show_audit"]

_SHOWN = 20


def show_audit(session: Session, audited: Audited, *, drifts_alone: bool = False) -> None:
    """What differs, by record and property; `drifts_alone`: nothing where nothing does."""
    if drifts_alone and not audited.differing:
        return
    edited = f", {len(audited.edited):,} edited since" if audited.edited else ""
    session.say(
        f"Audit: {counted(audited.checked, 'record')} read by id, {audited.equal:,} as they were seen{edited}."
    )
    for each in audited.differing[:_SHOWN]:
        what = each.why or f"differs in {', '.join(each.properties)}"
        session.say(f"    {each.record}: {what}")
    if len(audited.differing) > _SHOWN:
        session.say(f"    and {len(audited.differing) - _SHOWN:,} more: --json lists all")
    for mapping, why in audited.errors.items():
        session.say(f"    {mapping} could not be read: {why}")
    if not drifts_alone:
        session.say(f"{audited.proven:,} of {counted(audited.links, 'link')} proven equal in the last 24 h.")
