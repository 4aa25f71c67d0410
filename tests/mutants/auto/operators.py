"""Small changes to the functions of a module, one at a time: what the automatic mutation run seeds.

Only what functions do is changed. Left alone: text for people (a string with a space in it, `__repr__`: wording is no
behaviour), docstrings, annotations, `raise` and `assert` statements, defaults of arguments, and what a module or class
states outside functions. A result that is a text for people is one, too.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from typing import NamedTuple

__all__ = ["Change", "changes", "functions_of", "with_change"]

_COMPARED = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_REVERSED = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt}
_COMPUTED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Change(NamedTuple):
    """One change: the function it is in, its number among those of the module, what becomes of which text."""

    function: str
    line: int
    number: int
    old: str
    new: str

    @property
    def key(self) -> str:
        """A name that stays when other lines change."""
        return f"{self.function}: {self.old} -> {self.new}"


def changes(source: str) -> list[Change]:
    """All changes of a module, in the order of its text."""
    return [Change(*told) for _, told in _all(ast.parse(source))]


def with_change(source: str, number: int) -> ast.Module:
    """The module with one of its changes made."""
    tree = ast.parse(source)
    for edit, told in _all(tree):
        if told[2] == number:
            edit()
            return ast.fix_missing_locations(tree)
    raise LookupError(number)


_Told = tuple[str, int, int, str, str]


def _all(tree: ast.Module) -> Iterator[tuple[Callable[[], None], _Told]]:
    count = 0
    for name, function in functions_of(tree, ""):
        for node, edit, old, new in _of_function(function):
            yield edit, (name, getattr(node, "lineno", function.lineno), count, old, new)
            count += 1


def functions_of(node: ast.AST, inside: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Outermost functions and methods with their names; what is nested in one belongs to it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            if child.name != "__repr__":
                yield f"{inside}{child.name}", child
        elif isinstance(child, ast.ClassDef):
            yield from functions_of(child, f"{inside}{child.name}.")
        elif isinstance(child, ast.If):
            yield from functions_of(child, inside)


_Found = tuple[ast.AST, Callable[[], None], str, str]


def _of_function(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[_Found]:
    for statement in function.body:
        yield from _walk(statement)


def _walk(node: ast.AST) -> Iterator[_Found]:
    if isinstance(node, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom | ast.Pass):
        return
    if isinstance(node, ast.keyword) and node.arg == "strict":  # says what is known, as an assertion does
        return
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ):
        return
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "ctx", "decorator_list", "args") and not isinstance(
            node, ast.Call
        ):
            continue
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield from _replacements(node, field, at, child)
                yield from _walk(child)


def _replacements(parent: ast.AST, field: str, at: int | None, node: ast.AST) -> Iterator[_Found]:
    """Changes that put something else in the place of a node."""

    def put(other: ast.AST) -> Callable[[], None]:
        def edit() -> None:
            ast.copy_location(other, node)
            if at is None:
                setattr(parent, field, other)
            else:
                getattr(parent, field)[at] = other

        return edit

    for other in (*_others(parent, field, node), *_statements(node)):
        old, new = ast.unparse(node), ast.unparse(ast.fix_missing_locations(copy.deepcopy(other)))
        if old != new:
            yield node, put(other), _short(old), _short(new)


def _short(text: str) -> str:
    return " ".join(text.split())


def _others(parent: ast.AST, field: str, node: ast.AST) -> Iterator[ast.AST]:
    yield from _of_logic(node)
    yield from _of_values(field, node)
    if field == "test" and isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr):
        yield ast.UnaryOp(ast.Not(), node)


def _of_logic(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                for other in (_COMPARED[type(op)], _REVERSED.get(type(op))):
                    if other is not None:
                        changed = [*ops[:place], other(), *ops[place + 1 :]]
                        yield ast.Compare(node.left, changed, node.comparators)
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            for place in range(len(node.values)):
                rest = [*node.values[:place], *node.values[place + 1 :]]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.IfExp() if not any(map(_is_text, (node.body, node.orelse))):
            yield node.body
            yield node.orelse
        case ast.comprehension(ifs=[_, *_]):
            yield ast.comprehension(node.target, node.iter, node.ifs[1:], node.is_async)


def _is_text(node: ast.AST) -> bool:
    """True for a text for people."""
    spaced = isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    return spaced or (isinstance(node, ast.JoinedStr) and any(map(_is_text, node.values)))


def _of_values(field: str, node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp() if type(node.op) in _COMPUTED:
            yield ast.BinOp(node.left, _COMPUTED[type(node.op)](), node.right)
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int()):
            yield ast.Constant(node.value + 1)
        case ast.Constant(value=str()) if " " not in node.value and field != "format_spec":
            yield ast.Constant("XX" if node.value != "XX" else "YY")
        case ast.Name(id=name) if name in _NAMES and field == "func":
            yield ast.Name(_NAMES[name], ast.Load())


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(value=ast.Call() | ast.Await() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.Delete():
            yield ast.Pass()
        case ast.AugAssign():
            yield ast.Pass()
        case ast.Return(value=value) if not (
            value is None or isinstance(value, ast.Constant) or _is_text(value)
        ):
            yield ast.Return(ast.Constant(None))
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
