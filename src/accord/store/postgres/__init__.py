"""A store in a PostgreSQL database."""

from accord.store.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
