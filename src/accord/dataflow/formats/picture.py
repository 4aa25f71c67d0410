"""The flow as a picture (SVG): which systems there are, and between any two of them which entity types, with arrows.

Between two systems each type is a box at its system's side and each pair an arrow, so that the picture grows downwards
alone and stays readable for any number of pairs. More than two systems stand around a circle in a picture of their own,
or in a list where lines would hide one another.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping as ReadOnly, Sequence
from dataclasses import dataclass
from html import escape
from math import cos, pi, sin
from typing import Final, NamedTuple

from accord.core.wording import counted
from accord.dataflow.document import Document, Section
from accord.dataflow.ends import end_text

__all__ = ["Arrow", "Between", "betweens", "picture"]

_WIDTH: Final = 860
_BOX: Final = 300
_HIGH: Final = 28
_STEP: Final = 38
_TOP: Final = 44
_LETTERS: Final = 32
_AROUND: Final = 12
_LINES: Final = 30


class Arrow(NamedTuple):
    """A pair of types between two systems, and the ways in which anything flows. `anchor` is its first section's."""

    source: str
    target: str
    forward: bool
    backward: bool
    anchor: str


@dataclass(frozen=True, slots=True)
class Between:
    """What flows between two systems."""

    source: str
    target: str
    arrows: tuple[Arrow, ...]


def betweens(documents: Sequence[Document], anchor: Callable[[int, int], str]) -> list[Between]:
    """What flows between any two systems; `anchor` names a section by the places of its document and of itself."""
    ways = {(each.source, each.target) for each in documents}
    found: dict[tuple[str, str], dict[tuple[str, str], Arrow]] = {}
    for at, document in enumerate(documents):
        ends = (document.source, document.target)
        turned = ends not in found and ends[::-1] in found
        arrows = found.setdefault(ends[::-1] if turned else ends, {})
        both = ends[::-1] not in ways or ends[0] == ends[1]
        for number, section in enumerate(document.sections):
            source, target = (end_text("", end).strip() for end in (section.source, section.target))
            key, flows = ((target, source) if turned else (source, target)), _flows(section)
            old = arrows.get(key, Arrow(*key, forward=False, backward=False, anchor=anchor(at, number)))
            arrows[key] = old._replace(
                forward=old.forward or both or (flows and not turned),
                backward=old.backward or both or (flows and turned),
            )
    return [Between(*ends, tuple(arrows.values())) for ends, arrows in found.items()]


def _flows(section: Section) -> bool:
    return bool(section.rows) or section.creation.rule in ("always", "condition")


def picture(all_of_them: Sequence[Between]) -> Iterator[str]:
    """Pictures: an overview where there are more than two systems, then one for every two of them."""
    systems = list(dict.fromkeys(name for each in all_of_them for name in (each.source, each.target)))
    if len(systems) > _AROUND or len(all_of_them) > _LINES:
        yield _list(systems, all_of_them)
    elif len(systems) > 2:
        yield _overview(systems, all_of_them)
    for each in all_of_them:
        if each.arrows:
            yield _columns(each)


