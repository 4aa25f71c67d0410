"""Each check finds the fault that it is there for, and lets good text pass."""

from pathlib import Path

import pytest

from tools.check_dependencies import adr_faults, lock_faults
from tools.check_links import dead_links
from tools.check_purity import impurities
from tools.check_sizes import long_functions
from tools.rules_and_proof import CONTRACT, PAGE, gather, named_rules, page, table, unproved

LONG = "\n".join(f"    x = {number}" for number in range(60))
LOCK = (
    "aiohttp==1.0 \\\n    --hash=sha256:aa\nuvicorn==2 ; sys_platform != 'win32' \\\n    --hash=sha256:bb\n"
)


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)",
        "date.today()",
        "open('x')",
        "print('x')",
        "hash('x')",
        "def f():\n    global x",
    ],
)
def test_purity_names_what_only_the_shell_may_do(line: str) -> None:
    assert list(impurities(line))


def test_purity_lets_values_be_parsed_and_hashed() -> None:
    source = "datetime.fromisoformat(text)\nclass A:\n    def __hash__(self):\n        return hash(self.x)\n"
    assert list(impurities(source)) == []


def test_a_long_function_needs_a_reason() -> None:
    assert [name for _, name, _ in long_functions(f"def f():\n{LONG}\n")] == ["f"]
    assert list(long_functions(f"def f():  # size: one table, read as one\n{LONG}\n")) == []


def test_a_docstring_does_not_make_a_function_long() -> None:
    text = "\n".join("    word" for _ in range(60))
    assert list(long_functions(f'def f():\n    """What it gives.\n{text}\n    """\n    return 1\n')) == []


def test_links_to_nowhere_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.check_links.ROOT", tmp_path)
    (tmp_path / "there.md").write_text("# A `heading`, with marks\n", encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(
        "# Top\n[a](there.md) [b](there.md#a-heading-with-marks) [c](#top) [d](https://example.com/x)\n"
        "[e](gone.md) [f](there.md#gone)\n`[g](code.md)`\n```\n[h](code.md)\n```\n[i](#gone)\n[j]: gone-too.md\n",
        encoding="utf-8",
    )
    assert list(dead_links(page)) == [(3, "gone.md"), (3, "there.md#gone"), (8, "#gone"), (9, "gone-too.md")]


def test_a_lock_with_hashes_and_without_places_passes() -> None:
    assert lock_faults(LOCK, {"aiohttp", "uvicorn"}) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://registry.example/simple",
        "-f wheels",
        "a @ file:///x",
        "# made in /home/x",
        "b==1\n",
    ],
)
def test_a_lock_with_a_place_or_without_a_hash_does_not(line: str) -> None:
    assert len(lock_faults(LOCK + line, {"aiohttp"})) == 1


def test_a_dependency_missing_from_the_lock_or_the_record_is_named() -> None:
    assert "aiosqlite is missing" in lock_faults(LOCK, {"aiosqlite"})[0]
    adr = "| Name | Licence |\n| --- | --- |\n| `PyYAML` | MIT |\n| `old` | MIT |\n"
    assert [fault.partition(": ")[2] for fault in adr_faults(adr, {"pyyaml", "new"})] == [
        "new has no row: licence, purpose, liveness",
        "old has a row but is no direct dependency",
    ]


CONTRACT_OF_TWO = "# Rules\n\n- **S1** A change.\n- **W3** A create.\n"


def project(root: Path, test: str) -> Path:
    (root / CONTRACT).parent.mkdir(parents=True)
    (root / CONTRACT).write_text(CONTRACT_OF_TWO, encoding="utf-8")
    (root / "tests").mkdir()
    (root / "tests/test_it.py").write_text(test, encoding="utf-8")
    return root


def test_a_test_names_the_rules_that_its_name_begins_with() -> None:
    assert named_rules("test_s7_w4_a_look") == ["S7", "W4"]
    assert named_rules("test_a_s7_look") == []


def test_a_rule_without_a_test_or_a_seeded_bug_is_named(tmp_path: Path) -> None:
    proofs, faults = gather(project(tmp_path, "def test_s1_a(): ...\n"), [("bug", "W3, S1")])
    assert (list(unproved(proofs)), faults) == (["W3: no test is named test_w3_…"], [])
    assert "| S1 | [1](proof.md#s1): examples 1 | bug |\n| W3 | none | bug |" in table(proofs)
    assert "- `tests/test_it.py`: `test_s1_a`" in page(proofs)


def test_an_id_that_is_no_rule_is_named(tmp_path: Path) -> None:
    _, faults = gather(project(tmp_path, "def test_s9_a(): ...\n"), [("bug", "W4")])
    assert len(faults) == 2
    assert PAGE.name == "proof.md"
