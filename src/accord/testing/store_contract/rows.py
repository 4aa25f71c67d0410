"""Rows for tests: plain ones, and rich ones with no field at its default.

A field that a store forgets is noticed by a rich row: also one that is added to the state later, for `tests/contract`
checks that the rich rows leave no field out.
"""

from collections.abc import Iterable
from typing import Any, Final

from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import (
    Claim,
    Cluster,
    Cursor,
    Decision,
    Element,
    Event,
    Golden,
    Link,
    Open,
    Pin,
    Rejection,
    Review,
    Seen,
    Sent,
    Suspect,
    Written,
)  # fmt: skip
from accord.core.values import MISSING

__all__ = [
    "LATER", "PLAIN", "VALUES", "A", "B", "cluster", "ids", "link", "opened", "refused", "rich_cluster", "rich_cursor",
    "rich_decision", "rich_event", "rich_golden", "rich_link", "rich_review", "rich_seen", "seen",
]  # fmt: skip

A: Final = "crm.Contacts"
B: Final = "erp.Customers#person"
PLAIN: Final = Stamp(1_700_000_000_000_000, 0, 1, "crm.Contacts/1", 77)
LATER: Final = Stamp(1_700_000_000_000_001, 3, -2, "erp.Customers#person/ü", 2**32 - 1)
VALUES: Final[list[Any]] = [
    "plain", "", "žluťoučký kůň 🐎", "nul\0in it", "MISSING", 0, -1, 2**63, -(2**80), 1.5, True, False, None, MISSING,
    [], ["a", [1, {"b": None}]], {}, {"k": {"l": ["ü"]}}, "x" * 100_000, "\ud83d half a pair",
]  # fmt: skip


def rich_seen(mapping: str = A, id_: str = "1", golden: str | None = "g1") -> Seen:
    """A seen record with no field at its default."""
    return Seen(
        mapping=mapping, id=id_, raw=VALUES.copy(), version='W/"7"', order=7, modified_us=1, created_us=2, asked_us=3,
        first_us=4, fetched=True, seq=5, golden=golden, gone="merged", missing_us=6, held="why held",
        excluded="why excluded", our_id="ours", old_versions=["5", "6"], successor="2",
        unreadable="why unreadable",
        initial=True, made=True, resting="why it rests", highest_order=9, backsteps=1, born_us=12, offset_us=13,
    )  # fmt: skip


def rich_golden(id_: str = "g1", concept: str = "person") -> Golden:
    """A golden record with no field at its default."""
    stamps = [LATER if column % 2 else PLAIN for column in range(len(VALUES))]
    claims = [Claim(LATER, PLAIN, {"a": MISSING}, 5), Claim(PLAIN, BOTTOM, "other", 0)]
    return Golden(
        id=id_, concept=concept, value=VALUES.copy(), stamp=stamps, life="dying", rivals={3: claims, 0: []},
        questions={2: "names differ"}, merged_into="g0",
        elements={4: [Element("a", ["a", MISSING], True, LATER), Element("b", None, False, BOTTOM)]},
        still_us=1, latest_us=2, waits_us=3,
    )  # fmt: skip


def rich_link(golden: str = "g1", mapping: str = A, id_: str | None = "1") -> Link:
    """A link with no field at its default."""
    sent = Sent(["raw", MISSING], PLAIN)
    opened = Open(
        kind="update", sent={0: sent, 5: Sent(MISSING, LATER)}, body={"a": [1, MISSING]}, version="6", key="k",
        sent_us=1, first_us=2, sendings=3, acked=True, unknown=True, returned="ours, cut",
        kept={"whole": [1, {"b": None}]},
    )  # fmt: skip
    return Link(
        golden=golden, mapping=mapping, incarnation=2, id=id_, life="tomb", by="person", seq=9, raw=VALUES.copy(),
        base=[PLAIN] * len(VALUES), same=[None, LATER, PLAIN] + [None] * (len(VALUES) - 3),
        suspects={1: Suspect(raw=MISSING, time_us=4, base=BOTTOM, sent=sent, on="before", acked=True)},
        rejected={-1: Rejection(stamp=LATER, message="refused", at_us=8, fingerprint="f", version="3", denied=True)},
        open=opened, generation=1, refusals=2,
        own_version="5", own_modified_us=3, read_us=10, sent_us=11, confirmed_us=12,
        pins={3: Pin(["back", MISSING], LATER)}, doomed=True, kept={"whole": "body"}, ruled=True,
        written={0: [Written(5, "a", undone=True), Written(6, MISSING, undone=False)]}, restored=True,
    )  # fmt: skip


def rich_cluster(golden: str = "g1", id_: str = "1") -> Cluster:
    """A golden record with two links, one of them without a record, and what was seen."""
    links = [rich_link(golden, A, id_), rich_link(golden, B, None)]
    return Cluster(golden=rich_golden(golden), links=links, seen={(A, id_): rich_seen(A, id_, golden)})


def rich_event() -> Event:
    """An event with no field at its default."""
    return Event(
        kind="loser", golden="g1", property="phone", record="crm.Contacts/1", value=VALUES, before=MISSING,
        has_value=True, stamp=LATER, rule="latest", at_us=5, run=1,
    )  # fmt: skip


def rich_cursor(mapping: str = A) -> Cursor:
    """A cursor with no field at its default."""
    return Cursor(
        mapping=mapping, token="t", began_us=1, complete=True, swept_us=2,  # noqa: S106
        identity="account", back_us=3,
    )  # fmt: skip


def rich_review(id_: str = "r", concept: str = "person") -> Review:
    """A review with no field at its default."""
    return Review(
        id=id_, concept=concept, rule="mail", key="k", kind="veto", members=["crm.A/1", "erp.B/2"], goldens=["g"],
        reason="birth dates differ", at_us=7,
    )  # fmt: skip


def rich_decision(a: str, b: str) -> Decision:
    """A decision with no field at its default."""
    return Decision(
        "person", f"crm.A/{a}", f"crm.A/{b}", "different", at_us=8, by="ann", run=9, restore=True, todo=True
    )


def seen(id_: str, mapping: str = A, **fields: Any) -> Seen:
    """A plain seen record."""
    return Seen(mapping=mapping, id=id_, raw=["x"], **fields)


def cluster(golden: str, *links: Link, concept: str = "person") -> Cluster:
    """A plain golden record with links."""
    return Cluster(golden=Golden(id=golden, concept=concept, value=["x"], stamp=[PLAIN]), links=list(links))


def link(golden: str, mapping: str = A, id_: str | None = "1", **fields: Any) -> Link:
    """A plain link."""
    return Link(golden=golden, mapping=mapping, id=id_, raw=["x"], base=[PLAIN], same=[None], **fields)


def opened() -> Open:
    """A plain open write."""
    return Open(kind="create", sent={})


def refused() -> dict[int, Rejection]:
    """A plain rejection of a property."""
    return {0: Rejection(stamp=PLAIN, message="no", at_us=1)}


def ids(rows: Iterable[Any]) -> list[str]:
    """Ids of rows in order."""
    return [row.id for row in rows]
