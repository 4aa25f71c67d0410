"""The stores that are measured: a file of SQLite, and PostgreSQL in a server of the benchmark's own."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import psycopg

from accord.project import load_project
from accord.store.postgres.place import parse
from tests.postgres import open_server

__all__ = ["FRESH", "STORES", "made_project", "serving", "sizes"]

STORES: Final = ("sqlite", "postgresql")
FRESH: Final = "{fresh}"
"""Stands in the place of a store for a name that no project has yet."""
SAFE: Final = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "60s",
}
"""As on a server of people's own: what is committed survives the loss of power, as with SQLite."""


@contextmanager
def serving(store: str) -> Iterator[Mapping[str, str]]:
    """The environment that tells a runner where the store of its project is."""
    if store == "sqlite":
        yield {"BENCH_STORE": "", "STORE_PIDS": ""}
        return
    with open_server(SAFE) as server:
        assert server.process is not None
        yield {"BENCH_STORE": server.url(FRESH), "STORE_PIDS": str(server.process.pid)}


def made_project(folder: Path, ports: tuple[int, ...]) -> None:
    """Write the benchmark's project into a folder: for servers at these ports, with the store of the environment."""
    folder.mkdir(parents=True)
    for file in (Path(__file__).parent / "project").glob("*.yaml"):
        text = file.read_text().replace(":52361", f":{ports[0]}").replace(":52362", f":{ports[1]}")
        if file.name == "accord.yaml" and (store := os.environ.get("BENCH_STORE")):
            text += f'store: "{store.replace(FRESH, "bench_" + token_hex(4))}"\n'
        (folder / file.name).write_text(text)


_SQLITE: Final = """
    SELECT m.tbl_name, sum(d.pgsize) FROM dbstat d JOIN sqlite_master m ON m.name = d.name GROUP BY 1"""
_POSTGRES: Final = """
    SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind = 'r'"""


def sizes(folder: Path) -> dict[str, tuple[int, int]]:
    """Rows of each table of a project's store, and bytes with its indexes. Nobody else is at work with it."""
    project = load_project(folder)
    if project.server is None:
        with closing(sqlite3.connect(project.store)) as file:
            return _counted(file, file.execute(_SQLITE).fetchall(), "")
    place = parse(project.server.url)
    with psycopg.connect(place.conninfo) as db:
        return _counted(db, db.execute(_POSTGRES, (place.schema,)).fetchall(), f'"{place.schema}".')


def _counted(db: Any, found: list[tuple[str, int]], of: str) -> dict[str, tuple[int, int]]:
    rows = {name: db.execute(f'SELECT count(*) FROM {of}"{name}"').fetchone()[0] for name, _ in found}
    return {name: (rows[name], int(size)) for name, size in found}
