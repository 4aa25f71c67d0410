"""Chooses what documents say: one, a family of documents about a few systems, a survey of a thousand."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from accord.testing.documents import words
from accord.testing.documents.choosing import Chooser
from accord.testing.documents.told import Kind, Rule, ToldCell, ToldDocument, ToldRow, ToldSection, ToldStray

__all__ = ["invented_document", "invented_family", "survey"]

_LETTERS: Final = "abcdeøÅß3_-"
_RULES: Final[tuple[Rule, ...]] = ("always", "always", "always", "linked", "linked", "condition", "unsaid")
_STRAYS: Final[tuple[Kind, ...]] = ("paragraph", "line", "table", "heading")


def invented_document(choose: Chooser, *, sections: int = 4, rows: int = 5) -> ToldDocument:
    """A document with at most so many different sections, and so many rows in each."""
    named = _systems(choose, 1 if choose.chance(8) else 2)
    return _Inventor(choose, sections, rows).document((named[0], named[-1]))


def invented_family(
    choose: Chooser, *, systems: int = 3, sections: int = 3, rows: int = 4
) -> list[ToldDocument]:
    """Documents about at most so many systems, one or both directions of each pair of them, none twice."""
    inventor = _Inventor(choose, sections, rows)
    named = _systems(choose, choose.number(2, systems))
    family: list[ToldDocument] = []
    for index, source in enumerate(named):
        for target in named[index + 1 :]:
            if choose.chance(80) or not family:
                ends = (source, target) if choose.chance(50) else (target, source)
                family.append(inventor.document(ends))
                family += [inventor.mirror(family[-1])] if choose.chance(60) else []
        if choose.chance(10):
            family.append(inventor.document((source, source)))
    return family


def survey(
    choose: Chooser, *, documents: int = 1152, pairs: int = 4557, rows: int = 8472
) -> Iterator[ToldDocument]:
    """So many documents with so many pairs and rows in all, as unevenly spread as the survey found them.

    A fifth has no section, one has 93; every other table is empty; about 60 % of the pairs are mirrored. They are
    about 32 sources and 36 targets, some of which are both.
    """
    named = [(f"System {number}", f"System{number}") for number in range(60)]
    ends = [(named[s], named[t]) for s in range(32) for t in range(24, 60) if s != t][:documents]
    sizes = _spread(choose, len(ends), pairs, empty=20, largest=93)
    tables = _spread(choose, pairs, rows, empty=54, largest=60)
    made: dict[tuple[str, str], ToldDocument] = {}
    at = 0
    for (source, target), size in zip(ends, sizes, strict=True):
        inventor = _Inventor(choose, size, 0)
        other = made.get((target[0], source[0]))
        mirrored = [_turned(each) for each in other.sections if choose.chance(60)] if other else []
        drafts = [*mirrored, *(inventor.section() for _ in range(size))][:size]
        sections = []
        for draft, length in zip(drafts, tables[at : at + size], strict=True):
            kept = draft.rows[:length]
            more = tuple(inventor.row() for _ in range(length - len(kept)))
            sections.append(replace(draft, rows=(*kept, *more)))
        at += size
        made[source[0], target[0]] = inventor.shell(source, target, tuple(sections))
        yield made[source[0], target[0]]


def _spread(choose: Chooser, places: int, total: int, *, empty: int, largest: int) -> list[int]:
    """Numbers that add up to a total: so many percent of them 0, one as large as given, the others mostly small."""
    sizes = [0 if choose.chance(empty) else 1 for _ in range(places)]
    sizes[places // 2] = largest
    filled = [index for index, size in enumerate(sizes) if 0 < size < largest]
    left = total - sum(sizes)
    while left > 0:
        index = choose.one(filled)
        more = min(left, choose.one((1, 1, 2, 5)), largest - sizes[index])
        sizes[index] += more
        left -= more
    return sizes


def _systems(choose: Chooser, number: int) -> list[tuple[str, str]]:
    """Different systems; of a pair the one may be nameless, or named like the other but for more words."""
    left = list(words.SYSTEMS)
    found = []
    for _ in range(number):
        found.append(choose.one(left))
        left.remove(found[-1])
    return found


def _turned(section: ToldSection) -> ToldSection:
    return ToldSection(
        source=section.target,
        target=section.source,
        rule=section.rule,
        text=section.text,
        merge_existing=section.merge_existing,
        alternatives=tuple(tuple((t, s) for s, t in each) for each in section.alternatives),
        rows=tuple(row.turned() for row in section.rows),
    )


class _Inventor:
    def __init__(self, choose: Chooser, sections: int, rows: int) -> None:
        self._choose, self._sections, self._rows = choose, sections, rows

    def document(self, ends: Sequence[tuple[str, str]]) -> ToldDocument:
        sections = [self.section() for _ in range(self._choose.number(0, self._sections))]
        for section in list(sections):
            if self._choose.chance(15):
                sections.append(self._again(section))
        return self.shell(ends[0], ends[1], tuple(sections))

    def mirror(self, document: ToldDocument) -> ToldDocument:
        """The document of the other direction: some pairs and rows are missing, some are new, rules differ."""
        choose = self._choose
        sections = []
        for section in map(_turned, document.sections):
            if choose.chance(60):
                rows = [row for row in section.rows if choose.chance(75)]
                rows += [self.row()] if self._rows and choose.chance(20) else []
                rule = section if choose.chance(50) else self._creation(section)
                sections.append(replace(rule, rows=tuple(rows)))
        sections += [self.section()] if self._sections and choose.chance(20) else []
        ends = ((document.target, document.spelled[1]), (document.source, document.spelled[0]))
        return self.shell(*ends, tuple(sections))

    def shell(
        self, source: tuple[str, str], target: tuple[str, str], sections: tuple[ToldSection, ...]
    ) -> ToldDocument:
        """A document of these sections with line ends, a mark and strays of its own."""
        choose = self._choose
        return ToldDocument(
            source=self._title(source),
            target=self._title(target),
            spelled=(choose.one(source), choose.one(target)),
            sections=sections,
            strays=tuple(self._strays(len(sections))),
            generated=choose.one(("2024-09-10 15:43:43", "2024-09-10 15:43:43", "")),
            older=choose.chance(20),
            line_end="\r\n" if choose.chance(40) else "\n",
            mark=choose.chance(15),
        )

    def _title(self, spelled: tuple[str, str]) -> str:
        """A system in a title: its full name, but for capitals."""
        return self._choose.one(spelled) if len({each.lower() for each in spelled}) == 1 else spelled[0]

    def _strays(self, sections: int) -> Iterator[ToldStray]:
        choose = self._choose
        while choose.chance(20):
            kind = choose.one(_STRAYS)
            slot = 99 if kind == "heading" else choose.number(0, 7)
            text = choose.one(words.FOREIGN[:2] if kind == "line" else words.FOREIGN)
            yield ToldStray(choose.number(-2, sections - 1), slot, kind, text)

    def section(self) -> ToldSection:
        """A pair of entity types, with all of its parts."""
        choose = self._choose
        section = ToldSection(self._end(), self._end())
        section = self._creation(section)
        rows = tuple(self.row() for _ in range(choose.number(0, self._rows)))
        return replace(section, rows=rows)

    def _again(self, section: ToldSection) -> ToldSection:
        """The section again: just so, with other rows, or with another creation rule."""
        how = self._choose.number(0, 2)
        if how == 1:
            rows = tuple(self.row() for _ in range(self._choose.number(0, self._rows)))
            return replace(section, rows=rows)
        return self._creation(section) if how == 2 else section

    def _creation(self, section: ToldSection) -> ToldSection:
        choose = self._choose
        rule = choose.one(_RULES)
        connected: list[str] = []
        if rule != "condition" and choose.chance(25):
            connected = [choose.one(words.CREATED) for _ in range(choose.number(1, choose.one((2, 3, 12))))]
        alternatives = [self._alternative() for _ in range(choose.number(0, 3) if choose.chance(40) else 0)]
        return replace(
            section,
            rule=rule,
            text=choose.one(words.PROSE) if rule == "condition" else "",
            connected=tuple(dict.fromkeys(connected)),
            merge_existing=choose.chance(20),
            alternatives=tuple(alternatives),
        )

    def _alternative(self) -> tuple[tuple[str, str], ...]:
        several = 2 if self._choose.chance(15) else 1
        return tuple((self._path(), self._path()) for _ in range(several))

    def row(self) -> ToldRow:
        """A row; conditions stand on one side at most, and one name in a hundred is blank."""
        choose = self._choose
        source, target = ("" if choose.chance(2) else self._path() for _ in range(2))
        told: tuple[tuple[str, str], ...] = ()
        if choose.chance(15):
            told = tuple(self._condition(source) for _ in range(2 if choose.chance(20) else 1))
        forward = choose.chance(50)
        return ToldRow(
            ToldCell(source, told if forward else ()),
            ToldCell(target, () if forward else told),
            choose.one(words.TYPE_WORDS),
        )

    def _condition(self, path: str) -> tuple[str, str]:
        """Value and path: of the list element that the row's path is in, of the record, or left blank."""
        choose = self._choose
        head, dot, _ = path.rpartition(".")
        place = choose.one((f"{head}{dot}Type", f"{head}{dot}Type", self._path(), ""))
        return choose.one(words.VALUES), place

    def _path(self) -> str:
        return self._word(words.PATHS)

    def _end(self) -> tuple[str, str]:
        return self._word(words.TYPES), self._choose.one(words.FACETS)

    def _word(self, known: Sequence[str]) -> str:
        """A word that is known, at times one that nobody has seen."""
        if not self._choose.chance(5):
            return self._choose.one(known)
        return "".join(self._choose.one(_LETTERS) for _ in range(self._choose.number(1, 5)))
