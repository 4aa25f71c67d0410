"""Make a rule of a decision: write who wins into the file where the property stands, and touch nothing else.

The text is changed where the YAML says that the setting is, or would be; comments, order and spelling stay.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import yaml

from accord.core.errors import AccordError
from accord.core.wording import remedy
from accord.project.load import Project, load_project
from accord.project.source import Loc
from accord.project.survivorship import FUNCTIONS

__all__ = ["RuleChange", "change_rule", "save_rule"]

FIRST_LINKS = ("keep", "latest", "ask")
RULES = ("latest", "priority", "ask", *(f"function:{name}" for name in FUNCTIONS))


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleChange:
    """A file with a rule in it: its text before and after, and the difference as people read it."""

    file: Path
    old: str
    new: str
    diff: str


def change_rule(
    project: Project, concept: str, property_: str, rule: str, *, first_link: bool = False
) -> RuleChange:
    """The file in which `survivorship: rule` (of a concept, `first_link: rule`) is written; nothing is saved yet.

    A group is changed in each of its members. Raises AccordError: there is no such rule, or it can not be written into
    what stands there.
    """
    known = FIRST_LINKS if first_link else RULES
    if rule not in known:
        what = "first link" if first_link else "survivorship"
        raise AccordError(f"there is no rule of {what} `{rule}`", remedy=remedy(rule, known))
    spec = project.resolved.concept(concept).spec
    if first_link:
        places = [spec.where]
    else:
        names = property_.split("+") if "+" in property_ else [property_]
        places = [prop.where for prop in spec.properties if prop.name in names]
    file = project.source.spot(places[0]).file
    old = new = (project.folder / file).read_text(encoding="utf-8")
    for where in places:
        line = project.source.spot(where).line
        new = _written(new, where, line, "first_link" if first_link else "survivorship", rule, file)
    lines = unified_diff(
        old.splitlines(), new.splitlines(), f"{file} (now)", f"{file} (new)", lineterm="", n=2
    )
    return RuleChange(file=project.folder / file, old=old, new=new, diff="\n".join(lines))


def save_rule(project: Project, change: RuleChange) -> None:
    """Save a change. Raises ConfigError, and saves nothing: the project would not load with it."""
    change.file.write_text(change.new, encoding="utf-8")
    try:
        load_project(project.folder)
    except Exception:
        change.file.write_text(change.old, encoding="utf-8")
        raise


def _written(text: str, where: Loc, line: int, key: str, rule: str, file: str) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    nodes = list(_nodes(root, where)) if root is not None else []
    node = next((node for node in nodes if _line(node) == line), nodes[0] if nodes else None)
    if isinstance(node, yaml.MappingNode):
        return _into_mapping(text, node, key, rule)
    if isinstance(node, yaml.ScalarNode) and where[0] == "concepts":
        said = text[node.start_mark.index : node.end_mark.index].strip()
        return _replaced(text, node, f"{{type: {said}, {key}: {rule}}}" if said else f" {{{key}: {rule}}}")
    if isinstance(node, yaml.SequenceNode) and node.flow_style:
        ends = ("from", "to", "type")
        parts = [text[each.start_mark.index : each.end_mark.index] for each in node.value]
        said = ", ".join(f"{end}: {part}" for end, part in zip(ends, parts, strict=False))
        return _replaced(text, node, f"{{{said}, {key}: {rule}}}")
    raise AccordError(
        f"{file}:{line}: the rule can not be written into what stands here",
        remedy=f"Write `{key}: {rule}` there by hand.",
    )


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _nodes(root: yaml.Node, where: Loc) -> Iterator[yaml.Node]:
    """Nodes at a place; several where lists of several files were joined, so that the index is another one here."""
    if not where:
        yield root
    elif isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == str(where[0]):
                yield from _nodes(value, where[1:])
    elif isinstance(root, yaml.SequenceNode):
        for value in root.value:
            yield from _nodes(value, where[1:])


def _into_mapping(text: str, node: yaml.MappingNode, key: str, rule: str) -> str:
    for each, value in node.value:
        if each.value == key:
            return _replaced(text, value, rule)
    if node.flow_style:
        end = node.end_mark.index - 1
        return f"{text[:end].rstrip()}{', ' if node.value else ''}{key}: {rule}{text[end:]}"
    first = node.value[0][0].start_mark
    return f"{text[: first.index]}{key}: {rule}\n{' ' * first.column}{text[first.index :]}"


def _replaced(text: str, node: yaml.Node, new: str) -> str:
    return text[: node.start_mark.index] + new + text[node.end_mark.index :]
