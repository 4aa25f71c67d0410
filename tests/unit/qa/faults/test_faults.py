"""Seeded faults of configuration: the checklist of the sound project turns just their lines red (ADR 0014)."""

import asyncio

import pytest

from accord.qa.performing import run_on_sandbox
from tests.unit.qa.faults.faults import (
    Fault,
    alter,
    both,
    drop,
    move,
    of_end,
    of_pair,
    put,
    swap,
    system,
    take,
)
from tests.unit.qa.faults.worlds import WORLDS, checklist, project_of

MAIL = {"all": [["mail", "email"]]}
BORN = {"all": [["born", "birth"], ["city", "place"]]}
WON = "A deal that is won"
WORK = "mails.value (where mails.kind is work) - workMail"
HOME = "mails.value (where mails.kind is home) - homeMail"


def creates(pair: int, forward: object, backward: object) -> Fault:
    """Other create rules."""
    return of_pair(pair, create={"forward": forward, "backward": backward})


def won(when: object) -> dict[str, object]:
    """The rule of a pair that creates on a condition."""
    return {"condition": WON, "when": when}


def lens(side: str, name: str, spec: object) -> Fault:
    """Another lens."""
    return alter(0, name, side, lens=spec)


Batch = dict[str, tuple[Fault, str]]
"""Faults that touch different lines, each with the lines that it turns red: `0: name - title <>` in both directions."""

