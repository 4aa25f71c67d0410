"""Secrets by reference: "env:NAME" is an environment variable, "file:PATH" the text of a file less its last line end,
"keyring:SERVICE/NAME" what the system's keyring keeps.

A secret never stands in a manifest, a message or a log; a reference may.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from accord.core.errors import ConfigError, Fault

__all__ = ["check_reference", "read_secret"]

_REFERENCE: Final = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+|keyring:[^/]+/.+")
_SIZE_BYTES: Final = 65_536


def check_reference(reference: str) -> str:
    """The reference itself. Raises ValueError, which does not repeat it: it may be the secret."""
    if not _REFERENCE.fullmatch(reference):
        raise ValueError(
            "is no reference to a secret; write env:NAME, file:PATH or keyring:SERVICE/NAME, and keep the secret there"
        )
    return reference


def read_secret(reference: str, environment: Mapping[str, str], folder: Path = Path()) -> str:
    """The secret that a reference names; relative files are looked up in folder. Raises ConfigError: there is none."""
    check_reference(reference)
    kind, _, name = reference.partition(":")
    if kind == "keyring":
        secret = _of_keyring(reference, *name.split("/", 1))
    elif kind == "file":
        secret = _of_file(reference, folder / name)
    elif (found := environment.get(name)) is not None:
        secret = found
    else:
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


def _of_keyring(reference: str, service: str, name: str) -> str:
    import keyring  # slow, and few need it
    from keyring.errors import KeyringError, NoKeyringError

    try:
        secret = keyring.get_password(service, name)
    except NoKeyringError:
        raise _fault(
            reference, "there is no keyring on this machine that can be used", "Use env:NAME or file:PATH"
        ) from None
    except KeyringError as error:
        what = f"the keyring does not open ({type(error).__name__})"
        raise _fault(reference, what, "Unlock it, or use env:NAME or file:PATH") from None
    if secret is None:
        raise _fault(
            reference, "the keyring has no such secret", f"Put it there: keyring set {service} {name}"
        )
    return secret


def _fault(reference: str, what: str, remedy: str) -> ConfigError:
    return ConfigError([Fault(reference, 0, what, remedy)])
