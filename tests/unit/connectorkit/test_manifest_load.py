"""Manifests are read, and all that is wrong with one is told at once."""

import pickle

import pytest

from accord.connectorkit.manifest_load import load_manifest, manifest_from
from accord.core.errors import ConfigError

GOOD = """\
name: erp
base_url: https://erp.example/api
defaults:
  update: replace
  page: {style: offset, items: data}
types:
  Contact:
    path: /contacts
    id: number
    properties:
      name: {type: string, required: true, max_length: 40}
      country: {enum: [no, se]}
      customer.number: {type: integer, reference: Customer}
    modified: {property: changed, zone: Europe/Oslo, resolution: s}
    update: patch
  Customer:
    path: /customers
    properties: {number: {type: integer, unique: true}}
"""

LAUGHS = "a: &a [x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{last}'] * 10)}]\n"
    for last, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def load(tmp_path, text):
    path = tmp_path / "erp.yaml"
    path.write_text(text, encoding="utf-8")
    return load_manifest(path)


def faults(tmp_path, text):
    with pytest.raises(ConfigError) as told:
        load(tmp_path, text)
    assert all(fault.file.endswith("erp.yaml") for fault in told.value.faults)
    return {(fault.line, fault.what): fault.remedy for fault in told.value.faults}


def test_a_manifest_with_defaults(tmp_path):
    manifest = load(tmp_path, GOOD)
    assert manifest.types["Contact"].update == "patch"
    assert manifest.types["Customer"].update == "replace"
    assert manifest.types["Customer"].page.items == "data"
    assert manifest.types["Contact"].id.property == "number"
    assert manifest.types["Contact"].modified.zone == "Europe/Oslo"


def test_no_is_norway_and_dates_are_text(tmp_path):
    manifest = load(tmp_path, GOOD.replace("[no, se]", "[no, on, 2024-01-01]"))
    assert manifest.types["Contact"].properties["country"].enum == ("no", "on", "2024-01-01")


def test_w1_there_is_no_default_for_update(tmp_path):
    found = faults(tmp_path, GOOD.replace("  update: replace\n", ""))
    assert list(found) == [(15, "types.Customer.update is missing")]
    assert "no default" in found[15, "types.Customer.update is missing"]


def test_all_faults_at_once_with_their_lines(tmp_path):
    text = GOOD.replace("name: erp", "name: ERP").replace("required: true", "requird: true")
    text = text.replace("path: /customers", "pathh: /customers").replace("style: offset", "style: offsett")
    found = faults(tmp_path, text)
    assert sorted(line for line, _ in found) == [1, 5, 5, 11, 16, 17] or len(found) >= 5
    assert found[11, "types.Contact.properties.name.requird is not known"] == "Write required, or remove it"
    assert any(line == 1 and what.startswith("name") for line, what in found)
    assert any(line == 5 and "page.style" in what for line, what in found)
    assert (16, "types.Customer.path is missing") in found
    assert found[17, "types.Customer.pathh is not known"] == "Write path, or remove it"


def test_a_fault_in_the_defaults_is_told_once_at_its_line(tmp_path):
    found = faults(tmp_path, GOOD.replace("update: replace", "updates: replace"))
    lines = [line for line, what in found if what.endswith("updates is not known")]
    assert set(lines) == {4}


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "remedy"),
    [
        (
            "reference: Customer",
            "reference: Custmer",
            13,
            "refers to an entity type",
            "Write one of Customer",
        ),
        ("Europe/Oslo", "Europe/Olso", 14, "zone is not known", "Europe/Oslo"),
        ("required: true", "required: true, read_only: true", 11, "required and read_only", "Only one"),
        ("    update: patch", "    conditional: If-Match", 15, "no version", "Add version"),
        ("    update: patch", "    version: {order: opaque}", 15, "stands nowhere", "etag"),
        (
            "    update: patch",
            "    changes: {parameter: since, format: version}",
            15,
            "ordered versions",
            "ordered",
        ),
        ("    update: patch", "    tombstones: {property: gone}", 15, "no filter", "Add changes"),
        ("    update: patch", "    tombstones: {id: x}", 15, "flag or by an endpoint", "Name"),
        ("    update: patch", "    search: {}", 15, "no way to search", "created_since"),
        ("    update: patch", "    search: {our_id: ext}", 15, "no property carries", "our_id"),
        ("    update: patch", "    search: {changes: true}", 15, "needs the filter", "Add both"),
        ("    update: patch", "    computes: [nam]", 15, "no property here", "Name a property"),
        ("    update: patch", "    side_effects: ['']", 15, "has no name", "Write mail"),
        ("    update: patch", "    operations: {read: false}", 15, "can not be read", "needs it"),
        (
            "    update: patch",
            "    operations: {update: {method: PUT, path: /x}}",
            15,
            "does not name the record",
            "{id}",
        ),
        (
            "    update: patch",
            "    replies: {create: id}\n    absent: {reply: null}",
            16,
            "id alone says nothing",
            "silent",
        ),
        (
            "    update: patch",
            "    listing: {partial: true}\n    absent: {feed: null}",
            16,
            "leaves out is not null",
            "silent",
        ),
    ],
)
def test_parts_that_do_not_fit(tmp_path, old, new, line, what, remedy):
    found = faults(tmp_path, GOOD.replace(old, new))
    assert [(at, said) for at, said in found if at == line and what in said], found
    assert any(remedy in right for right in found.values())


def test_a_filter_needs_a_property(tmp_path):
    text = GOOD.replace("    modified: {property: changed, zone: Europe/Oslo, resolution: s}\n", "")
    found = faults(
        tmp_path, text.replace("    update: patch", "    changes: {parameter: since, format: iso}")
    )
    assert [line for line, _ in found] == [14]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "is empty"),
        ("name: [", 1, "is no YAML"),
        ("name: x\nname: y\n", 2, "'name' stands here twice"),
        ("name: x\n? [a]\n: 1\n", 2, "a name is no text"),
        ("- a\n", 1, "the manifest is wrong"),
        ("name: !!python/name:os.system x\n", 1, "is no YAML"),
        ("a: &a [*a]\n", 1, "is no YAML text"),
        (LAUGHS, 1, "is no YAML text"),
    ],
)
def test_what_is_no_manifest(tmp_path, text, line, what):
    found = faults(tmp_path, text)
    assert any(at >= line and what in said for at, said in found), found


def test_binary_and_missing_files(tmp_path):
    (tmp_path / "erp.yaml").write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(ConfigError):
        load_manifest(tmp_path / "erp.yaml")
    with pytest.raises(ConfigError, match="can not be read"):
        load_manifest(tmp_path / "none.yaml")


def test_p2_a_secret_written_into_a_manifest_is_not_repeated(tmp_path):
    text = GOOD + "auth: {kind: bearer, token: hunter2-hunter2}\n"
    found = faults(tmp_path, text)
    assert [line for line, _ in found] == [19]
    assert "hunter2" not in str(found)


def test_errors_survive_pickling(tmp_path):
    with pytest.raises(ConfigError) as told:
        load(tmp_path, "name: ERP\n")
    assert pickle.loads(pickle.dumps(told.value)).faults == told.value.faults


def test_from_plain_data():
    manifest = manifest_from(
        {
            "name": "a",
            "base_url": "http://a.example",
            "types": {"T": {"path": "/t", "properties": {}, "update": "patch"}},
        }
    )
    assert list(manifest.types) == ["T"]
    with pytest.raises(ConfigError, match="<manifest>:1"):
        manifest_from({"name": "a"})
