"""Records of systems, by entity type and id."""

from typing import NamedTuple

__all__ = ["Record", "named", "system_of", "type_of"]


class Record(NamedTuple):
    """An entity type ("system.Type") and a remote id."""

    at: str
    id: str


def type_of(mapping: str) -> str:
    """Entity type of a mapping's key: "crm.Contacts" of "crm.Contacts#human"."""
    return mapping.partition("#")[0]


def system_of(mapping: str) -> str:
    """System of an entity type, or of a mapping's key."""
    return mapping.partition(".")[0]


def named(record: Record) -> str:
    """As people are told: "crm.Contacts/17"."""
    return f"{record.at}/{record.id}"
