"""Documents of the whole grammar, oddities included: read without an exception, and nothing of them is lost.

What stands in a document is known from the invention it was written from, never from the reader.
"""

from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings

from accord.connectorkit.manifest_load import manifest_from
from accord.dataflow import project_from_documents, read_document
from accord.dataflow.document import Cell, Section
from accord.project import project_from_text
from accord.project.yaml_text import flow
from accord.testing.documents import ToldCell, ToldDocument, ToldRow, ToldSection, counts, written
from accord.testing.documents.strategies import documents, families


def said(section: Section) -> ToldSection:
    """A section that was read, in the words of an invented one."""
    creation = section.creation
    return ToldSection(
        source=(section.source.type, section.source.facet),
        target=(section.target.type, section.target.facet),
        rule=creation.rule,
        text=creation.text,
        connected=creation.connected,
        merge_existing=creation.merge_existing,
        alternatives=tuple(each.combinations for each in section.alternatives),
        rows=tuple(ToldRow(cell(row.source), cell(row.target), row.type) for row in section.rows),
    )


def cell(read: Cell) -> ToldCell:
    return ToldCell(read.path, tuple((each.value, each.path) for each in read.conditions))


@given(documents())
def test_what_was_invented_is_read(told: ToldDocument) -> None:
    made = written(told)
    read = read_document(made.text, "x.rst")
    assert (read.source, read.target) == (told.source, told.target)
    assert tuple(map(said, read.sections)) == told.sections
    assert [(each.line, each.text) for each in read.unread] == list(made.unread)
    assert read.generated == told.generated


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(families())
def test_a_family_becomes_one_project_with_its_figures(family: list[ToldDocument]) -> None:
    read = [read_document(written(told).text, f"{number}.rst") for number, told in enumerate(family)]
    draft = project_from_documents(read)
    data = draft.report.data()
    assert {name: data[name] for name in counts(family)} == counts(family)
    files = dict(draft.files)
    text = files.pop("accord.yaml")
    manifests = {
        name.removeprefix("manifests/").removesuffix(".yaml"): manifest_from(yaml.safe_load(stub))
        for name, stub in files.items()
    }
    project = project_from_text(text, Path(), manifests=manifests)
    assert len(project.config.pairs) <= data["pairs"]
    for told in family:
        for row in told.rows():
            for path, conditions in ((c.path, c.conditions) for c in (row.source, row.target)):
                assert flow(path) in text
                assert all(
                    flow(place) in text and flow(value) in text for value, place in conditions if place
                )
        for section in told.sections:
            assert all(flow(name) in text for name in section.connected)
            decided = [each["what"] for each in data["decided"]]
            assert not section.text or any(section.text in what for what in decided)
