"""`accord suggest`: rows and match alternatives for pairs that lack them."""

import asyncio
import math
from collections.abc import Sequence

import click
import msgspec

from accord.cli import exits
from accord.cli.context import Session, pass_session
from accord.cli.hub import run
from accord.cli.show_suggestions import numbered, show_suggestions, suggestions_data
from accord.cli.suggestion_files import Kept, keep_shown, read_shown, write_shown
from accord.core.errors import AccordError
from accord.core.wording import counted, remedy
from accord.project import Project
from accord.project.known import known_type
from accord.project.specs import split_key
from accord.project.write_rows import Addition, add_to_pairs, save_changes
from accord.project_store import has_store
from accord.runtime.clock import SystemClock
from accord.suggesting.project import Wanted, suggest_for
from accord.suggesting.suggestion import PairSuggestions
from accord.wiring import connect, missing_secrets

__all__ = ["suggest"]

_SHOWN = 0.5


@click.command
@click.option(
    "--pair",
    "pairs",
    multiple=True,
    metavar="A-B",
    help="Only this pair, or those of an entity type. May be repeated.",
)
@click.option(
    "--threshold",
    type=click.FloatRange(0.5, 1),
    metavar="SCORE",
    help="Only from this score on; default 0.5.",
)
@click.option("--write", is_flag=True, help="Write all that reach the threshold into the configuration.")
@click.option(
    "--accept", metavar="N,N", help="Write the suggestions of these numbers, as they were last shown."
)
@click.option("--sample", "most", type=click.IntRange(1), default=1000, show_default=True, metavar="COUNT",
              help="Read at most so many records of an entity type.")  # fmt: skip
@click.option(
    "--no-read", is_flag=True, help="Call no system: names, types, and values that a sync has seen."
)
@click.option("--samples", is_flag=True, help="Show values of a few records beside each suggestion.")
@pass_session
def suggest(
    session: Session,
    pairs: Sequence[str],
    threshold: float | None,
    write: bool,
    accept: str | None,
    most: int,
    no_read: bool,
    samples: bool,
) -> int:
    """Suggest what belongs together in pairs whose property tables are empty, or lack something: rows, with the lenses
    that they need, and what identifies a record in both systems. Each one has a score from 0 to 1 and its evidence:
    names, types, and how often the values of records that are in both agree.

    Records are read from the systems, a bounded number, and not kept. Nothing is written to any system. The
    configuration is changed by --accept, or by --threshold with --write: entries are added, all else stays as it is.

    \b
        accord suggest
        accord suggest --accept 1,2,5
        accord suggest --threshold 0.9 --write
    """
    project = session.project()
    if accept is not None:
        if write or threshold is not None:
            raise click.UsageError(
                "--accept takes what was shown; it goes with neither --threshold nor --write."
            )
        return _accept(session, project, _numbers(accept))
    if write and threshold is None:
        raise click.UsageError("--write needs a --threshold, such as 0.9.")
    wanted = Wanted(
        pairs=_chosen(project, pairs),
        least=_SHOWN if threshold is None else threshold,
        most_records=most,
        read=not no_read,
        samples=samples,
    )
    found, unread = _find(session, project, wanted)
    shown = keep_shown(project, numbered(found))
    if write:
        _write(session, project, shown)
    if session.json:
        session.data({**suggestions_data(found), "written": [each.number for each in shown if write]})
    elif not write:
        again = [*(f"--pair {name}" for name in pairs), *(["--no-read"] if no_read else [])]
        _tell(session, found, " ".join(["accord suggest", *again]))
    return exits.PARTLY if unread else exits.DONE


def _find(session: Session, project: Project, wanted: Wanted) -> tuple[list[PairSuggestions], bool]:
    """The suggestions, and whether a system could not be read for them."""
    if wanted.read and (missing := missing_secrets(connect(project, SystemClock()))):
        for fault in missing:
            session.warn(f"{fault.file}: {fault.what}. {fault.remedy}")
        raise AccordError(
            "the systems can not be read without their secrets",
            remedy="Set them, or go by names and types alone: accord suggest --no-read",
        )
    if not wanted.read and not has_store(project):
        return asyncio.run(suggest_for(project, None, wanted)), False
    found = run(session, lambda hub: suggest_for(project, hub, wanted), readonly=not wanted.read)
    return found, any(" could not be read" in note for pair in found for note in pair.notes)


