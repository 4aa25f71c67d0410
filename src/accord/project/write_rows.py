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
from typing import Any, Final, Literal, NamedTuple, TypeAlias

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
    text = old.decode("utf-8-sig")
    mark = _BOM if old.startswith(_BOM.encode()) else ""
    expected = deepcopy(read_yaml(old, shown).data)
    by_line = {node.start_mark.line + 1: (at, node) for at, node in enumerate(_pairs(text))}
    edits: list[_Edit] = []
    for pair in pairs:
        line = project.source.spot(("pairs", pair)).line
        at, node = by_line.get(line, (0, None))
        if not isinstance(node, yaml.MappingNode):
            raise _not_there(shown, line)
        for key in ("match", "rows"):
            entries = [entry for where, entry in additions[pair] if where == key]
            if entries:
                edits.append(_edit(text, node, key, [flow(entry) for entry in entries], shown))
                expected["pairs"][at][key] = [*(expected["pairs"][at].get(key) or []), *entries]
    made = _edited(text, edits)
    new = (mark + made).encode()
    if read_yaml(new, shown).data != expected:
        raise AccordError(
            f"{shown}: the entries can not be added to what stands there",
            remedy="Write the lists of these pairs line by line, each entry after a dash.",
        )
    lines = unified_diff(
        text.splitlines(), made.splitlines(), f"{shown} (now)", f"{shown} (new)", lineterm="", n=1
    )
    return TextChange(file=file, shown=shown, old=old, new=new, diff="\n".join(lines))


class _Edit(NamedTuple):
    """What stands between two places of a text gives way to something else."""

    start: int
    end: int
    new: str


def _edited(text: str, edits: Sequence[_Edit]) -> str:
    parts, at = [], 0
    for start, end, new in sorted(edits):
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def _not_there(shown: str, line: int) -> AccordError:
    return AccordError(f"{shown}:{line}: there is no pair any more", remedy="Run the command again.")


def _pairs(text: str) -> list[yaml.Node]:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else []:
        if key.value == "pairs" and isinstance(value, yaml.SequenceNode):
            return list(value.value)
    return []


def _edit(text: str, node: yaml.MappingNode, key: str, written: Sequence[str], shown: str) -> _Edit:
    """The edit that puts entries at the end of a list of a pair."""
    keys = {name.value: (name, value) for name, value in node.value}
    if "rows" not in keys:
        line = node.start_mark.line + 1
        raise AccordError(f"{shown}:{line}: the rows of this pair stand elsewhere", remedy="Write them here.")
    if key not in keys:
        return _new_list(text, node, key, written)
    name, value = keys[key]
    start, end = value.start_mark.index, value.end_mark.index
    if isinstance(value, yaml.SequenceNode) and not value.flow_style:
        return _after_line(text, _last(value), _items(value.start_mark.column, written))
    if isinstance(value, yaml.SequenceNode) and value.value:
        last = int(value.value[-1].end_mark.index)
        return _Edit(last, last, f", {', '.join(written)}")
    if isinstance(value, yaml.SequenceNode) and (node.flow_style or "\n" in text[start:end]):
        return _Edit(end - 1, end - 1, ", ".join(written))
    if node.flow_style:
        return _Edit(start, end, f"{'' if text[start - 1] == ' ' else ' '}[{', '.join(written)}]")
    colon = text.index(":", name.end_mark.index) + 1
    rest = _line_rest(text, max(end, colon))
    kept = f" {rest.strip(' ')}" if rest.strip() else ""
    lines = _after_line(text, max(end, colon), _items(name.start_mark.column + 2, written))
    return _Edit(colon, lines.end, f"{kept}{lines.new}")


def _items(column: int, written: Sequence[str]) -> list[str]:
    return [f"{' ' * column}- {entry}" for entry in written]


def _new_list(text: str, node: yaml.MappingNode, key: str, written: Sequence[str]) -> _Edit:
    """A list that the pair did not have: before its rows, and before comments that stand above these."""
    names = [name.value for name, _ in node.value]
    at = names.index("rows")
    rows = node.value[at][0].start_mark
    if node.flow_style:
        return _Edit(rows.index, rows.index, f"{key}: [{', '.join(written)}], ")
    if at == 0:  # the pair begins with them, after its dash
        at = len(names)
    lines = [f"{' ' * rows.column}{key}:", *_items(rows.column + 2, written)]
    return _after_line(text, _last(node.value[at - 1][1]), lines)


def _line_rest(text: str, at: int) -> str:
    """What stands on a line from a place on, without its end."""
    end = text.find("\n", at)
    return text[at : len(text) if end < 0 else end].removesuffix("\r")


def _after_line(text: str, at: int, fresh: Sequence[str]) -> _Edit:
    """Lines after the one that holds a place. The edit begins at the end of that line, so its own line end is kept."""
    end = "\r\n" if "\r\n" in text else "\n"
    place = at + len(_line_rest(text, at))
    last = "" if place < len(text) else end
    return _Edit(place, place, "".join(f"{end}{line}" for line in fresh) + last)


def _last(node: yaml.Node) -> int:
    """Where the last thing in the node ends; its own end mark may lie behind comments."""
    return max(
        each.end_mark.index - (each.end_mark.column == 0 and each.end_mark.line > each.start_mark.line)
        for each in _leaves(node)
    )


def _leaves(node: yaml.Node) -> Iterator[yaml.Node]:
    if not isinstance(node, yaml.CollectionNode) or node.flow_style:
        yield node
        return
    for each in node.value:
        for inner in each if isinstance(each, tuple) else (each,):
            yield from _leaves(inner)
