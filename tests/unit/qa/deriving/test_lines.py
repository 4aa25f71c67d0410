"""Lines of small projects: values that rows give, what stays away, who leans on whom, why not."""

from typing import Any

import pytest

from accord.connectorkit.manifest import Manifest
from accord.project import Project
from accord.qa.checklist import Appears, Edit, IdOf, Line, Lives, Make, Shows, Spot, StaysAway
from accord.qa.deriving import derive
from accord.qa.deriving.ends import meet_at
from tests.unit.qa.wide import loaded, manifest

HEAD = "version: 1\nname: small\nsystems: {crm: {connector: crm}, erp: {connector: erp}}\n"
PAIR = (
    "pairs:\n  - {{from: crm.Person, to: erp.Contact, create: {{forward: {forward}, backward: linked}}, "
    "match: {match}, rows: {rows}}}\n"
)


def small(
    rows: str,
    *,
    forward: str = "always",
    match: str = "[]",
    person: Any = None,
    contact: Any = None,
    **settings: Any,
) -> Project:
    """A project of one pair."""
    manifests: dict[str, Manifest] = {
        "crm": manifest(
            "crm",
            {"Person": {"name": {}, "mail": {}, "stage": {}, "n": {"type": "integer"}, **(person or {})}},
        ),
        "erp": manifest(
            "erp",
            {"Contact": {"title": {}, "email": {}, "m": {"type": "integer"}, **(contact or {})}},
            **settings,
        ),
    }
    return loaded(HEAD + PAIR.format(rows=rows, forward=forward, match=match), manifests)


def lines(project: Project) -> dict[str, Line]:
    """By row and direction."""
    return {f"{line.row} {line.direction}": line for line in derive(project).lines}


def shown(line: Line) -> list[Any]:
    """What the counterpart is expected to show, step by step, of the first script."""
    found = []
    for step in line.scripts[0].steps:
        found += [e.fields[0].value for e in step.expects if isinstance(e, Shows) and e.role == "b"]
    return found


def test_a_row_of_a_pair_gives_its_own_values() -> None:
    target = "{path: email, lens: {name: constant, value: x}}"
    row = f"{{from: mail, to: {target}, direction: forward, examples: [[a, x], [b, x]]}}"
    line = lines(small(f"[{row}, [name, title]]"))["mail - email forward"]
    assert shown(line) == ["x", "x", None, "x"]


def test_rows_of_mappings_give_values_that_meet_in_the_concept() -> None:
    text = HEAD + (
        "concepts: {person: {properties: {name: string, mail: string}}}\n"
        "mappings:\n"
        "  crm.Person: {concept: person, properties: {name: name, mail: {path: mail, examples: [[A, a], [B, b]]}}}\n"
        "  erp.Contact: {concept: person, properties: {name: title, mail: {path: email, examples: [[1, b], [2, a]]}}}\n"
    )
    base = small("[[name, title]]")
    line = lines(loaded(text, dict(base.manifests)))["mail - email forward"]
    assert shown(line)[:2] == [2, 1]


def test_what_is_only_linked_stays_away() -> None:
    line = lines(small("[[name, title]]", forward="linked", match="[[[mail, email]]]"))["creation forward"]
    assert [type(each) for each in line.scripts[0].steps[-1].expects] == [StaysAway]


def test_what_misses_a_condition_stays_away() -> None:
    line = lines(small("[[name, title]]", forward="{when: {stage: won}}"))["creation forward"]
    fits, misses = line.scripts[0].steps
    assert any(isinstance(each, Appears) for each in fits.expects)
    assert [type(each) for each in misses.expects] == [StaysAway]
    assert isinstance(misses.acts[0], Make)
    assert {field.spot.path: field.value for field in misses.acts[0].fields}["stage"] != "won"


def test_a_condition_that_is_not_written_is_told() -> None:
    line = lines(small("[[name, title]]", forward="{condition: A person that is won}"))["creation forward"]
    assert line.why_not == "the condition on creating in erp.Contact is not written yet"


def test_rows_of_joined_records_lean_on_their_match_line() -> None:
    project = small("[[name, title]]", forward="linked", match="[[[mail, email]]]")
    script = lines(project)["name - title forward"].scripts[0]
    assert script.leans_on == ("crm.Person - erp.Contact | match 1 | both",)
    assert not any(isinstance(each, Appears) for step in script.steps for each in step.expects)


def test_a_number_has_a_text_beside_it_that_bears_the_mark() -> None:
    script = lines(small("[[n, m], [name, title]]"))["n - m forward"].scripts[0]
    assert isinstance(script.steps[0].acts[0], Make)
    assert [field.spot.path for field in script.steps[0].acts[0].fields] == ["n", "name"]


def test_where_nothing_bears_a_mark_the_number_itself_tells() -> None:
    script = lines(small("[[n, m]]"))["n - m forward"].scripts[0]
    (make,), (appears, *_) = script.steps[0].acts, script.steps[0].expects
    assert isinstance(make, Make)
    assert isinstance(appears, Appears)
    assert appears.by == (make.fields[0].value,)
    assert not script.alone


