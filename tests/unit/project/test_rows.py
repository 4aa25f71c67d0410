"""Rows of several paths, of list elements, and with limits: in mappings and in pairs."""

from typing import Any

import pytest

from accord.core.lens import Path, check_lens
from accord.core.model import NoReferences
from accord.core.values import MISSING
from accord.project import check_project, describe
from tests.unit.project.shop import faults_of, loaded, row_of

NOBODY = NoReferences()
MAPPINGS = """\
concepts:
  person: {{properties: {{name: {type}}}}}
mappings:
  crm.Person: {{concept: person, properties: {{name: {row}}}}}
"""
PAIR = """\
pairs:
  - from: crm.Person
    to: erp.Contact
    rows:
      - {row}
"""


def mapped(row: str, type_name: str = "string") -> str:
    return MAPPINGS.format(row=row, type=type_name)


def read(project: Any, mapping: str, name: str, record: dict[str, Any]) -> Any:
    row = row_of(project, mapping, name)
    return row.lens.get(row.place.read(record), NOBODY)


def test_join_in_a_mapping_reads_and_writes_all_its_paths() -> None:
    project = loaded(mapped("{paths: [givenName, familyName], lens: join}"))
    row = row_of(project, "crm.Person", "name")
    assert row.lens.get(row.place.read({"givenName": "Ada", "familyName": "By"}), NOBODY) == "Ada By"
    body: dict[str, Any] = {}
    row.place.write(body, row.lens.put("Bo Dahl", MISSING, NOBODY), None)
    assert body == {"givenName": "Bo", "familyName": "Dahl"}
    assert "joined to one value" in describe(project)


def test_join_in_a_pair() -> None:
    project = loaded(PAIR.format(row="{from: {paths: [givenName, familyName], lens: join}, to: name}"))
    assert read(project, "crm.Person", "name", {"givenName": "Ada", "familyName": "By"}) == "Ada By"
    assert read(project, "erp.Contact", "name", {"name": "Ada By"}) == "Ada By"


def test_a_match_alternative_names_a_joined_place_by_one_of_its_paths() -> None:
    row = "{from: {paths: [givenName, familyName], lens: join}, to: name}"
    rows = f"{row}\n      - {{from: givenName, to: first, direction: forward}}\n    match: [[[familyName, name]]]"
    (concept,) = loaded(PAIR.format(row=rows)).resolved.concepts
    assert [rule.name for rule in concept.spec.rules] == ["name"]
    assert not any(prop.match_only for prop in concept.spec.properties)


@pytest.mark.parametrize(
    ("row", "absent"),
    [
        ("{first_of: [mobile, phone]}", MISSING),
        ("{paths: [mobile, phone], lens: first_of}", MISSING),
        ("{paths: [mobile, phone], lens: {name: first_of, absent: null}}", "22"),
        ('{paths: [mobile, phone], lens: {name: first_of, absent: "null"}}', "22"),
        ("{paths: [mobile, phone], lens: [{name: first_of, absent: null}, trim]}", "22"),
    ],
)
def test_m9_first_of_in_a_mapping(row: str, absent: object) -> None:
    project = loaded(mapped(row))
    assert read(project, "crm.Person", "name", {"mobile": None, "phone": "22"}) == "22"
    assert read(project, "crm.Person", "name", {"phone": "22"}) == absent


def test_both_spellings_of_first_of_are_one_configuration() -> None:
    short, long = "{first_of: [mobile, phone]}", "{paths: [mobile, phone], lens: [first_of]}"
    assert loaded(mapped(short)).model.fingerprint == loaded(mapped(long)).model.fingerprint


def test_m9_first_of_in_a_pair_takes_the_lens_of_the_main_row() -> None:
    rows = "{from: {path: mobile, lens: phone(NO)}, to: tel}\n      - {from: phone, to: tel, first_of: true}"
    project = loaded(PAIR.format(row=rows))
    assert read(project, "crm.Person", "tel", {"mobile": "", "phone": "22 33 44 55"}) == "+4722334455"
    faults = faults_of(PAIR.format(row=rows.replace("from: phone", "from: {path: phone, lens: trim}")))
    assert [fault.line for fault in faults] == [6]
    assert "a fallback is a plain path" in faults[0].remedy


def test_when_in_a_pair() -> None:
    lens = "{name: when, equals: [SE], then: phone(SE), otherwise: phone(NO)}"
    project = loaded(PAIR.format(row=f"{{from: {{paths: [phone, country], lens: {lens}}}, to: tel}}"))
    record = {"phone": "22 33 44 55", "country": "NO"}
    assert read(project, "crm.Person", "tel", record) == "+4722334455"


