"""The command line of a sandbox: what its words become."""

import pytest
import yaml
from click.testing import CliRunner

from accord.sandbox.command import sandbox_command
from tests.unit.sandbox.playing import COMPANY, CONTACT


@pytest.fixture
def asked(tmp_path):
    """Runs the command; gives what would have been served, or what it says."""
    file = tmp_path / "crm.yaml"
    file.write_text(
        yaml.safe_dump(
            {
                "name": "crm",
                "base_url": "https://c.example",
                "types": {"Contact": CONTACT, "Company": COMPANY},
            }
        )
    )
    served = []
    served_by = sandbox_command(
        lambda name: tmp_path / f"{name}.yaml", lambda manifest, setup: served.append((manifest.name, setup))
    )

    def run(*args):
        done = CliRunner().invoke(served_by, ["crm", *args])
        return served.pop() if served else (done.exit_code, done.output + str(done.exception))

    return run


def test_it_is_local_and_in_memory_unless_told(asked):
    name, setup = asked()
    assert (name, setup.host, setup.port, setup.file, setup.access.secret) == (
        "crm", "127.0.0.1", 0, None, "sandbox",
    )  # fmt: skip


def test_options_reach_the_setup(asked, tmp_path):
    (tmp_path / "q.yaml").write_text("Contact: {trims: [name], error_every: 5}")
    _, setup = asked(
        *("--port", "81", "--file", "x.db", "--load", "Contact=a.csv", "--load", "Company=b.csv"),
        *("--quirks", str(tmp_path / "q.yaml"), "--quirk", "contact.trims=kind", "--quirk", "*.lag_s=2"),
        *("--secret", "s", "--user", "u", "--token-s", "9", "--rotate-refresh", "--limits", "--seed", "3"),
    )
    assert [(load.entity_type, str(load.file)) for load in setup.loads] == [
        ("Contact", "a.csv"),
        ("Company", "b.csv"),
    ]
    quirks = setup.quirks["Contact"]
    assert (quirks.trims, quirks.error_every, quirks.lag_s) == (("name", "kind"), 5, 2)
    assert setup.quirks["Company"].lag_s == 2
    access = setup.access
    assert (access.secret, access.user, access.token_s, access.rotates) == ("s", "u", 9, True)
    assert (setup.limits, setup.seed, setup.port, str(setup.file)) == (True, 3, 81, "x.db")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--quirk", "contact.sings=1"], "there is no quirk of this name"),
        (["--load", "Contact"], "TYPE=FILE"),
        (["--quirk", "contact.lag_s=abc"], "contact.lag_s=abc: lag_s: it should be a valid number"),
        (["--quirk", "contact.dropped=2"], "dropped: it should be less than or equal to 1\n"),
        (["--quirks", "no.yaml"], "can not be read"),
        (["--quirks", "broken.yaml"], "broken.yaml:2: This is no YAML"),
        (["--quirks", "wrong.yaml"], "lag_s: it should be a valid number, "),
        (["--quirks", "wrong.yaml"], "; sings: there is no quirk of this name"),
        (["--quirks", "number.yaml"], "what Contact has is no mapping of quirks"),
        (["--quirks", "list.yaml"], "Write TYPE: {QUIRK: VALUE}"),
        (["--quirks", "person.yaml"], "Write one of Company, Contact"),
    ],
)
def test_what_is_wrong_is_told(asked, tmp_path, args, words):
    (tmp_path / "list.yaml").write_text("[1]")
    (tmp_path / "person.yaml").write_text("Person: {}")
    (tmp_path / "broken.yaml").write_text("Contact:\n  {lag_s: 1")
    (tmp_path / "wrong.yaml").write_text("Contact: {lag_s: abc, sings: 1}")
    (tmp_path / "number.yaml").write_text("Contact: 1")
    code, output = asked(*(str(tmp_path / arg) if arg.endswith(".yaml") else arg for arg in args))
    assert code != 0
    assert words in output
    assert "pydantic" not in output
