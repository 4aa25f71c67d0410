"""Dataflow documents from files and folders that somebody names."""

from collections.abc import Callable, Sequence
from pathlib import Path

from accord.core.errors import AccordError, ConfigError, Fault
from accord.dataflow.document import Document, Unread
from accord.dataflow.formats import READABLE, documents_in

__all__ = ["beside_documents", "read_documents"]


def read_documents(
    sources: Sequence[Path], tell: Callable[[str, int], None] = lambda _what, _count: None
) -> list[Document]:
    """The documents of files, and of all files in folders that can be read back; `tell` hears how many are read.

    Raises AccordError: there is none; ConfigError: files that can not be read, all of them together.
    """
    documents: list[Document] = []
    faults: list[Fault] = []
    for file in _files(sources):
        try:
            documents += documents_in(file)
            tell("Documents read", len(documents))
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults, what="the documents")
    return documents


def _files(sources: Sequence[Path]) -> list[Path]:
    files = [file for source in sources for file in (_inside(source) if source.is_dir() else [source])]
    if not files:
        raise AccordError(
            f"{', '.join(map(str, sources))} holds no document",
            remedy=f"Name a file ({', '.join(READABLE)}), or a folder that holds some.",
        )
    return list(dict.fromkeys(files))


def _inside(folder: Path) -> list[Path]:
    return [file for file in _all(folder) if file.suffix.lower() in READABLE]


def _all(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


def beside_documents(sources: Sequence[Path]) -> list[Unread]:
    """What stands in folders and is no document by its name; hidden files aside."""
    why = f"documents in a folder are those that end in {', '.join(READABLE)}"
    return [
        Unread(str(file), 0, "", why)
        for folder in sources
        if folder.is_dir()
        for file in _all(folder)
        if file.suffix.lower() not in READABLE
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]
