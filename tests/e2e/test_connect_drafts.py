"""`accord connect WORD TARGET` with a drafter that was installed on its own."""

import sys
from pathlib import Path

import pytest

from accord.connectorkit.drafting import find_drafter
from accord.connectorkit.manifest_load import load_manifest
from tests.e2e.shop import Result, run_here

MODULE = """
from accord.connectorkit.drafting import Draft, Drafter
from accord.core.errors import AccordError


def make(asked):
    if asked.target == "nowhere":
        raise AccordError("nowhere is no attic", remedy="Name an attic.")
    if "list" in asked.flags:
        return Draft(says=[f"shelf {asked.flags['list']}"])
    note = {"max_length": 40, "assumed": "the longest that was seen"}
    box = {"path": "boxes", "page": {"style": "none"}, "update": "patch", "properties": {"label": {}, "note": note}}
    lid = {**box, "path": "lids", "properties": {"box": {"reference": "Box"}}}
    return Draft(
        manifest={
            "name": asked.name or asked.target, "base_url": "http://attic.test", "types": {"Box": box, "Lid": lid}
        },
        head=["What was found in the attic."],
        unknown=["whether lids have versions"],
        then=["dust it"],
    )


DRAFTER = Drafter(word="attic", title="boxes and lids", target="PLACE", make=make, flags={"list": "only list them"})
"""


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tmp_path / "installed" / "attic-1.0.dist-info"
    found.mkdir(parents=True)
    (found / "METADATA").write_text("Metadata-Version: 2.1\nName: attic\nVersion: 1.0\n")
    (found / "entry_points.txt").write_text(
        "[accord.drafters]\nattic = attic_draft:DRAFTER\nbroken = nowhere:DRAFTER\n"
    )
    (found.parent / "attic_draft.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(found.parent))
    monkeypatch.delitem(sys.modules, "attic_draft", raising=False)
    find_drafter.cache_clear()


def connect(folder: Path, *words: str) -> Result:
    return run_here("-C", str(folder), "connect", *words)


def test_it_writes_a_manifest_and_says_what_was_found(tmp_path: Path) -> None:
    told = connect(tmp_path, "attic", "loft")
    assert told.code == 0, told.err
    assert told.out.splitlines() == [
        "loft: 2 entity types",
        (
            "  Box: 2 properties, id id; changes: all is read each time; deletes: when it is not there any more; "
            "versions: none"
        ),
        (
            "  Lid: 1 property, id id, refers to Box; changes: all is read each time; "
            "deletes: when it is not there any more; versions: none"
        ),
        "1 setting is assumed: look for `assumed` in the file.",
        "Not known: whether lids have versions",
        f"Wrote {tmp_path / 'loft.yaml'}.",
        f"Next: accord -C {tmp_path} init --system loft=./loft.yaml --system …",
        "Next: dust it",
    ]
    text = (tmp_path / "loft.yaml").read_text(encoding="utf-8")
    assert text.startswith("# What was found in the attic.\nname: loft\n")
    assert "      note: {max_length: 40, assumed: the longest that was seen}\n" in text
    assert set(load_manifest(tmp_path / "loft.yaml").types) == {"Box", "Lid"}


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "loft.yaml").write_text("mine")
    told = connect(tmp_path, "attic", "loft")
    assert told.code == 1
    assert "loft.yaml is there already, and is not written over. Name another place with --out" in told.err
    assert (tmp_path / "loft.yaml").read_text() == "mine"
    other = connect(tmp_path, "attic", "loft", "--out", str(tmp_path / "cellar.yaml"))
    assert other.code == 0, other.err
    assert load_manifest(tmp_path / "cellar.yaml").name == "cellar"


def test_a_machine_is_told_the_same(tmp_path: Path) -> None:
    told = connect(tmp_path, "attic", "loft", "--json").data
    assert told["files"] == [str(tmp_path / "loft.yaml")]
    assert told["types"]["Lid"]["references"] == {"box": "Box"}
    assert told["assumed"] == [{"place": "types.Box.properties.note", "why": "the longest that was seen"}]
    assert told["unknown"] == ["whether lids have versions"]


def test_a_drafter_has_flags_of_its_own(tmp_path: Path) -> None:
    assert connect(tmp_path, "attic", "loft", "--list=third").out == "shelf third\n"
    assert connect(tmp_path, "attic", "--list", "third", "loft").out == "shelf third\n"
    assert not (tmp_path / "loft.yaml").exists()


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("attic",), 2, "accord connect attic PLACE: boxes and lids. Name one PLACE."),
        (("attic", "a", "b"), 2, "Name one PLACE."),
        (("attic", "a", "--list"), 2, "--list needs a value: only list them"),
        (("attic", "a", "--lits"), 2, "no such option: --lits; did you mean --list?"),
        (("atic", "a"), 2, "atic is no word for a kind of system. Did you mean attic?"),
        (("broken", "a"), 2, "broken is no word for a kind of system"),
        (("atic", "a"), 2, "accord connect attic PLACE: boxes and lids"),
        (("attic", "nowhere"), 1, "nowhere is no attic. Name an attic."),
        (("crm", "--no-browsers"), 2, "No such option: --no-browsers"),
        (("crm", "--out", "x"), 2, "--out is for what is drafted."),
    ],
)
def test_errors_say_what_to_type(words: tuple[str, ...], code: int, why: str, tmp_path: Path) -> None:
    told = connect(tmp_path, *words)
    assert told.code == code, told.out
    assert why in told.err
