"""Opens the store of a project, or keeps others from working with it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from accord.connectorkit.secrets import read_secret
from accord.project import Project
from accord.store import AnyStore, open_store
from accord.store.sqlite.exchange import locked

if TYPE_CHECKING:
    from accord.store.postgres import PostgresStore

__all__ = ["at_work", "has_store", "open_project_store"]


def open_project_store(project: Project, *, readonly: bool = False, **options: Any) -> AnyStore:
    """The store of a project; `options` are those of `open_store`.

    Raises StopFlow: it can not be opened; ConfigError: the password that is referred to is not there.
    """
    if not readonly:
        project.store.parent.mkdir(parents=True, exist_ok=True)
    if project.server is None:
        return open_store(project.store, readonly=readonly, **options)
    url, reference = project.server
    if reference is not None:
        options["password"] = read_secret(reference, os.environ, project.folder)
    return open_store(url, readonly=readonly, **options)


def has_store(project: Project) -> bool:
    """Whether there may be a state; of one on a server only the server can tell."""
    return project.server is not None or project.store.exists()


@contextmanager
def at_work(project: Project, *, wait_s: float = 0.0) -> "Iterator[PostgresStore | None]":
    """Nobody else works with a project meanwhile; its store where it is on a server. Raises StopFlow: somebody does."""
    if project.server is None:
        with locked(project.store, wait_s=wait_s):
            yield None
        return
    store = cast("PostgresStore", open_project_store(project, wait_s=wait_s))
    try:
        yield store
    finally:
        store.shut()
