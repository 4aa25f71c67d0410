"""A store in plain dicts: state that is wanted for as long as the process lives, and the fast one of the simulation."""

from accord.store.memory.store import MemoryStore

__all__ = ["MemoryStore"]
