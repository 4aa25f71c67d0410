"""Links as a file: what is linked and what people decided, one line of JSON each, to keep or to bring elsewhere (L6).

In another store of the same systems the lines become decisions, so that the same records are one thing there whatever
the match rules say; records that are not there yet are linked when they come.
"""

from collections.abc import AsyncIterator, Iterable, Sequence

import msgspec
from msgspec import Struct

from accord.core.errors import AccordError, StopFlow
from accord.core.state import Decision, record_key, record_parts
from accord.core.wording import counted
from accord.runtime.hub import Hub
from accord.runtime.people.decide import Verdict, decide
from accord.runtime.scans import golden_pages

__all__ = ["FORMAT", "Imported", "all_decisions", "export_links", "import_links"]

FORMAT = 1
_PAGE = 1000


class _Header(Struct, forbid_unknown_fields=True, tag_field="kind", tag="accord-links"):
    format: int
    project: str
    at_us: int


class _Golden(Struct, forbid_unknown_fields=True, tag_field="kind", tag="golden"):
    """What is linked; `aliases` are golden records that were merged into it."""

    golden: str
    concept: str
    records: list[str]
    aliases: list[str] = []


class _Decided(Struct, forbid_unknown_fields=True, tag_field="kind", tag="decision"):
    concept: str
    a: str
    b: str
    verdict: str
    at_us: int
    by: str = ""
    restore: bool = False


_line = msgspec.json.Decoder(_Header | _Golden | _Decided).decode
_text = msgspec.json.Encoder().encode


class Imported(Struct, kw_only=True):
    """What an import came to: golden records of several records, decisions that were taken over, and those that the
    store had newer."""

    goldens: int = 0
    decisions: int = 0
    newer: int = 0


async def all_decisions(hub: Hub) -> list[Decision]:
    """All decisions that hold, in order."""
    found: list[Decision] = []
    async with hub.store.transaction(dry=True) as tx:
        for concept in sorted(hub.model.concepts):
            after = ("", "")
            while page := await tx.decisions(concept, after, _PAGE):
                after = page[-1].a, page[-1].b
                found += [each for each in page if each.verdict != "withdrawn"]
    return found


async def export_links(hub: Hub) -> AsyncIterator[str]:
    """Lines of the file: a header, every golden record with its live records, every decision."""
    yield _text(_Header(FORMAT, hub.model.project, hub.clock.now_us())).decode()
    for concept in sorted(hub.model.concepts):
        aliases = await _aliases(hub, concept)
        after = ""
        while True:
            async with hub.store.transaction(dry=True) as tx:
                goldens = await tx.scan_golden(concept, after, _PAGE)
                if not goldens:
                    break
                clusters = await tx.clusters([golden.id for golden in goldens])
            after = goldens[-1].id
            for cluster in clusters:
                live = sorted(record_key(k.mapping, k.id) for k in cluster.links if k.life == "live" and k.id)
                if live:
                    id_ = cluster.golden.id
                    yield _text(_Golden(id_, concept, live, aliases.get(id_, []))).decode()
    for each in await all_decisions(hub):
        told = _Decided(each.concept, each.a, each.b, each.verdict, each.at_us, each.by, each.restore)
        yield _text(told).decode()


async def _aliases(hub: Hub, concept: str) -> dict[str, list[str]]:
    into: dict[str, str] = {}
    async with hub.store.transaction(dry=True) as tx:
        async for goldens in golden_pages(tx, concept, _PAGE):
            into.update((g.id, g.merged_into) for g in goldens if g.life == "merged")
    found: dict[str, list[str]] = {}
    for alias in sorted(into):
        last = alias
        while last in into:
            last = into[last]
        found.setdefault(last, []).append(alias)
    return found


