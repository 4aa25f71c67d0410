"""The probes of a run: every record that the checklist or its hub made, and what was asked for and not answered."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from accord.qa.performing.bearers import codes_in
from accord.qa.performing.records import Record

__all__ = ["Asked", "By", "Diary", "Probes"]

By: TypeAlias = Literal["person", "hub"]


class Asked(NamedTuple):
    """A create as it was sent; `key` is the id of our own that a hub put into it."""

    at: str
    key: str
    body: Mapping[str, Any]


class Diary(Protocol):
    """Keeps what is known of probes where it outlives the process."""

    def asked(self, creates: Sequence[Asked]) -> None:
        """These are about to be sent."""
        ...

    def answered(self, creates: Sequence[Asked], made: Sequence[Record]) -> None:
        """They were, or were given up; these records came of them."""
        ...

    def removed(self, records: Sequence[Record]) -> None:
        """These are no more."""
        ...


class Probes:
    """All probes in the order in which they were made, each with who made it; `gone` are those that were removed.

    A record of which no answer told the id is a probe if it carries our id, or the mark with the numbers that were
    sent; never by its values alone, which a record of somebody else may have too.
    """

    def __init__(self, mark: str, diary: Diary | None = None) -> None:
        self.diary, self.mark = diary, mark
        self.made: dict[Record, By] = {}
        self.gone: set[Record] = set()
        self._open: dict[str, dict[int, Asked]] = {}
        """Creates by entity type that nobody has answered."""

    def __contains__(self, record: Record) -> bool:
        return record in self.made

    def of(self, at: str) -> Iterator[Record]:
        """Probes of an entity type."""
        return (record for record in self.made if record.at == at)

    def asked(self, creates: Sequence[Asked]) -> None:
        """Note creates before they are sent."""
        self.take_up(creates)
        if self.diary is not None and creates:
            self.diary.asked(creates)

    def take_up(self, creates: Sequence[Asked]) -> None:
        """Creates that an earlier run sent, and that had no answer."""
        for create in creates:
            self._open.setdefault(create.at, {})[id(create)] = create

    def answered(self, creates: Sequence[Asked], ids: Sequence[str | None], by: By) -> list[Record | None]:
        """Note what came of them, in their order; None is an id that nobody knows, "" a create that was refused."""
        records = [Record(c.at, id_) if id_ else None for c, id_ in zip(creates, ids, strict=True)]
        made = [record for record in records if record is not None]
        self.made.update(dict.fromkeys(made, by))
        self._close([c for c, id_ in zip(creates, ids, strict=True) if id_ is not None], made)
        return records

    def adopts(self, record: Record, our_id: str, payload: Mapping[str, Any] | None) -> bool:
        """True for a probe, and for a record that a create without an answer made, which is one from now on."""
        if record in self.made:
            return True
        waiting = self._open.get(record.at)
        if not waiting or payload is None:
            return False
        create = next((each for each in waiting.values() if self._is_of(each, our_id, payload)), None)
        if create is None:
            return False
        self.made[record] = "hub" if create.key else "person"
        self._close([create], [record])
        return True

    def unanswered(self) -> dict[str, list[Asked]]:
        """Creates of which nobody knows what became, by entity type."""
        return {at: list(waiting.values()) for at, waiting in self._open.items() if waiting}

    def give_up(self, creates: Sequence[Asked]) -> None:
        """They made nothing."""
        self._close(creates, [])

    def removed(self, records: Sequence[Record]) -> None:
        """These are no more."""
        self.gone.update(records)
        if self.diary is not None and records:
            self.diary.removed(records)

    def may_be_found(self, create: Asked) -> bool:
        """Something tells a record that it made from those of others."""
        return bool(create.key or codes_in(create.body, self.mark))

    def _is_of(self, create: Asked, our_id: str, payload: Mapping[str, Any]) -> bool:
        if create.key and our_id:
            return our_id == create.key
        sent = codes_in(create.body, self.mark)
        return bool(sent) and sent <= codes_in(payload, self.mark)

    def _close(self, creates: Sequence[Asked], made: Sequence[Record]) -> None:
        for create in creates:
            self._open.get(create.at, {}).pop(id(create), None)
        if self.diary is not None and (creates or made):
            self.diary.answered(creates, made)
