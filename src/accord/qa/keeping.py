"""The last report, kept beside the store: documents link their rows to it."""

import os
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from accord.qa.reports import anchor_of, html_report
from accord.qa.results import Outcome, Report

__all__ = ["Last", "keep_report", "last_report", "last_results", "qa_folder"]

_DATA: Final = "last.json"
_PAGE: Final = "last.html"


class Last(NamedTuple):
    """What came of a line the last time, and where that is told."""

    outcome: Outcome
    href: str


def qa_folder(store: Path) -> Path:
    """Where QA keeps its files."""
    return store.parent / "qa"


def keep_report(store: Path, report: Report) -> Path:
    """Keep a report in the place of the last one, as data and as a page; where the page is. Raises OSError."""
    folder = qa_folder(store)
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / _DATA, msgspec.json.encode(report.data(), enc_hook=str))
    _replace(folder / _PAGE, html_report(report).encode())
    return folder / _PAGE


def last_report(store: Path) -> Report | None:
    """The last report; None: there is none that can be read."""
    try:
        return msgspec.json.decode((qa_folder(store) / _DATA).read_bytes(), type=Report)
    except (OSError, ValueError):
        return None


def last_results(store: Path, folder: Path) -> dict[tuple[str, str, str], Last]:
    """What came of each line (pair, row, direction) the last time; links are relative to a folder. Empty: no report."""
    report = last_report(store)
    if report is None:
        return {}
    page = qa_folder(store).absolute() / _PAGE
    try:
        where = Path(os.path.relpath(page, folder.absolute())).as_posix()
    except ValueError:  # on another drive
        where = page.as_uri()
    return {
        (c.pair, c.row, c.direction): Last(c.outcome, f"{where}#{anchor_of(c.pair, c.row, c.direction)}")
        for c in report.checks
    }


def _replace(file: Path, text: bytes) -> None:
    """Write a file whole or not at all; only its owner may read it, for it holds what systems answered."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(text)
    beside.replace(file)
