"""A store in one SQLite file."""

from accord.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
