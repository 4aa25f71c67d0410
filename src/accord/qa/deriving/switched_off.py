"""Lines of pairs that are kept in the file and not run: none of them can be checked."""

from collections.abc import Iterator

from accord.dataflow.cells import cell_text
from accord.dataflow.document import Cell, Condition
from accord.dataflow.names import display_name
from accord.project import Project
from accord.project.schema import PairConfig, SideConfig
from accord.qa.checklist import Direction, Kind, Line

__all__ = ["switched_off_lines"]


def switched_off_lines(project: Project) -> Iterator[Line]:
    """All lines of all pairs that are switched off."""
    for pair in project.config.pairs:
        if not pair.enabled:
            yield from _lines(project, pair)


def _lines(project: Project, pair: PairConfig) -> Iterator[Line]:
    systems = [end.type.partition(".")[0] for end in (pair.source, pair.target)]
    titles = [
        display_name(key, project.config.systems[key].title)
        for key in systems
        if key in project.config.systems
    ]
    ways: dict[str, tuple[Direction, ...]] = {
        "both": ("forward", "backward"),
        "forward": ("forward",),
        "backward": ("backward",),
    }
    told: list[tuple[str, Kind, tuple[Direction, ...]]] = [("creation", "creation", ways["both"])]
    told += [(f"match {index}", "match", ("both",)) for index, _ in enumerate(pair.match, start=1)]
    told += [
        (f"{_label(row.source)} - {_label(row.target)}", "row", ways.get(row.direction, ()))
        for row in pair.rows
    ]
    told += [
        ("edit on both sides", "conflict", ("both",)),
        ("delete", "delete", ways["both"]),
        ("idle", "idle", ("both",)),
    ]
    for row, kind, directions in told:
        for direction in directions:
            yield Line(
                document=" to ".join(titles),
                pair=f"{pair.source.type} - {pair.target.type}",
                row=row,
                kind=kind,
                direction=direction,
                why_not="the pair is switched off",
            )


def _label(side: SideConfig) -> str:
    if side.paths:
        return " + ".join(side.paths)
    conditions = tuple(
        Condition("" if value is None else str(value), path) for path, value in side.when.items()
    )
    return cell_text(Cell(side.path, conditions))
