"""The formats of dataflow documents: one table. A new one is a module here, and a row in FORMATS.

Whoever writes takes a `Sheaf` and gives bytes; whoever reads takes bytes and gives documents. What a format reads back
is what one sees in it: no format hides anything for the reader.
"""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Mapping as ReadOnly
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from accord.core.errors import ConfigError, Fault
from accord.dataflow.blocks import blocks_of
from accord.dataflow.document import Document
from accord.dataflow.formats.csv_text import documents_in_csv, write_csv
from accord.dataflow.formats.html import html_of
from accord.dataflow.formats.markdown import blocks_in_markdown, markdown_of
from accord.dataflow.formats.rst import rst_of
from accord.dataflow.formats.sheaves import Results, Sheaf, sheaves_of
from accord.dataflow.formats.xlsx import documents_in_xlsx, write_xlsx
from accord.dataflow.read import read_blocks

__all__ = ["FORMATS", "READABLE", "Format", "Results", "Sheaf", "documents_in", "sheaves_of"]


Read: TypeAlias = Callable[[bytes, str], list[Document]]


class Format(NamedTuple):
    """How documents are written and, where `read` is there, read back: it is given the bytes and the file's name.

    `both_ways`: one file holds what flows either way between two systems. `text`: it can be shown on a terminal.
    """

    what: str
    suffixes: tuple[str, ...]
    write: Callable[[Sheaf], bytes]
    read: Read | None = None
    both_ways: bool = False
    text: bool = True


def _rst(sheaf: Sheaf) -> bytes:
    return rst_of(sheaf.documents, sheaf.project).encode()


def _read_rst(raw: bytes, file: str) -> list[Document]:
    return read_blocks(blocks_of(_decoded(raw, file)), file)


def _markdown(sheaf: Sheaf) -> bytes:
    return markdown_of(sheaf.documents, sheaf.project).encode()


def _read_markdown(raw: bytes, file: str) -> list[Document]:
    return read_blocks(blocks_in_markdown(_decoded(raw, file)), file)


def _html(sheaf: Sheaf) -> bytes:
    return html_of(sheaf).encode()


def _pdf(sheaf: Sheaf) -> bytes:
    from accord.dataflow.formats.pdf import pdf_of  # takes long to import, and few need it

    return pdf_of(sheaf)


FORMATS: Final[ReadOnly[str, Format]] = {
    "rst": Format("reStructuredText", (".rst",), _rst, _read_rst),
    "md": Format("Markdown", (".md", ".markdown"), _markdown, _read_markdown),
    "html": Format("HTML", (".html",), _html, both_ways=True),
    "pdf": Format("PDF", (".pdf",), _pdf, both_ways=True, text=False),
    "xlsx": Format("A workbook", (".xlsx",), write_xlsx, documents_in_xlsx, both_ways=True, text=False),
    "csv": Format("CSV", (".csv",), write_csv, documents_in_csv, both_ways=True),
}
READABLE: Final = tuple(
    suffix for each in FORMATS.values() if each.read is not None for suffix in each.suffixes
)
"""Suffixes of files that `documents_in` reads."""


_ZIP: Final = b"PK\x03\x04"
_SIGNS: Final[ReadOnly[bytes, str]] = {
    b"%PDF-": "a PDF, which is for people",
    _ZIP: "an archive, as those of Word and OpenDocument are",
    b"\xd0\xcf\x11\xe0": "of an older Office program, or protected by a password",
    b"{\\rtf": "rich text",
}
"""What files begin with that are no documents, whatever their name says."""


def documents_in(file: Path) -> list[Document]:
    """The documents of a file, read as its suffix says; any other than those of FORMATS as reStructuredText.

    Raises: ConfigError when it is not in that format at all.
    """
    raw = file.read_bytes()
    suffix = file.suffix.lower()
    for sign, kind in _SIGNS.items():
        if raw.startswith(sign) and not (suffix == ".xlsx" and sign == _ZIP):
            raise _not_read(file, f"The file is {kind}")
    read = next((each.read for each in FORMATS.values() if suffix in each.suffixes), _read_rst)
    if read is None:
        raise _not_read(file, f"A {suffix} file is for people")
    return read(raw, str(file))


def _not_read(file: Path, what: str) -> ConfigError:
    remedy = f"Take one of these: {', '.join(READABLE)}."
    return ConfigError([Fault(str(file), 0, f"{what}: it is not read", remedy)])


def _decoded(raw: bytes, file: str) -> str:
    """UTF-8, or UTF-16 as editors on Windows mark it. Raises: ConfigError with the line where it stops being so."""
    try:
        return raw.decode("utf-16" if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        fault = Fault(file, line, "The file is no UTF-8 text", "Save it as UTF-8.")
        raise ConfigError([fault]) from error
