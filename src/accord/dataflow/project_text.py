"""The text of `accord.yaml` for pairs that came from documents: plain, commented, ready to be completed by a person."""

from collections.abc import Iterator, Mapping as ReadOnly, Sequence
from typing import Any

from accord.core.wording import known
from accord.dataflow.document import Document
from accord.dataflow.pair_data import PairData, Part
from accord.project.yaml_text import commented, flow, quoted

__all__ = ["project_text"]


def project_text(
    name: str,
    systems: ReadOnly[str, ReadOnly[str, Any]],
    pairs: Sequence[PairData],
    documents: Sequence[Document],
) -> str:
    """The file; whatever was left out of a pair stands there as a comment with the reason."""
    return "\n".join(_lines(name, systems, pairs, documents)) + "\n"


def _lines(
    name: str,
    systems: ReadOnly[str, ReadOnly[str, Any]],
    pairs: Sequence[PairData],
    documents: Sequence[Document],
) -> Iterator[str]:
    files = known(document.file for document in documents if document.file)
    yield from commented(f"Imported from {files or 'no document'}. Next: accord check, accord plan.")
    yield from ("version: 1", f"name: {quoted(name)}", "")
    yield "systems:" if systems else "systems: {}"
    for key, settings in systems.items():
        yield f"  {quoted(key)}:"
        for setting, value in settings.items():
            yield f"    {setting}: {flow(value)}"
        if str(settings["connector"]).startswith("./"):
            yield "    # A drafted manifest: complete its URL and how to log in."
        yield "    # auth: {…}    # secrets by reference: env:NAME or file:PATH"
        yield "    # priority: 10 # the higher one wins where nothing else decides"
    yield ""
    yield "pairs:" if pairs else "pairs: []"
    for index, pair in enumerate(pairs):
        if index:
            yield ""
        yield from _pair(pair)


def _pair(pair: PairData) -> Iterator[str]:
    draft = pair.draft
    place = f" ({draft.file}:{draft.line})" if draft.file else ""
    (system, source), (other, target) = draft.ends
    yield from commented(f"{system} {source.type} to {other} {target.type}{place}", "  ")
    settings = dict(pair.settings)
    create = settings.pop("create")
    for number, (key, value) in enumerate(settings.items()):
        yield f"  {'- ' if number == 0 else '  '}{key}: {flow(value)}"
    yield "    create:"
    for way, rule in create.items():
        yield f"      {way}: {flow(rule)}"
    if any(not part.problem for part in pair.match):
        yield "    match: # one alternative a line, the strongest first; all of its combinations must be equal"
    yield from _parts(pair.match)
    if any(not part.problem for part in pair.rows):
        yield "    rows:"
    else:
        yield "    # One row for each property that is kept in sync; accord suggest finds some:"
        yield f"    #   - [path in {draft.source}, path in {draft.target}]"
        yield "    rows: []"
    yield from _parts(pair.rows)


def _parts(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if part.problem:
            yield from commented(f"left out: {part.problem}", "      ")
        for each in part.data:
            yield f"      {'# ' if part.problem else ''}- {flow(each)}"