def _columns(between: Between) -> str:
    left, right = _order(between.arrows)
    height = _TOP + _STEP * max(len(left), len(right)) + 4
    lefts, rights = _places(left, height), _places(right, height)
    start, end = _BOX, _WIDTH - _BOX
    lines = [_line(each, start, lefts[each.source], end, rights[each.target]) for each in between.arrows]
    anchors = {each.target: each.anchor for each in reversed(between.arrows)}
    anchors_left = {each.source: each.anchor for each in reversed(between.arrows)}
    boxes = [_box(0, lefts[name], name, anchors_left[name]) for name in left]
    boxes += [_box(end, rights[name], name, anchors[name]) for name in right]
    heads = [
        f'<text class="system" x="{x}" y="22">{_short(name or "(no name)")}</text>'
        for x, name in ((_BOX // 2, between.source), (_WIDTH - _BOX // 2, between.target))
    ]
    what = f"{between.source} and {between.target}: {counted(len(between.arrows), 'pair')} of entity types"
    return _svg(height, what, [*heads, *lines, *boxes])


def _order(arrows: Iterable[Arrow]) -> tuple[list[str], list[str]]:
    """The types of both sides: left as they come, right so that few arrows cross."""
    left = {name: at for at, name in enumerate(dict.fromkeys(each.source for each in arrows))}
    pulls: dict[str, list[int]] = {}
    for each in arrows:
        pulls.setdefault(each.target, []).append(left[each.source])
    return list(left), sorted(pulls, key=lambda name: sum(pulls[name]) / len(pulls[name]))


def _places(names: Sequence[str], height: int) -> dict[str, float]:
    """Where each box has its middle; the shorter side stands in the middle of the longer one."""
    free = height - 4 - _TOP - _STEP * len(names)
    return {name: _TOP + free / 2 + _STEP * at + _HIGH / 2 for at, name in enumerate(names)}


def _line(arrow: Arrow, x: float, y: float, to_x: float, to_y: float) -> str:
    tip = 9
    begin, end = x + (tip if arrow.backward else 0), to_x - (tip if arrow.forward else 0)
    middle = (x + to_x) / 2
    sign = "↔" if arrow.forward == arrow.backward else "→" if arrow.forward else "←"
    heads = ""
    if arrow.forward:
        heads += f'<path class="tip" d="M{to_x} {to_y:g}l-11 -5v10z"/>'
    if arrow.backward:
        heads += f'<path class="tip" d="M{x} {y:g}l11 -5v10z"/>'
    said = escape(f"{arrow.source} {sign} {arrow.target}")
    curve = f"M{begin:g} {y:g}C{middle:g} {y:g} {middle:g} {to_y:g} {end:g} {to_y:g}"
    link = f'<a href="#{escape(arrow.anchor)}" tabindex="-1"><title>{said}</title>'
    return f'{link}<path class="way" d="{curve}"/><path class="near" d="{curve}"/>{heads}</a>'


def _box(x: int, middle: float, name: str, anchor: str) -> str:
    return (
        f'<a href="#{escape(anchor)}"><title>{escape(name)}</title>'
        f'<rect x="{x + 1}" y="{middle - _HIGH / 2:g}" width="{_BOX - 2}" height="{_HIGH}" rx="5"/>'
        f'<text x="{x + _BOX / 2:g}" y="{middle + 5:g}">{_short(name or "(no name)")}</text></a>'
    )


def _overview(systems: Sequence[str], all_of_them: Sequence[Between]) -> str:
    """The systems around a circle, a line for every two of them with the number of their pairs."""
    count, wide = len(systems), 170
    radius = max(120, 15 * count)
    height = 2 * radius + 80
    places = {
        name: (
            _WIDTH / 2 + (_WIDTH / 2 - wide / 2 - 4) * sin(2 * pi * at / count),
            height / 2 - radius * cos(2 * pi * at / count),
        )
        for at, name in enumerate(systems)
    }
    lines, counts = [], []
    for each in all_of_them:
        (x, y), (to_x, to_y) = places[each.source], places[each.target]
        lines.append(f'<path class="way" d="M{x:.0f} {y:.0f}L{to_x:.0f} {to_y:.0f}"/>')
        where = f'x="{x + (to_x - x) * 0.42:.0f}" y="{y + (to_y - y) * 0.42 + 5:.0f}"'
        said = escape(f"{each.source} ↔ {each.target}: {counted(len(each.arrows), 'pair')}")
        counts.append(f'<text class="count" {where}><title>{said}</title>{len(each.arrows)}</text>')
    boxes = [
        f'<g><title>{escape(name)}</title><rect class="whole" x="{x - wide / 2:.0f}" y="{y - 17:.0f}" '
        f'width="{wide}" height="34" rx="6"/><text class="system" x="{x:.0f}" y="{y + 5:.0f}">'
        f"{_short(name or '(no name)', 16)}</text></g>"
        for name, (x, y) in places.items()
    ]
    what = f"{counted(count, 'system')}, and how many pairs of entity types there are between them"
    return _svg(height, what, [*lines, *counts, *boxes])


def _list(systems: Sequence[str], all_of_them: Sequence[Between]) -> str:
    """Each system with those that it shares pairs with, and how many."""
    items = []
    for name in systems:
        told = [
            f'<a href="#{escape(each.arrows[0].anchor)}">{escape(other or "(no name)")}</a> ({len(each.arrows)})'
            for each in all_of_them
            if each.arrows and name in (each.source, each.target)
            for other in [each.target if name == each.source else each.source]
        ]
        items.append(f"<li><b>{escape(name or '(no name)')}</b> ↔ {', '.join(told) or 'none'}</li>")
    return f'<ul class="systems">{"".join(items)}</ul>'


def _svg(height: float, what: str, inside: Sequence[str]) -> str:
    drawn = "\n".join(inside)
    return (
        f'<svg role="img" aria-label="{escape(what)}" viewBox="0 0 {_WIDTH} {height:g}" '
        f'style="max-width:{_WIDTH}px">\n{drawn}\n</svg>'
    )


def _short(text: str, letters: int = _LETTERS) -> str:
    """As much as fits into a box; East Asian letters take twice the place. The whole is in the title."""
    wide: ReadOnly[str, int] = {each: 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text}
    if sum(wide[each] for each in text) <= letters:
        return escape(text)
    used, end = 1, 0
    while used + wide[text[end]] <= letters:
        used, end = used + wide[text[end]], end + 1
    return f"{escape(text[:end])}…"
