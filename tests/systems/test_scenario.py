"""The scenario of connectors itself, with a sandbox in the place of a real system."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from accord.project.load import CONNECTORS
from accord.testing.connector_contract import Entered
from tests.e2e.shop import Sandbox, call
from tests.systems.scenario import Scenario

PROJECT = """\
version: 1
name: two-rest
systems:
  crmoffice: {connector: crmoffice, priority: 2}
  customerp: {connector: ./customerp.yaml, priority: 1}
pairs:
  - from: crmoffice.Contacts
    to: customerp.Contact
    create: {forward: always, backward: always}
    delete: propagate
    match: [[[email, email]]]
    rows:
      - [givenName, firstName]
      - [familyName, lastName]
      - [email, email]
"""


class Door:
    """People in a sandbox."""

    def __init__(self, server: Sandbox) -> None:
        self.server = server

    def person_create(self, name: str, body: Mapping[str, Any]) -> Entered:
        """See `People`."""
        return Entered(str(self.server.add(name, **body)))

    def person_edit(self, name: str, record_id: str, changes: Mapping[str, Any]) -> None:
        """See `People`."""
        call("PATCH", f"{self.server.door}/records/{name}/{record_id}", changes)

    def person_delete(self, name: str, record_id: str) -> None:
        """See `People`."""
        call("DELETE", f"{self.server.door}/records/{name}/{record_id}")

    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        """See `People`."""
        return {"Contact": {str(row["id"]): row for row in self.server.records("Contact")}}


def test_two_systems_live_through_it(tmp_path: Path) -> None:
    example = tmp_path / "example"
    example.mkdir()
    (example / "accord.yaml").write_text(PROJECT, encoding="utf-8")
    manifest = yaml.safe_load((CONNECTORS / "customerp" / "manifest.yaml").read_text(encoding="utf-8"))
    manifest["types"]["Contact"] |= {"lag_s": 0, "confirm_s": 0.1, "max_request_s": 1}
    (example / "customerp.yaml").write_text(yaml.safe_dump(manifest, sort_keys=False), encoding="utf-8")
    server = Sandbox(example / "customerp.yaml")
    try:
        with Scenario(
            example=example,
            folder=tmp_path,
            system="customerp",
            name="Contact",
            url=f"{server.url}/",
            people=Door(server),
            body=lambda n: {"firstName": f"Given {n}", "lastName": f"Text {n}", "email": f"p{n}@example.com"},
            key="email",
            text="lastName",
            environment={"CUSTOMERP_API_KEY": "sandbox"},
        ) as scenario:
            scenario.play()
    finally:
        server.stop()
