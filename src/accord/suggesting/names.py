"""How much two names of properties mean the same: their words, the objects that they stand in, and what excludes what.

Nothing here looks at types or values.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final
from unicodedata import combining, normalize

from accord.core.matching.similar import jaro_winkler
from accord.suggesting.vocabulary import FAMILIES, GENERIC, MEANINGS, NOISE, QUALIFIERS, RELATED

__all__ = ["Likeness", "Name", "compare_names", "entity_meanings", "read_name"]

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "ß": "ss", "ð": "d", "þ": "th", "ł": "l"})
_LONGEST: Final = max(map(len, MEANINGS))
_CLOSE: Final = 0.92
"""From this likeness on two spellings are one word, mistyped or bent."""
_TELLING: Final = frozenset({"email", "name", "fullname", "id", "user", "number", "code"})
"""Properties by which an object is told, where it is not there itself."""
_LIGHT: Final = frozenset({"visit", "work", "one", "new", "actual"})
"""Qualifiers of what is meant where nothing is said."""


@dataclass(frozen=True, slots=True)
class Word:
    """One or more words of a name that have a meaning together; `meanings` is empty where they are not known."""

    text: str
    meanings: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart: its own words, and those of the objects that it stands in; `about` is the entity type."""

    plain: str
    words: tuple[Word, ...]
    context: tuple[Word, ...]
    about: frozenset[str]
    told: frozenset[str] = field(default=frozenset())
    """Meanings that its description names."""

    @property
    def all(self) -> tuple[Word, ...]:
        return (*self.words, *self.context)

    @property
    def meanings(self) -> frozenset[str]:
        """What its own words mean."""
        return frozenset(each for word in self.words for each in word.meanings)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are, from 0 to 1, and why in words."""

    score: float
    why: str


def entity_meanings(name: str) -> frozenset[str]:
    """What an entity type's name means: "Contacts" is contact."""
    return frozenset(
        each for word in _read(_split(name), frozenset()) for each in word.meanings or {word.text}
    )


def read_name(path: str, about: frozenset[str] = frozenset(), description: str = "") -> Name:
    """The name at a dotted path; `about` are the meanings of its entity type, which say little in it."""
    *objects, leaf = path.split(".")
    words = _read(_split(leaf), about)
    context = [word for each in objects for word in _read(_split(each), about)]
    told = frozenset(m for word in _read(_split(description.partition(",")[0]), about) for m in word.meanings)
    return Name(
        plain="".join(_split(path)), words=tuple(words), context=tuple(context), about=about, told=told
    )


@lru_cache(maxsize=65_536)
def compare_names(a: Name, b: Name) -> Likeness:
    """Likeness of two names. Laws: symmetric in its score; one of excluding meanings is never alike."""
    if clash := _clash(a, b):
        return Likeness(0.05, f"the names exclude each other ({clash})")
    own = max(_overlap(a.words, b.words), _stands_for(a, b), _stands_for(b, a))
    whole = _overlap(_inside(a), _inside(b), about=(a.about, b.about))
    score = (0.6 * own + 0.4 * whole if own else 0.3 * whole) * _told_apart(a, b)
    general = not _special(a) & _special(b) and (_is_general(a) or _is_general(b))
    if a.plain == b.plain:
        return Likeness(
            0.8 if general else 1.0, "the names are the same" + (", a general word" if general else "")
        )
    if general:
        score = min(score, 0.75)
    if score < 0.5 and _described(a, b):
        return Likeness(0.5, "a description names the other one")
    shared = sorted((a.meanings & b.meanings) - QUALIFIERS.keys())
    if score >= 0.75 and shared:
        return Likeness(score, f"the names mean the same ({', '.join(shared)})")
    if score >= 0.4:
        return Likeness(score, "the names are related")
    return Likeness(score, "the names have little in common")


def _inside(name: Name) -> tuple[Word, ...]:
    """All words of a name; those of the objects around it count half."""
    return (*name.words, *(Word(w.text, w.meanings, w.weight * 0.5) for w in name.context))


def _told_apart(a: Name, b: Name) -> float:
    """Less than 1 where only one of the two says which of several it is: the postal one, the second one."""
    ours, theirs = ({m for word in name.all for m in word.meanings} & QUALIFIERS.keys() for name in (a, b))
    rest = ours ^ theirs
    return 0.85 if rest - _LIGHT else 0.98 if rest else 1.0


def _stands_for(a: Name, b: Name) -> float:
    """What an object is told by stands for it: `owner.email` is the owner, where the other one is just `assignee`."""
    if b.context or not a.context or not a.meanings or not a.meanings <= _TELLING:
        return 0.0
    return 0.75 * _overlap(a.context, b.words)


def _special(name: Name) -> frozenset[str]:
    """Meanings that few things have."""
    return frozenset(m for word in name.all for m in word.meanings - GENERIC - QUALIFIERS.keys() - name.about)


