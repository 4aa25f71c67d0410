"""What servers of CardDAV answer on bad days: nothing is lost, and nothing is taken for what it is not."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from accord.connectorkit.kind import Place
from accord.connectorkit.manifest import EntityType
from accord.connectorkit.manifest_load import manifest_from
from accord.connectors.dav.connector import DavConnector
from accord.connectors.dav.records import Records
from accord.core.errors import StopEntityType
from accord.core.observation import Observation, Outcome
from accord.ports.connector import Page, Write
from accord.testing.connector_contract import PlayedClock
from tests.unit.connectors.played_dav import PATH, PlayedCollection, card

MANIFEST = manifest_from(
    {
        "name": "dav",
        "kind": "dav",
        "base_url": "http://dav/",
        "types": {
            "Card": {
                "path": PATH,
                "id": "href",
                "update": "patch",
                "version": {"etag": True, "order": "opaque", "exact": True, "recurs": True},
                "conditional": "If-Match",
                "idempotency": {},
                "changes": {"format": "token"},
                "tombstones": {},
                "absent": dict.fromkeys(("listing", "feed", "fetch", "reply"), None),
                "properties": {"formatted": {}, "email": {}},
            }
        },
    }
)


def acted(played: PlayedCollection, act: Callable[[DavConnector], Any]) -> Any:
    place = Place(system="dav", manifest=MANIFEST, clock=PlayedClock(), secrets=lambda _: "")
    return asyncio.run(act(DavConnector(place, played)))


def read(played: PlayedCollection, cursor: str = "", *, full: bool = False) -> list[Page]:
    async def act(connector: DavConnector) -> list[Page]:
        return [page async for page in connector.read("dav.Card", cursor, full=full)]

    found: list[Page] = acted(played, act)
    return found


def seen(pages: list[Page]) -> dict[str, Observation]:
    return {o.id: o for page in pages for o in page.observations}


def fetch(played: PlayedCollection, *names: str) -> list[Observation]:
    found: list[Observation] = acted(played, lambda connector: connector.fetch("dav.Card", names))
    return found


def write(
    played: PlayedCollection, kind: Any, name: str | None = None, key: str = "", **body: Any
) -> Outcome:
    sent = Write(
        mapping="dav.Card",
        kind=kind,
        id=name,
        body=body or None,
        key=key,
        version=played.etag(name) if name else None,
    )
    found: Outcome = acted(played, lambda connector: connector.write([sent]))[0]
    return found


def filled(*names: str) -> PlayedCollection:
    played = PlayedCollection()
    for name in names:
        played.put(name, card(name.partition(".")[0]))
    return played


def test_s8_an_answer_in_parts_is_read_on() -> None:
    played = filled(*(f"{n}.vcf" for n in range(7)))
    played.part = 3
    pages = read(played)
    assert set(seen(pages)) == {f"{n}.vcf" for n in range(7)}
    assert pages[-1].cursor == "t7"
    played.put("1.vcf", card("new"))
    del played.texts["2.vcf"]
    played.changes += ["2.vcf", "3.vcf", "4.vcf"]
    told = seen(read(played, "t7"))
    assert {name: o.gone for name, o in told.items()} == {
        "1.vcf": "", "2.vcf": "deleted", "3.vcf": "", "4.vcf": "",
    }  # fmt: skip


def test_s8_parts_that_lead_nowhere_are_an_error() -> None:
    played = filled("1.vcf", "2.vcf")
    played.stuck = True
    with pytest.raises(StopEntityType, match="no token"):
        read(played, "t1")


@pytest.mark.parametrize(
    ("status", "why"), [(403, "valid-sync-token"), (409, "x"), (410, "x"), (400, "valid-sync-token")]
)
def test_s8_a_token_that_is_refused_means_everything(status: int, why: str) -> None:
    played = filled("1.vcf", "2.vcf")
    played.refuses = status, why
    pages = read(played, "t1")
    assert {(o.id, o.how, o.gone) for o in seen(pages).values()} == {
        ("1.vcf", "listing", ""),
        ("2.vcf", "listing", ""),
    }
    assert pages[-1].cursor == "t2"


def test_s8_a_server_that_refuses_otherwise_is_not_read_as_empty() -> None:
    played = filled("1.vcf")
    played.refuses = 400, "sync-level"
    with pytest.raises(StopEntityType):
        read(played, "t0")


@pytest.mark.parametrize("status", [403, 500, 507])
def test_s10_what_the_server_can_not_show_is_neither_lost_nor_gone(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    played = filled("1.vcf", "2.vcf", "3.vcf")
    played.trouble["2.vcf"] = status
    assert {name: o.gone for name, o in seen(read(played)).items()} == {
        "1.vcf": "", "2.vcf": "unreadable", "3.vcf": "",
    }  # fmt: skip
    assert "dav.Card/2.vcf can not be read" in caplog.text
    assert [o.gone for o in fetch(played, "2.vcf", "never.vcf", "3.vcf")] == ["unreadable", "missing", ""]
    outcome = write(played, "update", "2.vcf", email="a@x")
    assert (outcome.kind, "PUT" in played.calls) == ("later", False)


def test_s10_what_is_passed_over_in_silence_is_asked_for_by_itself() -> None:
    played = filled("1.vcf", "2.vcf")
    played.silent |= {"2.vcf", "gone.vcf"}
    assert [o.gone for o in fetch(played, "1.vcf", "2.vcf", "gone.vcf")] == ["", "", "missing"]


def test_s10_addresses_elsewhere_are_no_empty_collection() -> None:
    played = filled("1.vcf")
    played.prefix = "/proxied"
    for full, cursor in ((True, ""), (False, "t0"), (True, "t0")):
        with pytest.raises(StopEntityType, match="addresses outside"):
            read(played, cursor, full=full)


def test_a_card_that_is_torn_is_told_and_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    played = filled("1.vcf", "3.vcf")
    played.put("2.vcf", "BEGIN:VCARD\r\nFN:Secret Name")
    assert {name: o.gone for name, o in seen(read(played)).items()} == {
        "1.vcf": "", "3.vcf": "", "2.vcf": "unreadable",
    }  # fmt: skip
    assert "2.vcf can not be read" in caplog.text
    assert "Secret" not in caplog.text
    assert write(played, "update", "2.vcf", email="a@x").kind == "refused"
    assert played.texts["2.vcf"] == "BEGIN:VCARD\r\nFN:Secret Name"


@pytest.mark.parametrize("name", ["a/b.vcf", "a%2Fb.vcf", "ø @+&=?#.vcf", "..;x.vcf"])
def test_names_of_all_letters_are_kept_apart(name: str) -> None:
    played = filled(name, "b.vcf")
    assert set(seen(read(played))) == {name, "b.vcf"}
    assert [(o.id, o.gone) for o in fetch(played, name)] == [(name, "")]
    outcome = write(played, "update", name, email="a@x")
    assert (outcome.kind, outcome.observation and outcome.observation.id) == ("done", name)
    assert "EMAIL:a@x" in played.texts[name]
    assert "EMAIL" not in played.texts["b.vcf"]


def test_s6_what_somebody_did_after_our_write_is_no_reply_to_it() -> None:
    played = filled("1.vcf")
    played.after_put = lambda: played.put("1.vcf", card("Theirs"))
    outcome = write(played, "update", "1.vcf", formatted="Ours")
    assert (outcome.kind, outcome.observation) == ("done", None)
    played.etags = False
    outcome = write(played, "update", "1.vcf", formatted="Ours")
    assert (outcome.kind, outcome.observation) == ("done", None)


def test_a_server_that_spells_it_otherwise_and_tells_no_etag_is_understood() -> None:
    played = filled("1.vcf")
    played.etags = False
    played.rewrites = lambda text: text.replace("VERSION:3.0\r\n", "VERSION:3.0\r\nPRODID:-//Server\r\n")
    outcome = write(played, "update", "1.vcf", formatted="Ours")
    assert outcome.observation is not None
    assert outcome.observation.version == played.etag("1.vcf")


def test_w3_a_server_that_gives_new_names_tells_them() -> None:
    played = filled()
    played.renames = lambda name: f"renamed-{name}"
    outcome = write(played, "create", key="k", formatted="Ada")
    assert outcome.observation is not None
    assert outcome.observation.id == "renamed-k.vcf"


def test_creates_without_a_key_have_names_of_their_own() -> None:
    played = filled()
    for _ in range(2):
        assert write(played, "create", formatted="Ada").kind == "done"
    assert len(played.texts) == 2
    assert ".vcf" not in played.texts


def test_m3_the_server_s_time_goes_before_what_a_program_wrote() -> None:
    records = Records(
        EntityType.model_validate(
            {
                "path": "x",
                "id": "href",
                "update": "patch",
                "properties": {"modified": {"type": "datetime", "read_only": True}},
            }
        )
    )
    text = card("Ada", "REV:20200101T000000Z")
    told = records.payload("a", text, "Tue, 24 Nov 2026 11:42:48 GMT")["modified"]
    assert told == "2026-11-24T11:42:48+00:00"
    assert records.payload("a", text, "no date")["modified"] == "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("status", "kind"), [(423, "later"), (507, "unknown"), (403, "refused"), (415, "refused")]
)
def test_w9_answers_to_writes(status: int, kind: str) -> None:
    played = filled("1.vcf")
    played.puts = status
    assert write(played, "update", "1.vcf", email="a@x").kind == kind


def test_a_letter_that_xml_does_not_know_spoils_no_other_record() -> None:
    played = filled(*(f"{n}.vcf" for n in range(250)))
    played.put("101.vcf", card("Torn\x0bapart"))
    told = seen(read(played))
    assert len(told) == 250
    assert all(o.payload is not None for o in told.values())
    outcome = write(played, "update", "101.vcf", formatted="Mended\x0b \x00here")
    assert (outcome.kind, "FN:Mended here" in played.texts["101.vcf"]) == ("done", True)
    assert len(seen(read(played))) == 250


def test_an_answer_that_is_never_xml_is_an_error() -> None:
    played = filled("1.vcf")
    played.prefix = "\x0b"
    with pytest.raises(StopEntityType, match="no XML"):
        read(played)
