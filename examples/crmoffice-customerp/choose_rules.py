"""Chooses the match rules of this example on 1,000 of its persons, and tells what they do on the other 4,000.

    python examples/crmoffice-customerp/choose_rules.py

Candidates are combinations that a business person would accept: the number that the state gave, or two things that
seldom agree by accident, one of them the birth date or the street. They are taken greedily, the one that links the
most of the 1,000 first, as long as it links nobody wrongly there. Then a rule that only proposes: the one that shows
the most of the pairs still missed, for the fewest wrong proposals and, among equals, with more
parts. Decisions are made by Accord's own matching core.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from random import Random

from accord.core.link import link_groups
from accord.core.matching.registry import normaliser
from accord.core.model import Concept, MatchRule
from accord.core.state import Group, Member
from accord.demo.persons import Person, read_persons, tuning_persons

DATA = Path(__file__).parent / "data" / "febrl4"
SEED = 7
NAMES = ("ssn", "given", "family", "born", "street", "street2", "zip", "city", "state")
STRONG = ("born", "street")
Rule = tuple[str, ...]
Records = dict[tuple[str, str], Person]

CANDIDATES: list[Rule] = [
    ("ssn",),
    *((a, b) for a in STRONG for b in ("family", "given", "street", "zip", "city") if a != b),
    *((a, "family", "given") for a in STRONG),
]
NEAR: list[Rule] = [
    c for n in (2, 3) for c in combinations(("given", "family", "street2", "zip", "city", "state"), n)
]
NEAR = [c for c in NEAR if "zip" in c]


def world(numbers: frozenset[int]) -> Records:
    """Records of these persons, a tenth of each side left out, so that some have no partner."""
    random, records = Random(SEED), {}
    for system, name in (("crm", "dataset4a.csv"), ("erp", "dataset4b.csv")):
        persons = read_persons(DATA / name)
        there = random.sample(sorted(numbers), len(numbers) * 9 // 10)
        records.update({(system, str(n)): persons[n] for n in there})
    return records


def key(rule: Rule, person: Person) -> str | None:
    """The key of a person under a rule, as the example compares: letters and digits alone."""
    compare = normaliser("number")
    parts = [
        getattr(person, name).replace("-", "") if name == "born" else compare(getattr(person, name))
        for name in rule
    ]
    return "|".join(map(str, parts)) if all(parts) else None


class Matching:
    """Who is linked to whom, and who waits in a review, after some rules."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.golden: dict[tuple[str, str], str] = {}
        self.held: dict[tuple[str, str], str] = {}

    def apply(self, rule: Rule) -> None:
        """Link by one more rule, as the core decides (L3, L4)."""
        found = defaultdict(list)
        for record, person in self.records.items():
            if (text := key(rule, person)) is not None:
                found[text].append(Member(*record, self.golden.get(record), self.held.get(record, "")))
        name = "+".join(rule)
        groups = [Group(rule=name, key=text, members=members) for text, members in sorted(found.items())]
        taken = defaultdict(dict)
        for record, golden in self.golden.items():
            taken[golden][record[0]] = False
        linking = link_groups(
            groups, MatchRule(name=name, parts=()), Concept(name="contact", properties=()), taken, 0
        )
        self.held.update({(member.mapping, member.id): why for member, why in linking.hold})
        for join in linking.joins:
            for member in join.members:
                self.golden[member.mapping, member.id] = join.golden or f"{name}:{join.members[0].id}"

    def score(self) -> tuple[int, int, int]:
        """(links right, links wrong, pairs to be found)."""
        linked = defaultdict(list)
        for record, golden in self.golden.items():
            linked[golden].append(record[1])
        right = sum(len(ids) == 2 and ids[0] == ids[1] for ids in linked.values())
        wrong = sum(len(set(ids)) > 1 for ids in linked.values())
        pairs = len({n for s, n in self.records if s == "crm"} & {n for s, n in self.records if s == "erp"})
        return right, wrong, pairs

    def proposals(self, rule: Rule) -> tuple[int, int]:
        """(missed pairs that a rule would propose, other proposals)."""
        found = defaultdict(set)
        for record, person in self.records.items():
            if record not in self.held and (text := key(rule, person)) is not None:
                found[text].add(record)
        right = wrong = 0
        for records in found.values():
            loose = sorted(r for r in records if r not in self.golden)
            if len(records) > 1 and loose:
                right += any(a[1] == b[1] for a, b in combinations(loose, 2))
                wrong += not any(a[1] == b[1] for a, b in combinations(loose, 2))
        return right, wrong


def after(records: Records, rules: Sequence[Rule]) -> Matching:
    """The state of matching after rules."""
    matching = Matching(records)
    for rule in rules:
        matching.apply(rule)
    return matching


def choose(records: Records) -> list[Rule]:
    """Rules, greedily: each links more than the others would, and nobody wrongly."""
    rules: list[Rule] = []
    while True:
        base = after(records, rules).score()
        scores = [(after(records, [*rules, c]).score(), c) for c in CANDIDATES if c not in rules]
        fit = [
            (right, -len(after(records, [*rules, c]).held), c) for (right, wrong, _), c in scores if not wrong
        ]
        right, _, best = max(fit, key=lambda one: one[:2], default=(0, 0, ()))
        if right <= base[0]:
            return rules
        rules.append(best)


def choose_near(records: Records, rules: list[Rule]) -> Rule:
    """The rule that only proposes."""
    matching = after(records, rules)
    return max(NEAR, key=lambda c: (matching.proposals(c)[0] - matching.proposals(c)[1], len(c)))


def tell(title: str, records: Records, rules: list[Rule], near: Rule) -> None:
    """Print figures of a world."""
    matching = after(records, rules)
    right, wrong, pairs = matching.score()
    shown, others = matching.proposals(near)
    print(
        f"{title}: {pairs} pairs, {right} linked rightly, {wrong} wrongly, {len(matching.held)} records in review;"
    )
    print(f"  precision {right / (right + wrong):.4f}, recall {right / pairs:.4f};")
    print(f"  of the {pairs - right} missed the second rule proposes {shown}, with {others} other proposals")


def main() -> None:
    """Choose, and tell."""
    numbers = frozenset(read_persons(DATA / "dataset4a.csv"))
    tuning = tuning_persons(numbers)
    some = world(tuning)
    rules = choose(some)
    near = choose_near(some, rules)
    for rule in rules:
        print(f"links:    {' + '.join(rule)}")
    print(f"proposes: {' + '.join(near)}")
    tell("The 1,000 they were chosen on", some, rules, near)
    tell("The other 4,000", world(numbers - tuning), rules, near)


if __name__ == "__main__":
    main()