@pytest.mark.parametrize(
    ("row", "what", "remedy"),
    [
        ("{lens: trim}", "has no path", "Write `path: …`"),
        ("{path: email, paths: [phone, mobile], lens: join}", "has `path` and `paths`", "Write `path: …`"),
        ("{path: email, first_of: [phone, mobile]}", "has `path` and `first_of`", "Write `path: …`"),
        ("{paths: [phone, mobile]}", "several paths need a lens", "first_of, join, when or elements"),
        (
            "{paths: [phone, mobile], lens: trim}",
            "several paths need a lens",
            "first_of, join, when or elements",
        ),
        ("{paths: [phone, mobile], lens: [trim, join]}", "the lens join sees one value", "Write it first"),
        ("{path: phone, lens: first_of}", "first_of is for several paths", "Write `paths: […]`"),
        ("{path: phone, lens: [trim, join]}", "join sees one value", "Write it first"),
        ("{paths: [phone, mobile], lens: {name: join, parts: [a, b]}}", "takes `parts` from", "Take it out"),
        ("{paths: [phone, mobile], lens: join, when: {kind: x}}", "has `paths` and `when`", "one `path`"),
        ("{first_of: [phone, mobile], when: {kind: x}}", "has `first_of` and `when`", "one `path`"),
        ("{paths: [phone], lens: join}", "`paths` is wrong", "at least 2 items"),
        ("{paths: [phone, phone], lens: join}", "names a path twice", "Remove one of the two."),
        ("{path: phone, lens: trimm}", "no lens 'trimm'", "Known: boolean"),
        ("{path: phone, lens: {length: 3}}", "a lens is a name", "Correct the lens"),
        ("{path: phone, lens: {name: truncate, size: 3}}", "lens truncate: Object", "Its options: length."),
        ("{path: 'emails[type=x].value', when: {emails.type: x}}", "and has a condition", "Write one of"),
        ("{path: phone, when: {emails.type: x}}", "emails.type stands in the list emails", "of one element"),
        (
            "{path: emails.value, when: {kind: private}}",
            "emails.value stands in the list emails",
            "of one element",
        ),
        ("{path: phone, when: {fone: x}}", "no property `fone`", "Did you mean `phone`?"),
        ("{path: 'emails[type'}", "is not of the form", "or the path."),
        ("{path: phone, when: {a..b: x}}", "has an empty name", "Write it like delivery.address.city."),
        ("{path: phone, whne: {kind: x}}", "`whne` is no setting", "Did you mean `when`?"),
        ("{path: ''}", "`path` is wrong", "at least 1 character"),
        ("[]", "`name` is wrong", "at least 1 item"),
    ],
)
def test_a_wrong_row_has_its_place_and_remedy(row: str, what: str, remedy: str) -> None:
    (fault,) = faults_of(mapped(row))
    assert fault.file == "accord.yaml"
    assert fault.line == 4
    assert what in fault.what
    assert remedy in fault.remedy


