"""Loads a project: reads, checks and compiles all of it, and tells all faults at once."""

from collections.abc import Mapping as ReadOnly
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

import accord
from accord.connectorkit.manifest import Manifest
from accord.connectorkit.manifest_load import load_manifest
from accord.connectorkit.secrets import check_reference
from accord.core.errors import ConfigError
from accord.core.model import Model
from accord.core.wording import remedy
from accord.project.compile import build_model
from accord.project.concept_form import concept_form
from accord.project.derive import derive
from accord.project.migrate import migrate
from accord.project.resolve import resolve
from accord.project.resolved import Resolved
from accord.project.schema import ProjectConfig, SystemConfig
from accord.project.schema_faults import tell, without_wrong
from accord.project.source import MAIN_FILE, Faults, Loc, Source, read_file
from accord.project.specs import Specs
from accord.project.store_place import StoreServer, store_place
from accord.project.verify import verify

__all__ = [
    "CONNECTORS",
    "Project",
    "builtin_connectors",
    "compile_project",
    "examine",
    "known_manifests",
    "load_project",
    "project_from_text",
]

CONNECTORS: Final = Path(accord.__file__).parent / "connectors"
"""Folder of the built-in connectors, one folder with a manifest.yaml each."""

_SECRETS: Final = ("password", "secret", "token", "key")
_PUBLIC: Final = ("_url", "_type", "_name", "_header")


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A project that was loaded without a fault. `store` and manifest paths are absolute.

    With a `server` the state is kept there, and `store` only says where that is which stands beside it.
    """

    name: str
    folder: Path
    store: Path
    config: ProjectConfig
    source: Source
    specs: Specs
    resolved: Resolved
    manifests: ReadOnly[str, Manifest]
    model: Model
    server: StoreServer | None = None


def load_project(
    folder: Path,
    *,
    manifests: ReadOnly[str, Manifest] | None = None,
    texts: ReadOnly[str, bytes] | None = None,
) -> Project:
    """The project in a folder.

    `manifests` by system replace those that the systems name (a test's, say), `texts` by file name what is on disk.
    Raises ConfigError with all faults: file, line, what is wrong, what would be right.
    """
    source = Source(texts=texts)
    faults = Faults(source)
    data = read_file(folder / MAIN_FILE, MAIN_FILE, source, faults)
    _include(folder, data, source, faults)
    return _loaded(folder, source, faults, manifests)


def project_from_text(
    text: str, folder: Path, *, manifests: ReadOnly[str, Manifest] | None = None
) -> Project:
    """The project that a text in place of `accord.yaml` states. Raises ConfigError."""
    source = Source()
    faults = Faults(source)
    source.read(text.encode(), MAIN_FILE, faults)
    return _loaded(folder, source, faults, manifests)


def examine(data: dict[str, Any], manifests: ReadOnly[str, Manifest]) -> list[tuple[Loc, str, str]]:
    """What is wrong with plain data in place of `accord.yaml`: where in the data, what, what would be right."""
    source = Source()
    source.data = data
    faults = Faults(source)
    with suppress(ConfigError):
        _loaded(Path(), source, faults, manifests)
    return faults.located()


def known_manifests() -> dict[str, Manifest]:
    """Manifests of the built-in connectors by name."""
    return {name: load_manifest(CONNECTORS / name / "manifest.yaml") for name in builtin_connectors()}


def compile_project(project: Project, manifests: ReadOnly[str, Manifest] | None = None) -> Model:
    """The model of a project; with other manifests than those it was loaded with, compiled anew.

    Raises ConfigError: the project does not fit these manifests.
    """
    if manifests is None or manifests == project.manifests:
        return project.model
    faults = Faults(project.source)
    _, model = _compiled(project.config, project.specs, manifests, faults)
    _stop(faults)
    return model


def _loaded(folder: Path, source: Source, faults: Faults, given: ReadOnly[str, Manifest] | None) -> Project:
    if not faults:
        migrate(source, faults)
    _stop(faults)
    config = _validated(source, faults)
    _clear_secrets(config, faults)
    _titles_differ(config, faults)
    store, server = store_place(folder, config.name, config.store, faults)
    manifests = dict(given) if given is not None else _manifests(folder, config, faults)
    _types_are_known(config, manifests, faults)
    specs = _specs(config, faults)
    resolved, model = _compiled(config, specs, manifests, faults)
    _stop(faults)
    return Project(
        name=config.name,
        folder=folder,
        store=store,
        server=server,
        config=config,
        source=source,
        specs=specs,
        resolved=resolved,
        manifests=manifests,
        model=model,
    )


def _stop(faults: Faults) -> None:
    if faults:
        raise ConfigError(faults.listed())


def _include(folder: Path, data: dict[str, Any], source: Source, faults: Faults) -> None:
    patterns = data.get("include", [])
    for index, pattern in enumerate(patterns if isinstance(patterns, list) else []):
        where: Loc = ("include", index)
        if not isinstance(pattern, str) or Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            faults.add(where, "A file to include lies outside the project's folder", "Name one inside it.")
            continue
        try:
            found = sorted(path for path in folder.glob(pattern) if path.is_file())
        except ValueError:
            faults.add(where, "What is written names no files", "Write a path such as mappings/*.yaml.")
            continue
        if not found and not any(sign in pattern for sign in "*?["):
            faults.add(where, f"There is no file {pattern}", "Create it, or remove the line.")
        for path in found:
            _include_one(path, path.relative_to(folder).as_posix(), source, faults)


def _include_one(path: Path, shown: str, source: Source, faults: Faults) -> None:
    before = set(source.data)
    read_file(path, shown, source, faults)
    allowed = {"systems", "concepts", "mappings", "pairs"}
    for top in source.data.keys() - before - allowed:
        faults.add((top,), f"`{top}` can not stand in an included file", f"Write it in {MAIN_FILE}.")


def _validated(source: Source, faults: Faults) -> ProjectConfig:
    """The configuration; where single settings are wrong, the rest of it, so that its faults are told too."""
    try:
        return ProjectConfig.model_validate(source.data)
    except ValidationError as error:
        tell(error, source.data, faults)
        rest = without_wrong(error, source.data)
    try:
        return ProjectConfig.model_validate(rest)
    except ValidationError:
        raise ConfigError(faults.listed()) from None


def _clear_secrets(config: ProjectConfig, faults: Faults) -> None:
    for name, system in config.systems.items():
        for key, value in system.auth.items():
            if not key.endswith(_PUBLIC) and any(word in key.lower() for word in _SECRETS):
                _check_secret(("systems", name, "auth", key), key, value, faults)


def _types_are_known(config: ProjectConfig, manifests: ReadOnly[str, Manifest], faults: Faults) -> None:
    for name, system in config.systems.items():
        for each in system.types if name in manifests else ():
            if each not in manifests[name].types:
                what = f"The system `{name}` has no entity type `{each}`"
                faults.add(("systems", name, "types", each), what, remedy(each, manifests[name].types))


def _titles_differ(config: ProjectConfig, faults: Faults) -> None:
    """Documents tell systems apart by their titles."""
    first: dict[str, str] = {}
    for name, system in config.systems.items():
        title = (system.title or name).lower()
        if (other := first.setdefault(title, name)) != name:
            what = f"The systems `{other}` and `{name}` have one name in documents"
            faults.add(("systems", name, "title"), what, "Write a `title` of its own for one of them.")


def _check_secret(where: Loc, key: str, value: object, faults: Faults) -> None:
    try:
        check_reference(value if isinstance(value, str) else "")
    except ValueError:
        advice = "Keep it elsewhere, and write `env:NAME`, `file:PATH` or `keyring:SERVICE/NAME` here."
        faults.add(where, f"The secret `{key}` is written in clear", advice)


def _manifests(folder: Path, config: ProjectConfig, faults: Faults) -> dict[str, Manifest]:
    found: dict[str, Manifest] = {}
    for name, system in config.systems.items():
        path = _manifest_path(folder, name, system, faults)
        if path is None:
            continue
        try:
            found[name] = load_manifest(path)
        except ConfigError as error:
            for fault in error.faults:
                faults.note(fault)
    return found


def _manifest_path(folder: Path, name: str, system: SystemConfig, faults: Faults) -> Path | None:
    """Where the manifest of a system's connector is: a file of the project, or a built-in folder."""
    written = system.connector
    where: Loc = ("systems", name, "connector")
    if written.endswith((".yaml", ".yml")):
        path = folder / written
        if path.is_file():
            return path
        faults.add(
            where, f"There is no manifest {written}", "Correct the path; it is relative to this folder."
        )
        return None
    path = CONNECTORS / written / "manifest.yaml"
    if written in builtin_connectors():
        return path
    advice = f"{remedy(written, builtin_connectors())} Or name a manifest file: ./{written}.yaml."
    faults.add(where, f"There is no connector `{written}`", advice)
    return None


def builtin_connectors() -> list[str]:
    """Names of the connectors that Accord comes with."""
    return sorted(path.parent.name for path in CONNECTORS.glob("*/manifest.yaml"))


def _specs(config: ProjectConfig, faults: Faults) -> Specs:
    written, derived = concept_form(config, faults), derive(config, faults)
    return Specs(
        concepts=(*written.concepts, *derived.concepts), mappings=(*written.mappings, *derived.mappings)
    )


def _compiled(
    config: ProjectConfig, specs: Specs, manifests: ReadOnly[str, Manifest], faults: Faults
) -> tuple[Resolved, Model]:
    resolved = resolve(specs, config.systems, manifests, faults)
    if len(resolved.mappings) == len(specs.mappings):  # else much would seem to be wrong that is only missing
        verify(resolved, config.systems, faults)
    return resolved, build_model(
        config.name, resolved, config.systems, manifests, faults, wait_s=config.wait_s
    )
