"""What people were told, kept in the store, so that a restart or another machine does not tell it again."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from accord.alerting.causes import Cause
from accord.core.work import SECOND_US
from accord.ports.store import Transaction

__all__ = ["Ledger", "News", "Told", "load_ledger", "save_ledger"]

_META: Final = "alerts"
_HOUR_US: Final = 3600 * SECOND_US


class Told(Struct, kw_only=True, omit_defaults=True):
    """One cause that stands: since when, when it was told (None: not yet), how bad it was then."""

    since_us: int
    text: str
    over: str
    told_us: int | None = None
    grade: int = -1


class News(Struct, kw_only=True):
    """What is to be told now: causes, and the last words about those that are over."""

    causes: list[Cause] = field(default_factory=list)
    over: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.causes or self.over)


class Ledger(Struct, kw_only=True, omit_defaults=True):
    """Causes by key, and when messages were sent in the last hour."""

    told: dict[str, Told] = field(default_factory=dict)
    sent_us: list[int] = field(default_factory=list)

    def news(self, causes: Sequence[Cause], now_us: int) -> News:
        """What is new since people were told last; what is over and was never told goes without a word."""
        news = News()
        stand = {cause.key for cause in causes}
        for key in [key for key, it in self.told.items() if key not in stand and it.told_us is None]:
            del self.told[key]
        news.over = {key: it.over for key, it in self.told.items() if key not in stand}
        for cause in causes:
            it = self.told.setdefault(cause.key, Told(since_us=now_us, text=cause.text, over=cause.over))
            it.text, it.over = cause.text, cause.over
            lasted = now_us - it.since_us >= cause.after_s * SECOND_US
            if lasted and (it.told_us is None or cause.grade > it.grade):
                news.causes.append(cause)
        return news

    def may_tell(self, per_hour: int, now_us: int) -> bool:
        """A message may go now; what is new then is told with what comes until one may."""
        self.sent_us = [us for us in self.sent_us if now_us - us < _HOUR_US]
        return len(self.sent_us) < per_hour

    def was_told(self, news: News, now_us: int) -> None:
        """Note that a message went."""
        self.sent_us.append(now_us)
        for key in news.over:
            del self.told[key]
        for cause in news.causes:
            it = self.told[cause.key]
            it.told_us, it.grade = now_us, cause.grade


async def load_ledger(tx: Transaction) -> Ledger:
    """What people were told so far."""
    kept: Any = await tx.meta(_META)
    return msgspec.convert(kept, Ledger) if kept else Ledger()


async def save_ledger(tx: Transaction, ledger: Ledger) -> None:
    """Keep what people were told."""
    await tx.save_meta(_META, msgspec.to_builtins(ledger))
