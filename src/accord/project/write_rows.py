"""Add rows and match alternatives to pairs in the text of the configuration, where they belong, and touch nothing else.

What is made is read again before anything is saved: it must say what the old text said, and the new entries.
"""

import os
from collections.abc import Iterator, Mapping as ReadOnly, Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from shutil import copymode
from typing import Any, Final, Literal, TypeAlias

import yaml

from accord.connectorkit.yaml_lines import read_yaml
from accord.core.errors import AccordError
from accord.project.load import Project, load_project
from accord.project.yaml_text import flow

__all__ = ["Addition", "TextChange", "add_to_pairs", "save_changes"]

Addition: TypeAlias = tuple[Literal["match", "rows"], Any]
"""The list of a pair that an entry is added to, and the entry as plain data."""

_BOM: Final = "\ufeff"


@dataclass(frozen=True, kw_only=True, slots=True)
class TextChange:
    """A file of the project with entries added: its bytes before and after, and the difference as people read it."""

    file: Path
    shown: str
    old: bytes
    new: bytes
    diff: str


def add_to_pairs(project: Project, additions: ReadOnly[int, Sequence[Addition]]) -> list[TextChange]:
    """The files in which the additions stand at the end of the lists of their pairs (by position in the configuration).

    Nothing is saved yet. Raises ConfigError: the project would not load with them; AccordError: what stands in a file
    can not be added to, or is not what was loaded.
    """
    by_file: dict[str, list[int]] = {}
    for pair in additions:
        by_file.setdefault(project.source.spot(("pairs", pair)).file, []).append(pair)
    changes = [_changed(project, shown, pairs, additions) for shown, pairs in sorted(by_file.items())]
    load_project(
        project.folder,
        manifests=project.manifests,
        texts={change.shown: change.new for change in changes},
    )
    return changes


def save_changes(changes: Sequence[TextChange]) -> None:
    """Put the new files in the place of the old ones. Raises AccordError, and saves none: one was changed meanwhile."""
    for change in changes:
        if change.file.read_bytes() != change.old:
            raise AccordError(
                f"{change.shown} was changed meanwhile, so nothing is written",
                remedy="Run the command again.",
            )
    for change in changes:
        place = change.file.resolve()
        partial = place.with_name(f".{place.name}.new")
        partial.write_bytes(change.new)
        copymode(place, partial)
        os.replace(partial, place)


def _changed(
    project: Project, shown: str, pairs: Sequence[int], additions: ReadOnly[int, Sequence[Addition]]
) -> TextChange:
    file = project.folder / shown
    old = file.read_bytes()
    mark, text = (
        ("", old.decode("utf-8-sig"))
        if not old.startswith(_BOM.encode())
        else (_BOM, old.decode("utf-8-sig"))
    )
    expected = deepcopy(read_yaml(old, shown).data)
    for pair in sorted(pairs, reverse=True):  # from the end, so that the lines before stay where they are
        line = project.source.spot(("pairs", pair)).line
        at = _position(text, line)
        if at is None or not isinstance(expected, dict):
            raise _not_there(shown, line)
        for key in ("rows", "match"):
            entries = [entry for where, entry in additions[pair] if where == key]
            if entries:
                text = _added(text, line, key, entries, shown)
                expected["pairs"][at][key] = [*(expected["pairs"][at].get(key) or []), *entries]
    new = (mark + text).encode()
    if read_yaml(new, shown).data != expected:
        raise AccordError(
            f"{shown}: the entries can not be added to what stands there",
            remedy="Write the lists of these pairs line by line, each entry after a dash.",
        )
    lines = unified_diff(
        old.decode("utf-8-sig").splitlines(),
        text.splitlines(),
        f"{shown} (now)",
        f"{shown} (new)",
        lineterm="",
        n=1,
    )
    return TextChange(file=file, shown=shown, old=old, new=new, diff="\n".join(lines))


def _not_there(shown: str, line: int) -> AccordError:
    return AccordError(f"{shown}:{line}: there is no pair any more", remedy="Run the command again.")


