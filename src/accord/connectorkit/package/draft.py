"""Drafts the package of a connector, from the files beside this one."""

import re
from pathlib import Path
from string import Template
from typing import Final

from accord.connectorkit.drafting import Asked, Draft, Drafter
from accord.connectorkit.kind import kinds
from accord.core.errors import AccordError

__all__ = ["DRAFTER"]

_FILES: Final = {
    "pyproject.toml": "pyproject.toml.txt",
    "README.md": "README.md.txt",
    "$name.yaml": "manifest.yaml.txt",
    "accord_$name/__init__.py": "init.py.txt",
    "accord_$name/kind.py": "kind.py.txt",
    "accord_$name/connector.py": "connector.py.txt",
    "accord_$name/system.py": "system.py.txt",
    "tests/test_contract.py": "test_contract.py.txt",
}
"""Where each file goes, and its template."""


def _make(asked: Asked) -> Draft:
    name = asked.target
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise AccordError(
            f"{name} is no name for a kind of system",
            remedy="Take small letters, digits and _, a letter first: accord connect new dms",
        )
    if name in kinds():
        raise AccordError(f"{name} is a kind that is installed already", remedy="Take another name.")
    values = {
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "type": "".join(part.capitalize() for part in name.split("_")),
    }
    here = Path(__file__).parent
    files = {
        f"{name}/{Template(path).substitute(values)}": Template(
            (here / template).read_text(encoding="utf-8")
        ).substitute(values)
        for path, template in _FILES.items()
    }
    return Draft(
        files=files,
        then=[
            f"cd {name} && pip install -e '.[test]' && python -m pytest",
            f"write the calls of your system into accord_{name}/system.py, and what it can into {name}.yaml",
        ],
    )


DRAFTER: Final = Drafter(
    word="new",
    title="a package for a connector of your own, which passes its tests",
    target="NAME",
    make=_make,
)
