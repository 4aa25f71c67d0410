"""What a played system answers."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

__all__ = ["Answer", "Complaint", "ListAnswer"]


class Complaint(Struct, frozen=True):
    """Why a call is refused: the message, and the property at fault where there is one."""

    message: str
    property: str = ""


class Answer(Struct, kw_only=True):
    """The answer to a call about one record, as it would come over HTTP.

    `body` is the parsed body, None where there is none; it belongs to the caller. `version` is the bare token and
    `etag` the header. `lost`: the caller never hears of it (a time-out, or where `cut` a dropped connection), whatever
    else stands here. `id` is the record's id also where the body does not tell it. `date_us`: the system's clock.
    """

    status: int
    body: Any = None
    id: str = ""
    version: str = ""
    etag: str = ""
    retry_after_s: float | None = None
    complaints: Sequence[Complaint] = ()
    lost: bool = False
    cut: bool = False
    date_us: int = 0

    @property
    def ok(self) -> bool:
        """Applied, and the caller hears of it."""
        return not self.lost and 200 <= self.status < 300


class ListAnswer(Struct, kw_only=True):
    """A page. `items` are records in the order of their last change; `next` asks for the page after it, None: the last.

    `next` is a token, or the next page's number or offset, as the manifest pages.
    """

    status: int = 200
    items: list[dict[str, Any]] = []
    next: str | None = None
    retry_after_s: float | None = None
    complaints: Sequence[Complaint] = ()
    lost: bool = False
    cut: bool = False
    date_us: int = 0
