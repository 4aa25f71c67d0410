"""Similarity of comparable texts: for near matches, which propose and, where a concept says so, link (L7).

Jaro-Winkler (Winkler 1990, with the prefix scale 0.1 over at most four characters) forgives the slips of typing and
trusts how a name begins; sorting the words first forgives their order. The better of the two counts. It is written out
here, for it is 30 lines and a hub needs nothing else of a library for it.
"""

import re
from collections.abc import Sequence
from itertools import combinations

from accord.core.model import MatchRule
from accord.core.state import Group, Member

__all__ = ["alike_groups", "are_near", "jaro_winkler", "likeness", "score"]

_WORDS = re.compile(r"\w+")
_PREFIX = 4
_SCALE = 0.1


def jaro_winkler(a: str, b: str) -> float:
    """0 for nothing in common up to 1 for equal texts. Laws: symmetric; 1 for equal texts alone."""
    if a == b:
        return 1.0
    common_a, common_b = _common(*sorted((a, b)))
    if not common_a:
        return 0.0
    moved = sum(x != y for x, y in zip(common_a, common_b, strict=True)) // 2
    count = len(common_a)
    jaro = (count / len(a) + count / len(b) + (count - moved) / count) / 3
    prefix = 0
    while prefix < min(_PREFIX, len(a), len(b)) and a[prefix] == b[prefix]:
        prefix += 1
    return jaro + prefix * _SCALE * (1 - jaro)


def _common(a: str, b: str) -> tuple[str, str]:
    """Characters of two texts that stand in the other one not far from there, each used once, in the order of each."""
    reach = max(max(len(a), len(b)) // 2 - 1, 0)
    free = list(b)
    found = []
    for at, character in enumerate(a):
        for there in range(max(0, at - reach), min(len(b), at + reach + 1)):
            if free[there] == character:
                found.append(character)
                free[there] = ""
                break
    return "".join(found), "".join(c for c, left in zip(b, free, strict=True) if not left)


def likeness(a: str, b: str) -> float:
    """Of two texts as they are, or with their words sorted: "berg, anne" and "anne berg" are alike."""
    return max(jaro_winkler(a, b), jaro_winkler(_sorted(a), _sorted(b)))


def _sorted(text: str) -> str:
    return " ".join(sorted(_WORDS.findall(text)))


def score(a: Sequence[str | None], b: Sequence[str | None]) -> float:
    """Mean likeness of the texts of two records; 0 where one of them is empty, for that says nothing (L2)."""
    if not a or any(x is None or y is None for x, y in zip(a, b, strict=True)):
        return 0.0
    return sum(likeness(x or "", y or "") for x, y in zip(a, b, strict=True)) / len(a)


def alike_groups(group: Group, rule: MatchRule) -> list[Group]:
    """The records of one key that are alike, as groups of their own: each near to another one of its group.

    Their keys are the group's with their first record behind it, so that each has a review of its own.
    """
    least = rule.similar.propose if rule.similar is not None else 0.0
    members = sorted(group.members, key=lambda m: (m.mapping, m.id))
    place = list(range(len(members)))
    for x, y in combinations(range(len(members)), 2):
        if place[x] != place[y] and score(members[x].likeness, members[y].likeness) >= least:
            old, new = max(place[x], place[y]), min(place[x], place[y])
            place = [new if each == old else each for each in place]
    parts: dict[int, list[Member]] = {}
    for at, member in zip(place, members, strict=True):
        parts.setdefault(at, []).append(member)
    return [
        Group(rule=group.rule, key=f"{group.key}\0{some[0].mapping}/{some[0].id}", members=some)
        for _, some in sorted(parts.items())
    ]


def are_near(members: Sequence[Member], rule: MatchRule) -> bool:
    """True where all are so alike that the rule may link them by itself."""
    if rule.similar is None or rule.similar.link is None:
        return False
    least = rule.similar.link
    return all(score(a.likeness, b.likeness) >= least for a, b in combinations(members, 2))
