"""Values that chase each other (G5); how they come to do so is told in tests/property/world/test_guarding.py."""

from accord.core.oscillation import DAY_US, chased, note_undone, note_written, thaw, withdraw
from accord.core.state import Link
from tests.unit.core.building import Story, row, system


def a_link():
    return Link(golden="g", mapping="m", raw=["a"], base=[], same=[])


def chase(link, values, *, undone=True):
    for n, value in enumerate(values):
        note_written(link, 0, value, DAY_US + n)
        if undone:
            note_undone(link, 0)


def test_four_undone_writes_freeze_their_values_for_a_day():
    link = a_link()
    chase(link, "abab")
    assert chased(link.written[0], "a", DAY_US + 10) == 2 * DAY_US
    assert chased(link.written[0], "c", DAY_US + 10) is None
    assert chased(link.written[0], "a", 2 * DAY_US) is None


def test_only_the_last_four_are_kept_and_a_new_value_begins_anew():
    link = a_link()
    chase(link, "abababa")
    assert [each.raw for each in link.written[0]] == ["b", "a", "b", "a"]
    note_written(link, 0, "c", 2 * DAY_US)
    assert [each.raw for each in link.written[0]] == ["c"]


def test_what_nobody_undid_is_no_chase():
    link = a_link()
    chase(link, "abababa", undone=False)
    assert chased(link.written[0], "a", DAY_US) is None


def test_what_was_ignored_was_not_written():
    link = a_link()
    withdraw(link, 0, "a")
    chase(link, "a", undone=False)
    withdraw(link, 0, "b")
    assert link.written[0]
    withdraw(link, 0, "a")
    assert not link.written[0]
    note_undone(link, 0)
    assert thaw(link, 0)
    assert not thaw(link, 0)


def test_what_is_frozen_is_held_and_read_again_when_it_thaws():
    enforced = row("name", reads=False, enforce=True)
    it = Story(system("crm"), system("erp", enforced)).in_sync(name="Ada", phone="1")
    for n in range(5):
        it.sees("erp", at=20 + 10 * n, name="X", phone="1", version=f"x{n}")
        if it.dues():
            it.sends("erp", at=21 + 10 * n)
            it.answers("erp", at=21 + 10 * n, name="Ada", phone="1", version=f"w{n}")
    assert [(h.state, h.property) for h in it.settled.holds] == [("frozen", "name")]
    assert [f.id for f in it.settled.fetches] == ["1"]
