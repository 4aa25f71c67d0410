"""Connections that persons allowed, as text."""

from accord.cli.times import clock
from accord.ports.connection import STANDS, Connection

__all__ = ["connection_text", "standing_text"]


def standing_text(connection: Connection) -> str:
    """How it stands, and until when."""
    when = ""
    if connection.until_us is not None:
        when = f" ({'since' if connection.state == 'ended' else 'until'} {clock(connection.until_us)})"
    return f"{STANDS[connection.state]}{when}"


def connection_text(connection: Connection) -> str:
    """What is to be done about one; "": nothing."""
    if connection.state == "connected":
        return ""
    return f"{connection.system}: {standing_text(connection)}: {connection.command}"
