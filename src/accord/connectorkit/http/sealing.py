"""Seals what is kept of tokens, so that a copy of the files or of the database is worth nothing without the key.

AES-256-GCM; its key is derived from a secret of any form. What is sealed is bound to its name: moved to another one, it
does not open. It bears the id of its key, so that a wrong key is told from a damaged file.
"""

import logging
import os
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Final, Protocol

from accord.core.errors import ConfigError, Fault, StopEntityType

__all__ = ["KeyFile", "Keys", "OtherKey", "Seal", "SecretKeys"]

log = logging.getLogger("accord")

_FORM: Final = b"accord-sealed-1"
_NONCE_BYTES: Final = 12
LEAST: Final = 32
"""Characters of a key: 24 random bytes in base64, or more."""


class OtherKey(StopEntityType):
    """What is kept can not be opened with the keys that there are."""


class Keys(Protocol):
    """Where the secrets come from that keys are made of."""

    def __call__(self, *, make: bool) -> Sequence[str]:
        """Those that open what is kept, the first of which seals; with `make` one is made where there is none."""
        ...


class SecretKeys:
    """Keys that are told by reference, the newest first."""

    def __init__(self, references: Sequence[str], read: Callable[[str], str]) -> None:
        self._references, self._read = references, read

    def __call__(self, *, make: bool) -> Sequence[str]:
        """See `Keys`. Raises ConfigError: one is missing, or too short to be one."""
        found, faults = [], []
        for reference in self._references:
            try:
                found.append(self._read(reference))
            except ConfigError as error:
                faults += [Fault("tokens", 0, f"{it.file}: {it.what}", it.remedy) for it in error.faults]
                continue
            if len(found[-1]) < LEAST:
                what = f"{reference}: it has fewer than {LEAST} characters"
                faults.append(Fault("tokens", 0, what, "Put a random one there: openssl rand -base64 32"))
        if faults:
            raise ConfigError(faults)
        return found


class KeyFile:
    """A key in a file for its owner's eyes alone, which is made when there is something to seal."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, *, make: bool) -> Sequence[str]:
        """See `Keys`."""
        if make and not self._path.exists():
            self._made()
        try:
            return [self._path.read_text(encoding="ascii").strip()]
        except (OSError, UnicodeDecodeError):
            return []

    def _made(self) -> None:
        """Of processes that make one at once, one does."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._path.with_name(f"{self._path.name}.{token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(b64encode(token_bytes(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            with suppress(FileExistsError):
                os.link(draft, self._path)
                log.warning(
                    "made a key for tokens: %s. Who has it and the tokens can act for you: back it up apart from them, "
                    "or keep a key of your own and name it under tokens.key in accord.yaml",
                    self._path,
                )
        finally:
            draft.unlink()


class Seal:
    """Seals and opens bytes by the keys of a source."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def seal(self, name: str, raw: bytes) -> bytes:
        """What may be kept under a name; a line of text."""
        secret = self.keys(make=True)[0]
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, (key, key_id) = token_bytes(_NONCE_BYTES), _derived(secret)
        sealed = AESGCM(key).encrypt(nonce, raw, name.encode())
        return b" ".join((_FORM, key_id, b64encode(nonce + sealed))) + b"\n"

    def open(self, name: str, kept: bytes) -> bytes | None:
        """What was sealed under a name; None: it never was, or is damaged. Raises OtherKey."""
        parts = kept.split()
        if len(parts) != 3 or parts[0] != _FORM:
            return None
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        keys = {key_id: key for key, key_id in map(_derived, self.keys(make=False))}
        if parts[1] not in keys:
            raise OtherKey(
                f"{name}: its tokens were sealed with another key",
                remedy="Give that key back (tokens.key or tokens.old_keys in accord.yaml; without them the file "
                f"token.key beside the store), or let a person allow Accord again: accord connect {name}",
            )
        try:
            raw = b64decode(parts[2], validate=True)
            return AESGCM(keys[parts[1]]).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], name.encode())
        except (InvalidTag, NoBase64, ValueError):
            return None


def _derived(secret: str) -> tuple[bytes, bytes]:
    """The key of a secret, and its id, which tells nothing of it."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    made = HKDF(algorithm=SHA256(), length=36, salt=None, info=b"accord tokens").derive(secret.encode())
    return made[:32], made[32:].hex().encode()
