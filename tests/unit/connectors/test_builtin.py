"""The built-in connectors: each has a manifest that loads, a README and a page that keeps up."""

import re
from pathlib import Path

import pytest

from accord.connectorkit.manifest_load import load_manifest
from accord.connectorkit.manifest_tables import manifest_tables
from accord.project.load import CONNECTORS, builtin_connectors

PAGES = Path(__file__).parents[3] / "docs" / "reference" / "connectors"
FOLDERS = sorted(path.parent.name for path in CONNECTORS.glob("*/README.md"))


def test_the_seed_s_systems_are_there():
    assert {"crmoffice", "customerp"} <= set(builtin_connectors())


@pytest.mark.parametrize("name", FOLDERS)
def test_every_connector_has_a_page_and_a_readme(name):
    assert (PAGES / f"{name}.md").read_text(encoding="utf-8").startswith("# ")
    assert f"]({name}.md)" in (PAGES / "index.md").read_text(encoding="utf-8")
    assert f"connectors/{name}.md" in (CONNECTORS / name / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_readme_names_modules_that_are_there(name):
    text = (CONNECTORS / name / "README.md").read_text(encoding="utf-8")
    assert [
        module for module in re.findall(r"`(\w+\.py)`", text) if not (CONNECTORS / name / module).is_file()
    ] == []


@pytest.mark.parametrize("name", builtin_connectors())
def test_a_page_tells_what_the_manifest_says(name):
    tables = manifest_tables(load_manifest(CONNECTORS / name / "manifest.yaml")).rstrip()
    assert tables in (PAGES / f"{name}.md").read_text(encoding="utf-8"), "paste what manifest_tables() gives"


def test_what_is_known_of_crmoffice_is_not_marked_and_what_is_assumed_says_why():
    manifest = load_manifest(CONNECTORS / "crmoffice" / "manifest.yaml")
    assumed = dict(manifest.assumptions())
    known = {
        "Contacts": ("givenName", "familyName", "directPhone", "mobilePhone", "company.id"),
        "Activities": ("startsAt", "endsAt", "ownerId"),
        "Companies": ("visitAddress.streetAddress", "postAddress.country"),
    }
    for name, paths in known.items():
        assert not any(f"types.{name}.properties.{path}" in assumed for path in paths)
    for place in ("version", "changes", "idempotency", "update", "page.style", "tombstones"):
        assert f"types.Contacts.{place}" in assumed
    assert all(assumed.values())
    assert manifest.base_url == "https://api.crmoffice.no/"
