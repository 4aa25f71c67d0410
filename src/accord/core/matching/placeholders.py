"""The non-identifying list: what people and systems put where an identifying value belongs (L2)."""

from typing import Final

__all__ = [
    "PLACEHOLDER_DATES",
    "PLACEHOLDER_WORDS",
    "SHARED_MAILBOXES",
    "is_filler",
]


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


SHARED_MAILBOXES: Final = _words(
    "abuse account accounting accounts admin administrasjon administration administrator billing booking bookings",
    "contact customerservice e-mail email enquiries epost faktura fakturamottak finance firmapost hei hello help",
    "helpdesk hi hostmaster hr info information invoice invoices jobs kontakt kontor kundeservice mail mailbox",
    "marketing me media no-reply none noreply null office order orders ordre post postmaster postmottak press",
    "privacy reception regnskap resepsjon root sales salg security service servicedesk support team test unknown",
    "user web webmaster x xx xxx",
)
"""Mailboxes of nobody in particular, in whatever domain."""

PLACEHOLDER_DATES: Final = _words(
    "0001-01-01 1753-01-01 1899-12-30 1899-12-31 1900-01-01 1970-01-01 2099-12-31 9999-12-31"
)
"""The first and the last days of the calendars of systems."""

PLACEHOLDER_WORDS: Final = _words("- -- . ? n/a none null tba tbd ukjent unknown")
"""Words for nothing, in folded case."""

_RISING: Final = "01234567890123456789"
_FALLING: Final = _RISING[::-1]


def is_filler(text: str) -> bool:
    """Zeros; three nines or more; six or more of another character; eight or more digits that count up or down.

    Shorter ones are somebody's customer number: 111, 12345.
    """
    if len(set(text)) == 1:
        return text[0] == "0" or len(text) >= (3 if text[0] == "9" else 6)
    return len(text) >= 8 and (text in _RISING or text in _FALLING)
