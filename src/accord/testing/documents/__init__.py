"""Dataflow documents about invented systems, with every oddity of the family, and what is in them.

Made without any part of `accord.dataflow`, so that its reader can be held against them: what a document says is chosen
first and written down afterwards. `strategies` (needs Hypothesis) draws them for laws, `survey` makes a thousand.
"""

from accord.testing.documents.choosing import Chooser, Seeded
from accord.testing.documents.inventing import invented_document, invented_family, survey
from accord.testing.documents.told import (
    Told,
    ToldCell,
    ToldDocument,
    ToldRow,
    ToldSection,
    ToldStray,
    counts,
)
from accord.testing.documents.writing import Written, written

__all__ = [
    "Chooser",
    "Seeded",
    "Told",
    "ToldCell",
    "ToldDocument",
    "ToldRow",
    "ToldSection",
    "ToldStray",
    "Written",
    "counts",
    "invented_document",
    "invented_family",
    "survey",
    "written",
]