def test_should_an_empty_record_not_be_told_a_number_tells() -> None:
    creation = lines(small("[[n, m]]"))["creation forward"]
    assert [(script.alone, bool(script.steps[0].acts[0].fields)) for script in creation.scripts] == [
        (True, False),
        (False, True),
    ]


def test_a_main_place_that_holds_numbers_is_tried_with_numbers() -> None:
    rows = "[[n, email, string], {from: mail, to: email, first_of: true}, [name, title]]"
    row = lines(small(rows))["n - email backward"]
    values = [value for step in row.scripts[0].steps for value in _edited(step) if value is not None]
    assert len(values) > 3
    assert all(value.lstrip("-").isdigit() for value in values)


def _edited(step: Any) -> list[Any]:
    return [field.value for act in step.acts if isinstance(act, Edit) for field in act.fields]


@pytest.mark.parametrize(
    ("path", "one", "other", "meet"),
    [
        ("mails.value", {"mails.type": "work"}, {"mails.type": "home"}, False),
        ("mails.value", {"mails.type": "work"}, {"mails.type": "work"}, True),
        ("mails.value", {"mails.type": "work"}, {}, True),
        ("mails.value", {"kind": "firm"}, {"mails.type": "home"}, True),
        ("phone", {"kind": "firm"}, {"kind": "person"}, True),
    ],
)
def test_places_are_apart_in_different_elements_of_a_list_alone(
    path: str, one: dict[str, str], other: dict[str, str], meet: bool
) -> None:
    ours, theirs = (Spot(path, tuple(when.items())) for when in (one, other))
    assert meet_at(ours, theirs) is meet


def test_where_nothing_tells_a_script_is_alone() -> None:
    yes = {"type": "boolean"}
    script = lines(small("[[is, has]]", person={"is": yes}, contact={"has": yes}))[
        "is - has forward"
    ].scripts[0]
    assert script.alone


def test_a_closed_target_is_not_checked() -> None:
    line = lines(small("[[name, title], [mail, closed]]", contact={"closed": {"read_only": True}}))
    assert line["mail - closed forward"].why_not == "erp.Contact.closed is read-only in the manifest"


def test_values_are_as_long_as_both_ends_take() -> None:
    project = small(
        "[[name, title]]", person={"name": {"max_length": 40}}, contact={"title": {"max_length": 30}}
    )
    assert max(len(value or "") for value in shown(lines(project)["name - title forward"])) == 30


def test_where_a_value_is_unique_no_other_probe_has_it() -> None:
    number = {"type": "integer", "unique": True}
    line = lines(small("[[k, m], [name, title]]", person={"k": number}))["k - m forward"]
    assert 0 not in shown(line)


def test_the_id_of_a_record_is_seen_at_the_other_end() -> None:
    line = lines(small("[[name, title], [id, email]]"))["id - email forward"]
    assert shown(line) == [IdOf("a")]


def test_what_is_written_at_creation_takes_a_record_for_each_value() -> None:
    line = lines(small("[[name, title], [mail, email]]", contact={"email": {"create_only": True}}))[
        "mail - email forward"
    ]
    steps = line.scripts[0].steps
    assert sum(isinstance(act, Make) for step in steps for act in step.acts) == 3
    assert "edited after it was created" in [step.what for step in steps]


@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_what_a_system_can_not_do_is_told(operation: str) -> None:
    settings = {"Contact": {"operations": {operation: False}}}
    found = lines(small("[[name, title]]", **settings))  # type: ignore[arg-type]
    told = {"create": "creation forward", "update": "name - title backward", "delete": "delete backward"}[
        operation
    ]
    assert "erp.Contact" in found[told].why_not


def test_edits_on_both_sides_are_of_two_rows_and_of_one() -> None:
    script = lines(small("[[name, title], [mail, email]]"))["edit on both sides both"].scripts[0]
    edits = [[act.role for act in step.acts if isinstance(act, Edit)] for step in script.steps]
    assert edits[-1] == ["a", "b"]
    assert len(script.leans_on) == 3


def test_a_record_that_is_made_again_must_be_known() -> None:
    match = "[[[name, title]]], delete: recreate"
    told = lines(small("[[name, title], [mail, email]]", forward="linked", match=match))
    assert told["delete forward"].scripts == ()
    assert "made again" in told["delete forward"].why_not
    told = lines(small("[[n, m]]", match="[], delete: recreate"))
    for script in told["delete forward"].scripts:
        assert [type(each) for each in script.steps[-1].expects] == [Lives, Appears]


def test_edits_on_both_sides_leave_out_a_row_in_whose_place_something_is_compared() -> None:
    """What is compared is a text, which stands in the place of a truth value."""
    rows = "[[is, title, boolean], [name, email], [stage, code]]"
    person, contact = {"is": {"type": "boolean"}}, {"code": {}}
    project = small(rows, forward="linked", match="[[[mail, title]]]", person=person, contact=contact)
    (script,) = lines(project)["edit on both sides both"].scripts
    edited = {
        f.spot.path for step in script.steps for act in step.acts if isinstance(act, Edit) for f in act.fields
    }
    assert edited
    assert not edited & {"is", "title"}
