"""The store of a project, wherever it is: opened, kept for oneself, restored, copied."""

from accord.project_store.copying import StoreCopied, copy_project_store
from accord.project_store.erasing import keep_erasures
from accord.project_store.opening import at_work, has_store, open_project_store
from accord.project_store.restoring import restore_project_store

__all__ = [
    "StoreCopied",
    "at_work",
    "copy_project_store",
    "has_store",
    "keep_erasures",
    "open_project_store",
    "restore_project_store",
]
