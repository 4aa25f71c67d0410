"""A pure player of any manifest, quirks and all: no HTTP, no clock and no randomness of its own."""

from accord.testing.system_model.answers import Answer, Complaint, ListAnswer
from accord.testing.system_model.model import SystemModel
from accord.testing.system_model.quirks import Quirks, add_quirk, quirks_from
from accord.testing.system_model.records import MemoryRecords, Records, Stored

__all__ = [
    "Answer",
    "Complaint",
    "ListAnswer",
    "MemoryRecords",
    "Quirks",
    "Records",
    "Stored",
    "SystemModel",
    "add_quirk",
    "quirks_from",
]
