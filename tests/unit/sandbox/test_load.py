"""Files that a sandbox starts with."""

from time import perf_counter

import pytest

from accord.core.errors import ConfigError
from accord.sandbox import Load, Setup
from accord.sandbox.load import parse_load
from tests.unit.sandbox.playing import crm, in_memory


@pytest.fixture
def loaded(tmp_path):
    """Records of a sandbox that loads these texts, by entity type and file name."""

    def load(*files):
        loads = []
        for name, file, text in files:
            (tmp_path / file).write_bytes(text if isinstance(text, bytes) else text.encode())
            loads.append(Load(name, tmp_path / file))
        with in_memory(crm(), Setup(loads=loads)) as caller:
            return caller.model.tables() | {"next": caller.add("Zoe")}

    return load


def test_a_csv_is_cast_by_the_manifest(loaded):
    head = "\ufeffid;name;address.city;size;rate;vip;tags;modifiedAt"
    text = f'{head}\nx1;Anna;Oslo;7;1.50;yes;"[1]";2020-01-01\nx2;Bo;;;;0;;\n'
    rows = loaded(("contact", "a.csv", text))["Contact"]
    assert {n: v for n, v in rows["x1"].items() if n not in ("modifiedAt", "createdAt", "version")} == {
        "id": "x1",
        "name": "Anna",
        "address": {"city": "Oslo"},
        "size": 7,
        "rate": 1.5,
        "vip": True,
        "tags": [1],
    }
    assert rows["x1"]["modifiedAt"] != "2020-01-01"
    assert (rows["x2"]["vip"], "size" in rows["x2"]) == (False, False)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.json", '[{"id": "x1", "name": "Anna", "address": {"city": "Oslo"}, "version": 9}]'),
        ("a.json", '{"items": [{"id": "x1", "name": "Anna", "address": {"city": "Oslo"}}]}'),
        ("a.jsonl", '{"id": "x1", "name": "Anna", "address": {"city": "Oslo"}}\n\n'),
    ],
)
def test_json_is_taken_as_it_is(loaded, file, text):
    rows = loaded(("Contact", file, text))["Contact"]
    assert (rows["x1"]["address"], rows["x1"]["version"]) == ({"city": "Oslo"}, 1)


def test_new_ids_do_not_meet_loaded_ones_and_references_hold(loaded):
    firms = "id,title\n1,One\n7,Seven\n"
    tables = loaded(
        ("Company", "f.csv", firms), ("Contact", "c.csv", "id,name,company\nc1,Anna,7\nc2,Bo,1\n")
    )
    assert sorted(tables["Company"]) == ["1", "7"]
    assert tables["Company"]["7"]["id"] == 7
    assert tables["next"] == ["c3"]


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("a.csv", "name,adress.city\nA,B\n", "column adress.city is no property. Write one of address.city"),
        ("a.csv", "name,size\nA,big\nB,huge\n", "a.csv:3: size is no integer"),
        ("a.csv", "name,vip\nA,maybe\n", "vip is no boolean"),
        ("a.csv", "name,kind\nA,z\n", "a.csv:2: kind must be one of a, b"),
        ("a.csv", "name,company\nA,4\n", "is loaded before it"),
        ("a.csv", "id,name\n1,A\n1,B\n", "a.csv:3: id is taken by another record"),
        ("a.csv", "kind\n" + "a\n" * 30, "10 more faults"),
        ("a.csv", b"name\n\xff\n", "is no UTF-8 text"),
        ("a.json", "[{]", "is no JSON"),
        ("a.json", "[1]", "is no list of JSON objects"),
        ("a.txt", "", "Name a .csv, .json or .jsonl file"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(loaded, file, text, words):
    with pytest.raises(ConfigError) as error:
        loaded(("Contact", file, text))
    assert words in str(error.value)


def test_what_is_not_there_is_told(tmp_path):
    for load, words in (
        (Load("Person", tmp_path / "a.csv"), "Write one of Company, Contact"),
        (Load("Contact", tmp_path / "a.csv"), "can not be read"),
    ):
        with pytest.raises(ConfigError, match=words), in_memory(crm(), Setup(loads=[load])):
            pass


def test_a_load_is_told_in_a_word(tmp_path):
    load = parse_load("Contact = a=b.csv")
    assert (load.entity_type, str(load.file)) == ("Contact", "a=b.csv")
    for wrong in ("Contact", "=a.csv", "Contact="):
        with pytest.raises(ValueError, match="TYPE=FILE"):
            parse_load(wrong)


def test_five_thousand_rows_come_fast(loaded):
    text = "id,name,email,address.city\n" + "".join(f"x{i},n{i},{i}@b.no,Oslo\n" for i in range(5_000))
    begun = perf_counter()
    assert len(loaded(("Contact", "a.csv", text))["Contact"]) == 5_000
    assert perf_counter() - begun < 10, "0.3 s alone; machines that run tests are busy"
