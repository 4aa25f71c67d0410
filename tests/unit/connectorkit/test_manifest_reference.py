"""The reference page of the manifest keeps up with the schema."""

from pathlib import Path

from accord.connectorkit.manifest_load import load_manifest
from accord.connectorkit.manifest_reference import manifest_reference

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "manifest.md"


def test_the_page_holds_the_tables_of_the_schema():
    assert manifest_reference() in PAGE.read_text(encoding="utf-8"), "paste what manifest_reference() gives"


def test_the_example_on_the_page_is_a_manifest(tmp_path):
    text = PAGE.read_text(encoding="utf-8")
    example = tmp_path / "erp.yaml"
    parts = [part.split("```")[0] for part in text.split("```yaml\n")[1:]]
    example.write_text("".join(parts), encoding="utf-8")
    manifest = load_manifest(example)
    assert list(manifest.types) == ["Customer", "Order"]
    assert manifest.types["Order"].update == "patch"
    assert manifest.webhooks
