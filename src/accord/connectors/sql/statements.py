"""Statements that somebody runs who owns the tables: Accord changes nothing in a database by itself."""

from collections.abc import Iterator, Sequence

__all__ = ["log_statements", "notify_statements"]


def notify_statements(channel: str, paths: Sequence[str]) -> Iterator[str]:
    """Let triggers tell on a channel which table has changed; once for each statement, when it is committed."""
    function = _quoted(f"{channel[:55]}_tell")
    yield (
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"PERFORM pg_notify('{channel.replace(chr(39), chr(39) * 2)}', TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME); "
        "RETURN NULL; END $$;"
    )
    for path in paths:
        yield (
            f"CREATE TRIGGER {function} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {_path(path)} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
        )


def log_statements(publication: str, paths: Sequence[str], user: str = "") -> Iterator[str]:
    """Let the log be read: a publication, and the right to read it."""
    yield "ALTER SYSTEM SET wal_level = logical; -- and restart the server"
    yield f"CREATE PUBLICATION {_quoted(publication)} FOR TABLE {', '.join(_path(path) for path in paths)};"
    yield f"ALTER ROLE {_quoted(user) if user else 'USER'} REPLICATION;"


def _path(path: str) -> str:
    return ".".join(_quoted(part) for part in path.rsplit(".", 1))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
