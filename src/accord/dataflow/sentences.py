"""Finds the sentences of `phrases.py` in a paragraph."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from accord.dataflow import phrases
from accord.dataflow.blocks import Line, plain

__all__ = ["Sentence", "sentences_of"]

_LONGEST = 8  # lines that one sentence may be broken over


class Sentence(NamedTuple):
    """A sentence that was understood (`kind` is its name in `phrases`), or one that was not (kind "")."""

    kind: str
    line: int
    text: str
    words: dict[str, str]


def _pattern(phrase: str) -> re.Pattern[str]:
    """A phrase as an expression: any blanks between words, {name} takes what stands there."""
    parts = re.split(r"(\{\w+\})", phrase)
    seen: set[str] = set()
    built = []
    for part in parts:
        name = part.strip("{}")
        if part.startswith("{") and name in seen:
            built.append(rf"(?P={name})")
        elif part.startswith("{"):
            seen.add(name)
            built.append(rf"(?P<{name}>.*?)")
        else:
            built.append(re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(part)))
    return re.compile("".join(built) + r"\s*")


_PATTERNS: Final = [
    (kind, _pattern(phrase))
    for kind, *same in zip(phrases.Wording._fields, phrases.FAMILY, phrases.OWN, strict=True)
    for phrase in same
    if phrase
]


def sentences_of(lines: Sequence[Line]) -> Iterator[Sentence]:
    """The sentences of a paragraph: one per line, or broken over several lines."""
    at = 0
    while at < len(lines):
        tries = (_sentence(lines[at:end]) for end in range(at + 1, _longest(lines, at) + 1))
        found = next(((index, each) for index, each in enumerate(tries) if each), None)
        if found is None:
            yield Sentence("", lines[at].number, plain(lines[at].text.strip()), {})
            at += 1
        else:
            yield found[1]
            at += found[0] + 1


def _longest(lines: Sequence[Line], at: int) -> int:
    """Where a sentence that begins at a line ends at the latest: with a full stop, or where another one begins."""
    end = at + 1
    while end < min(len(lines), at + _LONGEST) and lines[end - 1].text.rstrip()[-1:] not in (".", ":"):
        following = _sentence(lines[end : end + 1])
        if following and following.kind != "follows":
            break
        end += 1
    return end


def _sentence(lines: Sequence[Line]) -> Sentence | None:
    text = plain(" ".join(line.text.strip() for line in lines))
    for kind, pattern in _PATTERNS:
        if found := pattern.fullmatch(text):
            words = {name: " ".join(word.split()) for name, word in found.groupdict().items()}
            return Sentence(kind, lines[0].number, text, words)
    return None
