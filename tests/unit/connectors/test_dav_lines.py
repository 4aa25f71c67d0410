"""Cards and calendar objects as texts: what is changed is changed, what is not stays to the letter (W1)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_parts import PropertySpec
from accord.connectorkit.paths import get_at, put_at
from accord.connectors.dav.lines import BadTextError, component_of, text_of
from accord.connectors.dav.multistatus import BadAnswerError, multistatus, preconditions
from accord.connectors.dav.records import OtherKindError, Records
from accord.connectors.dav.selectors import USUAL, selector_of
from accord.connectors.dav.values import escaped, joined, split, unescaped

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "connectors" / "dav.md"
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('\n,;\\:"'), max_size=90)
PLAIN = st.text(
    st.characters(codec="ascii", categories=("L", "N"), include_characters=" -"), min_size=1, max_size=100
)


def type_of(holds: str, **properties: dict[str, Any]) -> EntityType:
    return EntityType.model_validate(
        {"path": "x", "id": "href", "update": "patch", "options": {"holds": holds}, "properties": properties}
    )


CARDS = Records(
    type_of(
        "contacts",
        **{
            path: {}
            for path in USUAL["contacts"]
            if path not in ("birthday", "categories", "revised", "uid", "formatted")
        },
        categories={"type": "list"},
        birthday={"type": "date"},
    )
)
OTHERS = st.lists(
    st.builds(
        "{0}{1}{2}:{3}".format,
        st.sampled_from(["", "item1.", "item2."]),
        st.sampled_from(["X-OTHER", "PHOTO", "IMPP", "X-ABLABEL", "KEY"]),
        st.sampled_from(["", ";TYPE=WORK", ';X-P="a;b:c"', ";PREF=1;TYPE=a,b", ";ENCODING=b"]),
        PLAIN,
    ),
    max_size=6,
)


def card(*lines: str) -> str:
    folded = []
    for line in lines:
        parts = [line[:60], *(f" {line[at : at + 60]}" for at in range(60, len(line), 60))]
        folded.append("\r\n".join(parts))
    return "".join(f"{line}\r\n" for line in ("BEGIN:VCARD", "VERSION:3.0", *folded, "END:VCARD"))


@given(OTHERS)
def test_w1_what_is_not_changed_stays_to_the_letter(lines: list[str]) -> None:
    text = card("FN:x", *lines)
    assert text_of(component_of(text)) == text
    assert CARDS.changed(text, {}, 0) == text
    assert CARDS.changed(text, CARDS.payload("a", text), 0) == text


@given(
    OTHERS,
    st.dictionaries(
        st.sampled_from(["name.given", "organisation", "mobile", "fax", "note", "address.city", "url"]), TEXTS
    ),
)
def test_w1_a_change_is_shown_and_changes_nothing_else(lines: list[str], changes: dict[str, str]) -> None:
    text = card("FN:x", "N:Fam;Giv;;;", "TEL;TYPE=HOME:1", "ADR;TYPE=HOME:;;Street;;;;", *lines)
    body: dict[str, Any] = {}
    for path, value in changes.items():
        put_at(body, path, value)
    made = CARDS.changed(text, body, 0)
    shown, before = CARDS.payload("a", made), CARDS.payload("a", text)
    for path in USUAL["contacts"]:
        if path in changes:
            wanted = changes[path] if path != "url" else changes[path].replace("\n", " ")
            assert (get_at(shown, path) or "") in (wanted, _one_space(wanted))
        elif not path.startswith(("address", "formatted", "uid", "revised")):
            assert get_at(shown, path) == get_at(before, path), path
    assert all(line in made.replace("\r\n ", "") for line in lines)
    assert all(len(line.encode()) <= 75 for line in made.split("\r\n"))


def _one_space(text: str) -> str:
    return "\n".join(text.split("\n")).replace("\r", "\n")


@given(TEXTS)
def test_escapes_are_read_as_they_are_written(text: str) -> None:
    assert unescaped(escaped(text)) == text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.lists(TEXTS, min_size=1, max_size=7))
def test_fields_are_read_as_they_are_written(fields: list[str]) -> None:
    value = joined([escaped(each) for each in fields])
    if value:
        assert [unescaped(each) for each in split(value)] == [f.replace("\r", "\n") for f in fields]


@pytest.mark.parametrize(
    ("line", "path", "shown"),
    [
        ("EMAIL;TYPE=INTERNET,PREF:b@x", "email", "b@x"),
        ("EMAIL;PREF=1:b@x", "email", "b@x"),
        ("TEL;VALUE=uri;TYPE=cell:tel:+47123", "mobile", "+47123"),
        ("TEL;CELL:+47123", "mobile", "+47123"),
        ("BDAY:19900131", "birthday", "1990-01-31"),
        ("BDAY;VALUE=date:1990-01-31", "birthday", "1990-01-31"),
        ("BDAY:--0131", "birthday", "--0131"),
        ("CATEGORIES:a\\,b,c", "categories", ["a,b", "c"]),
        ("URL:https://x/?a=1,2;b", "url", "https://x/?a=1,2;b"),
        ("ORG:A\\;B;Unit", "organisation", "A;B"),
    ],
)
def test_what_a_line_says(line: str, path: str, shown: Any) -> None:
    assert (
        get_at(CARDS.payload("a", card("FN:x", "EMAIL:a@x", line)), path) == shown
        if path != "email"
        else True
    )
    assert get_at(CARDS.payload("a", card("FN:x", line)), path) == shown


def test_a_preferred_line_is_the_one_that_is_shown_and_changed() -> None:
    text = card("FN:x", "EMAIL:first@x", "EMAIL;TYPE=PREF:second@x")
    assert CARDS.payload("a", text)["email"] == "second@x"
    assert "EMAIL:first@x" in CARDS.changed(text, {"email": "new@x"}, 0)


def test_a_name_that_was_shown_as_it_is_still_is() -> None:
    text = card("FN:Ada Lovelace", "N:Lovelace;Ada;;;")
    assert "FN:Ada King" in CARDS.changed(text, {"name": {"family": "King"}}, 0)
    own = card("FN:Countess", "N:Lovelace;Ada;;;")
    assert "FN:Countess" in CARDS.changed(own, {"name": {"family": "King"}}, 0)


def test_what_is_emptied_is_taken_out_with_its_label() -> None:
    text = card("FN:x", "item1.TEL;TYPE=CELL:1", "item1.X-ABLABEL:Mine", "X-OTHER:2")
    assert CARDS.changed(text, {"mobile": None}, 0) == card("FN:x", "X-OTHER:2")


@pytest.mark.parametrize("given_", ["20260303T093000", "20260303T083000Z"])
def test_times_keep_their_zone(given_: str) -> None:
    records = Records(type_of("tasks", due={"type": "datetime"}))
    zone = "" if given_.endswith("Z") else ";TZID=Europe/Oslo"
    text = f"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nDUE{zone}:{given_}\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
    changed = records.changed(text, {"due": "2026-07-01T10:00:00+00:00"}, 0)
    assert ("DUE;TZID=Europe/Oslo:20260701T120000" if zone else "DUE:20260701T100000Z") in changed
    assert "DUE;VALUE=DATE:20260701" in records.changed(text, {"due": "2026-07-01"}, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FN:x",
        "BEGIN:VCARD\r\nFN:x",
        "BEGIN:VCARD\r\nEND:VCALENDAR",
        "BEGIN:VCARD\r\nBEGIN:X\r\nEND:VCARD",
    ],
)
def test_a_text_that_is_torn_is_said(text: str) -> None:
    with pytest.raises(BadTextError):
        CARDS.payload("a", text)


def test_another_kind_is_told_apart() -> None:
    with pytest.raises(OtherKindError):
        CARDS.payload("a", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    with pytest.raises(OtherKindError):
        Records(type_of("tasks")).payload(
            "a", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )


@pytest.mark.parametrize("text", ["TEL TYPE", "TEL/number", "N/0", ";TYPE=x", "ADR;TYP=x"])
def test_a_selector_that_is_none_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="; "):
        selector_of(text)


def test_all_usual_properties_can_be_selected() -> None:
    assert all(selector_of(text) for table in USUAL.values() for text in table.values())
    assert selector_of("X-THING/2").read(component_of(card("X-THING:a;b")), PropertySpec()) == "b"


def test_an_answer_with_a_document_type_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><multistatus xmlns="DAV:">&a;</multistatus>'
    with pytest.raises(BadAnswerError, match="document type"):
        multistatus(bomb)
    assert preconditions(b'<error xmlns="DAV:"><valid-sync-token/></error>') == ["valid-sync-token"]
    assert preconditions(b"no") == []


def test_the_page_lists_all_usual_properties() -> None:
    rows = ["| property | contacts | tasks | events |", "| --- | --- | --- | --- |"]
    for path in dict.fromkeys(path for table in USUAL.values() for path in table):
        cells = (f"`{table[path]}`" if path in table else "" for table in USUAL.values())
        rows.append(f"| `{path}` | {' | '.join(cells)} |")
    wanted = "\n".join(rows)
    assert wanted in PAGE.read_text(encoding="utf-8"), f"paste this between its marks:\n{wanted}"


def test_w1_what_shares_a_group_with_what_is_emptied_stays() -> None:
    text = card("FN:x", "home.TEL;TYPE=CELL:1", "home.ADR:;;Street;;;;", "home.X-ABLABEL:Mine")
    assert CARDS.changed(text, {"mobile": None}, 0) == card(
        "FN:x", "home.ADR:;;Street;;;;", "home.X-ABLABEL:Mine"
    )


def test_a_card_is_never_left_without_the_name_that_it_is_shown_as() -> None:
    records = Records(type_of("contacts", formatted={}))
    assert "FN:Ada Lovelace\r\n" in records.changed(
        card("FN:Countess", "N:Lovelace;Ada;;;"), {"formatted": None}, 0
    )


def test_w1_a_list_of_lines_keeps_those_that_stay() -> None:
    records = Records(
        EntityType.model_validate(
            {
                "path": "x",
                "id": "href",
                "update": "patch",
                "options": {"lines": {"emails": "EMAIL"}},
                "properties": {"emails": {"type": "list"}},
            }
        )
    )
    text = card(
        "FN:x", "item1.EMAIL;TYPE=WORK:a@x", "item1.X-ABLABEL:Boss", "EMAIL;TYPE=HOME:b@x", "item2.EMAIL:c@x"
    )
    assert records.payload("a", text)["emails"] == ["a@x", "b@x", "c@x"]
    made = records.changed(text, {"emails": ["c@x", "a@x", "d,e@x"]}, 0)
    assert records.payload("a", made)["emails"] == ["c@x", "a@x", "d,e@x"]
    assert "item1.EMAIL;TYPE=WORK:a@x" in made
    assert "item1.X-ABLABEL:Boss" in made
    assert "EMAIL;TYPE=HOME" not in made
    assert records.payload("a", records.changed(text, {"emails": None}, 0))["emails"] is None


def event(*lines: str) -> str:
    return "".join(
        f"{line}\r\n"
        for line in (
            "BEGIN:VCALENDAR",
            "BEGIN:VEVENT",
            "UID:1",
            *lines,
            "END:VEVENT",
            "END:VCALENDAR",
        )
    )


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("DTSTART:20260303T100000Z", "PT1H30M", "2026-03-03T11:30:00+00:00"),
        ("DTSTART;TZID=Europe/Oslo:20260328T120000", "P1D", "2026-03-29T12:00:00+02:00"),
        ("DTSTART;TZID=Europe/Oslo:20260328T120000", "PT24H", "2026-03-29T13:00:00+02:00"),
        ("DTSTART;VALUE=DATE:20260303", "P1W", "2026-03-10"),
        ("DTSTART:20260303T100000", "PT45M", "2026-03-03T10:45:00"),
        ("DTSTART:20260303T100000Z", "-PT45M", None),
    ],
)
def test_an_event_that_lasts_ends(start: str, duration: str, end: str | None) -> None:
    records = Records(type_of("events", end={"type": "datetime"}, start={"type": "datetime"}))
    text = event(start, f"DURATION:{duration}")
    assert records.payload("a", text)["end"] == end
    assert records.changed(text, {"end": end}, 0) == text
    moved = records.changed(text, {"end": "2026-04-01T10:00:00+00:00"}, 0)
    assert "DTEND:20260401T100000Z" in moved
    assert "DURATION" not in moved


def test_people_of_an_event_are_told() -> None:
    records = Records(type_of("events", attendees={"type": "list"}, organizer={}))
    text = event("ORGANIZER;CN=Ada:mailto:ada@x", "ATTENDEE;CN=B:MAILTO:b@x", "ATTENDEE:mailto:c@x")
    shown = records.payload("a", text)
    assert (shown["organizer"], shown["attendees"]) == ("ada@x", ["b@x", "c@x"])


def test_w1_a_zone_that_nobody_knows_is_kept() -> None:
    records = Records(type_of("events", start={"type": "datetime"}))
    text = event("DTSTART;TZID=W. Europe Standard Time:20260303T100000")
    assert records.payload("a", text)["start"] == "2026-03-03T10:00:00"
    moved = records.changed(text, {"start": "2026-03-03T11:00:00"}, 0)
    assert "DTSTART;TZID=W. Europe Standard Time:20260303T110000\r\n" in moved
    assert "DTSTART:20260303T090000Z\r\n" in records.changed(text, {"start": "2026-03-03T10:00:00+01:00"}, 0)


EVENTS = Records(
    type_of(
        "events",
        summary={},
        description={},
        location={},
        start={"type": "datetime"},
        end={"type": "datetime"},
        categories={"type": "list"},
    )
)
MOMENTS = st.datetimes(
    timezones=st.sampled_from([UTC, ZoneInfo("Europe/Oslo"), ZoneInfo("Asia/Kolkata")])
).map(lambda at: at.replace(microsecond=0))


@given(OTHERS, TEXTS, MOMENTS.filter(lambda at: 1900 < at.year < 2100))
def test_w1_of_an_event_alarms_and_what_is_unknown_stay(lines: list[str], words: str, at: datetime) -> None:
    kept = [*lines, "BEGIN:VALARM", "SUMMARY:Not this", "TRIGGER:-PT15M", "END:VALARM"]
    text = event("DTSTART;TZID=Europe/Oslo:20260303T100000", "DTEND:20260303T100000Z", "SUMMARY:x", *kept)
    assert EVENTS.changed(text, EVENTS.payload("a", text), 0) == text
    made = EVENTS.changed(text, {"start": at.isoformat(), "end": at.isoformat(), "summary": words}, 0)
    shown = EVENTS.payload("a", made)
    assert (shown["summary"] or "") == words.replace("\r", "\n")
    told = {datetime.fromisoformat(shown[path]).timestamp() for path in ("start", "end")}
    assert told == {datetime.fromisoformat(at.isoformat()).timestamp()}
    unfolded = made.replace("\r\n ", "")
    assert "\r\n".join(kept) in unfolded
    assert unfolded.count("SUMMARY") == 1 + (shown["summary"] is not None)


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    records = Records(type_of("events", start={"type": "datetime"}))
    text = event("DTSTART;TZID=Europe/Oslo:20260303T100000")
    for told in ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"):
        shown = records.payload("a", records.changed(text, {"start": told}, 0))["start"]
        assert datetime.fromisoformat(shown) == datetime.fromisoformat(told)


def test_w1_a_line_that_can_not_be_read_stays() -> None:
    text = card("FN:x", "neither a name nor a value", "TEL;TYPE=CELL:1")
    assert CARDS.changed(text, {"mobile": "2"}, 0) == text.replace("TEL;TYPE=CELL:1", "TEL;TYPE=CELL:2")
