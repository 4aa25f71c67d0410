"""Every lens is usable from a project file: the examples of docs/reference/lenses.md are run as they stand there."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from accord.connectorkit.manifest_load import manifest_from
from accord.connectorkit.yaml_lines import read_yaml
from accord.core.lens import LENSES
from accord.core.model import PropertyMapping
from accord.core.values import MISSING
from accord.project import project_from_text

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "lenses.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8").partition("\n## Examples")[2], re.DOTALL)
TYPE = re.compile(r"^# type: (.*)$", re.MULTILINE)
READ = re.compile(r"^# (.*?)  is(?:  (.*)| not said)$", re.MULTILINE)
WRITTEN = re.compile(r"^# (.*?)  (?:over  (.*?)  )?writes  (.*)$", re.MULTILINE)
HEAD = "version: 1\nname: examples\nsystems: {shop: {connector: shop}}\n"


class Links:
    """Two companies that are linked."""

    ids = {"17": "golden-acme", "18": "golden-bolt"}  # noqa: RUF012 - never changed

    def golden(self, entity_type: str, remote_id: str) -> str | None:
        assert entity_type == "shop.Company"
        return self.ids.get(remote_id)

    def remote(self, entity_type: str, golden_id: str) -> str | None:
        return next((remote for remote, golden in self.ids.items() if golden == golden_id), None)


def parsed(text: str) -> Any:
    """Data as `accord.yaml` has them."""
    return read_yaml(text.encode(), "example").data


def compiled(example: str) -> PropertyMapping:
    """The row of an example, in a project whose manifest knows its paths and says nothing of their types."""
    (name,) = parsed(example)
    said = TYPE.search(example)
    paths = set(re.findall(r"[A-Za-z]\w*", example))
    manifest = {
        "name": "shop",
        "base_url": "http://shop.example/",
        "types": {
            "Thing": {
                "path": "things",
                "update": "patch",
                "properties": {
                    **{path: {"type": "object"} for path in paths},
                    "companyId": {"type": "integer", "reference": "Company"},
                },
            },
            "Company": {"path": "companies", "update": "patch", "properties": {"name": {}}},
        },
    }
    config = {
        "concepts": {
            "thing": {"properties": {name: said[1] if said else "string"}},
            "company": {"properties": {"name": "string"}},
        },
        "mappings": {
            "shop.Thing": {"concept": "thing", "properties": parsed(example)},
            "shop.Company": {"concept": "company", "properties": {"name": "name"}},
        },
    }
    text = HEAD + yaml.safe_dump(config)
    project = project_from_text(text, Path(), manifests={"shop": manifest_from(manifest)})
    (row,) = project.model.mappings["shop.Thing"].properties
    return row


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.partition(":")[0])
def test_an_example_does_what_it_says(example: str) -> None:
    row, links = compiled(example), Links()
    assert READ.search(example)
    for record, value in READ.findall(example):
        expected = parsed(value) if value else MISSING
        assert row.lens.get(row.place.read(parsed(record)), links) == expected
    for value, over, written in WRITTEN.findall(example):
        old = parsed(over) if over else {}
        there = row.place.read(old)
        raw = row.lens.put(parsed(value), there, links)
        body: dict[str, Any] = {}
        if raw is not MISSING and raw != there:
            row.place.write(body, raw, old)
        changed = {key: part for key, part in body.items() if old.get(key, MISSING) != part}
        assert changed == parsed(written)


@pytest.mark.parametrize("name", sorted(LENSES))
def test_every_lens_has_an_example_and_a_line_in_a_table(name: str) -> None:
    page = PAGE.read_text("utf-8")
    assert re.search(rf"^\|(?: `\w+`,)* `{name}`", page, re.MULTILINE)
    assert any(re.search(rf"\b{name}\b", example) for example in EXAMPLES)
