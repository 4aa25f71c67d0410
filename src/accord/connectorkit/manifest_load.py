"""Reads a manifest; tells all that is wrong with it at once, each with its line."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_check import check_manifest
from accord.connectorkit.manifest_faults import Problem, problem_of
from accord.connectorkit.yaml_lines import Document, read_yaml
from accord.core.errors import ConfigError, Fault

__all__ = ["load_manifest", "manifest_from"]


def load_manifest(path: Path) -> Manifest:
    """The manifest in a YAML file. Raises ConfigError with all faults: file, line, what, what would be right."""
    name = str(path)
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            [Fault(name, 1, f"can not be read ({error.strerror})", "Name a readable file")]
        ) from None
    return _validated(read_yaml(text, name))


def manifest_from(data: Mapping[str, Any], file: str = "<manifest>") -> Manifest:
    """The manifest that plain data states; faults bear line 1. Raises ConfigError."""
    return _validated(Document(file=file, data=data))


def _validated(document: Document) -> Manifest:
    if document.faults:
        raise ConfigError(document.faults)
    try:
        manifest = Manifest.model_validate(document.data)
    except ValidationError as error:
        problems = [problem_of(e) for e in error.errors(include_url=False, include_input=False)]
        raise ConfigError(_located(problems, document)) from None
    problems = check_manifest(manifest)
    if problems:
        raise ConfigError(_located(problems, document))
    return manifest


def _located(problems: Sequence[Problem], document: Document) -> list[Fault]:
    """Faults in order of line, each once: a fault in `defaults` shows in every entity type."""
    faults = {Fault(document.file, document.line(p.place), p.what, p.remedy): None for p in problems}
    return sorted(faults, key=lambda fault: (fault.line, fault.what))
