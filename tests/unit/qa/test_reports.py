"""Reports for others: sums that add up, nothing that a value could break, anchors that stay."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from accord.qa.keeping import keep_report, last_report, last_results, qa_folder
from accord.qa.reports import anchor_of, html_report, junit_report
from tests.unit.qa.reports import EVIL, check, done, report


def evil():
    return report(
        check(
            EVIL, "failed", why=EVIL, pair=EVIL, document=EVIL, steps=(done(EVIL, passed=False, seen=EVIL),)
        ),
        check("x", "not_checked", why=EVIL),
        left=(EVIL,),
        interrupted=True,
        project=EVIL,
    )


def test_sums_add_up_in_every_form():
    made = report()
    data = made.data()
    assert (data["rows"], data["passed"], data["failed"], data["not_checked"]) == (4, 2, 1, 1)
    root = ElementTree.fromstring(junit_report(made))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("4", "1", "1")
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == [
        "crm.Contacts - erp.Contact",
        "crm.Companies - erp.Product",
    ]
    for name in ("tests", "failures", "skipped"):
        assert sum(int(suite.get(name)) for suite in suites) == int(root.get(name))
    page = html_report(made)
    for sign, count in (("failed", 1), ("passed", 2), ("not checked", 1)):
        assert re.search(rf"{sign} <b>{count}</b>", page)
        assert len(re.findall(rf'<span class="outcome">{sign}<', page)) == count


def test_junit_tells_why():
    root = ElementTree.fromstring(junit_report(report()))
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert (
        cases["title - title (backward)"].find("skipped").get("message") == "crm.Contacts.title is read-only"
    )
    failure = cases["phone - phone (forward)"].find("failure")
    assert failure.get("message") == "seen '' in the place of '+4722123456'"
    assert "expected: erp.Contact shows email 'qa-0001'" in failure.text
    assert "crm.Contacts/c1" in failure.text
    assert cases["email - email (forward)"].get("time") == "0.250"


def test_a_failure_without_a_reason_of_its_own_tells_the_step():
    root = ElementTree.fromstring(junit_report(report(check("a - a", "failed"))))
    assert root.find(".//failure").get("message").startswith("expected erp.Contact shows")
    assert (
        ElementTree.fromstring(junit_report(report(check("a", "failed", steps=())))).find(".//failure")
        is not None
    )


def test_junit_tells_what_was_left_and_that_it_was_interrupted():
    told = ElementTree.fromstring(junit_report(report(left=("erp.Contact/7",), interrupted=True)))
    text = told.find("testsuite[last()]/system-err").text
    assert "interrupted: 4 lines: 2 passed, 1 failed, 1 not checked" in text
    assert "erp.Contact/7" in text
    empty = ElementTree.fromstring(junit_report(replace(report(), checks=(), interrupted=True)))
    assert empty.find("testsuite/system-err") is not None


class Outline(HTMLParser):
    """Elements by name, and ids."""

    def __init__(self):
        super().__init__()
        self.elements, self.ids, self.texts = [], [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.texts.append(data)


def outlined(made):
    outline = Outline()
    outline.feed(html_report(made))
    return outline


def test_no_value_becomes_markup():
    plain, spoiled = outlined(report(*evil().checks[:0])), outlined(evil())
    assert spoiled.elements.count("script") == plain.elements.count("script") == 1
    shown = "".join(spoiled.texts)
    assert shown.count("<script>alert('x')</script> & \"quoted\" \\x00\\x1b ]]> æ \U0001f600") >= 7
    root = ElementTree.fromstring(junit_report(evil()))
    assert "\\x00\\x1b ]]> æ \U0001f600" in root.find("testsuite").get("name")


def test_the_page_needs_nothing_from_elsewhere():
    page = html_report(report())
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", page)
    assert "default-src 'none'" in page


def test_each_line_has_an_anchor_that_stays():
    made = report(check("a - b"), check("a - b", direction="backward"), check("a - b", pair="x - y"))
    anchors = [anchor_of(c.pair, c.row, c.direction) for c in made.checks]
    assert len(set(anchors)) == 3
    assert set(anchors) <= set(outlined(made).ids)
    assert anchors[0] == "a-b-forward-" + anchors[0][-8:]
    assert anchor_of("ä", "日本", "both").startswith("both-")


# the last one


@pytest.fixture
def store(tmp_path):
    return tmp_path / "shop" / ".accord" / "state.db"


def test_the_last_report_is_kept_and_linked(store, tmp_path):
    assert last_report(store) is None
    assert last_results(store, tmp_path) == {}
    keep_report(store, report(check("old - old")))
    made = report()
    page = keep_report(store, made)
    assert last_report(store) == made
    results = last_results(store, tmp_path / "documents")
    outcome, href = results["crm.Contacts - erp.Contact", "phone - phone", "forward"]
    where, _, anchor = href.partition("#")
    assert outcome == "failed"
    assert (tmp_path / "documents" / where).resolve() == page.resolve()
    assert f'id="{anchor}"' in page.read_text("utf-8")
    assert sorted(file.name for file in qa_folder(store).iterdir()) == ["last.html", "last.json"]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"\xff", b'{"project": "shop"}', b'{"checks": 1}', b"null"]
)
def test_a_damaged_report_is_none(store, tmp_path, raw):
    keep_report(store, report())
    (qa_folder(store) / "last.json").write_bytes(raw)
    assert last_report(store) is None
    assert last_results(store, tmp_path) == {}


def test_a_report_of_another_version_is_read_as_far_as_it_is_known(store):
    keep_report(store, report())
    file = qa_folder(store) / "last.json"
    file.write_text(file.read_text().replace('{"rows"', '{"news":1,"rows"', 1))
    assert last_report(store) == report()
