"""`accord review` and `accord links` as they are typed: what is refused, and in which words (L3, L6)."""

from pathlib import Path

import pytest

from accord.store import SqliteStore
from tests.e2e.shop import run_here
from tests.unit.cli.test_deciding_values import TEXT, manifest
from tests.unit.runtime.office import Office


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project whose CRM has a company twice, which is in review."""
    office = Office(TEXT, store=SqliteStore(tmp_path / "state.db"))
    (tmp_path / "accord.yaml").write_text(TEXT, encoding="utf-8")
    for system in (office.crm, office.erp):
        (tmp_path / f"{system.manifest.name}.yaml").write_text(manifest(system), encoding="utf-8")
    office.crm.add("Company", name="Acme", city="Oslo")
    office.crm.add("Company", name="Acme", city="Rome")
    office.erp.add("Company", name="Acme", city="Rome")
    office.sync()
    office.run(office.store.close())
    return tmp_path


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("refuse", "crm.Company/99"), 1, "crm.Company/99 is not in review"),
        (("link", "crm.Company/99", "crm.Company/1"), 1, "crm.Company/99 is not in review"),
        (("link", "crm.Company/1"), 1, "link names two records or more"),
        (("split",), 1, "can not be answered by split"),
        (("made", "erp.Company/1"), 1, "can not be answered by made"),
        (("same",), 2, "is not one of"),
        (("refuse", "--restore"), 2, "only `split` takes it"),
        (("--plan",), 2, "name the review and the answer"),
    ],
)
def test_l3_an_answer_that_can_not_be_is_refused(
    folder: Path, args: tuple[str, ...], code: int, says: str
) -> None:
    (found,) = run_here("review", "-C", str(folder), "--json").data["reviews"]
    refused = run_here("review", "-C", str(folder), found["id"], *args)
    assert (refused.code, says in refused.err) == (code, True), refused.err
    assert run_here("links", "-C", str(folder), "list").out == "0 decisions.\n"
    part = run_here("review", "-C", str(folder), found["id"].partition("-")[0], "refuse")
    assert (part.code, "names the whole id" in part.err) == (1, True)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("list", "crm.Company/1"), "takes no names"),
        (("export", "links.jsonl", "--plan"), "--plan"),
        (("link", "crm.Company/1"), "two records or more"),
        (("refuse", "crm.Company/1", "erp.Company/1", "--restore"), "only `split` takes it"),
        (("withdraw", "crm.Company/1"), "two records"),
    ],
)
def test_l6_links_says_what_is_wrong_with_the_line(folder: Path, args: tuple[str, ...], says: str) -> None:
    wrong = run_here("links", "-C", str(folder), *args)
    assert (wrong.code, says in wrong.err) == (2, True)
    assert not Path("links.jsonl").exists()
