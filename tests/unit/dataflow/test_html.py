"""The page of a document holds everything and needs nothing from elsewhere; what is in it is text, never markup."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

from accord.dataflow import documents_of
from accord.dataflow.cells import cell_text
from accord.dataflow.document import Alternative, Cell, Condition, Creation, Document, End, Row, Section
from accord.dataflow.formats import FORMATS, Sheaf
from accord.dataflow.formats.picture import betweens
from accord.project import load_project

EXAMPLE = Path(__file__).parents[3] / "examples/crmoffice-customerp"
EVIL = '"><script>alert(1)</script>&amp;'
ODD = Document(
    f"A{EVIL}",
    "客户系统",
    (
        Section(
            End(f"T{EVIL}", f"f{EVIL}"),
            End("Ærlig \x07"),
            Creation("condition", f"If {EVIL}"),
            (Alternative(((f"m{EVIL}", "n"),)),),
            (Row(Cell(f"p{EVIL}", (Condition(f"v{EVIL}", "k"),)), Cell("q"), f"t{EVIL}"),),
        ),
    ),
    generated=f"today {EVIL}",
    untold=(f"lens {EVIL}",),
)


@dataclass
class Page(HTMLParser):
    """Elements with their attributes, ids, links, and the text outside of style and script."""

    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside not in ("style", "script"):
            self.text += data

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]


def page_of(sheaf: Sheaf) -> tuple[str, Page]:
    raw = FORMATS["html"].write(sheaf).decode()
    page = Page()
    page.feed(raw)
    page.close()
    return raw, page


def test_nothing_is_taken_from_elsewhere() -> None:
    documents = tuple(documents_of(load_project(EXAMPLE)))
    raw, page = page_of(Sheaf(documents=documents, stem="x", project="shop"))
    assert not re.search(r"https?:|//[a-z]|@import|url\(", raw)
    assert {"img", "iframe", "object", "embed", "base"}.isdisjoint(page.tags)
    assert page.tags.count("script") == 1
    assert not page.all("src")
    assert all(link.startswith("#") or link == "data:," for link in page.all("href"))
    assert "default-src 'none'" in page.all("content")[0]


def test_all_that_documents_say_is_on_the_page_and_links_lead_somewhere() -> None:
    documents = documents_of(load_project(EXAMPLE))
    _, page = page_of(Sheaf(documents=tuple(documents), stem="x"))
    for document in documents:
        for row in document.rows():
            assert cell_text(row.source) in page.text
            assert cell_text(row.target) in page.text
        assert all(gap in page.text for gap in document.untold)
    assert "No checklist was performed yet" in page.text
    ids = page.all("id")
    assert len(ids) == len(set(ids))
    links = [link[1:] for link in page.all("href") if link.startswith("#")]
    assert links
    assert {*links} <= {*ids}


def test_text_is_never_markup() -> None:
    raw, page = page_of(Sheaf(documents=(ODD,), stem="x", project=f"P{EVIL}"))
    assert page.tags.count("script") == 1
    assert "alert" not in [name for name, _ in page.attributes]
    for place in ("All dataflows of P", "A", "p", "t", "m", "If ", "today ", "lens "):
        assert f"{place}{EVIL}" in page.text
    assert "\x07" not in raw
    assert "\\x07" in page.text


def test_each_row_shows_what_came_of_it_and_leads_there() -> None:
    there = Document(
        "Crm", "Erp", (Section(End("Deal", "won"), End("Order"), rows=(Row(Cell("a"), Cell("b.c")),)),)
    )
    key = "crm_1.Deal#won - erp.Order"
    results = {
        (key, "a - b.c", "forward"): ("passed", "r.html#one"),
        (key, "a - b.c", "backward"): ("failed", "r.html#two"),
        ("erp.Order - crm_1.Deal#won", "creation", "backward"): ("not_checked", "r.html#three"),
        ("other.X - erp.Order", "a - b.c", "forward"): ("failed", "r.html#no"),
    }
    keys = {"Crm": "crm_1", "Erp": "erp"}
    _, page = page_of(Sheaf(documents=(there,), stem="x", keys=keys, results=results))
    assert [link for link in page.all("href") if link.startswith("r.")] == [
        "r.html#one", "r.html#two", "r.html#three",
    ]  # fmt: skip
    assert "Also checked: creation →\xa0○" in page.text
    back = Document(
        "Erp", "Crm", (Section(End("Order"), End("Deal", "won"), rows=(Row(Cell("b.c"), Cell("a")),)),)
    )
    _, page = page_of(Sheaf(documents=(there, back), stem="x", keys=keys, results=results))
    links = [link for link in page.all("href") if link.startswith("r.")]
    assert links == ["r.html#one", "r.html#three", "r.html#two"]


def test_arrows_point_to_where_anything_flows() -> None:
    def drawn(*documents: Document) -> list[tuple[bool, bool]]:
        (between,) = betweens(documents, lambda *_: "x")
        return [(arrow.forward, arrow.backward) for arrow in between.arrows]

    linked, rows = Creation("linked"), (Row(Cell("a"), Cell("b")),)
    there = Document("A", "B", (Section(End("X"), End("Y"), rows=rows), Section(End("Z"), End("Y"))))
    back = Document(
        "B", "A", (Section(End("Y"), End("X"), linked), Section(End("Y"), End("Z"), linked, rows=rows))
    )
    assert drawn(there) == [(True, True), (True, True)]
    assert drawn(there, back) == [(True, False), (True, True)]
    assert drawn(back, there) == [(False, True), (True, True)]


def test_a_picture_of_many_systems_and_pairs_names_them_all() -> None:
    names = [f"S{number}" for number in range(9)]
    documents = [
        Document(one, other, tuple(Section(End(f"T{n}"), End(f"U{n % 3}")) for n in range(100)))
        for one, other in pairwise(names)
    ]
    _, page = page_of(Sheaf(documents=tuple(documents), stem="x", project="hub"))
    assert page.tags.count("svg") == 9
    assert "9 systems, 800 pairs, 0 property rows" in page.text
    assert all(name in page.text for name in names)


def test_a_hub_of_many_systems_lists_them_where_lines_would_hide_one_another() -> None:
    names = [f"S{number}" for number in range(20)]
    some = (Section(End("T"), End("U")),)
    documents = [Document(one, other, some) for one, other in pairwise(names)]
    _, page = page_of(Sheaf(documents=(*documents, Document("S0", "S9")), stem="x", project="hub"))
    assert page.tags.count("svg") == 19
    assert "S1 ↔ S0 (1), S2 (1)" in page.text
    assert "S0 ↔ S1 (1)S1" in page.text
