"""Reads CSV and JSON files into a sandbox: what somebody had in the system before the hub came."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple

from accord.connectorkit.paths import leaves, put_at
from accord.core.errors import ConfigError, Fault
from accord.sandbox.messages import decode
from accord.sandbox.setup import Load
from accord.testing.system_model import Records, SystemModel
from accord.testing.system_model.shape import Shape

__all__ = ["load_all", "parse_load"]

_SHOWN: Final = 20
_TRUE: Final = ("true", "1", "yes")
_FALSE: Final = ("false", "0", "no")


class _Row(NamedTuple):
    line: int
    body: dict[str, Any]


def parse_load(text: str) -> Load:
    """What "Contacts=people.csv" says. Raises ValueError, which says what would be right."""
    name, equals, file = text.partition("=")
    if not (name.strip() and equals and file.strip()):
        raise ValueError("write TYPE=FILE, e.g. Contacts=people.csv")
    return Load(name.strip(), Path(file.strip()))


def load_all(model: SystemModel, records: Records, loads: Iterable[Load]) -> dict[str, int]:
    """Put files into entity types, one after the other: those that a later one refers to come first.

    Gives the number of records by entity type; one that had records before is left as it is, and is not in it.
    Raises ConfigError: a file can not be read, or the system refuses rows of it; all faults of a file together.
    """
    loaded: dict[str, int] = {}
    had = {name for name in model.manifest.types if records.latest_us(name)}
    for load in loads:
        name = _named(load, model)
        if name not in had:
            loaded[name] = loaded.get(name, 0) + _loaded(model, name, load.file)
    return loaded


def _named(load: Load, model: SystemModel) -> str:
    for name in model.manifest.types:
        if name.lower() == load.entity_type.lower():
            return name
    known = ", ".join(model.manifest.types)
    what = f"{model.manifest.name} has no entity type {load.entity_type}"
    raise ConfigError([Fault(str(load.file), 1, what, f"Write one of {known}")])


def _loaded(model: SystemModel, name: str, file: Path) -> int:
    shape = Shape(model.manifest.types[name])
    rows = list(_rows(file, shape))
    answers = model.load(name, (row.body for row in rows))
    faults = [
        Fault(
            str(file),
            row.line,
            "; ".join(f"{c.property} {c.message}" for c in answer.complaints),
            _remedy(name),
        )
        for row, answer in zip(rows, answers, strict=True)
        if not answer.ok
    ]
    _raise(faults, str(file))
    return len(rows)


def _remedy(name: str) -> str:
    return f"Correct the row; what {name} refers to is loaded before it"


def _raise(faults: list[Fault], file: str) -> None:
    if len(faults) > _SHOWN:
        more = Fault(
            file, faults[-1].line, f"{len(faults) - _SHOWN} more faults", "Correct those above first"
        )
        faults = [*faults[:_SHOWN], more]
    if faults:
        raise ConfigError(faults)


def _rows(file: Path, shape: Shape) -> Iterator[_Row]:
    """Records of a file as bodies. Raises ConfigError: it can not be read."""
    try:
        raw = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
        text = raw.decode()
    except OSError as error:
        what = f"can not be read ({error.strerror})"
        raise ConfigError([Fault(str(file), 1, what, "Name a readable file")]) from None
    except UnicodeDecodeError:
        raise ConfigError([Fault(str(file), 1, "is no UTF-8 text", "Save it as UTF-8")]) from None
    suffix = file.suffix.lower()
    if suffix == ".csv":
        return _csv(text, str(file), shape)
    if suffix in (".json", ".jsonl"):
        return _json(raw, str(file), shape, lines=suffix == ".jsonl")
    what = f"files ending in {suffix or 'nothing'} are not known"
    raise ConfigError([Fault(str(file), 1, what, "Name a .csv, .json or .jsonl file")])


def _json(raw: bytes, file: str, shape: Shape, *, lines: bool) -> Iterator[_Row]:
    """A list of records, or one that stands alone in an object ({"items": [...]}), or one record a line."""
    try:
        data = [decode(line) for line in raw.splitlines() if line.strip()] if lines else decode(raw)
    except ValueError as error:
        raise ConfigError([Fault(file, 1, f"is no JSON ({error})", "Correct it")]) from None
    if isinstance(data, dict) and len(data) == 1:
        data = next(iter(data.values()))
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise ConfigError([Fault(file, 1, "is no list of JSON objects", "Write [{...}, {...}]")])
    for number, row in enumerate(data, 1):
        yield _Row(number, {p: v for p, v in leaves(row, shape.known) if not _stamped(shape, p)})


def _stamped(shape: Shape, path: str) -> bool:
    """The system writes it itself; ids are taken as they are."""
    return path in shape.stamped and path != shape.it.id.property


def _csv(text: str, file: str, shape: Shape) -> Iterator[_Row]:
    """Columns are named by dotted paths; an empty cell says nothing; columns that the system stamps are left out."""
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    columns = [name.strip() for name in next(reader, [])]
    _raise(list(_unknown(columns, file, shape)), file)
    casts = [None if _stamped(shape, name) else _cast(name, shape) for name in columns]
    faults: list[Fault] = []
    for cells in reader:
        body: dict[str, Any] = {}
        for name, cast, cell in zip(columns, casts, cells, strict=False):
            if cast is None or not cell:
                continue
            try:
                put_at(body, name, cast(cell))
            except ValueError:
                what = f"{name} is no {shape.specs[name].type}" if name in shape.specs else f"{name} is wrong"
                faults.append(Fault(file, reader.line_num, what, "Correct the cell, or empty it"))
        if body:
            yield _Row(reader.line_num, body)
    _raise(faults, file)


def _unknown(columns: list[str], file: str, shape: Shape) -> Iterator[Fault]:
    for name in columns:
        if not shape.known(name):
            near = get_close_matches(name, shape.specs, 3) or list(shape.specs)
            yield Fault(
                file, 1, f"column {name} is no property", f"Write one of {', '.join(near)}, or drop it"
            )


def _cast(name: str, shape: Shape) -> Callable[[str], Any]:
    """Reader of a column's cells. Its functions raise ValueError."""
    spec = shape.specs.get(name)
    return _CASTS.get(spec.type, str) if spec else str


def _number(cell: str) -> int | float:
    try:
        return int(cell)
    except ValueError:
        return float(cell)


def _boolean(cell: str) -> bool:
    if cell.lower() not in (*_TRUE, *_FALSE):
        raise ValueError(cell)
    return cell.lower() in _TRUE


def _parsed(cell: str) -> Any:
    return decode(cell.encode())


_CASTS: Final[Mapping[str, Callable[[str], Any]]] = {
    "integer": int,
    "decimal": _number,
    "float": _number,
    "boolean": _boolean,
    "object": _parsed,
    "list": _parsed,
}