def test_m9_every_path_of_a_join_is_written() -> None:
    text = (
        "concepts: {person: {properties: {name: string, first: string}}}\n"
        "mappings:\n  crm.Person:\n    concept: person\n    properties:\n"
        "      name: {paths: [familyName, givenName], lens: join}\n"
        "      first: givenName\n"
    )
    (fault,) = faults_of(text)
    assert fault.line == 7
    assert "`name` and `first` are both written to crm.Person.givenName" in fault.what
    assert not faults_of(text.replace("first: givenName", "first: {path: givenName, direction: read}"))


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("emails", "'emails[kind=work].value'", True),
        ("'emails[kind=work].value'", "{path: emails.value, when: {emails.kind: work}}", True),
        ("'emails[kind=work].value'", "'emails[kind=home].value'", False),
        ("'emails[kind=work].value'", "'emails[kind=work].note'", False),
        ("emails.value", "{path: emails.value, when: {emails.kind: work}}", True),
        ("emails.note", "{path: emails.value, when: {emails.kind: work}}", False),
        ("address", "address.city", True),
        ("address.city", "address.zip", False),
        ("{path: phone, when: {kind: private}}", "{path: phone, when: {kind: business}}", False),
        ("{path: phone, when: {kind: private}}", "phone", True),
        ("phone", "{path: phone, direction: read}", False),
    ],
)
def test_m9_two_properties_are_never_written_to_one_place(one: str, other: str, meet: bool) -> None:
    text = (
        "concepts: {person: {properties: {a: object, b: object}}}\n"
        f"mappings:\n  crm.Person:\n    concept: person\n    properties:\n      a: {one}\n      b: {other}\n"
    )
    told = [fault.line for fault in faults_of(text) if "are both written to" in fault.what]
    assert told == ([7] if meet else [])


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("age", '"NO"', "asks for what is no integer; correct the value"),
        ("flags.main", '"1"', "asks for what is no boolean"),
        ("born", "soon", "asks for what is no date"),
        ("amount", "much", "asks for what is no decimal"),
        ("phone", "true", "asks for what is no string; write it in quotes"),
        ("kind", "secret", "there; there are business, private"),
    ],
)
def test_a_condition_that_nothing_can_meet_is_a_fault(path: str, value: str, said: str) -> None:
    (fault,) = faults_of(mapped(f"{{path: email, when: {{{path}: {value}}}}}"))
    assert f"the condition on {path} asks for" in fault.what
    what, _, advice = said.partition("; ")
    assert what in fault.what.lower() or what in fault.remedy.lower()
    assert advice in fault.remedy.lower()


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        ("age", '"12"', 12),
        ("age", "-3", -3),
        ("flags.main", '"True"', True),
        ("flags.main", "false", False),
        ("born", '"2026-01-31"', "2026-01-31"),
        ("amount", '"1.50"', "1.50"),
        ("amount", "1.5", 1.5),
        ("phone", '"12"', "12"),
        ("address.kind", "7", 7),
    ],
)
def test_a_condition_asks_for_a_value_as_payloads_have_it(path: str, value: str, wanted: Any) -> None:
    row = row_of(loaded(mapped(f"{{path: email, when: {{{path}: {value}}}}}")), "crm.Person", "name")
    body: dict[str, Any] = {}
    row.place.write(body, "x", None)
    named = Path(path).read(body)
    assert type(named) is type(wanted)
    assert named == wanted


@pytest.mark.parametrize(
    ("path", "value", "kind", "flows"),
    [
        ("age", '"12"', "integer", True),
        ("address.zip", '"012"', "string", True),
        ("address.zip", '"true"', "boolean", True),
        ("address.zip", "made in Norway", "integer", False),
        ("address.zip", '"012"', "integer", False),
        ("phone", '""', "string", False),
    ],
)
def test_a_condition_on_the_property_itself_lets_a_value_of_its_type_through(
    path: str, value: str, kind: str, flows: bool
) -> None:
    text = mapped(f"{{path: {path}, when: {{{path}: {value}}}}}", kind)
    if flows:
        assert row_of(loaded(text), "crm.Person", "name").reads
    else:
        (fault,) = faults_of(text)
        assert f"crm.Person.{path}: its condition is on the property itself" in fault.what


def test_a_fallback_whose_type_does_not_fit_is_a_fault() -> None:
    (fault,) = faults_of(mapped("{first_of: [born, age]}", "date"))
    assert "crm.Person.age is of type integer, which is no date" in fault.what


def test_a_join_with_a_part_that_is_read_only_is_not_written() -> None:
    project = loaded(mapped("{paths: [phone, seen], lens: join}"))
    assert not row_of(project, "crm.Person", "name").writes
    assert row_of(loaded(mapped("{first_of: [phone, seen]}")), "crm.Person", "name").writes


def test_w9_a_limit_holds_for_the_path_that_it_is_declared_of() -> None:
    row = row_of(loaded(mapped("{first_of: [nickname, email]}")), "crm.Person", "name")
    with pytest.raises(ValueError, match="nickname: 6 characters, at most 5 are accepted"):
        row.lens.put("longer", {"nickname": None, "email": None}, NOBODY)
    assert row.lens.put("short", MISSING, NOBODY) == {"nickname": "short"}
    assert row.lens.is_lossy  # type: ignore[attr-defined]
    joined = row_of(loaded(mapped("{paths: [givenName, nickname], lens: join}")), "crm.Person", "name")
    with pytest.raises(ValueError, match="nickname: 6 characters"):
        joined.lens.put("A longer", MISSING, NOBODY)
    assert joined.lens.put("A long", MISSING, NOBODY) == {"givenName": "A", "nickname": "long"}
    assert not joined.lens.is_lossy  # type: ignore[attr-defined]


def test_w9_what_stands_there_may_be_over_the_limit() -> None:
    lens = row_of(loaded(mapped("nickname")), "crm.Person", "name").lens
    assert lens.put(lens.get("much too long", NOBODY), "much too long", NOBODY) == "much too long"
    assert check_lens(lens, ["short", "ok", None, MISSING], ["brief", None]) == []
    with pytest.raises(ValueError, match=r"^8 characters, at most 5 are accepted$"):
        lens.put("too long", "ok", NOBODY)


