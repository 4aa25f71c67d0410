"""A sandbox that is killed loses nothing that it answered; and how it is started and stopped as a program."""

import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest
import yaml

from accord.core.errors import ConfigError, StopFlow
from accord.sandbox import Access, Load, Sandbox, SandboxServer, Setup
from accord.testing.system_model import Quirks
from tests.unit.sandbox.playing import COMPANY, CONTACT, crm, in_memory


@pytest.fixture
def manifest_file(tmp_path):
    file = tmp_path / "crm.yaml"
    data = {"name": "crm", "base_url": "https://crm.example/api/v2/"}
    file.write_text(yaml.safe_dump({**data, "types": {"Contact": CONTACT, "Company": COMPANY}}))
    return file


@pytest.fixture
def program():
    """Starts `python -m accord.sandbox`; gives the process and where it serves."""
    running = []

    def start(*args):
        command = [sys.executable, "-m", "accord.sandbox", *map(str, args)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        running.append(process)
        line = process.stdout.readline()
        return process, urlsplit(line.split()[-1] if line else "")

    yield start
    for process in running:
        process.kill()
        process.communicate()


def call(at, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=10)
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers or {})
        with connection.getresponse() as response:
            return response.status, json.loads(response.read() or b"null")
    finally:
        connection.close()


def write_until(at, acknowledged, stopped, seed):
    """Create and change contacts, and note what was answered, until the server is gone."""
    draw = random.Random(seed)
    mine = []
    while not stopped.is_set():
        try:
            if mine and draw.random() < 0.5:
                record, name = draw.choice(mine), f"n{draw.randint(0, 999)}"
                status, body = call(at, "PATCH", f"/api/v2/contacts/{record}", {"name": name})
            else:
                key = f"{seed}-{len(mine)}-{draw.random()}"
                status, body = call(at, "POST", "/api/v2/contacts", {"name": "x"}, {"Idempotency-Key": key})
                acknowledged["keys"][key] = body["id"]
                mine.append(body["id"])
        except (OSError, http.client.HTTPException):
            return
        assert status in (200, 201)
        acknowledged["rows"][body["id"]] = body


