"""Listings of a played system: pages, filters for changes, what they do not show yet, and pages that come oddly."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any, Final, TypeAlias

from accord.connectorkit.manifest_page import NoPages, NumberedPages, OffsetPages
from accord.connectorkit.paths import copied, drop_at, get_at, put_at
from accord.connectorkit.times import time_reader
from accord.testing.system_model.acts import Refused
from accord.testing.system_model.answers import Complaint
from accord.testing.system_model.quirks import Quirks
from accord.testing.system_model.records import Records, Scope, Stored
from accord.testing.system_model.shape import Shape

__all__ = ["Listings"]

Rows: TypeAlias = tuple[list[Stored], str | None]
Cut: TypeAlias = tuple[list[dict[str, Any]], str | None]
"""Items of a page, and the token of the next one."""

_LATE: Final = "late:"
_ALL: Final = 2**40


class Listings:
    """Listings of one entity type.

    While listings lag they are read from a second table, which writes reach through a queue.
    """

    def __init__(
        self, name: str, shape: Shape, records: Records, random: Random, struck: Counter[str]
    ) -> None:
        self._name, self._shape, self._records, self._random = name, shape, records, random
        self._struck = struck
        self._late = f"{name}@listed"
        self._shown = name
        self._omits = shape.it.listing.omits
        self._since = _since_reader(shape)

    def changed(self, stored: Stored) -> None:
        """A record has a new state."""
        if self._shown == self._late:
            self._struck["lag_s"] += 1
            self._records.queue(self._late, stored)

    def catch_up(self, quirks: Quirks, now_us: int) -> None:
        """Let listings show what they should show by now; they begin to trail when they are first told to."""
        if self._shown == self._late:
            self._records.surface(self._late, now_us - round(quirks.lag_s * 1e6))
        elif quirks.lag_s > 0:
            self._records.mirror(self._name, self._late)
            self._shown = self._late

    def page(self, since: str, token: str | None, limit: int, quirks: Quirks, now_us: int) -> Cut:
        """A page of all records, or with `since` of those changed since. Raises Refused: what is asked is wrong."""
        flagged = self._shape.it.tombstones and self._shape.it.tombstones.property
        scope: Scope = "all" if since and flagged else "live"
        after = self._after(since, now_us) if since else 0
        rows, following = self._oddly(scope, after, token, limit, quirks)
        if rows and self._strikes("duplicates", quirks.duplicates):
            rows.insert(self._random.randint(0, len(rows)), self._random.choice(rows))
        if len(rows) > 1 and self._strikes("shuffles", quirks.shuffles):
            self._random.shuffle(rows)
        return [self._listed(stored) for stored in rows], following

    def tombstones(self, since: str, token: str | None, limit: int, now_us: int) -> Cut:
        """A page of the endpoint of deletes: ids, with version and modification time. Raises Refused."""
        after = self._after(since, now_us) if since else 0
        rows, following = self._cut("dead", after, token, limit)
        return [self._tombstone(stored) for stored in rows], following

    def by_our_id(self, key: str) -> list[dict[str, Any]]:
        """Records that carry our id. Raises Refused: they can not be searched for it."""
        it = self._shape.it
        if it.our_id is None or it.search is None or not it.search.our_id:
            raise Refused(400, Complaint("there is no search by this"))
        path, table = it.our_id.property, self._records
        found = [stored for i in table.find(self._shown, path, key) if (stored := table.get(self._shown, i))]
        if it.search.deleted:
            dead = table.page(self._shown, "dead", 0, 0, _ALL)
            found += [stored for stored in dead if get_at(stored.body, path) == key]
        return [self._listed(stored) for stored in found]

    def created_since(self, since_us: int, token: str | None, limit: int) -> Cut:
        """A page of the records created since a time of the system's clock, deleted ones where the manifest says so."""
        search = self._shape.it.search
        after, skip, following = self._place(token, limit)
        after = max(self._records.seq_before(self._shown, since_us), after)
        rows = self._records.page(self._shown, "all" if search and search.deleted else "live", after, 0, _ALL)
        rows = [stored for stored in rows if stored.created_us >= since_us][skip:]
        last = len(rows) <= limit or isinstance(self._shape.it.page, NoPages)
        rows = rows if last else rows[:limit]
        return [self._listed(stored) for stored in rows], None if last else str(following or rows[-1].seq)

    def _oddly(self, scope: Scope, after: int, token: str | None, limit: int, quirks: Quirks) -> Rows:
        """A page, or the one after it with a token that then gives this one."""
        if token and token.startswith(_LATE):
            _, mine, next_one = token.split(":")
            return self._cut(scope, after, mine or None, limit)[0], next_one or None
        rows, following = self._cut(scope, after, token, limit)
        by_token = not isinstance(self._shape.it.page, NoPages | NumberedPages | OffsetPages)
        if following and by_token and self._strikes("repeats", quirks.repeats):
            return rows, f"{_LATE}{token or ''}:{following}"
        if following and by_token and self._strikes("late_pages", quirks.late_pages):
            later, then = self._cut(scope, after, following, limit)
            return later, f"{_LATE}{token or ''}:{then or ''}"
        return rows, following

    def _strikes(self, fault: str, chance: float) -> bool:
        if chance <= 0 or self._random.random() >= chance:
            return False
        self._struck[fault] += 1
        return True

    def _cut(self, scope: Scope, after: int, token: str | None, limit: int) -> Rows:
        if isinstance(self._shape.it.page, NoPages):
            return self._records.page(self._shown, scope, after, 0, _ALL), None
        place, skip, following = self._place(token, limit)
        rows = self._records.page(self._shown, scope, max(after, place), skip, limit + 1)
        if len(rows) <= limit:
            return rows, None
        return rows[:limit], str(following or rows[limit - 1].seq)

    def _place(self, token: str | None, limit: int) -> tuple[int, int, int]:
        """Where a page begins: after which seq, less how many records; and the next token, 0: its last seq."""
        page = self._shape.it.page
        number = _number(token) if token else None
        if isinstance(page, NumberedPages):
            at = page.first if number is None else number
            return 0, max((at - page.first) * limit, 0), at + 1
        if isinstance(page, OffsetPages):
            return 0, max(number or 0, 0), (number or 0) + limit
        return number or 0, 0, 0

    def _after(self, since: str, now_us: int) -> int:
        changes = self._shape.it.changes
        if changes is None:
            raise Refused(400, Complaint("there is no filter for changes"))
        at = self._since(since)
        if at is None:
            raise Refused(400, Complaint("the filter for changes can not be read"))
        if changes.format == "version":
            return at
        if changes.reaches_s is not None and at < now_us - changes.reaches_s * 1e6:
            raise Refused(410, Complaint("the filter for changes reaches too far back"))
        return self._records.seq_before(self._shown, at)

    def _listed(self, stored: Stored) -> dict[str, Any]:
        body: dict[str, Any] = copied(stored.body)
        for path in self._omits:
            drop_at(body, path)
        return body

    def _tombstone(self, stored: Stored) -> dict[str, Any]:
        it, item = self._shape.it, dict[str, Any]()
        stamped = [it.modified.property] if it.modified else []
        stamped += [it.version.property] if it.version and it.version.property else []
        for path in stamped:
            put_at(item, path, get_at(stored.body, path))
        put_at(item, it.tombstones.id if it.tombstones else "id", get_at(stored.body, it.id.property))
        return item


def _since_reader(shape: Shape) -> Callable[[str], int | None]:
    """Reader of the filter: a seq for versions, else microseconds of the system's clock."""
    changes, modified = shape.it.changes, shape.it.modified
    if changes is None or changes.format == "version":
        return _number
    if changes.format == "raw" or changes.format == "token":  # noqa: PLR1714 - narrows its type
        read = time_reader(modified.format, modified.zone) if modified else time_reader("iso")
    else:
        read = time_reader(changes.format, modified.zone if modified else "UTC")
    return read


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
