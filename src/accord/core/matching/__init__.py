"""Matching: which records look like the same thing. Pure comparison; `core/link.py` decides what follows."""

from accord.core.matching.keys import keys_of, rule_keys, texts_of, vetoed, vetoes_of
from accord.core.matching.registry import (
    NORMALISERS,
    Normaliser,
    build_normaliser,
    default_normaliser,
    normaliser,
)

__all__ = [
    "NORMALISERS",
    "Normaliser",
    "build_normaliser",
    "default_normaliser",
    "keys_of",
    "normaliser",
    "rule_keys",
    "texts_of",
    "vetoed",
    "vetoes_of",
]
