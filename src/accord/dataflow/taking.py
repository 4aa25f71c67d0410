"""Takes rows and match alternatives over that an edited document has and the project has not.

What can be added is tried on the configuration's text, and held against the document: nothing else may come of it.
"""

from collections.abc import Iterator, Mapping as ReadOnly, Sequence
from dataclasses import dataclass, field

from accord.core.errors import AccordError
from accord.dataflow.changes import Change, changes, within
from accord.dataflow.document import Alternative, Document, End, Row, Section
from accord.dataflow.export import documents_of
from accord.dataflow.merge import merged
from accord.dataflow.names import display_name, entity_key
from accord.dataflow.pair_data import pair_data
from accord.project import Project, load_project
from accord.project.write_rows import Addition, TextChange, add_to_pairs

__all__ = ["ByHand", "Taken", "compare", "take_over"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ByHand:
    """A change that no program makes: why, and where in the configuration it belongs."""

    change: Change
    place: str
    why: str


@dataclass(kw_only=True, slots=True)
class Taken:
    """What can be added by the program, the files with it, and what is left to a person."""

    changes: list[Change] = field(default_factory=list)
    files: list[TextChange] = field(default_factory=list)
    by_hand: list[ByHand] = field(default_factory=list)


def compare(project: Project, theirs: Sequence[Document], *, both_ways: bool) -> list[Change]:
    """What documents say otherwise than the project: a blank type, or a list of what is not told, says nothing."""
    found = changes(within(documents_of(project), theirs, both_ways=both_ways), theirs)
    return [each for each in found if each.kind != "not here" and not _says_no_type(each)]


def take_over(
    project: Project, theirs: Sequence[Document], found: Sequence[Change], *, both_ways: bool
) -> Taken:
    """Sort changes into those that can be added and those that are work by hand; nothing is saved."""
    taker = _Taker(project, theirs, both_ways)
    return taker.take(found)


class _Taker:
    def __init__(self, project: Project, theirs: Sequence[Document], both_ways: bool) -> None:
        self._project, self._theirs, self._both_ways = project, theirs, both_ways
        systems = project.config.systems.items()
        self._keys = {display_name(key, system.title): key for key, system in systems}
        self._ways = {(each.source, each.target) for each in [*documents_of(project), *theirs]}
        self._texts = {each.sentence for each in compare(project, theirs, both_ways=both_ways)}

    def take(self, found: Sequence[Change]) -> Taken:
        """All that can be added together; where that is no good, one after the other."""
        taken = Taken()
        fits: dict[int, list[Change]] = {}
        for each in found:
            pair = self._pair(each)
            if pair is None:
                taken.by_hand.append(ByHand(change=each, place=self._place(each), why=_work(each)))
            else:
                fits.setdefault(pair, []).append(each)
        whole = self._tried(fits) if fits else []
        if isinstance(whole, list):
            taken.changes, taken.files = [each for some in fits.values() for each in some], whole
            return taken
        good: dict[int, list[Change]] = {}
        for pair, wanted in fits.items():
            for some in _together(wanted):
                why = self._tried({**good, pair: [*good.get(pair, []), *some]})
                if isinstance(why, list):
                    good.setdefault(pair, []).extend(some)
                    taken.files = why
                else:
                    by_hand = [ByHand(change=each, place=self._place(each), why=why) for each in some]
                    taken.by_hand += by_hand
        taken.changes = [each for some in good.values() for each in some]
        return taken

    def _tried(self, wanted: ReadOnly[int, Sequence[Change]]) -> list[TextChange] | str:
        """The files with these changes, or why they can not be made."""
        additions: dict[int, list[Addition]] = {}
        for pair, some in wanted.items():
            made = self._additions(pair, some)
            if isinstance(made, str):
                return made
            additions[pair] = made
        try:
            files = add_to_pairs(self._project, additions)
            again = load_project(
                self._project.folder,
                manifests=self._project.manifests,
                texts={file.shown: file.new for file in files},
            )
        except AccordError as error:
            return str(error).strip().splitlines()[-1]
        left = {each.sentence for each in compare(again, self._theirs, both_ways=self._both_ways)}
        made_good = {each.sentence for some in wanted.values() for each in some}
        if left != self._texts - made_good:
            besides = sorted(left - self._texts)
            return (
                f"it would bring about: {besides[0]}"
                if besides
                else "added alone, it would not flow as it is said"
            )
        return files

    def _pair(self, change: Change) -> int | None:
        """Position of the configured pair that the change can be added to."""
        section = change.section
        if section is None or change.new is None or change.old is not None:
            return None
        key = self._pair_key(change.document, section)
        for at, pair in enumerate(self._project.config.pairs):
            if key in ((pair.source.type, pair.target.type), (pair.target.type, pair.source.type)):
                return at if pair.enabled else None
        return None

    def _pair_key(self, document: Document, section: Section) -> tuple[str, str]:
        def key(system: str, end: End) -> str:
            return entity_key(self._keys.get(system, ""), end.type, end.facet)

        return key(document.source, section.source), key(document.target, section.target)

    def _additions(self, at: int, some: Sequence[Change]) -> list[Addition] | str:
        """Entries for the lists of a pair, as an import of these rows alone would write them."""
        documents = [*self._minis(at, some)]
        pairs, decided = merged(documents, self._keys)
        (made,) = pair_data(pairs, self._project.manifests, decided)
        for part in [*made.rows, *made.match]:
            if part.problem:
                return part.problem
        rows: list[Addition] = [("rows", each) for part in made.rows for each in part.data]
        return [*(("match", each) for part in made.match for each in part.data), *rows]

    def _minis(self, at: int, some: Sequence[Change]) -> Iterator[Document]:
        """Documents of the pair with nothing but what is new: both ways where both are told."""
        pair = self._project.config.pairs[at]
        own = (pair.source.type, pair.target.type)
        forth: list[Change] = []
        back: list[Change] = []
        for each in some:
            is_forth = each.section is not None and self._pair_key(each.document, each.section) == own
            (forth if is_forth else back).append(each)
        one, is_turned = (forth[0], False) if forth else (back[0], True)
        if one.section is None:
            return
        systems = (one.document.source, one.document.target)
        ends = (one.section.source, one.section.target)
        if is_turned:
            systems, ends = systems[::-1], ends[::-1]
        if systems in self._ways and systems[::-1] in self._ways:
            yield _mini(systems, ends, forth, turned=False)
            yield _mini(systems[::-1], ends[::-1], back, turned=False)
        else:
            yield _mini(systems, ends, forth or back, turned=is_turned)

    def _place(self, change: Change) -> str:
        """Where the change belongs: the row or the pair in the configuration, as file and line."""
        spots, section = self._project.source, change.section
        if section is None:
            return spots.file
        key = self._pair_key(change.document, section)
        for at, pair in enumerate(self._project.config.pairs):
            own = (pair.source.type, pair.target.type)
            if key not in (own, own[::-1]):
                continue
            row = change.old
            if isinstance(row, Row):
                paths = (row.source.path, row.target.path)[:: 1 if key == own else -1]
                for number, each in enumerate(pair.rows):
                    if paths[0] in each.source.places and paths[1] in each.target.places:
                        return _spot(self._project, ("pairs", at, "rows", number))
            key_of = {"creation": "create", "match": "match", "row": "rows"}
            return _spot(
                self._project, ("pairs", at, *([key_of[change.kind]] if change.kind in key_of else []))
            )
        return spots.file


def _spot(project: Project, loc: tuple[str | int, ...]) -> str:
    spot = project.source.spot(loc)
    return f"{spot.file}:{spot.line}"


def _mini(
    systems: tuple[str, str], ends: tuple[End, End], some: Sequence[Change], *, turned: bool
) -> Document:
    rows = [each.new for each in some if isinstance(each.new, Row)]
    found = [each.new for each in some if isinstance(each.new, Alternative)]
    if turned:
        rows = [row.turned() for row in rows]
        found = [each.turned() for each in found]
    section = Section(*ends, alternatives=tuple(dict.fromkeys(found)), rows=tuple(rows))
    return Document(*systems, (section,))


def _together(wanted: Sequence[Change]) -> Iterator[list[Change]]:
    """What is one thing: the row, or match alternative, of either way."""
    found: dict[object, list[Change]] = {}
    for each in wanted:
        if isinstance(each.new, Row):
            found.setdefault(frozenset((each.new.source, each.new.target)), []).append(each)
        elif each.new is not None:
            key = frozenset(frozenset(combination) for combination in each.new.combinations)
            found.setdefault(key, []).append(each)
    yield from found.values()


def _says_no_type(change: Change) -> bool:
    return isinstance(change.new, Row) and change.old is not None and not change.new.type


def _work(change: Change) -> str:
    """What a person has to do."""
    if change.kind == "row" and change.old is not None:
        return "remove the row" if change.new is None else "set `type` of the row"
    words = {
        "document": "set `create` and `direction` of its pairs",
        "creation": "set `create` of the pair",
        "match": "change `match` of the pair",
        "row": "there is no such pair under `pairs`: write the row where its concept is mapped",
    }
    if change.kind == "pair":
        return "remove the pair" if "gone" in change.text else "add the pair under `pairs`"
    return words[change.kind]
