"""Content lines of vCard and iCalendar (RFC 6350, RFC 5545): read, changed in their place, and written as they were.

What is not changed stays as it stood, to the letter and to its folding: nobody's X- property, photo or alarm is lost,
whether anybody here knows it or not (W1).
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct, field

__all__ = ["BadTextError", "Component", "Line", "component_of", "made_line", "text_of"]

_FOLD: Final = 75


class BadTextError(ValueError):
    """A text is no vCard or iCalendar; why is its text."""


class Line(Struct):
    """One logical line. `raw` is as it stood, folded, without the line end; `params` are [NAME, value, …] each, of a
    bare one of vCard 2.1 the name alone. What can not be read has no name, and stays."""

    raw: str
    name: str = ""
    group: str = ""
    params: list[list[str]] = field(default_factory=list)
    value: str = ""

    def param(self, name: str) -> str:
        """First value of a parameter, or ""."""
        return next((p[1] for p in self.params if p[0].upper() == name and len(p) > 1), "")

    def types(self) -> frozenset[str]:
        """Values of TYPE in lower case, bare ones of vCard 2.1 too."""
        told = [v for p in self.params if p[0].upper() == "TYPE" for v in p[1:]]
        told += [p[0] for p in self.params if len(p) == 1]
        return frozenset(each.strip().lower() for v in told for each in v.split(","))

    def set(self, value: str, **params: str) -> None:
        """Give it another value; parameters are set, or removed where ""."""
        for name, told in params.items():
            self.params = [p for p in self.params if p[0].upper() != name]
            if told:
                self.params.append([name, told])
        self.value = value
        self.raw = _folded(f"{_head(self)}:{value}")


class Component(Struct):
    """What stands between BEGIN and END, these included: lines and components, in order."""

    name: str
    begin: Line
    children: list["Line | Component"]
    end: Line

    def lines(self, name: str = "") -> list[Line]:
        """Its own lines, of a name."""
        return [it for it in self.children if isinstance(it, Line) and name in ("", it.name)]

    def components(self, name: str) -> list["Component"]:
        """Its components of a name."""
        return [it for it in self.children if isinstance(it, Component) and it.name == name]

    def first(self, name: str) -> str:
        """Value of the first line of a name, or ""."""
        return next((line.value for line in self.lines(name)), "")

    def add(self, line: Line) -> None:
        """Put a line after those of its name, else before the first component."""
        at = [i for i, it in enumerate(self.children) if isinstance(it, Line) and it.name == line.name]
        inner = [i for i, it in enumerate(self.children) if isinstance(it, Component)]
        self.children.insert(at[-1] + 1 if at else inner[0] if inner else len(self.children), line)

    def drop(self, line: Line) -> None:
        """Take a line away, and what others of its group tell of it alone (its label)."""
        group = [it for it in self.lines() if line.group and it.group == line.group and it is not line]
        labels = [] if any(not it.name.startswith("X-AB") for it in group) else group
        self.children = [it for it in self.children if not any(it is each for each in (line, *labels))]


def component_of(text: str) -> Component:
    """The component that a text is. Raises BadTextError: it is none."""
    lines = _logical(text)
    first = next(lines, None)
    if first is None or first.name != "BEGIN":
        raise BadTextError("it does not begin with BEGIN")
    return _component(first, lines)


def text_of(component: Component) -> str:
    """The text of a component."""
    return "".join(f"{line.raw}\r\n" for line in _all(component))


def made_line(name: str, value: str, types: tuple[str, ...] = ()) -> Line:
    """A new line."""
    line = Line("", name=name, params=[["TYPE", each.upper()] for each in types])
    line.set(value)
    return line


def _all(component: Component) -> Iterator[Line]:
    yield component.begin
    for it in component.children:
        if isinstance(it, Component):
            yield from _all(it)
        else:
            yield it
    yield component.end


def _component(begin: Line, lines: Iterator[Line]) -> Component:
    name, children = begin.value.strip().upper(), list[Any]()
    for line in lines:
        if line.name == "BEGIN":
            children.append(_component(line, lines))
        elif line.name == "END":
            if line.value.strip().upper() != name:
                raise BadTextError(f"BEGIN:{name} is ended by END:{line.value}")
            return Component(name, begin, children, line)
        else:
            children.append(line)
    raise BadTextError(f"BEGIN:{name} is never ended")


def _logical(text: str) -> Iterator[Line]:
    """Lines unfolded; empty ones are left out."""
    held: list[str] = []
    for each in re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")):
        if each[:1] in (" ", "\t") and held:
            held.append(each)
            continue
        if held:
            yield _line(held)
        held = [each] if each.strip() else []
    if held:
        yield _line(held)


def _line(physical: list[str]) -> Line:
    from vobject.base import ParseError, parseLine  # it loads slowly, and manifests are checked without it

    raw = "\r\n".join(physical)
    try:
        name, params, value, group = parseLine(physical[0] + "".join(each[1:] for each in physical[1:]))
    except ParseError:
        return Line(raw)
    return Line(raw, name.upper(), group or "", [list(p) for p in params], value)


def _head(line: Line) -> str:
    parts = [f"{line.group}.{line.name}" if line.group else line.name]
    parts += (f"{p[0]}={','.join(map(_quoted, p[1:]))}" if len(p) > 1 else p[0] for p in line.params)
    return ";".join(parts)


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search("[:;,]", value) else value


def _folded(line: str) -> str:
    """At most 75 bytes on a physical line, no character torn apart."""
    parts: list[bytearray] = [bytearray()]
    for letter in line:
        encoded = letter.encode("utf-8", "replace")
        if len(parts[-1]) + len(encoded) > _FOLD:
            parts.append(bytearray(b" "))
        parts[-1] += encoded
    return b"\r\n".join(parts).decode()
