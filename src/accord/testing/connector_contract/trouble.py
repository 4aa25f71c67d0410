"""A system in trouble: reads are repeated or put off, writes never, and nothing is taken for what it is not."""

import pytest

from accord.core.errors import RetryLater
from accord.core.state import WriteKind
from accord.testing.connector_contract.rig import Playing, Rig, playing

__all__ = ["TroubleContract"]


class TroubleContract(Playing):
    """Throttling, failures, lost replies."""

    def test_w9_a_throttled_write_is_for_later(self) -> None:
        async def act(rig: Rig) -> None:
            quirks = rig.played("throttle us").quirks[rig.name]
            quirks.throttles = 1
            quirks.retry_after_s = 7
            outcome = await rig.write("create", body=rig.body(), key="key")
            assert (outcome.kind, outcome.after_s) == ("later", 7)
            assert rig.people.tables()[rig.name] == {}

        playing(self, act)

    def test_w9_a_throttled_read_is_put_off(self) -> None:
        async def act(rig: Rig) -> None:
            quirks = rig.played("throttle us").quirks[rig.name]
            quirks.throttles = 1
            quirks.retry_after_s = 70
            with pytest.raises(RetryLater) as caught:
                await rig.read(full=True)
            assert 69 <= caught.value.after_s <= 70
            with pytest.raises(RetryLater):
                await rig.fetch("1")

        playing(self, act)

    def test_reads_are_repeated_when_the_system_fails(self) -> None:
        async def act(rig: Rig) -> None:
            quirks = rig.played("fail").quirks[rig.name]
            ids = rig.enter(*range(4))
            quirks.error_every = 2
            found, _ = await rig.read(full=True)
            assert {o.id for o in found} == set(ids)
            quirks.error_every = 7
            assert [o.id for o in await rig.connector.fetch(rig.mapping, ids)] == ids

        playing(self, act)

    def test_a_system_that_only_fails_is_left_alone(self) -> None:
        async def act(rig: Rig) -> None:
            rig.played("fail").quirks[rig.name].errors = 1
            with pytest.raises(RetryLater):
                await rig.read(full=True)

        playing(self, act)

    @pytest.mark.parametrize("quirk", ["errors", "errors_after", "lost_before", "lost_after"])
    @pytest.mark.parametrize("kind", ["create", "update", "delete"])
    def test_w3_a_failed_write_is_of_unknown_outcome_and_sent_once(self, quirk: str, kind: WriteKind) -> None:
        async def act(rig: Rig) -> None:
            people = rig.played("fail")
            (record_id,) = rig.enter(1)
            setattr(people.quirks[rig.name], quirk, 1)
            people.calls.clear()
            target = None if kind == "create" else record_id
            body = None if kind == "delete" else rig.body(2)
            assert (await rig.write(kind, target, body, key="key")).kind == "unknown"
            assert people.calls == {kind: 1}

        playing(self, act)
