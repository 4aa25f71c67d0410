"""YAML that remembers on which line each thing stands, and takes words for what they look like: "no" is Norway."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml
from msgspec import Struct, field

from accord.core.errors import Fault

__all__ = ["Document", "read_yaml"]

Place = tuple[str | int, ...]

_BOOL: Final = "tag:yaml.org,2002:bool"
_TIME: Final = "tag:yaml.org,2002:timestamp"
_PLACES: Final = 500_000
"""Aliases of aliases can make a small file endless."""
_MERGE: Final = "tag:yaml.org,2002:merge"


class _Loader(yaml.SafeLoader):
    """Only true and false are booleans; dates stay text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the library's own shape
        first: [(tag, rule) for tag, rule in rules if tag != _TIME and (tag != _BOOL or first in "tTfF")]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class Document(Struct, frozen=True, kw_only=True):
    """Data of a file, the line of each place in it (1 for the first), and what is wrong with it as YAML."""

    file: str
    data: Any = None
    lines: Mapping[Place, int] = field(default_factory=dict)
    faults: Sequence[Fault] = ()

    def line(self, place: Place) -> int:
        """Line of the nearest thing that encloses a place; what an entity type has from `defaults` stands there."""
        for end in range(len(place), 0, -1):
            if place[:end] in self.lines:
                found = place[:end]
                break
        else:
            return 1
        if len(found) == 2 and found[0] == "types" and len(place) > 2:
            inherited = ("defaults", *place[2:])
            for end in range(len(inherited), 1, -1):
                if inherited[:end] in self.lines:
                    return self.lines[inherited[:end]]
        return self.lines[found]


def read_yaml(text: bytes, file: str) -> Document:
    """One YAML document. Never raises: what is wrong stands in `faults`."""
    loader = None
    try:
        text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        return Document(file=file, faults=[Fault(file, line, "is no UTF-8 text", "Save it as UTF-8")])
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        faults: list[Fault] = []
        if node is None:
            return Document(
                file=file, faults=[Fault(file, 1, "is empty", "Write at least name, base_url and types")]
            )
        _walk(node, (), file, lines, faults)
        if faults:
            return Document(file=file, lines=lines, faults=faults)
        data = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(filter(None, (error.context, error.problem)))
        fault = Fault(file, mark.line + 1 if mark else 1, f"is no YAML: {what}", "Correct it")
        return Document(file=file, faults=[fault])
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        return Document(
            file=file, faults=[Fault(file, 1, "is no YAML text that can be read", "Write plain UTF-8 text")]
        )
    finally:
        if loader is not None:
            loader.dispose()
    return Document(file=file, data=data, lines=lines)


def _walk(node: yaml.Node, place: Place, file: str, lines: dict[Place, int], faults: list[Fault]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if len(lines) > _PLACES:
        raise ValueError("too many places")
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _walk(item, (*place, index), file, lines, faults)
    if not isinstance(node, yaml.MappingNode):
        return
    names: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.tag == _MERGE:
            _walk(value, place, file, lines, faults)
        elif not isinstance(key, yaml.ScalarNode):
            faults.append(Fault(file, line, "a name is no text", "Write a plain name before the colon"))
        elif key.value in names:
            faults.append(Fault(file, line, f"{key.value!r} stands here twice", "Remove one of them"))
        else:
            names.add(key.value)
            lines[(*place, key.value)] = line
            _walk(value, (*place, key.value), file, lines, faults)