BATCHES: list[tuple[str, Batch]] = [
    (
        "people",
        {
            "two rows swapped": (
                swap(0, "tel - phone", "city - place"),
                "0: tel - phone <>, 0: city - place <>",
            ),
            "a truth value dropped": (drop(0, "vip - flag"), "0: vip - flag <>"),
            "both ways made forward": (put(0, "age - years", direction="forward"), "0: age - years <"),
            "one-way inverted": (put(0, "note - remark", direction="backward"), "0: note - remark >"),
        },
    ),
    (
        "people",
        {
            "a text dropped": (drop(0, "tel - phone"), "0: tel - phone <>"),
            "a date dropped": (drop(0, "born - birth"), "0: born - birth <>"),
            "both ways made backward": (put(0, "age - years", direction="backward"), "0: age - years >"),
            "one-way made both ways": (put(0, "note - remark", direction="both"), "0: note - remark >"),
            "cut to twelve": (lens("to", "city - place", "truncate(12)"), "0: city - place >"),
        },
    ),
    (
        "people",
        {
            "only compared": (put(0, "tel - phone", direction="none"), "0: tel - phone <>"),
            "one-way enforced": (put(0, "note - remark", enforce=True), "0: note - remark >"),
            "another place": (move(0, "age - years", "to", "size"), "0: age - years <>"),
        },
    ),
    (
        "people",
        {
            "a text taken for a number": (put(0, "tel - phone", type="integer"), "0: tel - phone <>"),
            "a compared text taken for a date": (
                put(0, "city - place", type="date"),
                "0: city - place <>, 0: match 2",
            ),
        },
    ),
    (
        "people",
        {
            "lower case": (lens("from", "tel - phone", "lower"), "0: tel - phone >"),
        },
    ),
    (
        "people",
        {
            "upper case": (
                both(lens("from", "tel - phone", "upper"), lens("to", "tel - phone", "upper")),
                "0: tel - phone <>",
            ),
            "an asking rule": (put(0, "name - title", survivorship="ask"), "0: edit on both sides"),
        },
    ),
    (
        "people",
        {
            "written at creation only": (alter(0, "tel - phone", "to", create_only=True), "0: tel - phone >"),
            "a first link that asks": (of_pair(0, first_link="ask"), "0: first link"),
        },
    ),
    (
        "people",
        {"a demand that is none": (alter(0, "tel - phone", "to", required=True), "0: creation >")},
    ),
    (
        "people",
        {
            "a required row swapped": (
                swap(0, "name - title", "city - place"),
                "0: name - title <>, 0: city - place <>, 0: creation <>",
            )
        },
    ),
    ("people", {"a required row dropped": (drop(0, "name - title"), "0: name - title <>, 0: creation <>")}),
    (
        "people",
        {
            "never created forward": (creates(0, "linked", "always"), "0: creation >"),
            "deletes ignored": (of_pair(0, delete="ignore"), "0: delete <>"),
        },
    ),
    (
        "people",
        {
            "never created backward": (creates(0, "always", "linked"), "0: creation <"),
            "the second alternative dropped": (take(0, "match", 1), "0: match 2"),
        },
    ),
    (
        "people",
        {"created on a condition": (creates(0, {"when": {"city": "Oslo"}}, "always"), "0: creation >")},
    ),
    (
        "people",
        {
            "deletes made again": (of_pair(0, delete="recreate"), "0: delete <>"),
            "the first alternative dropped": (take(0, "match", 0), "0: match 1"),
        },
    ),
    (
        "people",
        {"another alternative": (of_pair(0, match=[{"all": [["tel", "phone"]]}, BORN]), "0: match 1")},
    ),
    (
        "people",
        {
            "an alternative without a part": (
                of_pair(0, match=[MAIL, {"all": [["born", "birth"]]}]),
                "0: match 2",
            ),
            "priorities changed": (
                both(system("crm", priority=1), system("erp", priority=9)),
                "0: first link",
            ),
        },
    ),
    (
        "people",
        {
            "an alternative that only proposes": (
                of_pair(0, match=[{**MAIL, "propose": True}, BORN]),
                "0: match 1",
            )
        },
    ),
    (
        "people",
        {
            "a coarse comparison": (
                of_pair(0, match=[{**MAIL, "normalise": "initial"}, BORN]),
                "0: match 1, 0: match 2",
            )
        },
    ),
    (
        "people",
        {
            "nothing shared": (
                system("erp", share=False),
                (
                    "0: creation >, 0: match 1, 0: match 2, 0: delete >, 0: name - title >, 0: mail - email >, "
                    "0: tel - phone >, 0: born - birth >, 0: age - years >, 0: vip - flag >, 0: city - place >, "
                    "0: note - remark >"
                ),
            )
        },
    ),
    (
        "people",
        {
            "a filter too many": (
                of_end(0, "from", filter={"vip": True}),
                "0: creation >, 0: match 1, 0: match 2",
            )
        },
    ),
    (
        "deals",
        {"another value of the condition": (creates(0, won({"stage": "lost"}), "linked"), "0: creation >")},
    ),
    (
        "deals",
        {"a condition negated": (creates(0, won({"stage": {"not": "won"}}), "linked"), "0: creation >")},
    ),
    (
        "deals",
        {
            "a condition taken out": (creates(0, "always", "linked"), "0: creation >"),
            "deletes ignored": (of_pair(0, delete="ignore"), "0: delete <>"),
        },
    ),
    (
        "deals",
        {
            "a condition on any value, and always backward": (
                creates(0, won({"stage": {"present": True}}), "always"),
                "0: creation <>",
            )
        },
    ),
    (
        "deals",
        {
            "another element of a list": (
                alter(0, "mails.value[work] - workMail", "from", when={"mails.kind": "private"}),
                f"0: {WORK} <>",
            ),
            "a decimal taken for a whole number": (
                put(0, "sum - amount", type="integer"),
                "0: sum - amount <>",
            ),
            "a word left out": (put(0, "stage - state", type="enum(open|won)"), "0: stage - state <>"),
        },
    ),
    (
        "deals",
        {
            "elements of a list swapped": (
                swap(0, "mails.value[work] - workMail", "mails.value[home] - homeMail"),
                f"0: {WORK} <>, 0: {HOME} <>",
            ),
            "decimals lost": (put(0, "sum - amount", type="decimal(0)"), "0: sum - amount <>"),
        },
    ),
    (
        "deals",
        {
            "the first element of a list": (
                both(
                    alter(0, "mails.value[work] - workMail", "from", when={}),
                    drop(0, "mails.value[home] - homeMail"),
                ),
                f"0: {WORK} <, 0: {HOME} <>",
            ),
            "a time taken for a date": (put(0, "due - deadline", type="date"), "0: due - deadline <>"),
            "deletes passed on": (of_pair(0, delete="propagate"), "0: delete <>"),
        },
    ),
    ("deals", {"another constant": (of_end(0, "to", constants={"kind": "order"}), "0: creation >")}),
    ("things", {"a copy dropped": (drop(1, "title - copy"), "1: title - copy >")}),
    (
        "things",
        {
            "a copy made the main one": (
                put(1, "title - copy", direction="both", main=True),
                "1: title - label <, 1: title - copy >",
            )
        },
    ),
    ("things", {"a filter dropped": (take(0, "from", "filter"), "0: creation >")}),
    (
        "things",
        {"a filter inverted": (of_end(0, "from", filter={"active": False}), "0: creation >, 0: match 1")},
    ),
    ("things", {"a third system left out": (creates(1, "linked", "linked"), "1: creation >")}),
    (
        "things",
        {
            "a row dropped in the second pair": (drop(1, "cost - price"), "1: cost - price <>"),
        },
    ),
    ("things", {"a row dropped in the first pair": (drop(0, "price - cost"), "0: price - cost <>")}),
    (
        "things",
        {
            "the key swapped": (
                swap(0, "sku - number", "name - title"),
                "0: sku - number <>, 0: name - title <>",
            )
        },
    ),
    ("things", {"a row moved": (move(0, "price - cost", "from", "barcode"), "0: price - cost <>")}),
    (
        "lenses",
        {
            "month before day": (
                lens("to", "born - birth", {"name": "date", "format": "%m.%d.%Y"}),
                "0: born - birth <>",
            ),
            "another country's phones": (
                both(lens("from", "tel - phone", "phone(SE)"), lens("to", "tel - phone", "phone(SE)")),
                "0: tel - phone <>",
            ),
            "words exchanged": (
                lens("to", "kind - type", {"name": "map", "pairs": {"P": "business", "B": "private"}}),
                "0: kind - type <>",
            ),
            "another separator": (
                lens("to", "tags - labels", {"name": "split", "separator": ","}),
                "0: tags - labels <>",
            ),
            "cut to five": (lens("to", "note - remark", "truncate(5)"), "0: note - remark >"),
        },
    ),
    (
        "lenses",
        {
            "a date's form lost": (lens("to", "born - birth", "date"), "0: born - birth <>"),
            "phones as text": (
                both(lens("from", "tel - phone", "trim"), lens("to", "tel - phone", "trim")),
                "0: tel - phone <>",
            ),
            "yes and no exchanged": (
                lens("to", "vip - flag", {"name": "boolean", "raw": ["Y", "N"]}),
                "0: vip - flag <>",
            ),
            "capitals kept": (
                both(lens("from", "area - place", "trim"), lens("to", "area - place", "trim")),
                "0: area - place <>",
            ),
            "not cut": (lens("to", "note - remark", "trim"), "0: note - remark >"),
        },
    ),
    (
        "lenses",
        {
            "a word without a translation": (
                lens("to", "kind - type", {"name": "map", "pairs": {"P": "private"}}),
                "0: kind - type <>",
            ),
            "a point for a comma": (
                lens("to", "sum - amount", {"name": "decimal", "raw": "text"}),
                "0: sum - amount <>",
            ),
            "other words for yes": (
                lens("to", "vip - flag", {"name": "boolean", "raw": ["0", "1"]}),
                "0: vip - flag >",
            ),
            "a null that is a word": (
                lens("to", "given - known", {"name": "nulls", "values": ["-"], "write": "-"}),
                "0: given - known >",
            ),
        },
    ),
    (
        "facets",
        {
            "a facet's condition changed": (
                of_end(0, "from", when={"kind": "firm"}),
                "0: creation <>, 0: match 1",
            )
        },
    ),
    (
        "facets",
        {
            "conditions of facets exchanged": (
                both(of_end(0, "from", when={"kind": "firm"}), of_end(1, "from", when={"kind": "human"})),
                "0: creation <>, 0: match 1, 1: creation >, 1: match 1",
            )
        },
    ),
    ("facets", {"a facet's condition taken out": (take(1, "from", "when"), "1: creation >")}),
    ("facets", {"a constant changed": (of_end(0, "from", constants={"kind": "firm"}), "0: creation <")}),
    (
        "facets",
        {
            "rows of one facet swapped": (
                swap(1, "name - title", "city - place"),
                "1: name - title <>, 1: city - place <>, 1: creation >",
            ),
            "a row of the other dropped": (drop(0, "city - town"), "0: city - town <>"),
        },
    ),
    ("facets", {"a facet never created": (creates(1, "linked", "linked"), "1: creation >")}),
    (
        "references",
        {"a reference dropped": (drop(1, "firm - company"), "0: creation >, 1: firm - company <>")},
    ),
    (
        "references",
        {"a reference one way": (put(1, "firm - company", direction="forward"), "1: firm - company <")},
    ),
    (
        "references",
        {
            "a reference taken for a text": (
                put(1, "firm - company", type="string"),
                "0: creation >, 1: firm - company <>",
            )
        },
    ),
    ("references", {"pulled in becomes always": (creates(0, "always", "linked"), "0: creation >")}),
    ("references", {"pulled in becomes never": (creates(0, "linked", "linked"), "0: creation >")}),
    ("references", {"a row of what is pulled in dropped": (drop(0, "name - title"), "0: name - title <>")}),
]


