"""Where in a payload a property stands: a path, several paths, an element of a list.

Every place obeys the lens laws on the payload: what was written is read, and writing what was read changes nothing.
Containers on the way are copied before they are changed, so neither `old` nor what body shares with it is touched.
"""

from collections.abc import Mapping as ReadOnly
from typing import Any, ClassVar, Final

from accord.core.values import MISSING, Raw

__all__ = ["Constant", "Element", "Path", "Paths", "split_path"]

_EMPTY: Final[ReadOnly[str, Any]] = {}


def split_path(text: str) -> tuple[str, ...]:
    """Names along a dotted path; `\\.` is a dot inside a name. Raises ValueError for an empty name."""
    names = tuple(name.replace("\0", ".").strip() for name in text.replace("\\.", "\0").split("."))
    if not all(names):
        raise ValueError(f"path {text!r} has an empty name; write it like delivery.address.city")
    return names


class Path:
    """A dotted path, such as `delivery.address.city`.

    Nothing there is MISSING; under a null object everything is null. A path bears no index: through a list it stands
    for the list's first element (name another one with `Element`), and through an empty list for null (S3).
    """

    __slots__ = ("_first", "_rest", "text")
    whole: ClassVar = False

    def __init__(self, text: str) -> None:
        self.text = text
        self._first, *rest = split_path(text)
        self._rest = tuple(rest)

    def __reduce__(self) -> tuple[type["Path"], tuple[str]]:
        return Path, (self.text,)

    def __repr__(self) -> str:
        return f"Path({self.text!r})"

    def read(self, payload: ReadOnly[str, Any]) -> Raw:
        """Raw at the path, or MISSING."""
        raw = payload.get(self._first, MISSING)
        for name in self._rest:
            raw = _step(raw, name)
        return raw

    def write(self, body: dict[str, Any], raw: Raw, old: ReadOnly[str, Any] | None) -> None:
        """Put raw at the path, making objects on the way; MISSING writes nothing."""
        if raw is MISSING:
            return
        if not self._rest:
            body[self._first] = raw
            return
        if raw is None and self.read(body) is None:
            return  # under a null object everything is null already (GetPut)
        there = (old or _EMPTY).get(self._first, MISSING)
        body[self._first] = _written(body.get(self._first, MISSING), there, self._rest, raw)

    def paths(self) -> tuple[str, ...]:
        """The path."""
        return (self.text,)


class Paths:
    """Several paths read as one raw: an object of what stands at each, by path; MISSING when nothing stands at any.

    `absent` stands for what is not there: null, where the system leaves out what is null (S3).
    """

    __slots__ = ("_absent", "_places")
    whole: ClassVar = True

    def __init__(self, *texts: str, absent: Raw = MISSING) -> None:
        if len(set(texts)) < max(2, len(texts)):
            raise ValueError("several paths are at least two different ones")
        self._places = {text: Path(text) for text in texts}
        self._absent = absent

    def __reduce__(self) -> tuple[Any, ...]:
        return _paths, (self.paths(), self._absent)

    def __repr__(self) -> str:
        return f"Paths{self.paths()!r}"

    def read(self, payload: ReadOnly[str, Any]) -> Raw:
        """Object of raws by path, without the paths at which nothing stands."""
        raws = {text: place.read(payload) for text, place in self._places.items()}
        said = {text: self._absent if raw is MISSING else raw for text, raw in raws.items()}
        return {text: raw for text, raw in said.items() if raw is not MISSING} or MISSING

    def write(self, body: dict[str, Any], raw: Raw, old: ReadOnly[str, Any] | None) -> None:
        """Put each raw of the object at its path, null at all of them when raw is null; what old has is left (W1)."""
        there = self.read(old) if old is not None else MISSING
        for text, place in self._places.items():
            each = raw.get(text, MISSING) if isinstance(raw, dict) else raw
            if not isinstance(there, dict) or there.get(text, MISSING) != each:
                place.write(body, each, old)

    def paths(self) -> tuple[str, ...]:
        """The paths, in order."""
        return tuple(self._places)


