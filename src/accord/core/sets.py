"""Sets, and lists of objects by key, merge element by element (M5).

A golden set is a map from element to (there or taken out, stamp), and the greatest stamp of an element wins: a maximum,
so order and number of records decide nothing. What a record's edit says is only what it added and took out of what that
very record showed before; all else is not its claim. The golden property's stamp is the greatest of all claims, with
the value in it, so that no two values of the set bear the same stamp.
"""

from collections.abc import Callable, Mapping as ReadOnly, Sequence
from typing import Any

from accord.core.stamps import Stamp
from accord.core.state import Claim, Element, Golden
from accord.core.types import ValueType
from accord.core.values import MISSING, Value, value_order

__all__ = ["elements_of", "in_golden_words", "merge_elements", "newest_first"]


def elements_of(golden: Golden, column: int, of: ValueType) -> list[Element]:
    """Elements of a golden set; those of one that nobody has changed yet are there since its stamp."""
    known = golden.elements.get(column)
    if known is not None:
        return known
    stamp = golden.stamp[column]
    return [
        Element(key, value, True, stamp) for key, value in sorted(_by_key(golden.value[column], of).items())
    ]


def merge_elements(
    golden: Golden, column: int, claim: Claim, was: Value, of: ValueType
) -> list[tuple[str, Element]]:
    """Let an edit of a record's set compete; `was` is what that record showed before. The golden record is changed.

    Returns what lost, as `claims.merge` does: elements that are not golden (any more), or not taken out after all.
    Laws: any order of edits gives the same golden record, a repeat changes nothing.
    """
    elements = {each.key: each for each in elements_of(golden, column, of)}
    fates: list[tuple[str, Element]] = []
    for edit in _edits(claim, was, of):
        there = elements.get(edit.key)
        if there is None or edit.stamp > there.stamp:
            elements[edit.key] = edit
            if there is not None and there.there and there.value != (edit.value if edit.there else MISSING):
                fates.append(("superseded" if there.stamp <= claim.base else "loser", there))
        elif (edit.there, edit.value) != (there.there, there.value):
            fates.append(("loser", edit))
    golden.elements[column] = [elements[key] for key in sorted(elements)]
    value = of.canonical([each.value for each in golden.elements[column] if each.there])
    newest = max(golden.stamp[column][:4], claim.stamp[:4])
    golden.value[column], golden.stamp[column] = value, Stamp(*newest, value_order(value))
    return fates


def newest_first(golden: Golden, column: int, base: Stamp, of: ValueType) -> Value:
    """The golden set as it is written: what came since a revision goes first, so that a target that holds fewer
    elements takes it for what was taken out since."""
    elements = [each for each in elements_of(golden, column, of) if each.there]
    return [each.value for each in sorted(elements, key=lambda each: each.stamp <= base)] or None


def in_golden_words(
    golden: Golden, column: int, value: Value, normal: Callable[[Value], Value], of: ValueType
) -> Value:
    """A set that a record shows in its own spelling, with the golden elements that it stands for (S5): taking out what
    the system made of one takes out that one."""
    there = [each.value for each in elements_of(golden, column, of) if each.there]
    meant = {of.key_of(made): each for each in there for made in normal([each]) or ()}
    return value and of.canonical([meant.get(of.key_of(each), each) for each in value])


def _edits(claim: Claim, was: Value, of: ValueType) -> list[Element]:
    """What a record's edit added, changed and took out."""
    new, old = _by_key(claim.value, of), _by_key(was, of)
    put = [Element(key, value, True, claim.stamp) for key, value in new.items() if old.get(key) != value]
    return put + [Element(key, old[key], False, claim.stamp) for key in old if key not in new]


def _by_key(value: Value, of: ValueType) -> ReadOnly[str, Any]:
    elements: Sequence[Any] = value or () if value is not MISSING else ()
    return {of.key_of(each): each for each in elements}
