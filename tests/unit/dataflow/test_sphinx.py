"""Documents in reStructuredText build in Sphinx without a warning: those of a project, and the oddest there may be."""

import io
from pathlib import Path

from sphinx.application import Sphinx

from accord.dataflow import documents_of
from accord.dataflow.document import Alternative, Cell, Condition, Creation, Document, End, Row, Section
from accord.dataflow.formats.rst import rst_of
from accord.project import load_project

EXAMPLE = Path(__file__).parents[3] / "examples/crmoffice-customerp"
ODD = Document(
    "Wix.com *",
    "客户系统",
    (
        Section(End("Contact|s_", "human"), End("联系人"), Creation("linked", connected=("A_", "`b`"))),
        Section(
            End("1. Ærlig"),
            End("Кириллица `x`_"),
            Creation("condition", "*If* a deal_ is 100% |won|", merge_existing=True),
            (Alternative((("-x", "..y"), ("**", "``"))),),
            (
                Row(Cell("Emails.Value", (Condition("", "kind"),)), Cell("|"), "enum(a|b)"),
                Row(Cell(""), Cell("====")),
                Row(Cell("1.", (Condition("NO", ""), Condition("*", "_x"))), Cell(":field: x"), "string"),
            ),
        ),
        Section(End("Same"), End("Same")),
        Section(End("Same"), End("Same")),
    ),
    generated="2026-11-24 00:00:00",
    untold=("the priority of *crm*", "crm.Deal `x`: filter_", "1. that"),
)


def test_sphinx_builds_them_without_a_warning(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text("project = 'x'\n", "utf-8")
    (source / "index.rst").write_text("All\n===\n\n.. toctree::\n   :glob:\n\n   *\n", "utf-8")
    documents = documents_of(load_project(EXAMPLE), generated="2026-11-24 00:00:00")
    for document in [*documents, ODD]:
        (source / f"{document.file or 'odd.rst'}").write_text(rst_of([document]), "utf-8")
    (source / "hub.rst").write_text(rst_of([*documents, ODD], "a *hub*"), "utf-8")
    warned = io.StringIO()
    out, trees = str(tmp_path / "out"), str(tmp_path / "trees")
    app = Sphinx(
        str(source), str(source), out, trees, "html",
        status=None, warning=warned, warningiserror=True, confoverrides={"html_theme": "basic"},
    )  # fmt: skip
    app.build()
    assert warned.getvalue() == ""
    assert app.statuscode == 0
    assert "联系人" in (tmp_path / "out/odd.html").read_text("utf-8")
