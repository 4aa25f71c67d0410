"""Kinds of systems: found by folder or entry point, checked with file and line, played as REST."""

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from accord.connectorkit.kind import BrokenKindError, Kind, UnknownKindError, find_kind, kinds
from accord.connectorkit.manifest_check import check_manifest
from accord.connectorkit.manifest_kind import kinds_json_schema
from accord.connectorkit.manifest_load import load_manifest, manifest_from
from accord.connectorkit.played import as_played
from accord.core.errors import ConfigError
from accord.ports.abilities import Divided, NeedsSecrets, Subscribable, Telling
from accord.project import project_from_text
from accord.runtime.clock import SystemClock
from accord.wiring import connect, missing_secrets

MODULE = """
from accord.connectorkit import Fault, Kind, Part


class Options(Part):
    depth: int


def check_url(url):
    if not url.startswith("shelf:"):
        raise ValueError("is no shelf; write shelf:NAME")
    return url


class Shelf:
    concurrent = 3

    def __init__(self, place):
        self.place = place

    def divide(self, workers):
        pass

    def missing_secrets(self):
        return [Fault("attic", 0, "the key is not there", "Look under the mat")]

    async def told(self):
        yield []


KIND = Kind(name="shelf", title="A shelf", make=Shelf, type_options=Options, check_url=check_url)
"""
PROJECT = """
version: 1
name: loft
systems:
  attic: {connector: ./attic.yaml, url: "shelf:loft"}
  crm: {connector: crmoffice, enabled: false}
pairs:
  - from: crm.Contacts
    to: attic.Box
    match: [[[email, label]]]
    rows: [[email, label]]
"""
MANIFEST: dict[str, Any] = {
    "name": "attic",
    "kind": "shelf",
    "base_url": "shelf:attic",
    "types": {
        "Box": {
            "path": "boxes",
            "properties": {"label": {}},
            "update": "replace",
            "changes": {"format": "token"},
            "tombstones": {},
            "version": {"order": "opaque", "exact": True},
            "conditional": "turn",
            "options": {"depth": 3},
        }
    },
}


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with one kind, as pip leaves it."""
    found = tmp_path / "shelf-1.0.dist-info"
    found.mkdir()
    (found / "METADATA").write_text("Metadata-Version: 2.1\nName: shelf\nVersion: 1.0\n")
    (found / "entry_points.txt").write_text(
        "[accord.connectors]\nshelf = shelf_kind:KIND\nodd = shelf_kind:check_url\nlost = nowhere:KIND\n"
    )
    (tmp_path / "shelf_kind.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "shelf_kind", raising=False)
    find_kind.cache_clear()


def test_kinds_are_found_by_folder_and_by_entry_point() -> None:
    assert find_kind("rest").title == "REST"
    assert isinstance(find_kind("shelf"), Kind)
    assert {"rest", "shelf"} <= set(kinds())


def test_what_is_no_kind_is_told() -> None:
    with pytest.raises(UnknownKindError, match="rest"):
        find_kind("self")
    for name, why in (("odd", "is no Kind"), ("lost", "can not be loaded: No module named 'nowhere'")):
        with pytest.raises(BrokenKindError, match=why):
            find_kind(name)
        with pytest.raises(ConfigError, match=rf"kind {name} is installed, and .*{why}.*Install a version"):
            manifest_from({**MANIFEST, "kind": name})
    with pytest.raises(ConfigError) as raised:
        manifest_from({**MANIFEST, "kind": "self"})
    assert [fault.remedy for fault in raised.value.faults] == ["Write shelf"]


def test_options_are_checked_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "attic.yaml"
    path.write_text(
        "name: attic\nkind: shelf\nbase_url: attic\ntypes:\n  Box:\n    path: boxes\n    update: replace\n"
        "    page: {style: none}\n    properties: {label: {}}\n    options:\n      deepth: 3\n"
    )
    with pytest.raises(ConfigError) as raised:
        load_manifest(path)
    told = [(fault.line, fault.what) for fault in raised.value.faults]
    assert told == [
        (3, "base_url is no shelf"),
        (8, "Box: page is about HTTP, and means nothing to A shelf"),
        (10, "options: depth is missing"),
        (11, "options: deepth is not known"),
    ]


def test_editors_know_the_options_of_kinds() -> None:
    schema = kinds_json_schema()
    rules = {
        rule["if"]["properties"]["kind"]["const"]: rule["then"]["properties"] for rule in schema["allOf"]
    }
    box = rules["shelf"]["types"]["additionalProperties"]["properties"]["options"]
    assert (box["properties"]["depth"]["type"], box["required"]) == ("integer", ["depth"])
    assert box["additionalProperties"] is False
    assert "rest" in rules


def test_a_project_reaches_a_system_through_its_kind_and_asks_it_what_it_can(tmp_path: Path) -> None:
    (tmp_path / "attic.yaml").write_text(yaml.safe_dump(MANIFEST), encoding="utf-8")
    project = project_from_text(PROJECT, tmp_path)
    connectors = connect(project, SystemClock())
    shelf = connectors["attic"]
    assert (shelf.place.system, shelf.place.url, shelf.place.folder) == ("attic", "shelf:loft", tmp_path)
    assert [fault.what for fault in missing_secrets({"attic": shelf})] == ["the key is not there"]
    assert isinstance(shelf, Divided)
    assert isinstance(shelf, Telling)
    assert not isinstance(shelf, Subscribable)
    assert not isinstance(object(), Divided | Telling | NeedsSecrets)


def test_an_address_that_its_kind_can_not_use_is_told(tmp_path: Path) -> None:
    (tmp_path / "attic.yaml").write_text(yaml.safe_dump({**MANIFEST, "base_url": "loft"}), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"attic.yaml:\d+: base_url is no shelf. Write shelf:NAME"):
        project_from_text(PROJECT, tmp_path)


def test_any_kind_is_played_as_rest_that_promises_the_same() -> None:
    manifest = manifest_from(MANIFEST)
    played = as_played(manifest)
    assert played.kind == "rest"
    assert check_manifest(played) == []
    assert played.declaration("Box", "attic") == manifest.declaration("Box", "attic")
    rest = manifest_from(
        {**MANIFEST, "kind": "rest", "base_url": "http://a", "types": played.model_dump()["types"]}
    )
    assert as_played(rest) is rest
