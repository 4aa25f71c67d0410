"""Which tests and seeded bugs prove each rule of the contract: `make rules` writes it, `make check-rules` compares.

    python tools/rules_and_proof.py [--check]

A test proves the rules that its name begins with (`test_s7_w4_…`), a seeded bug those that it names. Written: a table
at the end of docs/spec/semantics.md, and docs/spec/proof.md with every name. With `--check`, exit status 1: a rule has
no test or no seeded bug, a name begins with a rule that is none, or what is written down is not what is there.
"""

import ast
import importlib
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = Path("docs/spec/semantics.md")
PAGE = Path("docs/spec/proof.md")
MARK = "<!-- What proves each rule: written by `make rules`, not by hand. -->"
RULE = re.compile(r"^- \*\*([A-Z]\d+)\*\*", re.MULTILINE)
IDS = re.compile(r"test_((?:[a-z]\d+_)+)")
KINDS = {
    "tests/property": "laws",
    "tests/simulation": "worlds",
    "tests/contract": "contracts",
    "src": "contracts",
    "tests/crash": "real runs",
    "tests/e2e": "real runs",
}
SUITES = ("tests/**/test_*.py", "src/accord/testing/*_contract/*.py")

INTRO = """## What proves each rule

A test proves the rules that its name begins with; a seeded bug ([mutant](../reference/mutants.md)) shows that the rule
can not be broken unnoticed. [All names](proof.md).

| rule | tests | seeded bugs |
| --- | --- | --- |
"""
HEAD = """# What proves each rule

Of each rule of [the contract](semantics.md): the tests whose names begin with it, and the bugs against it that are
seeded on purpose and have to be noticed ([which check notices which](../reference/mutants.md)). `make rules` writes it.
"""


class Proof(NamedTuple):
    """Tests by file and seeded bugs of one rule."""

    tests: Mapping[str, Sequence[str]]
    mutants: Sequence[str]


def rules(contract: str) -> list[str]:
    """Ids of all rules, in the order of the contract."""
    return RULE.findall(contract)


def named_rules(test: str) -> list[str]:
    """Rules that a test's name begins with, as the contract writes them."""
    found = IDS.match(test)
    return [each.upper() for each in found[1].strip("_").split("_")] if found else []


def tests_of(source: str) -> Iterator[str]:
    """Names of the tests of a module, in its order; those of a class after it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


def gather(root: Path, mutants: Sequence[tuple[str, str]]) -> tuple[dict[str, Proof], list[str]]:
    """What proves each rule; and what is wrong. `mutants` are (id, rules it names, with commas)."""
    known = rules((root / CONTRACT).read_text(encoding="utf-8"))
    tests: dict[str, dict[str, list[str]]] = {rule: defaultdict(list) for rule in known}
    bugs: dict[str, list[str]] = {rule: [] for rule in known}
    faults = []
    for path in sorted(path for suite in SUITES for path in root.glob(suite)):
        place = path.relative_to(root).as_posix()
        for name in tests_of(path.read_text(encoding="utf-8")):
            for rule in named_rules(name):
                if rule in tests:
                    tests[rule][place].append(name)
                else:
                    faults.append(f"{place}: {name} names {rule}, which is no rule of the contract")
    for id_, named in mutants:
        for rule in named.split(", "):
            if rule in bugs:
                bugs[rule].append(id_)
            else:
                faults.append(f"seeded bug {id_} names {rule}, which is no rule of the contract")
    return {rule: Proof(tests[rule], bugs[rule]) for rule in known}, faults


def unproved(proofs: Mapping[str, Proof]) -> Iterator[str]:
    """What is missing."""
    for rule, proof in proofs.items():
        if not proof.tests:
            yield f"{rule}: no test is named test_{rule.lower()}_…"
        if not proof.mutants:
            yield f"{rule}: no seeded bug in tests/mutants names it"


def kind_of(place: str) -> str:
    """What kind of proof the tests of a file are: laws, worlds, contracts, real runs, or examples."""
    return next((kind for folder, kind in KINDS.items() if place.startswith(f"{folder}/")), "examples")


def table(proofs: Mapping[str, Proof]) -> str:
    """The end of the contract."""
    rows = []
    for rule, proof in proofs.items():
        kinds = Counter[str]()
        for place, names in proof.tests.items():
            kinds[kind_of(place)] += len(names)
        parts = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        tests = f"[{kinds.total()}](proof.md#{rule.lower()}): {parts}" if kinds else "none"
        rows.append(f"| {rule} | {tests} | {', '.join(sorted(proof.mutants)) or 'none'} |")
    return INTRO + "\n".join(rows) + "\n"


def page(proofs: Mapping[str, Proof]) -> str:
    """The page with all names."""
    parts = [HEAD]
    for rule, proof in proofs.items():
        parts.append(f"## {rule}\n")
        for place, names in sorted(proof.tests.items()):
            parts.append(f"- `{place}`: {', '.join(f'`{name}`' for name in names)}")
        parts.append("")
        parts.append(f"Seeded bugs: {', '.join(sorted(proof.mutants)) or 'none'}.\n")
    return "\n".join(parts)


def main(*, check: bool, root: Path = ROOT) -> int:
    """Write it down, or compare."""
    sys.path.insert(0, str(root))
    mutants = importlib.import_module("tests.mutants.catalogue").MUTANTS
    proofs, faults = gather(root, [(mutant.id, mutant.rule) for mutant in mutants])
    faults += unproved(proofs)
    contract = (root / CONTRACT).read_text(encoding="utf-8").partition(MARK)[0].rstrip("\n")
    written = {CONTRACT: f"{contract}\n\n{MARK}\n\n{table(proofs)}", PAGE: page(proofs)}
    for path, text in written.items():
        target = root / path
        if check and (not target.exists() or target.read_text(encoding="utf-8") != text):
            faults.append(f"{path} is not up to date: run `make rules`")
        elif not check:
            target.write_text(text, encoding="utf-8")
    for fault in faults:
        print(fault)
    print(
        f"Rules: {len(proofs)}, each with a test and a seeded bug."
        if not faults
        else f"{len(faults)} faults."
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
