"""The example of address books: CRMOffice's sandbox and Radicale, where somebody works with another program."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from accord.testing.connector_contract import Entered
from tests.servers.dav_people import Owner
from tests.servers.radicale import PASSWORD, USER, RadicaleServer, radicale
from tests.systems.scenario import Scenario

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "dav"
BOOK = "contacts/"
CARD = """BEGIN:VCARD
VERSION:3.0
UID:{uid}
FN:{name}
N:{family};{given};;;
EMAIL;TYPE=INTERNET:{email}
item1.X-ABLABEL:_$!<HomePage>!$_
item1.URL:https://www.example.com/
X-PHONETIC-LAST-NAME:kept
END:VCARD
"""


class Phone(Owner):
    """Somebody's phone: it stores cards of its own making."""

    def __init__(self, server: RadicaleServer) -> None:
        super().__init__(server, BOOK, "Contacts")
        self.last = 0

    def person_create(self, name: str, body: Mapping[str, Any]) -> Entered:
        """See `People`."""
        self.last += 1
        family, given = body["name"]["family"], body["name"]["given"]
        told = {"uid": f"phone-{self.last}", "name": f"{given} {family}", "family": family, "given": given}
        self.server.put(f"{BOOK}p{self.last}.vcf", CARD.format(**told, email=body["email"]))
        return Entered(f"p{self.last}.vcf")


@pytest.fixture
def server() -> Iterator[RadicaleServer]:
    with radicale() as found:
        found.collection("cards", BOOK)
        yield found


def test_the_example_lives_through_it(tmp_path: Path, server: RadicaleServer) -> None:
    phone = Phone(server)
    with Scenario(
        example=EXAMPLE,
        folder=tmp_path,
        system="office",
        name="Contacts",
        url=server.url.replace(f"/{USER}/", "/"),
        people=phone,
        body=lambda n: {"name": {"given": f"Given {n}", "family": f"Text {n}"}, "email": f"p{n}@example.com"},
        key="email",
        text="name.family",
        environment={"DAV_USER": USER, "DAV_PASSWORD": PASSWORD},
    ) as scenario:
        scenario.play()
    kept = [text for name in server.names(BOOK) if "item1.URL" in (text := server.text(BOOK + name))]
    assert kept
    assert all(
        "X-PHONETIC-LAST-NAME:kept" in text and "item1.X-ABLABEL:_$!<HomePage>!$_" in text for text in kept
    )
    assert any("UID:phone-" in text and "FN:Given 5 Ours after sent:1" in text for text in kept)
