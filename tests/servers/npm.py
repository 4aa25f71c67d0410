"""Programs from npm that the tests run: installed once from a lock file, into build/."""

import fcntl
import shutil
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

__all__ = ["installed"]

ROOT: Final = Path(__file__).resolve().parents[2]
_INSTALL_S: Final = 300


def installed(model: Path, put: Callable[[Path], None] = lambda _folder: None) -> Path:
    """The folder in which stands what package-lock.json of `model` names. `put` is called, one at a time, with it."""
    lock = (model / "package-lock.json").read_bytes()
    folder = ROOT / "build" / f"{model.name}-{sha256(lock).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as one:  # let go of when it is closed
        fcntl.flock(one, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            _install(model, folder)
        put(folder)
    return folder


def _install(model: Path, folder: Path) -> None:
    if shutil.which("npm") is None and (apt := shutil.which("apt-get")) is not None:
        subprocess.run(
            [apt, "install", "--yes", "--no-install-recommends", "npm"], check=False, timeout=_INSTALL_S
        )
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            f"npm is needed to install {model.name}: install Node with npm (Debian: apt install npm)"
        )
    for name in ("package.json", "package-lock.json"):
        shutil.copy(model / name, folder)
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=_INSTALL_S,
    )
    if done.returncode:
        raise RuntimeError(f"npm could not install {model.name}:\n{done.stderr[:2000]}")
    (folder / "installed").touch()