def _tell(session: Session, found: Sequence[PairSuggestions], again: str) -> None:
    show_suggestions(session, found)
    count = len(numbered(found))
    if not found:
        session.say("There are no pairs to suggest anything for.")
    elif count:
        best = max(each.score for _, each in numbered(found))
        session.hint(
            f"{counted(count, 'suggestion')}. Into the configuration: accord suggest --accept 1,2,…"
            f" or {again} --threshold {min(0.9, math.floor(best * 10) / 10)} --write"
        )


def _accept(session: Session, project: Project, numbers: Sequence[int]) -> int:
    shown = read_shown(project)
    taken = shown.open(numbers)
    changed = _write(session, project, taken)
    for each in taken:
        each.taken = True
    write_shown(project, shown)
    if session.json:
        session.data({"written": [each.number for each in taken], "files": changed})
    return exits.DONE


def _write(session: Session, project: Project, taken: Sequence[Kept]) -> list[str]:
    """Add the suggestions to the configuration; the files that were changed."""
    if not taken:
        session.say("Nothing reaches the threshold, so nothing is written.")
        return []
    additions: dict[int, list[Addition]] = {}
    for each in sorted(taken, key=lambda each: _order(project, each)):
        additions.setdefault(each.pair, []).append(("rows" if each.what == "row" else "match", each.written))
    changes = add_to_pairs(project, additions)
    save_changes(changes)
    for change in changes:
        session.say(change.diff)
    session.hint(f"{counted(len(taken), 'suggestion')} written. Next: accord check, accord plan")
    return [change.shown for change in changes]


def _order(project: Project, it: Kept) -> tuple[bool, int]:
    """Rows in the order of the manifest at the left, match alternatives in theirs."""
    pair = project.config.pairs[it.pair]
    if it.what != "row":
        return False, it.number
    side = it.written["from"] if isinstance(it.written, dict) else it.written[0]
    path = side if isinstance(side, str) else side.get("path") or side["paths"][0]
    system, name, _ = split_key(pair.source.type)
    return True, list(project.manifests[system].types[name].properties).index(path)


def _numbers(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part.isdecimal() for part in parts):
        raise click.BadParameter(f"{text}: write numbers, such as 1,3,5", param_hint="--accept")
    return [int(part) for part in parts]


def _chosen(project: Project, names: Sequence[str]) -> list[int]:
    """Positions of the pairs that are named; without names those that lack rows or match alternatives, if any do."""
    every = [_Ends(pair.source.type, pair.target.type) for pair in project.config.pairs]
    if not every:
        raise AccordError(
            "the project has no pairs",
            remedy="Write `pairs` of entity types; suggestions are made for these.",
        )
    known = [at for at, ends in enumerate(every) if ends.are_known(project)]
    if not names:
        return known
    found: list[int] = []
    for name in names:
        fits = [at for at in known if every[at].are_named(name)]
        if not fits:
            raise AccordError(
                f"there is no pair {name}", remedy=remedy(name, [f"{e.left}-{e.right}" for e in every])
            )
        found += [at for at in fits if at not in found]
    return sorted(found)


class _Ends(msgspec.Struct, frozen=True):
    """The two ends of a pair by their keys."""

    left: str
    right: str

    def are_known(self, project: Project) -> bool:
        """Both are entity types of manifests."""
        return all(known_type(project.manifests, key) is not None for key in (self.left, self.right))

    def are_named(self, name: str) -> bool:
        """By one end, or by both with a dash or an equals sign between."""
        plain = name.replace(" ", "")
        both = {
            f"{a}{sign}{b}" for a, b in ((self.left, self.right), (self.right, self.left)) for sign in "-="
        }
        return plain in {self.left, self.right, *both}
