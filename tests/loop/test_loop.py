"""The loop law: whatever documents say is imported, and what was imported does what they say."""

import asyncio
import re
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings

from accord.dataflow import read_document
from accord.dataflow.document import Document
from accord.dataflow.export import documents_of
from accord.demo.persons import example_folder
from accord.project import load_project, project_from_text
from accord.qa.deriving import derive
from accord.qa.performing import run_on_sandbox
from accord.testing.documents import written
from accord.testing.documents.strategies import documents, families
from tests.loop.looping import imported, looped, of_seed, performed, red

SEED = """\
===============================
Crmoffice to Customerp Dataflow
===============================

Generated: 2024-09-10 15:43:43
{}
"""
SECTION = """
Crmoffice {0} to Customerp {1}
-----------------------------------------
Every Crmoffice {0} will be synchronized with a Customerp {1}.

The following properties are synchronized between a Crmoffice {0} and a Customerp {1}:

.. list-table::
   :header-rows: 1

   * - Crmoffice {0} Property
     - Customerp {1} Property
     - Customerp Data Type
"""
ENDS = [("Activities", "Project"), ("Companies", "Product"), ("Contacts", "Contact")]
EXAMPLES = settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
"""To make a failing example small would play hundreds of them: remove `phases` for it, by hand."""


@EXAMPLES
@given(documents(sections=3, rows=4))
def test_every_line_of_any_document_that_can_be_checked_passes(told):
    assert red(looped([told]).report) == []


@EXAMPLES
@given(families(systems=3, sections=2, rows=3))
def test_so_does_every_line_of_documents_about_the_same_systems(told):
    assert red(looped(told).report) == []


@pytest.mark.parametrize(
    "seed", [30, 36, 73, 324, 354, 361, 389, 392, 418, 568, 718, 719, 730, 751, 863, 865, 911, 1395]
)
def test_so_does_what_once_did_not(seed):
    assert red(looped(of_seed(seed)).report) == []


@pytest.mark.parametrize("seed", [14, 34])
def test_one_document_of_several_demands_nothing_that_only_the_others_say(seed):
    documents = [read_document(written(each).text, f"{n}.rst") for n, each in enumerate(of_seed(seed))]
    draft = imported(documents)
    reports = [performed([each], draft) for each in documents]
    assert [line for report in reports for line in red(report)] == []
    assert sum(report.count("passed") for report in reports) > 0


def test_the_example_passes_whole():
    project = load_project(example_folder())
    report = asyncio.run(run_on_sandbox(project, derive(project)))
    assert red(report) == []
    assert report.count("passed") == len(report.checks) > 80


def test_so_it_does_where_nothing_is_ranked_and_one_system_lags():
    text = (example_folder() / "accord.yaml").read_text("utf-8")
    plain = re.sub(r"^\s*priority: \d+.*\n", "", text, flags=re.MULTILINE)
    assert plain != text
    project = project_from_text(plain, example_folder())
    assert len({each.declaration.lag_s for each in project.model.mappings.values()}) == 2
    report = asyncio.run(run_on_sandbox(project, derive(project)))
    assert red(report) == []
    assert report.count("passed") == len(report.checks) > 80


@pytest.mark.parametrize("known", [None, {}], ids=["connectors", "drafts"])
def test_the_seed_with_the_rows_of_the_example_passes_in_every_direction(known):
    """The seed's own tables are empty: of them nothing can be checked, and every line says so."""
    seed = read_document(SEED.format("".join(SECTION.format(*ends) for ends in ENDS)), "seed.rst")
    bare = performed([seed], imported([seed], known=known))
    assert len(bare.checks) == bare.count("not_checked") > 10
    assert all(check.why for check in bare.checks)
    filled = _filled(seed)
    report = performed([filled], imported([filled], known=known))
    assert red(report) == []
    rows = [check for check in report.checks if check.kind == "row"]
    assert len(rows) > 40
    assert [check.id for check in rows if check.outcome != "passed"] == []


def _filled(seed: Document) -> Document:
    rows = {
        (section.source.type, section.target.type): section.rows
        for document in documents_of(load_project(example_folder()))
        for section in document.sections
    }
    sections = [replace(s, rows=rows[s.source.type, s.target.type]) for s in seed.sections]
    return replace(seed, sections=tuple(sections))
