"""Paths of a manifest, compiled."""

import pytest

from accord.core.errors import ConfigError
from accord.sandbox.routes import Route, Routes, base_path, template
from tests.unit.sandbox.playing import crm, in_memory


def routes(*told):
    made = [Route(method=m, path=p, handler=lambda *_: None, about=f"{m} {p}") for m, p in told]
    return Routes(made, "manifest")


@pytest.mark.parametrize(
    ("url", "path", "whole"),
    [
        ("https://crm.example", "contacts", "/contacts"),
        ("https://crm.example/", "/contacts/", "/contacts"),
        ("https://crm.example/api/v2/", "contacts?type=a", "/api/v2/contacts"),
        ("https://crm.example", "/", "/"),
        ("https://crm.example", "løyve to cash/{id}", "/l%C3%B8yve%20to%20cash/{id}"),
        ("https://crm.example", "l%C3%B8yve", "/l%C3%B8yve"),
    ],
)
def test_a_path_stands_below_its_base(url, path, whole):
    assert template(base_path(url), path) == whole


@pytest.mark.parametrize(
    ("path", "record_id"),
    [
        ("/contacts", ""),
        ("/contacts/", ""),
        ("/contacts/7", "7"),
        ("/contacts/7/", "7"),
        ("/contacts/a%2Fb", "a/b"),
        ("/contacts/new", ""),
        ("/contacts/7/notes", "7"),
    ],
)
def test_a_path_is_found_with_its_id(path, record_id):
    made = routes(
        ("GET", "/contacts"),
        ("GET", "/contacts/{id}"),
        ("GET", "/contacts/new"),
        ("GET", "/contacts/{id}/notes"),
    )
    found = made.find(path)
    assert found is not None
    assert (found.record_id, set(found.handlers)) == (record_id, {"GET"})


@pytest.mark.parametrize("path", ["/", "", "/contact", "/contacts/7/8", "/contacts/7/notes/8", "//"])
def test_other_paths_are_not(path):
    assert (
        routes(("GET", "/contacts"), ("GET", "/contacts/{id}"), ("GET", "/contacts/{id}/notes")).find(path)
        is None
    )


def test_two_calls_at_one_path_are_a_fault():
    with pytest.raises(ConfigError, match="can not tell them apart"):
        routes(("GET", "/a"), ("POST", "/a"), ("GET", "/a"))
    clash = {"path": "companies"}
    with (
        pytest.raises(ConfigError, match="listing of Contact and the listing of Company"),
        in_memory(crm(clash)),
    ):
        pass
