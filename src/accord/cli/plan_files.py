"""Plans in files."""

import os
from pathlib import Path

import msgspec

from accord.core.errors import AccordError
from accord.runtime.runs.plan import Plan

__all__ = ["read_plan", "writable", "write_plan"]


def writable(file: Path) -> None:
    """Raises AccordError when a file can not be written there; to be asked before the systems are read for it."""
    folder = file.parent
    if not folder.is_dir():
        raise AccordError(f"there is no folder {folder}", remedy="Make it, or name another file.")
    if not os.access(file if file.exists() else folder, os.W_OK):
        raise AccordError(f"{file} can not be written", remedy="Name another file.")


def write_plan(plan: Plan, file: Path) -> None:
    """Write a plan; only its owner may read it, for it holds samples of values."""
    text = msgspec.json.format(msgspec.json.encode(plan, enc_hook=str), indent=1)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(text)


def read_plan(file: Path) -> Plan:
    """The plan in a file. Raises AccordError: there is none, or it is of another version."""
    try:
        plan = msgspec.json.decode(file.read_bytes(), type=Plan)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AccordError(
            f"{file} is no plan: {error}", remedy=f"Make it anew: accord plan --out {file}"
        ) from None
    if plan.format != Plan.__struct_defaults__[0]:
        raise AccordError(
            f"{file} was made by another version of Accord", remedy=f"Make it anew: accord plan --out {file}"
        )
    return plan
