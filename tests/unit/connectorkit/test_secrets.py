"""Secrets by reference."""

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError

from accord.connectorkit.secrets import check_reference, read_secret
from accord.core.errors import ConfigError


def test_from_the_environment():
    assert read_secret("env:TOKEN", {"TOKEN": "s3"}) == "s3"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_from_a_file_less_its_line_end(tmp_path, end):
    (tmp_path / "token").write_bytes(b"s3 " + end.encode())
    assert read_secret("file:token", {}, tmp_path) == "s3 "
    assert read_secret(f"file:{tmp_path / 'token'}", {}) == "s3 "


@pytest.mark.parametrize("raw", ["hunter2", "env:", "env:A B", "file:", "ENV:X"])
def test_p2_what_is_no_reference_is_not_repeated(raw):
    with pytest.raises(ValueError, match="no reference") as told:
        check_reference(raw)
    assert raw not in str(told.value).replace("env:NAME", "").replace("file:PATH", "").replace(
        "keyring:SERVICE/NAME", ""
    )


def test_a_variable_that_is_not_set(tmp_path):
    with pytest.raises(ConfigError, match="the environment variable is not set"):
        read_secret("env:TOKEN", {})


@pytest.mark.parametrize("content", [None, b"\xff", b"x" * 70_000])
def test_p2_a_file_that_is_no_secret(tmp_path, content):
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(ConfigError, match="file:token") as told:
        read_secret("file:token", {}, tmp_path)
    assert "xxx" not in str(told.value)


@pytest.mark.parametrize("secret", ["two\nlines", "nul\0", "tab\there"])
def test_p2_a_secret_that_no_header_may_hold(secret):
    with pytest.raises(
        ConfigError, match="env:TOKEN: it holds a line end or another control character"
    ) as told:
        read_secret("env:TOKEN", {"TOKEN": secret})
    assert secret not in str(told.value)


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, kept: dict[tuple[str, str], str], error: Exception | None = None) -> None:
        super().__init__()
        self.kept, self.error = kept, error

    def get_password(self, service: str, username: str) -> str | None:
        if self.error:
            raise self.error
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def ring():
    before = keyring.get_keyring()
    yield lambda kept, error=None: keyring.set_keyring(Ring(kept, error))
    keyring.set_keyring(before)


def test_a_secret_of_the_keyring(ring):
    ring({("accord", "crm/token"): "s3"})
    assert read_secret("keyring:accord/crm/token", {}) == "s3"
    with pytest.raises(ConfigError, match="keyring set accord erp"):
        read_secret("keyring:accord/erp", {})


@pytest.mark.parametrize(
    ("error", "what"),
    [(NoKeyringError(), "there is no keyring"), (KeyringLocked("s3"), "does not open")],
)
def test_a_keyring_that_does_not_open(ring, error, what):
    ring({}, error)
    with pytest.raises(ConfigError, match=what) as stopped:
        read_secret("keyring:accord/crm", {})
    assert "s3" not in str(stopped.value)
