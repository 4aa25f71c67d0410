"""What a call prints for people."""

import io

import pytest
from rich.console import Console

from accord.cli.context import Session


def test_what_a_terminal_would_obey_is_shown_instead(capsys: pytest.CaptureFixture[str]) -> None:
    out = io.StringIO()
    session = Session(out=Console(file=out, width=100))
    session.say("crm.Person/\x1b[31mred\x07, næste\n\tand tab")
    session.warn("no \x1b[2J record")
    assert out.getvalue() == "crm.Person/\\x1b[31mred\\x07, næste\n\tand tab\n".expandtabs(8)
    assert capsys.readouterr().err == "accord: no \\x1b[2J record\n"
