"""Documents of a project: one from system to system, and one back where the ways differ."""

from collections.abc import Iterable
from dataclasses import replace

from accord.dataflow.document import Document, Row, Section
from accord.dataflow.flows import Flow, end_of_key, flows_of
from accord.dataflow.names import display_name
from accord.dataflow.untold import untold
from accord.project import Project

__all__ = ["documents_of"]


def documents_of(project: Project, *, generated: str = "") -> list[Document]:
    """What runs, as documents; reading them together gives the same pairs, rows, match and creation rules back.

    A second document, of the other direction, is there where anything is created backward or flows one way only.
    `generated` is the time that they bear. What they can not say is listed in `untold`: it is found by reading them.
    """
    names = {key: display_name(key, system.title) for key, system in project.config.systems.items()}
    between: dict[tuple[str, str], list[Flow]] = {}
    for flow in flows_of(project):
        systems = (end_of_key(flow.source)[0], end_of_key(flow.target)[0])
        mirrored = systems not in between and systems[::-1] in between
        between.setdefault(systems[::-1] if mirrored else systems, []).append(
            flow.turned() if mirrored else flow
        )
    documents: list[tuple[tuple[str, str], Document]] = []
    for (source, target), flows in between.items():
        documents.append(((source, target), _document(names[source], names[target], flows)))
        if not all(flow.is_symmetric for flow in flows):
            back = _document(names[target], names[source], [flow.turned() for flow in flows])
            documents.append(((source, target), back))
    gaps = untold(project, names, [document for _, document in documents])
    return [
        replace(
            document,
            generated=generated,
            untold=tuple(gap.text for gap in gaps if not gap.systems or {*gap.systems} & {*systems}),
        )
        for systems, document in documents
    ]


def _document(source: str, target: str, flows: Iterable[Flow]) -> Document:
    return Document(
        source=source,
        target=target,
        sections=tuple(map(_section, flows)),
        file=f"{_file(source)}-{_file(target)}.rst",
    )


def _file(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower()) or "unnamed"


def _section(flow: Flow) -> Section:
    return Section(
        source=end_of_key(flow.source)[1],
        target=end_of_key(flow.target)[1],
        creation=flow.forward,
        alternatives=tuple(flow.alternatives),
        rows=tuple(Row(row.source, row.target, row.type) for row in flow.rows if row.forward),
    )
