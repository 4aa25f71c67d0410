"""What a person in a world finds who looks for the record that a create made (W3)."""

import pytest

from accord.core.stamps import BOTTOM
from accord.core.state import Open, Sent
from accord.testing.system_model import Quirks
from accord.testing.world.deciding import may_show
from tests.unit.core.building import system

SENT = ("ada@x.io", "Ada Lovelace", "one")


@pytest.mark.parametrize(
    ("body", "is_ours"),
    [
        ({"email": "ada@x.io", "name": "Ada Lovelace", "phone": "one"}, True),
        ({"email": "ada@x.io", "name": "ADA LOVE", "phone": "one"}, True),
        ({"email": "ada@x.io", "name": "Ada Lovelace", "phone": "computed"}, True),
        ({"email": "ada@x.io", "name": "Bo", "phone": "one"}, False),
        ({"name": "Ada Lovelace", "phone": "one"}, False),
    ],
)
def test_w3_what_a_create_made_shows_what_was_sent_as_its_system_spells_it(body, is_ours):
    write = Open(kind="create", sent={column: Sent(raw, BOTTOM) for column, raw in enumerate(SENT)})
    quirks = Quirks(recases={"name": "upper"}, truncates={"name": 8}, computes={"phone": "{name}!"})
    assert may_show(system("crm"), write, body, quirks) is is_ours
