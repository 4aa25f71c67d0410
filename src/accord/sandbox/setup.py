"""How a sandbox is run: everything but the manifest."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from accord.sandbox.auth import Access
from accord.testing.system_model import Quirks

__all__ = ["Load", "Setup"]


class Load(NamedTuple):
    """A CSV or JSON file whose rows are put into an entity type at the start, if that one is empty."""

    entity_type: str
    file: Path


class Setup(Struct, frozen=True, kw_only=True):
    """Settings of a sandbox.

    `port` 0: any free one. `file`: where its records are kept, None: in memory. `quirks` by entity type. `limits`:
    enforce the manifest's calls per second. A call takes `latency_s`, half of it before anything happens. After
    `hang_s` seconds a connection whose caller is to hear nothing is closed; a webhook that nobody takes is sent again
    after `hook_retry_s`, then after twice that, and so on. The same `seed` and calls draw the same trouble.
    """

    host: str = "127.0.0.1"
    port: int = 0
    file: Path | None = None
    loads: Sequence[Load] = ()
    quirks: Mapping[str, Quirks] = {}
    access: Access = Access()
    limits: bool = False
    hang_s: float = 120
    latency_s: float = 0
    hook_retry_s: float = 1
    seed: int = 0
    account: str = "hub"