class Element:
    """The element of a list for which the paths in `where` have the given values; the first one where it is empty.

    `path` leads on from the element, "" is the element itself. Where the list holds no such element, null stands
    there; writing appends one that meets the conditions. The list's other elements, and what else the element
    holds, are kept from old (W1). An element that a null leaves with nothing but its conditions is taken out.

    Where an object stands in place of the list (`list_path` "" is the record itself) `path` leads on from it, if it
    meets the conditions, and to MISSING if not; writing makes it meet them.
    """

    __slots__ = ("_list", "_path", "_where", "list_path", "path", "where")
    whole: ClassVar = True

    def __init__(self, list_path: str, *, where: ReadOnly[str, Any] | None = None, path: str = "") -> None:
        self.list_path, self.path, self.where = list_path, path, dict(where or {})
        self._list = split_path(list_path) if list_path else ()
        self._path = split_path(path) if path else ()
        self._where = {split_path(text): value for text, value in self.where.items()}
        if not self._list and not self._path:
            raise ValueError("an element needs the path of its list, or a path inside the record")
        if self._where and not self._path:
            raise ValueError("an element that is chosen by a condition needs a path inside it")

    def __reduce__(self) -> tuple[Any, ...]:
        return _element, (self.list_path, self.where, self.path)

    def __repr__(self) -> str:
        return f"Element({self.list_path!r}, where={self.where!r}, path={self.path!r})"

    def read(self, payload: ReadOnly[str, Any]) -> Raw:
        """Raw in the element; null where the list lacks it, MISSING where there is no list."""
        elements = _at(payload, self._list)
        if isinstance(elements, list):
            index = self._index(elements)
            return None if index is None else _at(elements[index], self._path)
        if not isinstance(elements, dict) or not self._path:
            return None if elements is None else MISSING
        return _at(elements, self._path) if self._meets(elements) else MISSING

    def write(self, body: dict[str, Any], raw: Raw, old: ReadOnly[str, Any] | None) -> None:
        """Put raw into the element."""
        if raw is MISSING:
            return
        here, there = _at(body, self._list), _at(old or _EMPTY, self._list)
        container = there if here is MISSING else here
        if self._path and isinstance(container, dict):
            self._write_object(body, here, there, raw, old)
            return
        elements = container if isinstance(container, list) else []
        changed = self._replaced(elements, raw)
        if changed is not elements:
            Path(self.list_path).write(body, changed, old)

    def paths(self) -> tuple[str, ...]:
        """The path of the value and those of the conditions."""
        prefix = f"{self.list_path}." if self.list_path else ""
        return tuple(prefix + text for text in (self.path, *self.where)) if self.path else (self.list_path,)

    def _index(self, elements: list[Any]) -> int | None:
        return next((i for i, element in enumerate(elements) if self._meets(element)), None)

    def _meets(self, element: Any) -> bool:
        return all(_is_equal(_at(element, names), value) for names, value in self._where.items())

    def _write_object(
        self, body: dict[str, Any], here: Raw, there: Raw, raw: Raw, old: ReadOnly[str, Any] | None
    ) -> None:
        begun = {} if here is MISSING else here
        if raw is None and not all(self._is_met(begun, there, names) for names in self._where):
            return  # what is not of this kind has no such property to blank
        changed = self._filled(begun, there, raw)
        if self._list:
            Path(self.list_path).write(body, changed, old)
        else:
            body.update(changed)

    def _replaced(self, elements: list[Any], raw: Raw) -> list[Any]:
        index = self._index(elements)
        if index is None:
            return elements if raw is None else [*elements, self._filled({}, MISSING, raw)]
        element, others = elements[index], elements[:index] + elements[index + 1 :]
        if raw is None and _at(element, self._path) is None:
            return elements
        changed = self._filled(element, MISSING, raw)
        if raw is None and self._index(others) is None and changed == self._filled({}, MISSING, None):
            return others
        return [*elements[:index], changed, *elements[index + 1 :]]

    def _filled(self, element: Any, there: Any, raw: Raw) -> Any:
        """The element with raw in it, meeting the conditions; `there` is what old has in its place."""
        for names, value in self._where.items():
            if not self._is_met(element, there, names):
                element = _written(element, there, names, value)
        return _written(element, there, self._path, raw)

    def _is_met(self, element: Any, there: Any, names: tuple[str, ...]) -> bool:
        """Whether a condition holds for the element, where it is silent for what old has in its place."""
        stands = _at(element, names)
        return _is_equal(_at(there, names) if stands is MISSING else stands, self._where[names])


class Constant:
    """A raw that every record of the entity type has without holding it; nothing is written."""

    __slots__ = ("raw",)
    whole: ClassVar = False

    def __init__(self, raw: Raw) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        return f"Constant({self.raw!r})"

    def read(self, payload: ReadOnly[str, Any]) -> Raw:
        """The constant."""
        return self.raw

    def write(self, body: dict[str, Any], raw: Raw, old: ReadOnly[str, Any] | None) -> None:
        """Nothing: the record does not hold it."""

    def paths(self) -> tuple[str, ...]:
        """None."""
        return ()


def _paths(texts: tuple[str, ...], absent: Raw) -> Paths:
    return Paths(*texts, absent=absent)


def _element(list_path: str, where: ReadOnly[str, Any], path: str) -> Element:
    return Element(list_path, where=where, path=path)


def _step(raw: Raw, name: str) -> Raw:
    if isinstance(raw, dict):
        return raw.get(name, MISSING)
    if isinstance(raw, list):
        return _step(raw[0], name) if raw else None
    return None if raw is None else MISSING


def _at(raw: Raw, names: tuple[str, ...]) -> Raw:
    for name in names:
        raw = _step(raw, name)
    return raw


def _written(here: Raw, there: Raw, names: tuple[str, ...], raw: Raw) -> Raw:
    """What stands here (in the body), with raw put at names; a list that is only there (in old) is taken over."""
    if not names:
        return raw
    if here is MISSING and isinstance(there, list):
        here = there
    if isinstance(here, list):
        return [_written(here[0] if here else {}, MISSING, names, raw), *here[1:]]
    inside = dict(here) if isinstance(here, dict) else {}
    beneath = there.get(names[0], MISSING) if isinstance(there, dict) else MISSING
    inside[names[0]] = _written(inside.get(names[0], MISSING), beneath, names[1:], raw)
    return inside


def _is_equal(raw: Raw, wanted: Any) -> bool:
    """Equal, also where a number or a truth value is wanted as the text that documents have for it; null is blank."""
    if wanted is None:
        return raw is None or raw is MISSING or raw == ""
    if isinstance(wanted, str) and not isinstance(raw, str):
        return str(raw).lower() == wanted.lower() if isinstance(raw, bool | int | float) else False
    return bool(raw == wanted) and isinstance(raw, bool) == isinstance(wanted, bool)