def _is_general(name: Name) -> bool:
    kept = [word for word in name.words if word.weight > 0.2 and not word.meanings & QUALIFIERS.keys()]
    context = [word for word in name.context if not word.meanings & name.about]
    return not context and bool(kept) and all(word.meanings and word.meanings <= GENERIC for word in kept)


def _described(a: Name, b: Name) -> bool:
    return bool((a.meanings - GENERIC) & b.told or (b.meanings - GENERIC) & a.told)


def _clash(a: Name, b: Name) -> str:
    """The first two meanings that exclude each other, or ""."""
    for family in FAMILIES:
        ours, theirs = (_of_family(name, family) for name in (a, b))
        if ours and theirs and not ours & theirs:
            return f"{min(ours)}, {min(theirs)}"
    return ""


def _of_family(name: Name, family: Iterable[str]) -> set[str]:
    found = {m for word in name.words for m in word.meanings} & set(family)
    return found or {m for word in name.context for m in word.meanings} & set(family)


def _overlap(
    a: Sequence[Word], b: Sequence[Word], about: tuple[frozenset[str], frozenset[str]] | None = None
) -> float:
    """Share of the weight of both that has a partner in the other."""
    total = sum(word.weight for word in (*a, *b))
    if not total:
        return 0.0
    ours, theirs = about or (frozenset(), frozenset())
    found = sum(w.weight * _best(w, b, theirs) for w in a) + sum(w.weight * _best(w, a, ours) for w in b)
    return found / total


def _best(word: Word, others: Iterable[Word], about: frozenset[str]) -> float:
    """Likeness to the nearest of others, or to what the other entity type is about."""
    best = max((_alike(word, other) for other in others), default=0.0)
    if best < 1 and about and word.meanings:
        best = max(best, 0.8 * _related(word.meanings, about))
    return best


def _alike(a: Word, b: Word) -> float:
    if a.meanings and b.meanings:
        return _related(a.meanings, b.meanings)
    if a.text == b.text:
        return 1.0
    short, long = sorted((a.text, b.text), key=len)
    if len(short) >= 3 and long.startswith(short):
        return 0.8
    return 0.8 if len(short) >= 4 and jaro_winkler(short, long) >= _CLOSE else 0.0


def _related(a: frozenset[str], b: frozenset[str]) -> float:
    if a & b:
        return 1.0
    return max((RELATED.get(frozenset((x, y)), 0.0) for x in a for y in b), default=0.0)


def _split(name: str) -> list[str]:
    """Words of a name in lower case without accents: camelCase, snake_case, and figures apart."""
    plain = name.replace("ø", "o").replace("Ø", "O").translate(_LETTERS)
    plain = "".join(sign for sign in normalize("NFD", plain) if not combining(sign))
    return [word.lower() for word in _WORDS.findall(plain)]


def _read(words: list[str], about: frozenset[str]) -> list[Word]:
    found = [_word(text, meanings, about) for text, meanings in _units(words)]
    kept = [word for word in found if word.text not in NOISE or word.meanings]
    return kept or found


def _units(words: list[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Runs of words that mean something together, the longest first; a word that is not known may be two in one."""
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            if meanings := _known(tuple(words[at : at + length])):
                yield "".join(words[at : at + length]), meanings
                break
        else:
            length = 1
            parts = _compound(words[at])
            if parts:
                yield from _units(list(parts))
            else:
                yield words[at], frozenset()
        at += length


@cache
def _known(words: tuple[str, ...]) -> frozenset[str]:
    """Meanings of words in a row, also in the plural."""
    if found := MEANINGS.get(words):
        return frozenset(found)
    last = words[-1]
    for ending in ("s", "es", "er", "en"):
        if len(last) > len(ending) + 2 and last.endswith(ending):
            found = found or MEANINGS.get((*words[:-1], last.removesuffix(ending)))
    if last.endswith("ies"):
        found = found or MEANINGS.get((*words[:-1], f"{last[:-3]}y"))
    return frozenset(found or ())


@cache
def _compound(word: str) -> tuple[str, ...]:
    """The two or three known words that a word is made of ("custno", "kundenavn"); none where it is not."""
    for cut in range(len(word) - 2, 2, -1):
        head, rest = word[:cut], word[cut:].removeprefix("s") if len(word[cut:]) > 3 else word[cut:]
        for tail in dict.fromkeys((word[cut:], rest)):
            if (_known((head,)) or head in NOISE) and len(tail) >= 2:
                if _known((tail,)):
                    return (head, tail)
                if more := _compound(tail) if len(tail) > 5 else ():
                    return (head, *more)
    return ()


def _word(text: str, meanings: frozenset[str], about: frozenset[str]) -> Word:
    if meanings & about or (not meanings and text in about):
        weight = 0.15
    elif meanings and meanings <= QUALIFIERS.keys():
        weight = 0.15 if meanings & _LIGHT else 0.6
    elif meanings and meanings <= GENERIC:
        weight = 0.5
    elif text in NOISE:
        weight = 0.1
    else:
        weight = 1.0
    return Word(text, meanings, weight)
