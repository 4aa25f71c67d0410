"""The frame of a page that holds everything: it asks nothing of elsewhere, and runs no script but its own."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Final

from accord.core.wording import visible

__all__ = ["web_page"]

_SHARED: Final = Path(__file__).with_suffix(".css")


def web_page(title: str, lines: Iterable[str], *, style: Path, script: Path) -> str:
    """The page: `lines` of HTML go on in its header, below the title; its style comes after what all pages share."""
    code = script.read_text(encoding="utf-8")
    digest = b64encode(sha256(code.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:"
    page = (
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        '<link rel="icon" href="data:,">',
        f"<style>{_SHARED.read_text(encoding='utf-8')}{style.read_text(encoding='utf-8')}</style>",
        "</head>",
        "<body>",
        f"<header><h1>{escape(title)}</h1>",
        *lines,
        f"<script>{code}</script>",
        "</body>",
        "</html>",
        "",
    )
    return visible("\n".join(page))
