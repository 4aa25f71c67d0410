"""Addresses on a command line."""

import click

from accord.connectorkit.urls import check_base_url

__all__ = ["public_url_of"]


def public_url_of(_: click.Context, __: click.Parameter, url: str) -> str:
    """The address itself, or "" where none is given. Raises BadParameter."""
    if not url:
        return ""
    try:
        return check_base_url(url)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None
