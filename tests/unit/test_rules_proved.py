"""Every rule of the contract that is kept today is proved by a test that bears its id (docs/spec/semantics.md)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEPT = [
    "S1",
    "S2",
    "S3",
    "S4",
    "S5",
    "S6",
    "S7",
    "S8",
    "S10",
    "L1",
    "L2",
    "L3",
    "L4",
    "L5",
    "L10",
    "M1",
    "M2",
    "M3",
    "M4",
    "M6",
    "M7",
    "M9",
    "W1",
    "W2",
    "W3",
    "W4",
    "W5",
    "W6",
    "W8",
    "W9",
    "W10",
    "W13",
    "W14",
    "G1",
    "G6",
    "K1",
    "K2",
    "C1",
    "C2",
    "C4",
    "C5",
    "P2",
]
NAMES = [
    name
    for path in (*ROOT.glob("tests/**/test_*.py"), *ROOT.glob("src/accord/testing/*_contract/*.py"))
    for name in re.findall(r"def test_(\w+)", path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("rule", KEPT)
def test_a_rule_that_is_kept_is_proved(rule: str) -> None:
    named = re.compile(rf"(?:[a-z]+\d+_)*{rule.lower()}_")
    assert any(named.match(name) for name in NAMES), f"no test is named test_{rule.lower()}_…"


def test_the_rules_stand_in_the_contract() -> None:
    text = (ROOT / "docs/spec/semantics.md").read_text(encoding="utf-8")
    assert set(KEPT) <= set(re.findall(r"^- \*\*(\w+)\*\*", text, re.MULTILINE))