@pytest.mark.slow
def test_a_killed_sandbox_has_all_that_it_answered(manifest_file, program, tmp_path):
    file, acknowledged = tmp_path / "crm.db", {"rows": {}, "keys": {}}
    for kill in range(3):
        process, at = program(manifest_file, "--file", file)
        stopped = threading.Event()
        writers = [
            threading.Thread(target=write_until, args=(at, acknowledged, stopped, 10 * kill + n))
            for n in range(3)
        ]
        for writer in writers:
            writer.start()
        time.sleep(random.Random(kill).uniform(0.2, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        stopped.set()
        for writer in writers:
            writer.join(20)
    assert len(acknowledged["rows"]) > 30
    _, at = program(manifest_file, "--file", file)
    held = call(at, "GET", "/_sandbox/records/Contact?limit=10000")[1]["items"]
    rows = {row["id"]: row for row in held}
    for record, body in acknowledged["rows"].items():
        # an update that was applied but not answered may follow what was answered last
        assert rows[record] == body or rows[record]["version"] > body["version"]
    for key, record in list(acknowledged["keys"].items())[-20:]:
        again = call(at, "POST", "/api/v2/contacts", {"name": "x"}, {"Idempotency-Key": key})
        assert (again[0], again[1]["id"]) == (200, record)
    fresh = call(at, "POST", "/api/v2/contacts", {"name": "x"})[1]
    assert fresh["id"] not in rows
    assert fresh["version"] > max(row["version"] for row in held)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(manifest_file, program, tmp_path, number):
    process, at = program(manifest_file, "--file", tmp_path / "crm.db")
    assert at.path == "/api/v2/"
    assert call(at, "POST", f"{at.path}contacts", {"name": "Anna"})[0] == 201
    process.send_signal(number)
    assert process.wait(10) == 0
    assert process.stderr.read() == ""
    with sqlite3.connect(tmp_path / "crm.db") as db:
        assert db.execute("SELECT count(*) FROM records").fetchone() == (1,)
    db.close()


def test_what_it_can_not_do_it_says(manifest_file, program, tmp_path):
    first, at = program(manifest_file, "--file", tmp_path / "crm.db")
    for args, code, words in (
        ((manifest_file, "--port", at.port), 1, "Name another --port"),
        ((manifest_file, "--file", tmp_path / "crm.db"), 1, "another sandbox is using it"),
        ((manifest_file, "--file", manifest_file), 1, "not a database"),
        ((tmp_path / "none.yaml",), 3, "can not be read"),
        ((manifest_file, "--quirk", "contact.sings"), 2, "there are trims"),
    ):
        process, _ = program(*args)
        assert process.wait(20) == code, args
        assert words in process.stderr.read()
    assert first.poll() is None


def test_a_restart_knows_records_deletes_keys_and_tokens(tmp_path):
    refs = {"client_id": "env:I", "client_secret": "env:S", "refresh_token": "env:R"}
    auth = {"kind": "oauth2_refresh_token", "token_url": "https://crm.example/t", **refs}
    setup = Setup(file=tmp_path / "crm.db", access=Access(rotates=True))
    form = "grant_type=refresh_token&client_id=a&client_secret=sandbox&refresh_token="
    with in_memory(crm(auth=auth), setup) as first:
        issued = first("POST", "/_token", raw=f"{form}sandbox".encode()).body
    with in_memory(crm(auth=auth), setup) as second:
        bearer = {"Authorization": f"Bearer {issued['access_token']}"}
        a, b = (second("POST", "contacts", {"name": n}, bearer).body["id"] for n in "ab")
        second("DELETE", f"contacts/{a}", headers=bearer)
        assert second("POST", "/_token", raw=f"{form}sandbox".encode()).status == 400
        assert second("POST", "/_token", raw=f"{form}{issued['refresh_token']}".encode()).status == 200
    with in_memory(crm(auth=auth), setup) as third:
        assert third("GET", f"contacts/{a}", headers=bearer).status == 410
        assert [row["id"] for row in third("GET", "contacts", headers=bearer).body["items"]] == [b]
        assert third("DELETE", "/_sandbox/tokens").body == {"expired": 2}
    with in_memory(crm(auth=auth), setup) as fourth:
        assert fourth("GET", "contacts", headers=bearer).status == 401


def test_a_restart_keeps_what_listings_showed(tmp_path):
    setup = Setup(file=tmp_path / "crm.db")
    with in_memory(crm(), setup) as first:
        ids = first.add("a", "b", "c", "d", "e", email=None)
        first("PATCH", f"contacts/{ids[1]}", {"name": "B"})
        before = first("GET", "contacts").body
    lagging = Setup(file=setup.file, quirks={"Contact": Quirks(lag_s=60)})
    with in_memory(crm(), lagging) as second:
        assert second("GET", "contacts").body == before
        second.add("f")
        assert second.names(f"contacts?cursor={before['next']}") == ["e", "B"]


def test_a_backup_taken_back_is_kept_too(tmp_path):
    setup = Setup(file=tmp_path / "crm.db")
    with in_memory(crm(), setup) as first:
        first.add("a")
        backup = first.model.snapshot()
        first.add("b")
        first.model.restore(backup)
        assert first.names() == ["a"]
    with in_memory(crm(), setup) as second:
        assert second.names() == ["a"]
        assert second.add("c") == ["c2"]


def test_a_file_is_not_shared_nor_another_systems(tmp_path):
    held = Sandbox(crm(), Setup(file=tmp_path / "crm.db"))
    with pytest.raises(StopFlow, match="another sandbox"):
        Sandbox(crm(), Setup(file=tmp_path / "crm.db"))
    held.close()
    with pytest.raises(StopFlow, match="records of crm, not of erp"):
        Sandbox(crm(name="erp"), Setup(file=tmp_path / "crm.db"))
    with sqlite3.connect(tmp_path / "other.db") as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    with pytest.raises(StopFlow, match="something else"):
        Sandbox(crm(), Setup(file=tmp_path / "other.db"))
    with pytest.raises(StopFlow, match="unable to open"):
        Sandbox(crm(), Setup(file=tmp_path / "no" / "crm.db"))


def test_what_can_not_be_kept_is_507_and_kept_later(tmp_path):
    with in_memory(crm(), Setup(file=tmp_path / "crm.db")) as caller:
        db = caller.sandbox.records._db
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
        full = caller("POST", "contacts", {"name": "Anna", "tags": ["x" * 20_000]})
        assert (full.status, "disk" in full.body["message"]) == (507, True)
        db.execute("PRAGMA max_page_count = 100000")
        caller.add("Bo")
    with in_memory(crm(), Setup(file=tmp_path / "crm.db")) as again:
        assert again.names() == ["Anna", "Bo"]


def test_half_a_file_is_not_kept(tmp_path):
    good, setup = tmp_path / "people.csv", Setup(file=tmp_path / "crm.db")
    good.write_text("name,kind\nAnna,a\nBo,x\n")
    loads = [Load("Contact", good)]
    with pytest.raises(ConfigError, match="kind must be one of"):
        Sandbox(crm(), Setup(file=setup.file, loads=loads))
    good.write_text("name,kind\nAnna,a\nBo,b\n")
    for _ in range(2):
        with in_memory(crm(), Setup(file=setup.file, loads=loads)) as caller:
            assert caller.names() == ["Anna", "Bo"]


def test_only_callers_of_this_machine_come_through_the_door(tmp_path):
    import asyncio

    async def asked(host):
        async with SandboxServer(crm()) as server:
            at = urlsplit(server.root)
            return await asyncio.to_thread(call, at, "GET", "/_sandbox/health", None, {"Host": host})

    assert asyncio.run(asked("127.0.0.1:80"))[0] == 200
    assert asyncio.run(asked("localhost"))[0] == 200
    assert asyncio.run(asked("evil.example:80"))[0] == 403


def test_files_are_the_owners_alone(tmp_path):
    Sandbox(crm(), Setup(file=tmp_path / "crm.db")).close()
    assert os.stat(tmp_path / "crm.db").st_mode & 0o777 == 0o600
