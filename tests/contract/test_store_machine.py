"""All stores, given the same random calls, show the same (ids from three letters, so that they meet)."""

import asyncio
from typing import Any, ClassVar

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from accord.core.stamps import BOTTOM, Stamp
from accord.core.state import (
    Claim,
    Cluster,
    Decision,
    Event,
    Fetch,
    Golden,
    Key,
    Link,
    Open,
    Rejection,
    Review,
    Seen,
    Sent,
    Suspect,
)
from accord.core.values import MISSING
from accord.store import MemoryStore, SqliteStore
from accord.store.postgres import PostgresStore
from tests.postgres import Server, server  # noqa: F401 (a fixture)

IDS = st.sampled_from("abc")
TEXTS = st.sampled_from(["", "a", "b", "ü"])
MAPPINGS = st.sampled_from(["s.A", "s.A#f", "t.B"])
CONCEPTS = st.sampled_from(["p", "q"])
RULES = st.sampled_from(["r", "s"])
TIMES = st.integers(0, 3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just(MISSING),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)
STAMPS = st.just(BOTTOM) | st.builds(
    Stamp, TIMES, TIMES, st.integers(-1, 1), TEXTS, st.integers(0, 2**32 - 1)
)
RAWS = st.lists(VALUES, max_size=3)
SENT = st.builds(Sent, VALUES, STAMPS)
COLUMNS = st.integers(-1, 2)


