"""Dataflow documents from files and folders that somebody names."""

from collections.abc import Callable, Sequence
from pathlib import Path

from accord.core.errors import AccordError, ConfigError, Fault
from accord.dataflow.document import Document
from accord.dataflow.formats import READABLE, documents_in

__all__ = ["read_documents"]


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
        raise ConfigError(faults)
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
    return sorted(file for file in folder.rglob("*") if file.suffix.lower() in READABLE and file.is_file())
