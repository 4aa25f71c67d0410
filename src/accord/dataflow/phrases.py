"""The sentences of dataflow documents: one place for reading and writing.

Two wordings are read: that of the family, the documents of the discontinued service, and Accord's own, which is the
one that is written.
"""

from typing import Final, NamedTuple

__all__ = [
    "ABOUT",
    "ALL",
    "FAMILY",
    "NOT_HERE",
    "OWN",
    "TITLE",
    "Wording",
]


class Wording(NamedTuple):
    """Sentences by what they say; "" where a wording has none for it.

    {s} and {t} are the ends with their systems ("Crm Contact", "Erp Customer (human part)"). The order is that in which
    sentences are tried: those that begin with free text come last.
    """

    always: str
    linked: str
    merged: str
    not_found: str
    matched: str
    kept: str
    rows: str
    no_rows: str
    connected: str
    follows: str


FAMILY: Final = Wording(
    always="Every {s} will be synchronized with a {t}.",
    linked="Before any synchronization can take place, a link between a {s} and a {t} must be established.",
    merged="If a matching {t} already exists, the {s} will be merged with the existing one.",
    not_found="If no matching {t} is found, a new {t} will be created.",
    matched="A {s} will merge with a {t} if one of the following property combinations match:",
    kept=(
        "Once a link between a {s} and a {t} is established, it will keep in sync between the two systems, "
        "regardless of where it is edited."
    ),
    rows="The following properties are synchronized between a {s} and a {t}:",
    no_rows="",
    connected=(
        "A new {t} will be created from a {s} if it is connected to a {types} that is synchronized into {target}."
    ),
    follows="{text}, it  will be synchronized with a {t}.",  # the two blanks are the family's own
)
OWN: Final = Wording(
    always="Each {s} has its {t}, which is created where it is missing.",
    linked="No {t} is created for {s} alone; once two of them are linked, they are kept in sync.",
    merged="Before {t} is created for {s}, a match is looked for: what matches is linked instead.",
    not_found="",
    matched="{s} and {t} stand for the same thing when all properties in one of these lines are equal:",
    kept="",
    rows="These properties flow from {s} to {t}:",
    no_rows="From {s} no property is named yet that flows into {t}.",
    connected="{types}: when any of these is kept in sync with {target}, the {s} connected to it gets its {t}.",
    follows="{text}: on this condition {s} gets its {t}.",
)

TITLE: Final = "Dataflow: {source} → {target}"
ALL: Final = "All dataflows of {project}"
"""Title of a file that holds the documents of a whole hub."""
ABOUT: Final = "About this document"
NOT_HERE: Final = "Not in this document"