def test_w9_an_enumeration_is_a_limit() -> None:
    lens = row_of(loaded(mapped("kind")), "crm.Person", "name").lens
    with pytest.raises(ValueError, match="not one of the values that are accepted: private, business"):
        lens.put("public", "private", NOBODY)
    assert lens.get("public", NOBODY) == "public"


def test_s5_a_representation_is_foretold_path_by_path() -> None:
    one = row_of(loaded(mapped("alias")), "crm.Person", "name").normal
    several = row_of(loaded(mapped("{first_of: [alias, email]}")), "crm.Person", "name").normal
    assert one is not None
    assert several is not None
    assert one(" ADA ") == several(" ADA ") == "ada"
    assert row_of(loaded(mapped("email")), "crm.Person", "name").normal is None


def test_a_condition_has_the_manifests_type() -> None:
    for written in ("{flags.main: true, flags.rank: 1}", '{flags.main: "true", flags.rank: "1"}'):
        row = row_of(loaded(mapped(f"{{path: flags.note, when: {written}}}")), "crm.Person", "name")
        assert row.place.read({"flags": {"main": True, "rank": 1, "note": "x"}}) == "x"
        body: dict[str, Any] = {}
        row.place.write(body, "x", {"flags": {"main": False}})
        assert body == {"flags": {"main": True, "rank": 1, "note": "x"}}


def test_a_condition_may_bear_any_text() -> None:
    project = loaded(mapped("{path: emails.value, when: {emails.kind: 'made in (Norway) in'}}"))
    place = row_of(project, "crm.Person", "name").place
    assert place.read({"emails": [{"kind": "made in (Norway) in", "value": "x"}]}) == "x"


def test_a_lossy_lens_is_noted() -> None:
    project = loaded(PAIR.format(row="{from: {path: email, lens: truncate(3)}, to: mail}"))
    assert any("crm.Person email loses something" in note.what for note in check_project(project))


@pytest.mark.parametrize(
    ("path", "what", "remedy"),
    [
        ("emails", "does not say of what it is a list", "Write it: list(string)."),
        ("amount", "does not say how many decimals it has", "Write it: decimal(2)."),
    ],
)
def test_a_type_that_the_manifest_tells_in_part_is_written_in_the_project(
    path: str, what: str, remedy: str
) -> None:
    fault = faults_of(mapped(path, "{}"))[0]
    assert what in fault.what
    assert fault.remedy == remedy


def pair_of_two(first: str, second: str) -> str:
    """Two pairs that share crm.Person, with a row each."""
    return (
        f"pairs:\n  - from: crm.Person\n    to: erp.Contact\n    rows:\n      - {first}\n"
        f"  - from: crm.Person\n    to: erp.Firm\n    rows:\n      - {second}\n"
    )


def test_what_several_rows_say_of_one_place_adds_up() -> None:
    project = loaded(
        pair_of_two("[phone, tel]", "{from: {path: phone, lens: phone(NO), required: true}, to: vat}")
    )
    row = row_of(project, "crm.Person", "tel")
    assert row.lens.get("22 33 44 55", NOBODY) == "+4722334455"
    assert row.required


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        (
            "{from: {path: phone, lens: phone(NO)}, to: tel}",
            "{from: {path: phone, lens: trim}, to: vat}",
            "`lens` of crm.Person.phone differs from that in another row",
        ),
        (
            "{from: {path: phone, required: true}, to: tel}",
            "{from: {path: phone, required: false}, to: vat}",
            "`required` of crm.Person.phone differs from that in another row",
        ),
        (
            "{from: phone, to: tel, survivorship: priority}",
            "{from: phone, to: vat, survivorship: latest}",
            "The survivorship of `tel` is latest and priority in rows that share it",
        ),
        (
            "[phone, tel, string]",
            "[phone, vat, date]",
            "The type of `tel` is date and string in rows that share it",
        ),
    ],
)
def test_two_different_words_for_one_place_are_a_fault(first: str, second: str, what: str) -> None:
    faults = [fault for fault in faults_of(pair_of_two(first, second)) if fault.what == what]
    assert [fault.line for fault in faults] == [9]
    assert faults[0].remedy.startswith("Write the same in")


def test_a_required_property_that_a_join_fills_is_not_missed() -> None:
    text = (
        "concepts: {firm: {properties: {name: string}}}\nmappings:\n  crm.Company: {concept: firm, properties: "
        "{name: {paths: [number, name], lens: join}}}\n  erp.Firm: {concept: firm, properties: {name: title}}\n"
    )
    assert not any("requires `name`" in note.what for note in check_project(loaded(text)))
