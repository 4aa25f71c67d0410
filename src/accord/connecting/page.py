"""What a person's browser is shown when it comes back."""

from html import escape
from typing import Final

__all__ = ["HEADERS", "page"]

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""The address holds a code: it is kept by nobody, and told to nobody."""
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
main {{ max-width: 32rem; margin: 4rem auto; padding: 0 1rem; }}
</style>
<main>
<h1>{title}</h1>
<p>{text}</p>
</main>
</html>
"""


def page(title: str, text: str) -> str:
    """A page that says one thing."""
    return _PAGE.format(title=escape(title), text=escape(text))
