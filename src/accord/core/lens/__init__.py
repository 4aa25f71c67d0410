"""Lenses: how a property stands in a system's record, and the conversion between there and the canonical value.

`build_place` and `build_lens` make them from plain data; `normalisation` declares what a system makes of values (S5).
"""

from accord.core.lens.base import BuiltLens
from accord.core.lens.laws import check_lens
from accord.core.lens.normal import Normalisation, normalisation
from accord.core.lens.place_text import build_place, conditional_place, parse_place
from accord.core.lens.places import Constant, Element, Path, Paths
from accord.core.lens.registry import LENSES, build_lens, lens

__all__ = [
    "LENSES",
    "BuiltLens",
    "Constant",
    "Element",
    "Normalisation",
    "Path",
    "Paths",
    "build_lens",
    "build_place",
    "check_lens",
    "conditional_place",
    "lens",
    "normalisation",
    "parse_place",
]