async def import_links(
    hub: Hub, lines: Iterable[str], name: str, *, by: str = "", dry: bool = False
) -> Imported:
    """Take a file over as decisions; the next sync links by them. All of it or nothing; `dry` only tells.

    Raises AccordError, with the number of the line: it is no line of such a file, names what this project does not
    have, or contradicts what people decided here.
    """
    result = Imported()
    verdicts: list[tuple[int, Verdict]] = []
    known = {frozenset((d.a, d.b)): d for d in await all_decisions(hub)}
    header: _Header | None = None
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        line = _read(text, f"{name}:{number}", header)
        if isinstance(line, _Header):
            header = line
        elif isinstance(line, _Golden):
            _check_golden(hub, line, f"{name}:{number}")
            result.goldens += len(line.records) > 1
            for key in line.records[1:]:
                here = known.get(frozenset((line.records[0], key)))
                if here is not None and here.verdict == "different" and header and here.at_us > header.at_us:
                    result.newer += 1
                else:
                    verdicts.append((number, Verdict(line.records[0], key, "same")))
        else:
            here = known.get(frozenset((line.a, line.b)))
            if here is not None and here.at_us > line.at_us:
                result.newer += 1
                continue
            result.decisions += 1
            verdicts.append((number, Verdict(line.a, line.b, line.verdict, line.restore)))  # type: ignore[arg-type]
    if header is None:
        raise StopFlow(f"{name} is empty", remedy="Make it with accord links export.")
    await _keep(hub, verdicts, known, name, by=by, dry=dry)
    return result


def _read(text: str, place: str, header: _Header | None) -> _Header | _Golden | _Decided:
    try:
        line: _Header | _Golden | _Decided = _line(text)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        said = str(error) if isinstance(error, msgspec.ValidationError) else "it is no JSON"
        raise StopFlow(
            f"{place}: this is no line of an export of links ({said})",
            remedy="Export it anew, or correct the line.",
        ) from None
    if (header is None) != isinstance(line, _Header):
        what = "a second header" if header is not None else "the first line is no header"
        raise StopFlow(
            f"{place}: {what}", remedy="Import one file that accord links export made, as a whole."
        )
    if isinstance(line, _Header) and line.format != FORMAT:
        raise StopFlow(
            f"{place}: format {line.format}; this version knows {FORMAT}",
            remedy="Import it with the version that made it.",
        )
    if isinstance(line, _Decided) and line.verdict not in ("same", "different"):
        raise StopFlow(f"{place}: there is no verdict {line.verdict}", remedy="It is `same` or `different`.")
    return line


def _check_golden(hub: Hub, line: _Golden, place: str) -> None:
    mappings = [record_parts(key)[0] for key in line.records]
    for key, mapping in zip(line.records, mappings, strict=True):
        if mapping not in hub.model.mappings:
            known = ", ".join(sorted(hub.model.mappings))
            raise StopFlow(
                f"{place}: {key} names no entity type of this project", remedy=f"There are {known}."
            )
    concepts = sorted({hub.model.mappings[mapping].concept for mapping in mappings})
    if len(concepts) != 1:
        raise StopFlow(
            f"{place}: its records are of {' and '.join(concepts) or 'no concept'} here",
            remedy="Records of one golden record are of one concept.",
        )
    if len(set(mappings)) < len(mappings) and hub.model.concepts[concepts[0]].duplicates != "link":
        raise StopFlow(
            f"{place}: {counted(len(mappings), 'record')}, several of one entity type",
            remedy=f"Leave one of each, or say `duplicates: link` in the concept {concepts[0]}.",
        )


async def _keep(
    hub: Hub,
    verdicts: Sequence[tuple[int, Verdict]],
    known: dict[frozenset[str], Decision],
    name: str,
    *,
    by: str,
    dry: bool,
) -> None:
    """Decide all; links first, so that what people decided of the same pair is the last word."""
    last: dict[frozenset[str], tuple[int, Verdict]] = {}
    for number, verdict in verdicts:
        pair = frozenset(verdict[:2])
        here = known.get(pair)
        if here is None or here.verdict != verdict.verdict:
            last[pair] = (number, verdict)
    try:
        await decide(
            hub, [verdict for _, verdict in last.values()], by=by or f"import of {name}", unseen=True, dry=dry
        )
    except AccordError as error:
        number = next((n for n, v in last.values() if v.a in error.message and v.b in error.message), 0)
        error.message = f"{name}:{number}: {error.message}" if number else f"{name}: {error.message}"
        raise
