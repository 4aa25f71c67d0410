"""The probes of a run: every record that the checklist or its hub made, and what was asked for and not answered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from accord.connectorkit.paths import get_at, leaves

__all__ = ["Asked", "By", "Diary", "Probes", "Record", "named", "type_of"]

By: TypeAlias = Literal["person", "hub"]


class Record(NamedTuple):
    """An entity type ("system.Type") and a remote id."""

    at: str
    id: str


class Asked(NamedTuple):
    """A create as it was sent: by it a record whose id nobody told is recognised."""

    at: str
    key: str
    body: Mapping[str, Any]

    def is_it(self, our_id: str, payload: Mapping[str, Any]) -> bool:
        """A record that carries our id, or holds every value that was sent."""
        if self.key and our_id:
            return our_id == self.key
        sent = [(path, value) for path, value in leaves(self.body, lambda _: False) if value is not None]
        return bool(sent) and all(get_at(payload, path) == value for path, value in sent)


class Diary(Protocol):
    """Keeps what is known of probes where it outlives the process."""

    def asked(self, creates: Sequence[Asked]) -> None:
        """These are about to be sent."""
        ...

    def answered(self, creates: Sequence[Asked], made: Sequence[Record]) -> None:
        """They were; these records came of them."""
        ...

    def removed(self, records: Sequence[Record]) -> None:
        """These are no more."""
        ...


class Probes:
    """All probes, in the order in which they were made, each with who made it."""

    def __init__(self, diary: Diary | None = None) -> None:
        self.diary = diary
        self.made: dict[Record, By] = {}
        self.lost: dict[str, list[Asked]] = {}
        """Creates by entity type of which no answer told the id."""

    def __contains__(self, record: Record) -> bool:
        return record in self.made

    def of(self, at: str) -> Iterator[Record]:
        """Probes of an entity type."""
        return (record for record in self.made if record.at == at)

    def asked(self, creates: Sequence[Asked]) -> None:
        """Note creates before they are sent."""
        if self.diary is not None and creates:
            self.diary.asked(creates)

    def answered(self, creates: Sequence[Asked], ids: Sequence[str | None], by: By) -> list[Record | None]:
        """Note what came of them, in their order; None is an id that nobody knows, "" a create that was refused."""
        records = [Record(c.at, id_) if id_ else None for c, id_ in zip(creates, ids, strict=True)]
        self.made.update((record, by) for record in records if record is not None)
        told = [create for create, id_ in zip(creates, ids, strict=True) if id_ is not None]
        for create, id_ in zip(creates, ids, strict=True):
            if id_ is None:
                self.lost.setdefault(create.at, []).append(create)
        if self.diary is not None and told:
            self.diary.answered(told, [record for record in records if record is not None])
        return records

    def adopts(self, record: Record, our_id: str, payload: Mapping[str, Any] | None) -> bool:
        """True for a probe, and for a record that a create without an answer made, which is one from now on."""
        if record in self.made:
            return True
        lost = self.lost.get(record.at)
        if not lost or payload is None:
            return False
        create = next((each for each in lost if each.is_it(our_id, payload)), None)
        if create is None:
            return False
        lost.remove(create)
        self.made[record] = "hub"
        if self.diary is not None:
            self.diary.answered([create], [record])
        return True


def type_of(mapping: str) -> str:
    """Entity type of a mapping's key: "crm.Contacts" of "crm.Contacts#human"."""
    return mapping.partition("#")[0]


def named(record: Record) -> str:
    """As people are told: "crm.Contacts/17"."""
    return f"{record.at}/{record.id}"
