"""Messages of pgoutput: what is written comes back, and what is cut or strange is refused, never misread."""

import contextlib
import struct

import pytest
from hypothesis import given, strategies as st

from accord.connectors.sql.pgoutput import (
    UNCHANGED,
    Begin,
    Change,
    Column,
    Commit,
    Relation,
    Truncate,
    parse,
)
from accord.connectors.sql.slot import settled, touched

names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
numbers = st.integers(0, 2**32 - 1)
rows = st.lists(st.one_of(st.none(), st.just(UNCHANGED), st.binary(max_size=9)), max_size=5).map(tuple)
messages = st.one_of(
    st.builds(Begin, numbers),
    st.builds(Commit, st.integers(0, 2**64 - 1)),
    st.builds(
        Relation,
        numbers,
        names,
        names,
        st.lists(st.builds(Column, names, st.booleans()), max_size=4).map(tuple),
    ),
    st.builds(Change, numbers, st.none(), rows),
    st.builds(Change, numbers, rows, st.none()),
    st.builds(Change, numbers, rows, rows),
    st.builds(Truncate, st.lists(numbers, max_size=4).map(tuple)),
)


def written(message) -> bytes:
    """As PostgreSQL writes it."""
    match message:
        case Begin(xid):
            return b"B" + struct.pack(">QQI", 1, 2, xid)
        case Commit(end):
            return b"C" + struct.pack(">BQQQ", 0, 1, end, 2)
        case Relation(number, schema, name, columns):
            told = b"".join(
                struct.pack(">B", c.key) + c.name.encode() + b"\0" + struct.pack(">Ii", 25, -1)
                for c in columns
            )
            head = struct.pack(">I", number) + schema.encode() + b"\0" + name.encode() + b"\0d"
            return b"R" + head + struct.pack(">H", len(columns)) + told
        case Change(number, None, new):
            return b"I" + struct.pack(">I", number) + b"N" + row(new)
        case Change(number, old, None):
            return b"D" + struct.pack(">I", number) + b"K" + row(old)
        case Change(number, old, new):
            return b"U" + struct.pack(">I", number) + b"O" + row(old) + b"N" + row(new)
        case Truncate(relations):
            return b"T" + struct.pack(f">IB{len(relations)}I", len(relations), 0, *relations)
    raise AssertionError(message)


def row(cells) -> bytes:
    def one(cell) -> bytes:
        if cell is None:
            return b"n"
        return b"u" if cell is UNCHANGED else b"t" + struct.pack(">I", len(cell)) + cell

    return struct.pack(">H", len(cells)) + b"".join(map(one, cells))


@given(messages)
def test_what_is_written_is_read(message):
    assert parse(written(message)) == message


@given(messages, st.data())
def test_what_is_cut_or_longer_is_refused(message, data):
    whole = written(message)
    cut = data.draw(st.integers(0, len(whole) - 1))
    for broken in (whole[:cut], whole + b"\0"):
        with pytest.raises(ValueError, match="pgoutput"):
            parse(broken)


@given(st.binary(max_size=40))
def test_noise_is_refused_and_nothing_worse(noise):
    with contextlib.suppress(ValueError):
        parse(noise)


def test_an_update_without_the_old_row_and_what_is_not_about_rows():
    assert parse(b"U\0\0\0\7N" + row((b"1",))) == Change(7, None, (b"1",))
    assert parse(b"O" + bytes(8) + b"there\0") is None
    assert parse(b"Y" + bytes(4) + b"public\0mood\0") is None


PERSON = Relation(1, "public", "person", (Column("name", False), Column("id", True)))


def told(*changes, key=("id",)):
    stream = iter([Begin(5), PERSON, *changes, Commit(99)])
    ((_, found),) = touched(stream, ("public", "person"), key, "base.Person")
    return found


def test_rows_are_known_by_their_keys():
    other = Relation(2, "shop", "person", PERSON.columns)
    found = told(
        Change(1, None, (b"a", b"1")),
        Change(1, (None, b"2"), None),
        Change(1, (None, b"3"), (b"a", b"4")),
        other,
        Change(2, (None, b"9"), None),
    )
    assert found.deleted == {("1",): False, ("2",): True, ("3",): True, ("4",): False}
    assert (found.emptied, found.end) == (False, 99)
    assert told(Truncate((1,))).emptied


def test_a_row_that_is_logged_whole_and_keeps_its_key_is_not_gone():
    assert told(Change(1, (b"a", b"1"), (b"b", UNCHANGED))).deleted == {("1",): False}


@pytest.mark.parametrize("epoch", [0, 1 << 32, 3 << 32])
def test_s8_what_can_not_be_seen_yet_waits_with_all_that_came_after_it(epoch):
    def at(*xids):
        return [(xid % 2**32, told(Change(1, None, (b"", str(xid).encode())))) for xid in xids]

    snapshot = f"{epoch + 10}:{epoch + 20}:{epoch + 12},{epoch + 15}"
    for hidden in (epoch + 12, epoch + 20, epoch + 31):
        found, whole = settled(at(epoch + 11, hidden, epoch + 13), snapshot)
        assert (list(found.deleted), whole) == ([(str(epoch + 11),)], False)
    assert settled(at(epoch + 3, epoch + 13), snapshot)[1]
    if epoch:
        assert settled([((epoch - 5) % 2**32, told())], snapshot)[1], "the numbers began anew since"
