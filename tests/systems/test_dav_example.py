"""The example of address books: CRMOffice's sandbox and a real server, where somebody works with another program."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from accord.testing.connector_contract import Entered
from tests.servers.dav_people import Owner
from tests.servers.dav_server import DavServer
from tests.servers.radicale import PASSWORD, USER, radicale
from tests.servers.xandikos import xandikos
from tests.systems.scenario import Scenario

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "dav"
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

    def __init__(self, server: DavServer, book: str) -> None:
        super().__init__(server, book, "Contacts")
        self.last = 0

    def person_create(self, name: str, body: Mapping[str, Any]) -> Entered:
        """See `People`."""
        self.last += 1
        family, given = body["name"]["family"], body["name"]["given"]
        told = {"uid": f"phone-{self.last}", "name": f"{given} {family}", "family": family, "given": given}
        self.server.put(f"{self.collection}p{self.last}.vcf", CARD.format(**told, email=body["email"]))
        return Entered(f"p{self.last}.vcf")


def live(folder: Path, server: DavServer, book: str, example: Path = EXAMPLE) -> None:
    """The scenario, and what is left of the phone's cards."""
    with Scenario(
        example=example,
        folder=folder,
        system="office",
        name="Contacts",
        url=server.url.replace(f"/{USER}/", "/"),
        people=Phone(server, book),
        body=lambda n: {"name": {"given": f"Given {n}", "family": f"Text {n}"}, "email": f"p{n}@example.com"},
        key="email",
        text="name.family",
        environment={"DAV_USER": USER, "DAV_PASSWORD": PASSWORD},
    ) as scenario:
        scenario.play()
    kept = [text for name in server.names(book) if "item1.URL" in (text := server.text(book + name))]
    assert kept
    assert all(
        "X-PHONETIC-LAST-NAME:kept" in text and "item1.X-ABLABEL:_$!<HomePage>!$_" in text for text in kept
    )
    assert any("UID:phone-" in text and "FN:Given 5 Ours after sent:1" in text for text in kept)


def test_the_example_lives_through_it(tmp_path: Path) -> None:
    with radicale() as server:
        live(tmp_path, server, server.collection("cards", "contacts/"))


def test_the_example_lives_through_it_with_xandikos(tmp_path: Path) -> None:
    example = Path(shutil.copytree(EXAMPLE, tmp_path / "example"))
    file = example / "office.yaml"
    manifest = yaml.safe_load(file.read_text(encoding="utf-8")) | {"rate": {"concurrent": 1}}
    manifest["types"]["Contacts"]["path"] = f"{USER}/contacts/addressbook/"
    file.write_text(yaml.safe_dump(manifest), encoding="utf-8")
    with xandikos() as server:
        live(tmp_path, server, "contacts/addressbook/", example)
