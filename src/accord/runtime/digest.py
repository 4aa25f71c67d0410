"""Short names for what was shown to a person: what has moved since has another one (L3, M2, G6)."""

from hashlib import blake2b

__all__ = ["digest"]


def digest(shown: object, size_bytes: int) -> str:
    """Two digits for each byte, the same in every process, of whatever differs in its `repr`."""
    return blake2b(repr(shown).encode(), digest_size=size_bytes).hexdigest()
