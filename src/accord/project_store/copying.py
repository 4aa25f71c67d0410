"""Copies the state of a project from one store to another, and compares."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from msgspec import Struct

from accord.connectorkit.secrets import read_secret
from accord.core.errors import StopFlow
from accord.project import Project
from accord.project.store_place import with_schema
from accord.runtime.people.backup import Facts, facts_of
from accord.store import AnyStore, is_server, open_store
from accord.store.copying import Source, Target, copy_state
from accord.store.sqlite.exchange import locked
from accord.store.sqlite.filling import SqliteFile, SqliteSource

if TYPE_CHECKING:
    from accord.store.postgres import PostgresStore
    from accord.store.postgres.place import Place

__all__ = ["StoreCopied", "copy_project_store"]


class StoreCopied(Struct, kw_only=True):
    """What was copied from where to where, rows by table; `theirs`: the project keeps its state there already."""

    source: str
    target: str
    rows: dict[str, int]
    theirs: bool

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())


async def copy_project_store(
    project: Project,
    source: str,
    target: str,
    *,
    over: bool = False,
    wait_s: float = 0.0,
    tell: Callable[[str, int], None] = lambda _table, _rows: None,
) -> StoreCopied:
    """Copy the state of a project from one place to another, and compare. Nobody works with either meanwhile.

    A place is the path of a file, or the URL of a server. What is there is replaced at once, when the copy is whole.
    Raises StopFlow: there is no state, or of another project; there is one at the target, and `over` was not given;
    another process works with one of them; the copy is not the same.
    """
    ends = _End(project, source), _End(project, target)
    if ends[0].text == ends[1].text:
        raise StopFlow(f"{source} can not be copied onto itself", remedy="Name two places.")
    await ends[0].check_source(wait_s)
    empty = await ends[1].is_empty()
    if not empty and not over:
        raise StopFlow(
            f"store {ends[1].shown}: there is a state already",
            remedy="Keep it by accord backup FILE where it is the project's; then give --over, if it may go.",
        )
    with ends[0].held(wait_s) as held, ends[1].held(wait_s) as other:
        copied = await asyncio.to_thread(copy_state, ends[0].source(held), ends[1].target(other), tell)
    theirs = ends[1].text == _End(project, _place_of(project)).text
    return StoreCopied(source=ends[0].shown, target=ends[1].shown, rows=copied.rows, theirs=theirs)


def _place_of(project: Project) -> str:
    return str(project.store) if project.server is None else project.server.url


class _End:
    """One end of a copy: a file, or a schema on a server."""

    def __init__(self, project: Project, written: str) -> None:
        self._project = project
        self.server = is_server(written)
        if self.server:
            self.text = with_schema(written, project.name)
            self.shown = str(self._parsed())
        else:
            self.text = self.shown = str(Path(written).absolute())

    def _parsed(self) -> "Place":
        from accord.store.postgres.place import parse

        return parse(self.text, self._password())

    def _password(self) -> str | None:
        """Of a server that the project names, as it says; of another one from where libpq looks for it."""
        server = self._project.server
        same = server is not None and urlsplit(server.url)[:3] == urlsplit(self.text)[:3]
        if server is None or server.password is None or not same:
            return None
        return read_secret(server.password, os.environ, self._project.folder)

    def _is_there(self) -> bool:
        if not self.server:
            return os.path.lexists(self.text)
        from accord.store.postgres.filling import is_there

        return is_there(self._parsed())

    def _open(self, **options: Any) -> AnyStore:
        if self.server and (password := self._password()) is not None:
            options["password"] = password
        return open_store(self.text, **options)

    async def check_source(self, wait_s: float) -> None:
        """Raises StopFlow: there is no state, or it is another project's."""
        if not self._is_there():
            raise StopFlow(f"store {self.shown}: there is no such store", remedy="Name the place of a state.")
        options = {"readonly": True} if self.server else {"wait_s": wait_s}
        facts = await self._facts(**options)  # a file is brought up to date by that
        if facts.project not in ("", self._project.name):
            raise StopFlow(
                f"store {self.shown}: it is of the project {facts.project}, and this one is {self._project.name}",
                remedy="Call it in the folder of that project.",
            )

    async def _facts(self, **options: Any) -> Facts:
        store = self._open(**options)
        try:
            return await facts_of(store)
        finally:
            await store.close()

    async def is_empty(self) -> bool:
        """Whether nothing would be lost."""
        if not self._is_there():
            return True
        facts = await self._facts(readonly=True)
        return not (facts.run or facts.records or facts.golden)

    @contextmanager
    def held(self, wait_s: float) -> "Iterator[PostgresStore | None]":
        """Nobody else works with it meanwhile; the store where it is one on a server that is there."""
        if not self.server:
            with locked(Path(self.text), wait_s=wait_s):
                yield None
            return
        if not self._is_there():
            yield None
            return
        store = cast("PostgresStore", self._open(wait_s=wait_s))
        try:
            yield store
        finally:
            store.shut()

    def source(self, held: "PostgresStore | None") -> Source:
        """What is read."""
        return SqliteSource(Path(self.text)) if held is None else held

    def target(self, held: "PostgresStore | None") -> Target:
        """What is filled."""
        if not self.server:
            return SqliteFile(Path(self.text), over=True)
        if held is not None:
            return held.target()
        from accord.store.postgres.filling import PostgresSchema

        return PostgresSchema(self._parsed(), None)
