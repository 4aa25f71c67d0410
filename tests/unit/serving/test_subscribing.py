"""Which systems of a project tell of changes, where, with which secret, and what people should know of it (S9)."""

from pathlib import Path

import pytest

from accord.connectorkit.manifest_hooks import NoVerify
from accord.core.errors import ConfigError
from accord.project import Project, project_from_text
from accord.project.systems import manifest_of
from accord.project.webhooks import hook_notes, hook_secret, tells
from accord.runtime.clock import SystemClock
from accord.serving.subscribing import addresses, subscribing, telling_systems
from accord.wiring import connect

TEXT = """\
version: 1
name: shop
serve: {url: "https://hub.example/accord/"}
systems:
  crm: {connector: crmoffice, webhooks: {secret: "env:OTHER"}}
  erp: {connector: customerp, webhooks: false}
  old: {connector: customerp, enabled: false}
pairs:
  - from: crm.Contacts
    to: erp.Contact
    match: [[[email, email]]]
    rows: [[email, email]]
"""


@pytest.fixture
def project() -> Project:
    return project_from_text(TEXT, Path())


def test_what_the_project_says_of_webhooks(project, monkeypatch):
    assert telling_systems(project) == ["crm"]
    assert not tells(project, "nobody")
    assert addresses(project, None) == {}
    assert addresses(project, project.config.serve.url) == {"crm": "https://hub.example/accord/hooks/crm"}
    hooks = manifest_of(project, "crm").webhooks
    assert hooks is not None
    assert hooks.secret == "env:OTHER"
    monkeypatch.setenv("OTHER", "s3cret")
    assert hook_secret(project, "crm") == "s3cret"


def test_p2_a_secret_that_is_not_there_is_named_by_its_place(project, monkeypatch):
    monkeypatch.delenv("OTHER", raising=False)
    with pytest.raises(
        ConfigError, match=r"systems\.crm\.webhooks\.secret: env:OTHER: the environment variable"
    ):
        hook_secret(project, "crm")
    connectors = connect(project, SystemClock())
    with pytest.raises(ConfigError, match=r"systems\.crm\.webhooks\.secret"):
        subscribing(project, connectors)
    monkeypatch.setenv("OTHER", "s3cret")
    able = subscribing(project, connectors)
    assert {name: list(it.entity_types) for name, it in able.items()} == {"crm": ["Contacts"], "erp": []}


def test_what_people_should_know(project, monkeypatch):
    monkeypatch.setenv("OTHER", "s3cret")
    assert hook_notes(project, "https://hub.example") == []
    assert hook_notes(project, "http://127.0.0.1:8790") == []
    (note,) = hook_notes(project, "http://hub.example")
    assert "in clear" in note.what
    hooks = manifest_of(project, "crm").webhooks
    assert hooks is not None
    by_hand = hooks.model_copy(update={"subscriptions": None, "verify": NoVerify(kind="none")})
    project.manifests["crm"] = project.manifests["crm"].model_copy(update={"webhooks": by_hand})
    told = [f"{note.what} {note.remedy}" for note in hook_notes(project, "https://hub.example/")]
    entered, unchecked = told
    assert "Enter https://hub.example/hooks/crm" in entered
    assert "NOBODY CHECKS" in unchecked