def _pairs(text: str) -> list[yaml.Node]:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else []:
        if key.value == "pairs" and isinstance(value, yaml.SequenceNode):
            return list(value.value)
    return []


def _position(text: str, line: int) -> int | None:
    """Position in the file of the pair that begins on a line."""
    return next((at for at, node in enumerate(_pairs(text)) if node.start_mark.line + 1 == line), None)


def _added(text: str, line: int, key: str, entries: Sequence[Any], shown: str) -> str:
    """The text with entries at the end of a list of the pair that begins on a line."""
    at = _position(text, line)
    node = _pairs(text)[at] if at is not None else None
    if not isinstance(node, yaml.MappingNode):
        raise _not_there(shown, line)
    written = [flow(entry) for entry in entries]
    keys = {name.value: (name, value) for name, value in node.value}
    if "rows" not in keys:
        raise AccordError(f"{shown}:{line}: the rows of this pair stand elsewhere", remedy="Write them here.")
    if key not in keys:
        return _new_list(text, node, key, written)
    name, value = keys[key]
    if isinstance(value, yaml.SequenceNode) and not value.flow_style:
        return _after_line(text, _last_line(value), _items(value.start_mark.column, written))
    if isinstance(value, yaml.SequenceNode) and value.value:
        last = max(_ends(value))
        return f"{text[:last]}, {', '.join(written)}{text[last:]}"
    start, end = value.start_mark.index, value.end_mark.index
    if isinstance(value, yaml.SequenceNode) and (node.flow_style or "\n" in text[start:end]):
        return f"{text[: end - 1]}{', '.join(written)}{text[end - 1 :]}"
    if node.flow_style:
        return f"{text[:start]}{'' if text[start - 1] == ' ' else ' '}[{', '.join(written)}]{text[end:]}"
    rest = text[end:].lstrip(" ")
    kept = f"{text[:start].rstrip(' ')}{' ' if rest.startswith('#') else ''}{rest}"
    line = value.start_mark.line if end > start else name.start_mark.line
    return _after_line(kept, line, _items(name.start_mark.column + 2, written))


def _items(column: int, written: Sequence[str]) -> list[str]:
    return [f"{' ' * column}- {entry}" for entry in written]


def _new_list(text: str, node: yaml.MappingNode, key: str, written: Sequence[str]) -> str:
    """The text with a list that the pair did not have: before its rows, and before comments that stand above these."""
    names = [name.value for name, _ in node.value]
    at = names.index("rows")
    rows = node.value[at][0].start_mark
    if node.flow_style:
        return f"{text[: rows.index]}{key}: [{', '.join(written)}], {text[rows.index :]}"
    if at == 0:  # the pair begins with them, after its dash
        at = len(names)
    lines = [f"{' ' * rows.column}{key}:", *(f"{' ' * (rows.column + 2)}- {entry}" for entry in written)]
    return _after_line(text, _last_line(node.value[at - 1][1]), lines)


def _after_line(text: str, line: int, fresh: Sequence[str]) -> str:
    """The text with lines after the one that is counted from 0."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if not lines[line].endswith(("\n", "\r")):
        lines[line] += end
    return "".join([*lines[: line + 1], *(f"{each}{end}" for each in fresh), *lines[line + 1 :]])


def _last_line(node: yaml.Node) -> int:
    """The last line that something of the node stands on; its end mark may lie behind comments."""
    marks = list(_leaves(node))
    return max(
        m.end_mark.line - (1 if m.end_mark.column == 0 and m.end_mark.line > m.start_mark.line else 0)
        for m in marks
    )


def _ends(node: yaml.SequenceNode) -> Iterator[int]:
    for each in node.value:
        yield int(each.end_mark.index)


def _leaves(node: yaml.Node) -> Iterator[yaml.Node]:
    if not isinstance(node, yaml.CollectionNode) or node.flow_style:
        yield node
        return
    for each in node.value:
        for inner in each if isinstance(each, tuple) else (each,):
            yield from _leaves(inner)