def _ids(world: str, told: str) -> set[str]:
    """Ids of the lines that are told in short."""
    pairs = list(dict.fromkeys(line.pair for line in checklist(world).lines))
    found = set()
    for each in filter(None, told.split(", ")):
        number, _, row = each.partition(": ")
        name = row.rstrip("<> ")
        ways = [way for sign, way in ((">", "forward"), ("<", "backward")) if sign in row[len(name) :]]
        found |= {f"{pairs[int(number)]} | {name} | {way}" for way in ways or ["both"]}
    assert found <= {line.id for line in checklist(world).lines}
    return found


@pytest.mark.parametrize("world", WORLDS)
def test_the_sound_project_is_green(world: str) -> None:
    report = asyncio.run(run_on_sandbox(project_of(world), checklist(world)))
    assert not [check for check in report.checks if check.outcome == "failed"]
    turned = [told for of, batch in BATCHES if of == world for _, told in batch.values()]
    passed = {check.id for check in report.checks if check.outcome == "passed"}
    assert (
        set().union(*(_ids(world, told) for told in turned)) <= passed
    )  # so that a fault has what to turn red


@pytest.mark.parametrize(
    ("world", "batch"), BATCHES, ids=[f"{world}: {', '.join(batch)}" for world, batch in BATCHES]
)
def test_a_fault_turns_just_its_lines_red(world: str, batch: Batch) -> None:
    project = project_of(world, both(*(fault for fault, _ in batch.values())))
    report = asyncio.run(run_on_sandbox(project, checklist(world)))
    red = {check.id: check.why for check in report.checks if check.outcome == "failed"}
    assert red.keys() == set().union(*(_ids(world, told) for _, told in batch.values())), red


def test_there_are_more_than_fifty_faults_and_each_is_red() -> None:
    told = [lines for _, batch in BATCHES for _, lines in batch.values()]
    assert len(told) > 50
    assert all(told)
