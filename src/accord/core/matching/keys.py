"""Match keys: the comparable texts under which a record meets others (L2), and vetoes between them (L10)."""

from collections.abc import Callable, Sequence
from itertools import product

import msgspec

from accord.core.model import Concept, MatchRule
from accord.core.values import MISSING, Value

__all__ = ["keys_of", "rule_keys", "texts_of", "vetoed", "vetoes_of"]

_joined = msgspec.json.Encoder().encode


def keys_of(concept: Concept, values: Sequence[Value]) -> list[tuple[str, str]]:
    """(rule name, key) pairs of a record, strongest rule first.

    `values` are canonical, in the concept's column order. A combination with an empty part gives no key; a list or set
    gives one for each of its elements. Two records share a key exactly if all parts of a combination are equal after
    normalisation.
    """
    keys = []
    for rule in concept.rules:
        name, parts = rule.name, rule.parts
        if len(parts) == 1:  # the common case, once a record
            column, normalise = parts[0]
            value = values[column]
            if type(value) is not list:
                if value is not None and value is not MISSING and (key := normalise(value)) is not None:
                    keys.append((name, key))
                continue
        keys += [(name, key) for key in rule_keys(rule, values)]
    return keys


def rule_keys(rule: MatchRule, values: Sequence[Value]) -> list[str]:
    """Keys of a record under one rule, without repeats; several where a part is a list or a set."""
    alternatives = [_texts(normalise, values[column]) for column, normalise in rule.parts]
    combinations = product(*alternatives) if alternatives else ()
    return [texts[0] if len(texts) == 1 else _joined(texts).decode() for texts in combinations]


def vetoes_of(rule: MatchRule, values: Sequence[Value]) -> tuple[str | None, ...]:
    """Comparable texts of the rule's vetoes, None where a record has none; a list or set is one text."""
    return texts_of(rule.vetoes, values)


def texts_of(
    parts: Sequence[tuple[int, Callable[[Value], str | None]]], values: Sequence[Value]
) -> tuple[str | None, ...]:
    """Comparable texts of (column, normaliser) pairs, None where a record has none; a list or set is one text."""
    return tuple(_veto(_texts(normalise, values[column])) for column, normalise in parts)


def vetoed(a: Sequence[str | None], b: Sequence[str | None]) -> bool:
    """Whether a veto stands between two records: present on both sides, and different (L10)."""
    return any(x is not None and y is not None and x != y for x, y in zip(a, b, strict=True))


def _texts(normalise: Callable[[Value], str | None], value: Value) -> list[str]:
    if value is None or value is MISSING:
        return []
    found = map(normalise, value) if isinstance(value, list) else (normalise(value),)
    return list(dict.fromkeys(text for text in found if text is not None))


def _veto(texts: list[str]) -> str | None:
    if len(texts) > 1:
        return _joined(sorted(texts)).decode()
    return texts[0] if texts else None
