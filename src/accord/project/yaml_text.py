"""YAML written by hand, so that it can bear comments: scalars, rows, and settings in one line."""

import json
import re
from collections.abc import Mapping as ReadOnly
from typing import Any, Final

from accord.core.wording import visible

__all__ = ["commented", "flow", "quoted"]

_PLAIN: Final = re.compile(r"[A-Za-z_$./][\w$./#-]*(?: [\w$./-]+)*")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"})


def quoted(value: Any) -> str:
    """A scalar; text is put in quotes where YAML would take it for something else."""
    if not isinstance(value, str):
        return json.dumps(value)
    if value.isascii() and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return visible(json.dumps(value, ensure_ascii=False))


def flow(value: Any) -> str:
    """Plain data in one line."""
    if isinstance(value, ReadOnly):
        return "{" + ", ".join(f"{quoted(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return quoted(value)


def commented(text: str, indent: str = "") -> list[str]:
    """Text as comment lines of at most a hundred characters; what YAML may not hold is shown."""
    lines: list[str] = []
    line = f"{indent}#"
    for word in map(visible, text.split()):
        if len(line) + len(word) > 100 and line != f"{indent}#":
            lines.append(line)
            line = f"{indent}#"
        line += f" {word}"
    return [*lines, line]
