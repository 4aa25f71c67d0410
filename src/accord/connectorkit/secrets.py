"""Secrets by reference: "env:NAME" is an environment variable, "file:PATH" the text of a file less its last line end.

A secret never stands in a manifest, a message or a log; a reference may.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from accord.core.errors import ConfigError, Fault

__all__ = ["check_reference", "read_secret"]

_REFERENCE: Final = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+")
_SIZE_BYTES: Final = 65_536


def check_reference(reference: str) -> str:
    """The reference itself. Raises ValueError, which does not repeat it: it may be the secret."""
    if not _REFERENCE.fullmatch(reference):
        raise ValueError(
            "is no reference to a secret; write env:NAME or file:PATH, and keep the secret there"
        )
    return reference


def read_secret(reference: str, environment: Mapping[str, str], folder: Path = Path()) -> str:
    """The secret that a reference names; relative files are looked up in folder. Raises ConfigError: there is none."""
    check_reference(reference)
    kind, _, name = reference.partition(":")
    secret = environment.get(name) if kind == "env" else _of_file(reference, folder / name)
    if secret is None:
        raise _fault(reference, "the environment variable is not set", "Set it")
    if any(sign < " " or sign == "\x7f" for sign in secret):
        raise _fault(
            reference, "it holds a line end or another control character", "Put the secret alone there"
        )
    return secret


def _of_file(reference: str, file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise _fault(
            reference, f"the file can not be read ({error.strerror})", "Create it, or name another"
        ) from None
    if len(raw) > _SIZE_BYTES:
        raise _fault(reference, "the file is too large for a secret", "Name a file that holds nothing else")
    try:
        return raw.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise _fault(
            reference, "the file is no UTF-8 text", "Name a file that holds the secret as text"
        ) from None


def _fault(reference: str, what: str, remedy: str) -> ConfigError:
    return ConfigError([Fault(reference, 0, what, remedy)])
