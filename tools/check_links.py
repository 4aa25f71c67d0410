"""Relative links in Markdown files lead to a file, and their anchors to a heading of it.

Sphinx checks the pages under `docs`; this checks what it does not build: README, CONTRIBUTING, the READMEs of
connectors and examples, and links from `docs` to files outside. Links to the web are not followed.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
SKIP = frozenset({".git", ".venv", "build", "dist", "node_modules"})
CODE = re.compile(r"^(`{3,}|~{3,}).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\\)\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)|^\[[^]]+\]:\s+(\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$|^\(([\w-]+)\)=$", re.MULTILINE)
ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def without_code(text: str) -> str:
    """The text with code blanked, its line breaks kept so that line numbers hold."""
    return CODE.sub(lambda code: re.sub(r"[^\n]", " ", code.group()), text)


def anchor(heading: str) -> str:
    """The fragment by which forges and MyST link to a heading."""
    plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return plain.replace(" ", "-")


@cache
def anchors(path: Path) -> frozenset[str]:
    """All fragments of a Markdown file."""
    text = re.sub(
        r"^(`{3,}|~{3,}).*?^\1", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    return frozenset(explicit or anchor(heading) for heading, explicit in HEADING.findall(text))


def dead_links(path: Path) -> Iterator[tuple[int, str]]:
    """Line and target of each relative link of a file that leads nowhere."""
    text = without_code(path.read_text(encoding="utf-8"))
    for found in LINK.finditer(text):
        target = found.group(1) or found.group(2)
        if ELSEWHERE.match(target):
            continue
        where, _, fragment = unquote(target).partition("#")
        goal = (path.parent / where).resolve() if where else path
        line = text.count("\n", 0, found.start()) + 1
        exists = goal.exists() and goal.is_relative_to(ROOT)
        if not exists or (fragment and goal.suffix == ".md" and fragment not in anchors(goal)):
            yield line, target


def main() -> int:
    """Exit code: 1 when a link is dead."""
    pages = [
        path
        for path in sorted(ROOT.rglob("*.md"))
        if not SKIP.intersection(path.relative_to(ROOT).parts) and path.is_file()
    ]
    faults = [
        f"{page.relative_to(ROOT)}:{line}: {target} leads nowhere"
        for page in pages
        for line, target in dead_links(page)
    ]
    print(
        "\n".join(faults)
        if faults
        else f"Links: all relative links of {len(pages)} Markdown files lead somewhere."
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
