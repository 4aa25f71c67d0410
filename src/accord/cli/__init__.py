"""The command line: it parses, calls the use cases of the layers below, and shows what they answer. No logic here."""

from accord.cli.app import main

__all__ = ["main"]
