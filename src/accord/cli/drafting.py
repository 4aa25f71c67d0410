"""What `accord connect WORD …` does with a drafter: asks it, shows what was found, writes its files, over none."""

import os
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from accord.cli import exits
from accord.cli.context import Session
from accord.cli.plan_files import writable
from accord.connectorkit.drafting import Asked, Draft, Drafter, drafters, manifest_yaml
from accord.connectorkit.manifest import EntityType, Manifest
from accord.connectorkit.manifest_load import manifest_from
from accord.connectorkit.secrets import read_secret
from accord.core.errors import AccordError

__all__ = ["draft", "words_text"]


def words_text(before: str = "") -> str:
    """A line for each drafter, and for each of its own options."""
    lines = []
    for it in drafters():
        lines.append(f"{before}accord connect {it.word} {it.target}: {it.title}")
        lines += [f"{before}    --{name} VALUE: {about}" for name, about in it.flags.items()]
    return "\n".join(lines)


def draft(session: Session, drafter: Drafter, told: Sequence[str], out: Path | None) -> int:
    """Do what `accord connect WORD told…` asks for."""
    target, flags = _parsed(drafter, told)
    name = out.stem if out is not None and out.suffix in (".yaml", ".yml") else ""
    if out is not None:
        writable(out)
    made = drafter.make(
        Asked(
            target=target,
            name=name,
            folder=session.folder,
            flags=flags,
            secrets=lambda reference: read_secret(reference, os.environ, session.folder),
        )
    )
    manifest = manifest_from(made.manifest, "the draft") if made.manifest is not None else None
    file, files = _files(session, made, manifest, out)
    _write(files)
    then = [*_next(session, manifest, file), *made.then]
    if session.json:
        session.data(_data(made, manifest, files, then))
        return exits.DONE
    for line in _lines(manifest):
        session.say(line)
    for line in made.unknown:
        session.say(f"Not known: {line}")
    for line in made.says:
        session.say(line)
    for path in files:
        session.say(f"Wrote {path}.")
    for line in then:
        session.hint(f"Next: {line}")
    return exits.DONE


def _parsed(drafter: Drafter, told: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The target, and the drafter's own flags. Raises UsageError."""
    flags: dict[str, str] = {}
    targets: list[str] = []
    rest = iter(told)
    for each in rest:
        if not each.startswith("--"):
            targets.append(each)
            continue
        name, given, value = each[2:].partition("=")
        if name not in drafter.flags:
            close = get_close_matches(name, drafter.flags, 1)
            known = ", ".join(f"--{it}" for it in drafter.flags) or "none of its own"
            meant = f"did you mean --{close[0]}?" if close else f"it knows {known}."
            raise click.UsageError(f"accord connect {drafter.word}: no such option: --{name}; {meant}")
        flags[name] = value if given else next(rest, "")
        if not flags[name] or flags[name].startswith("--"):
            raise click.UsageError(
                f"accord connect {drafter.word}: --{name} needs a value: {drafter.flags[name]}"
            )
    if len(targets) != 1:
        options = "".join(f"\n    --{name}  {about}" for name, about in drafter.flags.items())
        raise click.UsageError(
            f"accord connect {drafter.word} {drafter.target}: {drafter.title}. Name one {drafter.target}.{options}"
        )
    return targets[0], flags


def _files(
    session: Session, made: Draft, manifest: Manifest | None, out: Path | None
) -> tuple[Path | None, dict[Path, str]]:
    """The manifest's file, and texts by file. Raises AccordError: one is there already."""
    files: dict[Path, str] = {}
    file = None
    if manifest is not None and made.manifest is not None:
        file = out or session.folder / f"{manifest.name}.yaml"
        files[file] = manifest_yaml(made.manifest, made.head)
    below = out if out is not None and manifest is None else session.folder
    files |= {below / path: text for path, text in made.files.items()}
    for path in files:
        if path.exists():
            raise AccordError(
                f"{path} is there already, and is not written over",
                remedy="Name another place with --out, or move it away.",
            )
    return file, files


def _write(files: Mapping[Path, str]) -> None:
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as opened:
                opened.write(text)
        except OSError as error:
            why = error.strerror or "no reason is told"
            raise AccordError(
                f"{path} can not be written: {why}", remedy="Name another file with --out."
            ) from None


def _next(session: Session, manifest: Manifest | None, file: Path | None) -> list[str]:
    if manifest is None or file is None:
        return []
    inside = file.is_relative_to(session.folder)
    named = f"./{file.relative_to(session.folder).as_posix()}" if inside else str(file.resolve())
    entry = f"{manifest.name}: {{connector: {named}}}"
    if not (session.folder / "accord.yaml").exists():
        return [f"accord init --system {manifest.name}={named} --system …"]
    return [
        f"in accord.yaml, under systems, write {entry}, and a pair with one of its types under pairs; accord check"
    ]


def _lines(manifest: Manifest | None) -> list[str]:
    if manifest is None:
        return []
    title = manifest.title or manifest.name
    assumed = sum(1 for _ in manifest.assumptions())
    lines = [f"{title}: {_count(len(manifest.types), 'entity type')}"]
    for name, it in manifest.types.items():
        told = _told(it)
        refers = sorted({spec.reference for spec in it.properties.values() if spec.reference})
        to = f", refers to {', '.join(refers)}" if refers else ""
        lines.append(
            f"  {name}: {_count(len(it.properties), 'property')}, id {_id(it)}{to}; changes: {told['changes']}; "
            f"deletes: {told['deletes']}; versions: {told['versions']}"
        )
    if assumed:
        are = "is" if assumed == 1 else "are"
        lines.append(f"{_count(assumed, 'setting')} {are} assumed: look for `assumed` in the file.")
    return lines


def _count(number: int, what: str) -> str:
    if number == 1:
        return f"1 {what}"
    return f"{number} {what.removesuffix('y')}ies" if what.endswith("ty") else f"{number} {what}s"


def _told(it: EntityType) -> dict[str, str]:
    changes = "all is read each time"
    if it.changes is not None:
        by = it.changes.property or (it.modified.property if it.modified else "") or it.changes.format
        changes = "since a word of the system" if it.changes.format == "token" else f"by {by}"
    version = it.version
    return {
        "changes": changes,
        "deletes": "told" if it.tombstones is not None else "when it is not there any more",
        "versions": (version.property or "told") if version is not None else "none",
    }


def _id(it: EntityType) -> str:
    return " + ".join(it.id.parts) or it.id.property


def _data(
    made: Draft, manifest: Manifest | None, files: Mapping[Path, str], then: Sequence[str]
) -> dict[str, Any]:
    types = {
        name: {
            "properties": len(it.properties),
            "id": _id(it),
            "references": {path: spec.reference for path, spec in it.properties.items() if spec.reference},
            **_told(it),
        }
        for name, it in (manifest.types.items() if manifest else ())
    }
    return {
        "name": manifest.name if manifest else "",
        "files": [str(path) for path in files],
        "types": types,
        "assumed": [{"place": place, "why": why} for place, why in manifest.assumptions()]
        if manifest
        else [],
        "unknown": list(made.unknown),
        "says": list(made.says),
        "next": list(then),
    }
