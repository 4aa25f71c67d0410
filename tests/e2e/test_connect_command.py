"""`accord connect` where nobody answers, or nobody is asked."""

from pathlib import Path

import pytest
import yaml

from tests.e2e.shop import PAIRS, manifest, run_here

LOGIN = {
    "kind": "oauth2_code",
    "authorize_url": "https://crm.example/authorize",
    "token_url": "https://crm.example/token",
    "client_id": "env:CRM_CLIENT_ID",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("crm", "erp"):
        login = {"auth": LOGIN} if name == "crm" else {}
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump({**manifest(name), **login}), encoding="utf-8")
    systems = {name: {"connector": f"./{name}.yaml"} for name in ("crm", "erp")}
    head = yaml.safe_dump({"version": 1, "name": "shop", "systems": systems})
    (tmp_path / "accord.yaml").write_text(head + PAIRS, encoding="utf-8")
    monkeypatch.setenv("CRM_CLIENT_ID", "hub")
    return tmp_path


def test_nobody_answers_in_time(project: Path) -> None:
    told = run_here("-C", str(project), "connect", "crm", "--no-browser", "--for", "0.2s")
    assert told.code == 1
    assert "https://crm.example/authorize?response_type=code&client_id=hub" in told.out
    assert "crm: nobody allowed it within 0.2 seconds" in told.err
    assert not list((project / ".accord" / "tokens").glob("login.*.token"))


@pytest.mark.parametrize(
    ("system", "options", "why"),
    [
        ("cmr", (), "there is no system named cmr. Systems that a person connects: crm"),
        ("erp", (), "erp is switched off, or logs in without a person"),
        ("crm", ("--elsewhere",), "no address is known at which the service takes the answer"),
    ],
)
def test_what_can_not_be_connected(project: Path, system: str, options: tuple[str, ...], why: str) -> None:
    told = run_here("-C", str(project), "connect", system, *options)
    assert told.code == 1
    assert why in told.err


def test_check_and_connect_say_who_is_not_connected(project: Path) -> None:
    for command in ("check", "connect"):
        told = run_here("-C", str(project), command)
        assert told.code == 0
        assert "nobody has allowed Accord to act for them yet" in told.out
        assert f"accord -C {project} connect crm" in told.out
    assert not (project / ".accord").exists()


def test_what_is_missing_is_told_before_a_person_is_asked(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRM_CLIENT_ID")
    told = run_here("-C", str(project), "connect", "crm", "--no-browser")
    assert told.code == 3
    assert "systems.crm.auth.client_id: env:CRM_CLIENT_ID: the environment variable is not set" in told.err
    assert "https://crm.example" not in told.out
