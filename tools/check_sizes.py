"""Modules and functions short enough to be read in one go; a longer one says why.

A module under `src` has at most 500 lines, a function at most 50 (its docstring not counted). A longer one states a
reason in a comment `# size: why`: within the first ten lines of the module, or on the lines of the function's
signature. Modules above 400 lines are named as warnings.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WARN_LINES, MAX_LINES, MAX_FUNCTION_LINES = 400, 500, 50
REASON = re.compile(r"#\s*size:\s*\S")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def body_lines(function: Function) -> int:
    """Number of lines of a function from its `def` to its end, without the docstring."""
    docstring = 0
    first = function.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        docstring = (first.end_lineno or first.lineno) - first.lineno + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


def long_functions(source: str) -> Iterator[tuple[int, str, int]]:
    """Line, name and length of each function that is too long and gives no reason."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, Function) or (length := body_lines(node)) <= MAX_FUNCTION_LINES:
            continue
        signature = lines[node.lineno - 1 : node.body[0].lineno]
        if not any(REASON.search(line) for line in signature):
            yield node.lineno, node.name, length


def main() -> int:
    """Exit code: 1 when a module or function is too long without a reason."""
    faults: list[str] = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        name = path.relative_to(ROOT)
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines()
        if len(lines) > MAX_LINES and not any(REASON.search(line) for line in lines[:10]):
            faults.append(
                f"{name}: {len(lines)} lines, at most {MAX_LINES}. Split it, or say why not: # size: …"
            )
        elif len(lines) > WARN_LINES:
            print(f"warning: {name}: {len(lines)} lines; review it, above {MAX_LINES} it must be split")
        faults += [
            f"{name}:{line}: {function} has {length} lines, at most {MAX_FUNCTION_LINES}. Split it, or say why not "
            "in its signature: # size: …"
            for line, function, length in long_functions(source)
        ]
    print("\n".join(faults) if faults else "Sizes: all modules and functions are short or say why not.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
