"""Figures for Prometheus: names and counts, no ids, no values (P2)."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct, field
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

import accord
from accord.runtime.asking import asking
from accord.runtime.budget import spent_of
from accord.runtime.hub import Hub
from accord.runtime.runs.sync import Synced

__all__ = ["CONTENT_TYPE", "Books", "Metrics", "look_at_books"]

disable_created_metrics()  # type: ignore[no-untyped-call]  # when each series began tells nobody anything

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class Books(Struct, kw_only=True):
    """What waits in the store, by concept or system."""

    linked: dict[str, int] = field(default_factory=dict)
    """Linked records by mapping."""
    reviews: dict[tuple[str, str], int] = field(default_factory=dict)
    """Open reviews by concept and kind."""
    conflicts: dict[str, int] = field(default_factory=dict)
    """Open conflicts by concept."""
    refused: dict[str, int] = field(default_factory=dict)
    """Writes that are refused by mapping."""
    unknown: dict[str, int] = field(default_factory=dict)
    """Writes of unknown outcome by mapping."""
    calls_left: dict[str, int] = field(default_factory=dict)
    """Calls that are left today, by system with a daily budget."""
    logins: dict[str, int] = field(default_factory=dict)
    """1 by system where a person has to allow Accord anew, now or soon; 0 where not."""


async def look_at_books(hub: Hub) -> Books:
    """What waits now."""
    books = Books(logins={it.system: int(it.state != "connected") for it in await hub.connections()})
    async with hub.store.transaction(dry=True) as tx:
        census = await tx.census()
        for review in await tx.reviews():
            what = review.concept, review.kind
            books.reviews[what] = books.reviews.get(what, 0) + 1
        books.conflicts = {name: it.conflicts for name, it in (await asking(hub, tx)).items()}
        for system, budget in hub.budgets.items():
            spent = await spent_of(tx, system, budget.per_day, hub.clock.now_us())
            books.calls_left[system] = spent.left
    for key in hub.model.mappings:
        counts = census.get(key, {})
        books.linked[key] = counts.get("linked", 0)
        books.refused[key], books.unknown[key] = counts.get("rejected", 0), counts.get("open", 0)
    return books


class Metrics:
    """The figures of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        info = self._gauge("accord_build_info", "The version that runs.", "version")
        info.labels(accord.__version__).set(1)
        self._runs = self._counter("accord_runs", "Runs that have ended.", "ended")
        self._stopped = self._counter("accord_runs_stopped", "Runs that an error stopped.", "code")
        self._seconds = Histogram(
            "accord_run_seconds", "Time that runs took.", buckets=_SECONDS, registry=self._registry
        )
        self._cycles = self._counter("accord_cycles", "Cycles, of which runs are made.")
        self._read = self._counter("accord_records_read", "Records that listings showed.", "type")
        self._errors = self._gauge(
            "accord_unread", "1: the entity type could not be read by the last run.", "type"
        )
        self._writes = self._counter(
            "accord_writes", "Writes by how they ended.", "system", "kind", "outcome"
        )
        self._linked = self._counter("accord_linked", "Records that were linked.")
        self._alarms = self._gauge("accord_alarms", "What a guard stopped and a person is asked about.")
        self._pauses = self._gauge("accord_pauses", "Systems and entity types that are paused.")
        self._hooks = self._gauge(
            "accord_webhooks_total", "Webhooks by what became of them.", "system", "outcome"
        )
        self._subscriptions = self._gauge(
            "accord_subscriptions", "Subscriptions to webhooks that stand; 0: none could be made.", "system"
        )
        self._conducts = self._gauge("accord_conducts", "1: this process does the runs, and holds the lease.")
        self._ready = self._gauge("accord_ready", "1: /readyz answers 200.")
        self._reviews = self._gauge("accord_reviews_open", "Open reviews.", "concept", "kind")
        self._asked = self._gauge("accord_conflicts_open", "Conflicts that wait for a person.", "concept")
        self._refused = self._gauge("accord_writes_refused", "Writes that stand refused.", "type")
        self._unknown = self._gauge("accord_writes_unknown", "Writes of unknown outcome.", "type")
        self._records = self._gauge("accord_records_linked", "Linked records.", "type")
        self._conflicts = self._counter("accord_conflicts", "Values that runs found to wait for a person.")
        self._calls = self._gauge("accord_calls_left", "Calls that are left today.", "system")
        self._logins = self._gauge(
            "accord_login_asked", "1: a person has to allow Accord anew, now or soon.", "system"
        )

    def ran(self, synced: Synced, seconds: float) -> None:
        """Count a run."""
        self._runs.labels(synced.ended).inc()
        self._seconds.observe(seconds)
        self._cycles.inc(len(synced.cycles))
        self._conflicts.inc(synced.conflicts)
        for cycle in synced.cycles:
            self._linked.inc(cycle.linked)
            for read in cycle.reads:
                if read.listed and read.records:
                    self._read.labels(read.mapping).inc(read.records)
            for call, count in cycle.shared.ended.items():
                self._writes.labels(*call).inc(count)
        self._alarms.set(len(synced.alarms))
        self._pauses.set(len(synced.pauses))
        self._errors.clear()
        for name in synced.errors:
            self._errors.labels(name).set(1)

    def stopped(self, code: str) -> None:
        """Count a run that an error stopped."""
        self._stopped.labels(code).inc()

    def stand(
        self,
        *,
        ready: bool,
        conducts: bool,
        hooks: Mapping[tuple[str, str], int],
        subscriptions: Mapping[str, int],
    ) -> None:
        """How it stands just now."""
        self._ready.set(ready)
        self._conducts.set(conducts)
        for what, count in hooks.items():
            self._hooks.labels(*what).set(count)
        self._subscriptions.clear()
        for system, count in subscriptions.items():
            self._subscriptions.labels(system).set(count)

    def wait(self, books: Books) -> None:
        """What waits in the store."""
        for gauge, counts in (
            (self._records, books.linked),
            (self._asked, books.conflicts),
            (self._refused, books.refused),
            (self._unknown, books.unknown),
            (self._calls, books.calls_left),
            (self._logins, books.logins),
        ):
            gauge.clear()
            for name, count in counts.items():
                gauge.labels(name).set(count)
        self._reviews.clear()
        for what, count in books.reviews.items():
            self._reviews.labels(*what).set(count)

    def text(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self._registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, registry=self._registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(name, about, labels, registry=self._registry)
