"""The scratch folder, and what runs in it: two sandboxes, and the program on a copy of the example."""

import shutil
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from accord.core.errors import AccordError
from accord.demo.persons import example_folder
from accord.demo.program import Program, SandboxProcess
from accord.demo.systems import Crm, Erp, System
from accord.demo.world import World, make_world, save_world

__all__ = ["Stage"]

_MARK: Final = ".accord-demo"


class Stage:
    """From entering to leaving the context the sandboxes run; what was written stays, to be looked at."""

    crm: Crm
    erp: Erp

    def __init__(self, folder: Path, *, seed: int, persons: int) -> None:
        self.folder = folder.absolute()
        _renew(self.folder)
        example = example_folder()
        self.world: World = make_world(example / "data" / "febrl4", seed=seed, persons=persons)
        self._loads = save_world(self.world, self.folder / "loaded")
        self.program = Program(self.folder / "project")
        self._configuration = (example / "accord.yaml").read_text(encoding="utf-8")
        self._running: list[SandboxProcess] = []

    def __enter__(self) -> Self:
        try:
            urls = {system: self._start(system, loads) for system, loads in self._loads.items()}
            self.crm, self.erp = Crm(urls["crmoffice"]), Erp(urls["customerp"])
        except BaseException:
            self._stop()
            raise
        self._write_project()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.crm.close()
        self.erp.close()
        self._stop()

    def system(self, key: str) -> tuple[System, str]:
        """The system of an entity type, and the type's own name."""
        name, _, kind = key.partition(".")
        return (self.crm if name == "crmoffice" else self.erp), kind

    def listing(self, key: str) -> dict[str, dict[str, Any]]:
        """All records of an entity type by id, through the system's own API."""
        system, kind = self.system(key)
        return system.listing(kind)

    def loaded(self, key: str) -> frozenset[str]:
        """Ids of the records that were there before the hub came."""
        return frozenset(str(row["id"]) for row in self.world.rows[key])

    def writes(self) -> int:
        """Writes that the systems were sent."""
        return self.crm.calls().writes + self.erp.calls().writes

    def _start(self, system: str, loads: list[tuple[str, Path]]) -> str:
        process = SandboxProcess(system, self.folder, loads)
        self._running.append(process)
        return process.url

    def _stop(self) -> None:
        for process in self._running:
            process.stop()

    def _write_project(self) -> None:
        """The example as it is, but for the ports."""
        text = self._configuration
        for known, system in (
            ("http://127.0.0.1:8801/", self.crm),
            ("http://127.0.0.1:8802/api/v1", self.erp),
        ):
            if known not in text:
                raise AccordError(f"the example does not name {known}")
            text = text.replace(known, system.url.rstrip("/") + ("/" if known.endswith("/") else ""))
        self.program.project.mkdir(parents=True)
        (self.program.project / "accord.yaml").write_text(text, encoding="utf-8")


def _renew(folder: Path) -> None:
    """An empty folder; what is removed for it was made by an earlier demonstration."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise AccordError(f"{folder} holds files of others", remedy="Name another folder with --folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()
