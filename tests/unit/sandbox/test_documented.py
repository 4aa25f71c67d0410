"""Every option, quirk and door of the sandbox has its line in the reference."""

from pathlib import Path

import pytest

from accord.connectorkit.manifest_load import load_manifest
from accord.project.load import CONNECTORS
from accord.sandbox import Sandbox
from accord.sandbox.command import sandbox_command
from accord.sandbox.messages import Request, decode
from accord.testing.system_model import Quirks

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "sandbox.md").read_text("utf-8")
OPTIONS = [name for option in sandbox_command().params for name in option.opts if name.startswith("--")]


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_has_its_line(option) -> None:
    assert f"\n| `{option} " in PAGE or f"\n| `{option}` " in PAGE


@pytest.mark.parametrize("quirk", Quirks.model_fields)
def test_a_quirk_has_its_line(quirk) -> None:
    assert f"\n| `{quirk}` |" in PAGE


def test_a_door_has_its_line() -> None:
    sandbox = Sandbox(load_manifest(CONNECTORS / "crmoffice" / "manifest.yaml"))
    refused = decode(sandbox.handle(Request(method="GET", path="/_sandbox/nowhere")).body)
    doors = refused["message"].partition("there are ")[2].split(", ")
    assert len(doors) > 10
    for door in doors:
        assert f"\n| `{door}" in PAGE, f"{door} is not told"
