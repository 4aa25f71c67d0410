"""The core reads no clock, no files and no process state: what imports alone can not show.

import-linter keeps I/O modules out of `accord.core`. Some ways in need no forbidden import: `datetime.now`, the
builtins that open and print, the `hash` of a string (another one in each process), module state changed with
`global`. They are named here with file and line.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PURE = ("src/accord/core", "src/accord/ports")
CLOCK = frozenset({"now", "utcnow", "today"})
BUILTINS = frozenset({"__import__", "breakpoint", "eval", "exec", "input", "open", "print"})


class Impurities(ast.NodeVisitor):
    """Collects (line, what is wrong) of one module."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []
        self._functions: list[str] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._functions.append(node.name)
        self.generic_visit(node)
        self._functions.pop()

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Attribute(attr=name) if name in CLOCK:
                self.found.append((node.lineno, f".{name}() reads the clock; take the time as an argument"))
            case ast.Name(id=name) if name in BUILTINS:
                self.found.append((node.lineno, f"{name}() is not pure; the shell does that"))
            case ast.Name(id="hash") if "__hash__" not in self._functions:
                self.found.append((node.lineno, "hash() differs between processes; use hashlib"))
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.found.append((node.lineno, "nothing in the core is global; one project is one tenant"))


def impurities(source: str) -> Iterator[tuple[int, str]]:
    """Line and reason of each impure construct of a module."""
    visitor = Impurities()
    visitor.visit(ast.parse(source))
    yield from visitor.found


def main() -> int:
    """Exit code: 1 when core or ports do what only the shell may do."""
    faults = [
        f"{path.relative_to(ROOT)}:{line}: {reason}"
        for folder in PURE
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, reason in impurities(path.read_text(encoding="utf-8"))
    ]
    print("\n".join(faults) if faults else "Purity: core and ports read no clock and do no I/O.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
