"""Secrets by reference."""

import pytest

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
    assert raw not in str(told.value).replace("env:NAME", "").replace("file:PATH", "")


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
