"""Writes: what they change, and how each of them ends (W1, W2, W3, W9)."""

import pytest

from accord.connectorkit.paths import get_at
from accord.ports.connector import Write
from accord.testing.connector_contract.rig import Playing, Rig, playing

__all__ = ["WritingContract"]


class WritingContract(Playing):
    """Creates, updates and deletes."""

    def test_a_create_makes_the_record_that_was_sent(self) -> None:
        async def act(rig: Rig) -> None:
            outcome = await rig.write("create", body=rig.body(5), key="key")
            assert outcome.kind == "done"
            (record,) = rig.people.tables()[rig.name].items()
            assert get_at(record[1], rig.text()) == "text 5"
            if rig.it.replies.create != "none":
                assert outcome.observation is not None
                assert (outcome.observation.id, outcome.observation.how) == (record[0], "reply")

        playing(self, act)

    def test_w3_a_create_repeated_with_its_key_makes_one_record(self) -> None:
        async def act(rig: Rig) -> None:
            if rig.it.idempotency is None:
                pytest.skip(f"{rig.name} honours no keys")
            first = await rig.create(1, key="same")
            assert await rig.create(1, key="same") == first
            assert await rig.create(1, key="another") != first
            assert len(rig.people.tables()[rig.name]) == 2

        playing(self, act)

    def test_w3_what_was_sent_stays_as_it_was(self) -> None:
        async def act(rig: Rig) -> None:
            body = rig.body(1)
            await rig.write("create", body=body, key="key")
            assert body == rig.body(1)

        playing(self, act)

    def test_w1_an_update_changes_what_it_carries_and_nothing_else(self) -> None:
        async def act(rig: Rig) -> None:
            (record_id,) = rig.enter(1)
            before = rig.people.tables()[rig.name][record_id]
            body = rig.at(rig.text(), "new", before if rig.it.update == "replace" else None)
            seen = await rig.fetch(record_id)
            assert (await rig.write("update", record_id, body, seen.version)).kind == "done"
            after = rig.people.tables()[rig.name][record_id]
            ours = [path for path, spec in rig.it.properties.items() if not spec.read_only]
            changed = {path for path in ours if get_at(before, path) != get_at(after, path)}
            assert changed == {rig.text()}

        playing(self, act)

    def test_w2_a_write_to_a_record_that_moved_on_is_not_made(self) -> None:
        async def act(rig: Rig) -> None:
            if rig.it.version is None:
                pytest.skip(f"{rig.name} has no versions")
            (record_id,) = rig.enter(1)
            old = (await rig.fetch(record_id)).version
            rig.people.person_edit(rig.name, record_id, rig.at(rig.text(), "theirs"))
            for kind in ("update", "delete"):
                body = rig.body(2) if kind == "update" else None
                assert (await rig.write(kind, record_id, body, old)).kind == "moved"
            assert get_at(rig.people.tables()[rig.name][record_id], rig.text()) == "theirs"

        playing(self, act)

    def test_w2_the_version_of_a_reply_is_good_for_the_next_write(self) -> None:
        async def act(rig: Rig) -> None:
            if rig.it.version is None or rig.it.replies.update != "record":
                pytest.skip(f"{rig.name} has no versions, or does not tell them in replies")
            (record_id,) = rig.enter(1)
            version = (await rig.fetch(record_id)).version
            for number in range(3):
                outcome = await rig.write("update", record_id, rig.body(number), version)
                assert outcome.kind == "done"
                assert outcome.observation is not None
                version = outcome.observation.version

        playing(self, act)

    def test_a_delete_of_what_is_gone_finds_nothing(self) -> None:
        async def act(rig: Rig) -> None:
            record_id = await rig.create(1)
            assert (await rig.write("delete", record_id)).kind == "done"
            assert (await rig.write("delete", record_id)).kind == "missing"
            assert (await rig.write("update", record_id, rig.body(2))).kind == "missing"
            assert rig.people.tables()[rig.name] == {}

        playing(self, act)

    def test_w9_a_refusal_names_the_property_in_the_system_s_words(self) -> None:
        async def act(rig: Rig) -> None:
            path = rig.property_where("limited in length", lambda s: bool(s.max_length) and not s.read_only)
            body = rig.at(path, "x" * 1000, rig.body(1))
            outcome = await rig.write("create", body=body, key="key")
            assert outcome.kind == "refused"
            assert outcome.message
            if rig.it.errors.property:
                assert outcome.faults == (path,)
            assert rig.people.tables()[rig.name] == {}

        playing(self, act)

    def test_w9_outcomes_come_in_the_order_of_writes_and_one_bad_one_fails_alone(self) -> None:
        async def act(rig: Rig) -> None:
            ids = rig.enter(*range(6))
            whole = rig.body(1) if rig.it.update == "replace" else None
            writes = [
                Write(mapping=rig.mapping, kind="update", id=i, body=rig.at(rig.text(), f"new {n}", whole))
                for n, i in enumerate(ids)
            ]
            writes[2] = Write(mapping=rig.mapping, kind="delete", id="424242")
            writes[4] = Write(mapping=rig.mapping, kind="create", body=rig.body(9), key="key")
            kinds = [outcome.kind for outcome in await rig.connector.write(writes)]
            assert kinds == ["done", "done", "missing", "done", "done", "done"]
            table = rig.people.tables()[rig.name]
            assert [get_at(table[ids[n]], rig.text()) for n in (0, 1, 3, 5)] == [
                f"new {n}" for n in (0, 1, 3, 5)
            ]
            assert await rig.connector.write([]) == []

        playing(self, act)
