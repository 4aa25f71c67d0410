"""A whole sandbox without sockets: records, the system that plays the manifest, and its face."""

from collections.abc import Callable, MutableMapping
from random import Random
from time import time_ns

from accord.connectorkit.manifest import Manifest
from accord.core.errors import StopFlow
from accord.sandbox.auth import Gate
from accord.sandbox.door import Door
from accord.sandbox.durable import DurableRecords
from accord.sandbox.face import Face
from accord.sandbox.hooks import Hooks
from accord.sandbox.load import load_all
from accord.sandbox.messages import Request, Response, plain
from accord.sandbox.setup import Setup
from accord.testing.system_model import MemoryRecords, Records, SystemModel

__all__ = ["Sandbox", "now_us"]


def now_us() -> int:
    """This machine's clock: microseconds UTC."""
    return time_ns() // 1_000


class Sandbox:
    """Plays a manifest. `handle` may be called as an HTTP server or an in-memory transport would; `model` gives people
    and oracles their way in. `clock` gives microseconds UTC."""

    def __init__(
        self, manifest: Manifest, setup: Setup | None = None, *, clock: Callable[[], int] = now_us
    ) -> None:
        self.setup = setup or Setup()
        self._kept = DurableRecords(self.setup.file, manifest) if self.setup.file else None
        self.records: Records = self._kept or MemoryRecords()
        grants: MutableMapping[str, int] = self._kept.grants if self._kept else {}
        try:
            self._build(manifest, clock, grants)
            self._keep()
        except BaseException:
            if self._kept:  # half a file of records is not kept: the next start would take it for all
                self._kept.close()
            raise

    def _build(self, manifest: Manifest, clock: Callable[[], int], grants: MutableMapping[str, int]) -> None:
        self.model = SystemModel(
            manifest,
            clock=clock,
            random=Random(self.setup.seed),
            quirks=self.setup.quirks,
            records=self.records,
            account=self.setup.account,
        )
        self.model.trouble.enforce_rate = self.setup.limits
        load_all(self.model, self.records, self.setup.loads)
        self.gate = Gate(manifest.auth, self.setup.access, clock, grants, manifest.name)
        self.hooks = Hooks(
            self.model,
            self.records,
            self._kept.hooks if self._kept else {},
            clock=clock,
            secret=self.setup.access.secret,
            seed=self.setup.seed,
        )
        self.door = door = Door(self.model, self.records, self.gate.expire, self.hooks)
        self.face = Face(self.model, self.gate, door, self.hooks)

    def handle(self, request: Request) -> Response:
        """The response to a request; what it changed is kept by then, or it is 507."""
        response = self.face.handle(request)
        try:
            self._keep()
        except StopFlow as stop:
            return plain(507, str(stop))
        self.hooks.release()
        return response

    def close(self) -> None:
        """Keep what is not kept yet, and let the file go. No call may follow. Raises StopFlow: it can not be kept."""
        try:
            self._keep()
        finally:
            if self._kept:
                self._kept.close()

    def _keep(self) -> None:
        if self._kept:
            self._kept.commit()
