"""Tokens are sealed where they are kept, and those of earlier versions are sealed when they are first read."""

import asyncio
import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from accord.connectorkit.http import FileTokens, OtherKey, SecretKeys, Tokens
from accord.connectorkit.http.sealing import KeyFile, Seal
from accord.core.errors import ConfigError

KEPT = Tokens(access="access-secret", expires_us=5, refresh="refresh-secret")
OLD, NEW = "old key, which is long enough to be one", "new key, which is long enough to be one"


def told(*names: str) -> SecretKeys:
    """Keys by reference."""
    keys: dict[str, str] = {"env:OLD": OLD, "env:NEW": NEW, "env:SHORT": "hunter2"}
    return SecretKeys(names, keys.__getitem__)


def in_folder(act: Callable[[FileTokens], object], folder: Path, *names: str) -> object:
    """What comes of tokens in a folder, as another process finds them."""
    return asyncio.run(act(FileTokens(folder, keys=told(*names) if names else None)))  # type: ignore[arg-type]


def save(tokens: FileTokens) -> object:
    return tokens.save("crm", KEPT)


def load(tokens: FileTokens) -> object:
    return tokens.load("crm")


def test_no_file_holds_a_token_in_clear(tmp_path, caplog):
    folder = tmp_path / "tokens"
    in_folder(save, folder)
    for file in [*folder.iterdir(), tmp_path / "token.key"]:
        assert b"secret" not in file.read_bytes()
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert in_folder(load, folder) == KEPT
    in_folder(save, folder)
    said = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert len(said) == 1
    assert str(tmp_path / "token.key") in said[0]
    assert (tmp_path / "token.key").read_text().strip() not in said[0]


def test_tokens_of_an_earlier_version_are_sealed_when_they_are_read(tmp_path):
    folder = tmp_path / "tokens"
    folder.mkdir()
    (folder / "crm.json").write_bytes(b'{"access":"access-secret","expires_us":5,"refresh":"refresh-secret"}')
    assert in_folder(load, folder, "env:NEW") == KEPT
    assert [file.name for file in folder.iterdir()] == ["crm.token"]
    assert b"secret" not in (folder / "crm.token").read_bytes()
    assert in_folder(load, folder, "env:NEW") == KEPT


def test_c5_what_an_earlier_version_kept_never_takes_the_place_of_newer_tokens(tmp_path):
    """Between reading and sealing it another process may have got new tokens."""
    tokens = FileTokens(tmp_path, keys=told("env:NEW"))
    old = msgspec.json.encode(Tokens(access="", refresh="spent"))
    (tmp_path / "crm.json").write_bytes(old)
    asyncio.run(tokens.save("crm", KEPT))
    tokens._files.take_over("crm", tokens.seal.seal("crm", old))
    assert asyncio.run(tokens.load("crm")) == KEPT
    assert [file.name for file in tmp_path.iterdir()] == ["crm.token"]


def test_keys_are_changed_one_by_one(tmp_path):
    in_folder(save, tmp_path, "env:OLD")
    assert in_folder(load, tmp_path, "env:NEW", "env:OLD") == KEPT
    with pytest.raises(OtherKey, match="sealed with another key") as stopped:
        in_folder(load, tmp_path, "env:NEW")
    assert "accord connect crm" in stopped.value.remedy
    in_folder(save, tmp_path, "env:NEW", "env:OLD")
    assert in_folder(load, tmp_path, "env:NEW") == KEPT


def test_without_its_key_file_nothing_opens_and_none_is_made(tmp_path):
    folder = tmp_path / "tokens"
    in_folder(save, folder)
    (tmp_path / "token.key").unlink()
    with pytest.raises(OtherKey):
        in_folder(load, folder)
    assert not (tmp_path / "token.key").exists()


def test_what_is_damaged_or_moved_counts_as_none(tmp_path):
    in_folder(save, tmp_path, "env:OLD")
    file = tmp_path / "crm.token"
    whole = file.read_bytes()
    for damaged in (b"", b"{", whole[:-9] + b"\n", whole.replace(b"sealed-1", b"sealed-9")):
        file.write_bytes(damaged)
        assert in_folder(load, tmp_path, "env:OLD") is None
    (tmp_path / "erp.token").write_bytes(whole)
    assert in_folder(lambda tokens: tokens.load("erp"), tmp_path, "env:OLD") is None


def test_two_seals_of_one_thing_differ():
    seal = Seal(told("env:OLD"))
    assert seal.seal("crm", b"x") != seal.seal("crm", b"x")


def test_all_that_is_wrong_with_keys_is_told_and_no_key_is(tmp_path):
    def read(reference: str) -> str:
        if reference == "env:NONE":
            raise ConfigError([])
        return "hunter2"

    faults = FileTokens(tmp_path, keys=SecretKeys(["env:SHORT", "env:SHORT2"], read)).missing()
    assert [fault.what for fault in faults] == [
        "env:SHORT: it has fewer than 32 characters",
        "env:SHORT2: it has fewer than 32 characters",
    ]
    assert "hunter2" not in str(faults)
    assert FileTokens(tmp_path).missing() == []
    assert not (tmp_path.parent / "token.key").exists()


def test_of_many_that_make_the_key_one_does(tmp_path):
    keys = {KeyFile(tmp_path / "key")(make=True)[0] for _ in range(3)}
    other = KeyFile(tmp_path / "key")
    other._made()  # it saw none a moment ago
    assert keys == set(other(make=False))
    assert [file.name for file in tmp_path.iterdir()] == ["key"]
