"""The sentences of a dataflow document, each with the words it is written in: one place for reading and writing."""

from typing import Final

__all__ = [
    "ALWAYS",
    "CONNECTED",
    "FOLLOWS",
    "KEPT",
    "LINKED",
    "MATCHED",
    "MERGED",
    "NOT_FOUND",
    "ROWS",
]

# {s} and {t} are the ends with their systems ("Crm Contact", "Erp Customer (human data)").
ALWAYS: Final = "Every {s} will be synchronized with a {t}."
LINKED: Final = (
    "Before any synchronization can take place, a link between a {s} and a {t} must be established."
)
CONNECTED: Final = (
    "A new {t} will be created from a {s} if it is connected to a {types} that is synchronized into {target}."
)
FOLLOWS: Final = "{text}, it  will be synchronized with a {t}."  # the two blanks are the family's own
MERGED: Final = "If a matching {t} already exists, the {s} will be merged with the existing one."
NOT_FOUND: Final = "If no matching {t} is found, a new {t} will be created."
MATCHED: Final = "A {s} will merge with a {t} if one of the following property combinations match:"
KEPT: Final = (
    "Once a link between a {s} and a {t} is established, it will keep in sync between the two systems, "
    "regardless of where it is edited."
)
ROWS: Final = "The following properties are synchronized between a {s} and a {t}:"
