"""The life of an example project: CRMOffice's sandbox, a process, in sync with a real system of some kind.

with Scenario(example=Path("examples/sql"), folder=tmp_path, system="erp", name="customers", url=server.url,
              people=MyPeople(server), body=lambda number: {...}, key="email", text="last_name") as scenario:
    scenario.play()
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Self
from unittest.mock import patch

import yaml
from msgspec import Struct

from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.paths import get_at
from accord.project import load_project
from accord.project.load import CONNECTORS
from accord.runtime.crash_points import VARIABLE
from accord.testing.connector_contract import People
from tests.e2e.shop import Result, Sandbox, call, run_here
from tests.waiting import PATIENCE_S

__all__ = ["Scenario"]

CRM: Final = "crmoffice"
SECRETS: Final = dict.fromkeys(
    ("CRMOFFICE_CLIENT_ID", "CRMOFFICE_CLIENT_SECRET", "CRMOFFICE_REFRESH_TOKEN"), "sandbox"
)


def _contact(number: int) -> dict[str, Any]:
    return {"givenName": f"Given {number}", "familyName": f"Text {number}", "email": f"p{number}@example.com"}


class Scenario(Struct, kw_only=True):
    """One project and two systems. The example's accord.yaml names CRMOffice `crmoffice` and the real one `system`,
    with one pair of CRMOffice's `crm_name` and the real one's `name`, which creates both ways and propagates deletes.

    `key` and `text` are paths in the real system: what records are matched by, and a property that people edit;
    `crm_key` and `crm_text` stand opposite. `body` and `crm_body` give what people enter: of the same number with the
    same key, and the text "Text NUMBER". `url` is the real system's address as accord.yaml has it; `environment` holds
    what its secrets refer to.
    """

    example: Path
    folder: Path
    system: str
    name: str
    url: str
    people: People
    body: Callable[[int], Mapping[str, Any]]
    key: str
    text: str
    crm_name: str = "Contacts"
    crm_body: Callable[[int], Mapping[str, Any]] = _contact
    crm_key: str = "email"
    crm_text: str = "familyName"
    environment: Mapping[str, str] = {}
    crm: Sandbox | None = None

    def __enter__(self) -> Self:
        """Start CRMOffice, and write the project."""
        self.folder = Path(shutil.copytree(self.example, self.folder / "project"))
        shutil.rmtree(self.folder / ".accord", ignore_errors=True)
        manifest = yaml.safe_load((CONNECTORS / CRM / "manifest.yaml").read_text(encoding="utf-8"))
        manifest["defaults"] |= {
            "lag_s": 0,
            "confirm_s": 0.1,
            "max_request_s": 1,
        }  # the sandbox is prompt, and tests wait for it
        (self.folder / f"{CRM}.yaml").write_text(yaml.safe_dump(manifest, sort_keys=False), encoding="utf-8")
        self.crm = Sandbox(self.folder / f"{CRM}.yaml")
        file = self.folder / "accord.yaml"
        project = yaml.safe_load(file.read_text(encoding="utf-8"))
        crm = {"url": f"{self.crm.url}/", "auth": {"token_url": f"{self.crm.url}/_token"}}
        project["systems"][CRM] |= {"connector": f"./{CRM}.yaml", **crm}
        project["systems"][self.system]["url"] = self.url
        file.write_text(yaml.safe_dump(project, sort_keys=False), encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop CRMOffice."""
        if self.crm is not None:
            self.crm.stop()

    def play(self) -> None:
        """All of it, in order."""
        self.first_sync()
        self.edits_each_way()
        self.a_conflict()
        self.a_delete()
        self.crashes()
        self.the_checklist_live()
        self.the_checklist_in_sandboxes()

    # acts

    def first_sync(self) -> None:
        """Each side has records of its own; one is in both."""
        for number in (1, 2, 3):
            self._enter_in_crm(number)
        for number in (3, 4, 5):
            self._enter(number)
        checked = self.accord("check")
        assert checked.code == 0, checked.out + checked.err
        self.comes_to({f"Text {number}" for number in range(1, 6)})
        self.is_idle()

    def edits_each_way(self) -> None:
        """Also of what the other side entered."""
        self._edit(1, "Theirs 1")
        self._edit(4, "Theirs 4")
        self._edit_in_crm(2, "Ours 2")
        self._edit_in_crm(5, "Ours 5")
        self.comes_to({"Theirs 1", "Ours 2", "Text 3", "Theirs 4", "Ours 5"})

    def a_conflict(self) -> None:
        """Both edit one property of one record: one of the two stands on both sides."""
        self._edit(3, "Theirs 3")
        self._edit_in_crm(3, "Ours 3")
        rest = {"Theirs 1", "Ours 2", "Theirs 4", "Ours 5"}
        self.until(lambda: set(self.theirs().values()) in ({"Theirs 3", *rest}, {"Ours 3", *rest}))
        self.until(lambda: self.theirs() == self.ours())

    def a_delete(self) -> None:
        """In CRMOffice; and in the system where that tells of it, or is read whole."""
        there = set(self.theirs().values())
        self._server.delete(self.crm_name, self._crm_ids()[self._key(4)])
        there -= {"Theirs 4"}
        self.comes_to(there)
        it = self.it
        if it.tombstones is not None or it.changes is None or it.sweep_s == 0:
            self.people.person_delete(self.name, self._ids()[self._key(1)])
            self.comes_to(there - {"Theirs 1"})

    def crashes(self) -> None:
        """The program dies with writes frozen, and with writes answered that it has not noted; nothing comes twice."""
        finds = self.manifest.declaration(self.name, self.system).finds_create
        for number, moment in enumerate(("frozen:1", "sent:1")):
            self._enter(10 + number)
            if finds or moment == "frozen:1":
                self._enter_in_crm(20 + number)
            self._edit(2, f"Theirs after {moment}")
            self._edit_in_crm(5, f"Ours after {moment}")
            self.wait()
            self._killed_at(moment)
            self._edit(10 + number, f"Theirs meanwhile {number}")
            self.until(lambda: self.theirs() == self.ours())
            texts = set(self.theirs().values())
            assert {f"Theirs after {moment}", f"Ours after {moment}", f"Theirs meanwhile {number}"} <= texts
        self.is_idle()

    def the_checklist_live(self) -> None:
        """`accord qa --against live` is green, and leaves the systems as they were."""
        before = self.theirs(), self.ours()
        done = self.accord("qa", "--against", "live", "--yes", "--side-effects")
        assert done.code == 0, done.out + done.err
        assert "0 failed" in done.out
        assert (self.theirs(), self.ours()) == before

    def the_checklist_in_sandboxes(self) -> None:
        """`accord qa` is green without any system."""
        done = self.accord("qa")
        assert done.code == 0, done.out + done.err

    # what is there

    @property
    def manifest(self) -> Manifest:
        """The real system's."""
        with patch.dict(os.environ, {**SECRETS, **self.environment}):
            return load_project(self.folder).manifests[self.system]

    @property
    def it(self) -> EntityType:
        """The real system's entity type."""
        return self.manifest.types[self.name]

    def theirs(self) -> dict[str, Any]:
        """Texts by key in the real system; no key is there twice."""
        return _by_key([(get_at(p, self.key), get_at(p, self.text)) for p in self._rows().values()])

    def ours(self) -> dict[str, Any]:
        """Texts by key in CRMOffice."""
        rows = self._server.records(self.crm_name)
        return _by_key([(get_at(row, self.crm_key), get_at(row, self.crm_text)) for row in rows])

    # the program

    def accord(self, *args: str) -> Result:
        """Call the program in this process, which is quick."""
        with patch.dict(os.environ, {**SECRETS, **self.environment}):
            return run_here("-C", str(self.folder), *args)

    def comes_to(self, texts: set[str]) -> None:
        """Sync until both sides hold these texts, and the same by key."""
        self.until(lambda: set(self.theirs().values()) == texts == set(self.ours().values()))
        assert self.theirs() == self.ours()

    def until(self, so: Callable[[], bool]) -> None:
        """Sync until it is so."""
        last_s = time.monotonic() + PATIENCE_S
        while True:
            synced = self.accord("sync", "--yes")
            if synced.code == 0 and so():
                return
            assert time.monotonic() < last_s, (
                f"{synced.out}{synced.err}\ntheirs {self.theirs()}\nours {self.ours()}"
            )
            self.wait()

    def is_idle(self) -> None:
        """One more run writes nothing."""
        self.wait()
        synced = self.accord("sync", "--json")
        assert (synced.code, synced.data["sent"]) == (0, {}), synced.out + synced.err

    def wait(self) -> None:
        """So long that what was just done shows."""
        time.sleep(min(self.it.lag_s, 2.0) + 0.1)

    def _killed_at(self, moment: str) -> None:
        environment = {**os.environ, **SECRETS, **self.environment, VARIABLE: moment}
        command = [sys.executable, "-m", "accord", "-C", str(self.folder), "sync", "--yes"]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == -signal.SIGKILL, f"{moment} never came: {done.stdout}{done.stderr}"

    # people

    @property
    def _server(self) -> Sandbox:
        assert self.crm is not None, "with Scenario(…) as it"
        return self.crm

    def _rows(self) -> Mapping[str, Mapping[str, Any]]:
        return self.people.tables()[self.name]

    def _key(self, number: int) -> Any:
        return get_at(self.crm_body(number), self.crm_key)

    def _ids(self) -> dict[Any, str]:
        return {get_at(payload, self.key): record_id for record_id, payload in self._rows().items()}

    def _crm_ids(self) -> dict[Any, Any]:
        return {get_at(row, self.crm_key): row["id"] for row in self._server.records(self.crm_name)}

    def _enter(self, number: int) -> None:
        self.people.person_create(self.name, self.body(number))

    def _enter_in_crm(self, number: int) -> None:
        call("POST", f"{self._server.door}/records/{self.crm_name}", self.crm_body(number))

    def _edit(self, number: int, text: str) -> None:
        self.people.person_edit(self.name, self._ids()[self._key(number)], _nested(self.text, text))

    def _edit_in_crm(self, number: int, text: str) -> None:
        self._server.edit(self.crm_name, self._crm_ids()[self._key(number)], **_nested(self.crm_text, text))


def _by_key(found: list[tuple[Any, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in found]
    assert len(keys) == len(set(keys)), f"something is there twice: {sorted(map(str, keys))}"
    return dict(found)


def _nested(path: str, value: Any) -> dict[str, Any]:
    for name in reversed(path.split(".")):
        value = {name: value}
    return dict(value)
