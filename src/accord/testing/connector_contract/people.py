"""People who work in a system, behind the API that a connector calls."""

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct

__all__ = ["Entered", "People", "Record"]


class Record(Protocol):
    """What somebody entered: its id, as the connector tells it."""

    @property
    def id(self) -> str:
        """The id."""
        ...


class Entered(Struct, frozen=True):
    """A record that somebody entered in a real system."""

    id: str


class People(Protocol):
    """People at work in one system, whose calls may block. `SystemModel` is one; for a real system write your own, with
    whatever reaches it best (SQL, a client library, files): not with the connector that is tested.

    `name` is an entity type. Bodies and changes are nested as payloads of the connector are; a property that is not
    named in changes stays, and None empties it.
    """

    def person_create(self, name: str, body: Mapping[str, Any]) -> Record:
        """Somebody enters a record."""
        ...

    def person_edit(self, name: str, record_id: str, changes: Mapping[str, Any]) -> object:
        """Somebody edits properties of a record."""
        ...

    def person_delete(self, name: str, record_id: str) -> object:
        """Somebody deletes a record."""
        ...

    def tables(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """All records that are there, as payloads by id by entity type."""
        ...