def few(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Up to three of them."""
    return st.lists(items, max_size=3)


SEEN = st.builds(
    Seen, mapping=MAPPINGS, id=IDS, raw=RAWS, golden=st.none() | IDS, held=TEXTS, excluded=TEXTS, asked_us=TIMES,
    gone=st.sampled_from(["", "", "deleted"]), version=st.none() | TEXTS, old_versions=few(TEXTS), seq=TIMES,
)  # fmt: skip
OPENS = st.builds(
    Open, kind=st.just("update"), sent=st.dictionaries(COLUMNS, SENT, max_size=2), body=st.none()
)
SUSPECTS = st.builds(Suspect, raw=VALUES, time_us=TIMES, base=STAMPS, sent=SENT)
REJECTIONS = st.builds(Rejection, stamp=STAMPS, message=TEXTS, at_us=TIMES)
CLAIMS = st.builds(Claim, STAMPS, STAMPS, VALUES, TIMES)


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """A golden record whose links and seen rows are its own."""
    id_ = draw(IDS)
    value = draw(RAWS)
    golden = Golden(
        id=id_, concept=draw(CONCEPTS), value=value, stamp=[draw(STAMPS) for _ in value],
        rivals=draw(st.dictionaries(COLUMNS, few(CLAIMS), max_size=1)),
    )  # fmt: skip
    cluster = Cluster(golden=golden, links=[])
    for _ in range(draw(st.integers(0, 2))):
        raw = draw(RAWS)
        link = Link(
            golden=id_, mapping=draw(MAPPINGS), incarnation=draw(st.integers(0, 1)), id=draw(st.none() | IDS), raw=raw,
            life=draw(st.sampled_from(["live", "live", "creating", "tomb"])), base=[draw(STAMPS) for _ in raw],
            same=[draw(st.none() | STAMPS) for _ in raw], open=draw(st.none() | OPENS),
            suspects=draw(st.dictionaries(COLUMNS, SUSPECTS, max_size=1)),
            rejected=draw(st.dictionaries(COLUMNS, REJECTIONS, max_size=1)),
        )  # fmt: skip
        cluster.links.append(link)
    for row in draw(st.lists(SEEN, max_size=1)):
        cluster.seen[row.mapping, row.id] = row
    return cluster


KEYS = st.builds(Key, RULES, IDS, MAPPINGS, IDS)
PAIRS = st.tuples(RULES, IDS)
EVENTS = st.builds(
    Event, kind=TEXTS, golden=TEXTS, record=TEXTS, run=TIMES, value=VALUES, before=VALUES, has_value=st.booleans(),
    stamp=st.none() | STAMPS,
)  # fmt: skip
REVIEWS = st.builds(
    Review, id=IDS, concept=CONCEPTS, rule=RULES, key=IDS, kind=st.just("merge"), members=few(TEXTS),
    goldens=few(IDS), reason=TEXTS, at_us=TIMES,
)  # fmt: skip

DECISIONS = st.builds(
    Decision, concept=CONCEPTS, a=IDS, b=IDS, verdict=st.sampled_from(["same", "different"]), at_us=TIMES,
    todo=st.booleans(),
)  # fmt: skip

WRITES = st.one_of(
    st.tuples(st.just("save_seen"), st.tuples(few(SEEN))),
    st.tuples(st.just("change_keys"), st.tuples(CONCEPTS, few(KEYS), few(KEYS))),
    st.tuples(st.just("drop_keys"), st.tuples(CONCEPTS)),
    st.tuples(st.just("touch_keys"), st.tuples(CONCEPTS, few(PAIRS))),
    st.tuples(st.just("untouch"), st.tuples(CONCEPTS, RULES, few(IDS))),
    st.tuples(st.just("save_clusters"), st.tuples(few(clusters()))),
    st.tuples(st.sampled_from(["mark", "unmark"]), st.tuples(st.sampled_from(["settle", "share"]), few(IDS))),
    st.tuples(st.just("save_references"), st.tuples(IDS, few(IDS))),
    st.tuples(st.just("ask"), st.tuples(few(st.builds(Fetch, MAPPINGS, IDS, TEXTS, TIMES)))),
    st.tuples(st.just("answered"), st.tuples(MAPPINGS, few(IDS))),
    st.tuples(st.just("save_reviews"), st.tuples(few(REVIEWS))),
    st.tuples(st.just("close_reviews"), st.tuples(few(IDS))),
    st.tuples(st.just("save_decisions"), st.tuples(few(DECISIONS))),
    st.tuples(st.just("remove_seen"), st.tuples(few(st.tuples(MAPPINGS, IDS)))),
    st.tuples(st.just("remove_goldens"), st.tuples(few(IDS))),
    st.tuples(st.just("remove_mapping"), st.tuples(MAPPINGS)),
    st.tuples(st.just("remove_decisions"), st.tuples(CONCEPTS, few(st.tuples(IDS, IDS)))),
    st.tuples(st.just("redact"), st.tuples(st.dictionaries(IDS, st.just("gone"), max_size=2))),
    st.tuples(st.just("record"), st.tuples(few(EVENTS))),
    st.tuples(st.just("begin_run"), st.tuples(TEXTS, TEXTS, TIMES)),
    st.tuples(st.just("end_run"), st.tuples(TIMES, TIMES, st.dictionaries(TEXTS, VALUES, max_size=1))),
    st.tuples(st.just("save_meta"), st.tuples(IDS, VALUES)),
)  # fmt: skip

AFTER = st.sampled_from(["", "a", "b"])
LIMITS = st.integers(0, 3)
READS = st.one_of(
    st.tuples(st.just("seen"), st.tuples(MAPPINGS, few(IDS))),
    st.tuples(st.sampled_from(["scan_seen", "waiting", "held", "open_links"]), st.tuples(MAPPINGS, AFTER, LIMITS)),
    st.tuples(st.just("unswept"), st.tuples(MAPPINGS, TIMES, AFTER, LIMITS)),
    st.tuples(st.just("touched"), st.tuples(CONCEPTS, RULES, AFTER, LIMITS, st.integers(1, 4))),
    st.tuples(st.just("groups"), st.tuples(CONCEPTS, few(PAIRS), st.integers(1, 4))),
    st.tuples(st.just("clusters"), st.tuples(few(IDS))),
    st.tuples(st.just("links"), st.tuples(MAPPINGS, few(IDS))),
    st.tuples(st.just("scan_golden"), st.tuples(CONCEPTS, AFTER, LIMITS)),
    st.tuples(st.just("marked"), st.tuples(st.sampled_from(["settle", "share"]), AFTER, LIMITS)),
    st.tuples(st.just("rejected"), st.tuples(LIMITS)),
    st.tuples(st.sampled_from(["golden_of", "remote_of"]), st.tuples(few(st.tuples(MAPPINGS, IDS)))),
    st.tuples(st.just("dependants"), st.tuples(few(IDS))),
    st.tuples(st.just("asked"), st.tuples(MAPPINGS, TIMES, LIMITS)),
    st.tuples(st.just("next_fetch_us"), st.just(())),
    st.tuples(st.just("reviews"), st.tuples(st.none() | CONCEPTS)),
    st.tuples(st.just("decisions"), st.tuples(CONCEPTS, st.tuples(AFTER, AFTER), LIMITS)),
    st.tuples(st.just("decisions_on"), st.tuples(CONCEPTS, few(IDS))),
    st.tuples(st.just("runs"), st.tuples(LIMITS)),
    st.tuples(st.just("meta"), st.tuples(IDS)),
    st.tuples(st.just("census"), st.just(())),
)  # fmt: skip


class TwoStores(RuleBasedStateMachine):
    """Transactions of random calls on both stores, some of which fail or are dry."""

    def __init__(self) -> None:
        super().__init__()
        self.stores: list[Any] = [MemoryStore(), self.make()]

    def make(self) -> Any:
        """The other store."""
        return SqliteStore(":memory:", inline=True)

    @rule(
        calls=st.lists(WRITES | READS, min_size=1, max_size=5),
        end=st.sampled_from(["commit"] * 3 + ["dry", "fail"]),
    )
    def transaction(self, calls: list[tuple[str, tuple[Any, ...]]], end: str) -> None:
        """The same calls give the same answers."""
        memory, sqlite = (asyncio.run(_play(store, calls, end)) for store in self.stores)
        assert memory == sqlite

    @rule(golden=st.none() | TEXTS, record=st.none() | TEXTS, run=st.none() | TIMES, limit=LIMITS)
    def history(self, **asked: Any) -> None:
        """The same history."""
        memory, sqlite = (asyncio.run(_history(store, asked)) for store in self.stores)
        assert memory == sqlite

    @invariant()
    def adds_up(self) -> None:
        """The census adds up (G4)."""
        for store in self.stores:
            ((_, census),) = [asyncio.run(_play(store, [("census", ())], "dry"))]
            for mapping, count in census.items():
                if not mapping.startswith("#"):
                    parts = ("linked", "waiting", "held", "excluded", "gone")
                    assert count["seen"] == sum(count[part] for part in parts)

    def teardown(self) -> None:
        """Close both."""
        for store in self.stores:
            asyncio.run(store.close())


async def _play(store: Any, calls: list[tuple[str, tuple[Any, ...]]], end: str) -> list[Any]:
    answers: list[Any] = [end]
    try:
        async with store.transaction(dry=end == "dry") as transaction:
            for name, args in calls:
                answers.append(await getattr(transaction, name)(*args))
            if end == "fail":
                raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    return answers


async def _history(store: Any, asked: dict[str, Any]) -> Any:
    async with store.transaction() as transaction:
        return await transaction.history(**asked)


class WithPostgres(TwoStores):
    """The same with a schema of its own each."""

    server: ClassVar[Server]

    def make(self) -> Any:
        """The other store."""
        return PostgresStore(self.server.url(self.server.new_schema()), inline=True)


@pytest.fixture(scope="module")
def _served(server: Server) -> None:  # noqa: F811
    WithPostgres.server = server


TestPostgres = pytest.mark.usefixtures("_served")(WithPostgres.TestCase)
TestPostgres.settings = settings(max_examples=8, stateful_step_count=20, deadline=None)

TestTwoStores = TwoStores.TestCase
TestTwoStores.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
