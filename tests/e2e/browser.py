"""A real browser: the system's own Chromium, driven by Playwright. Nothing is downloaded for it but by the system."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

__all__ = ["open_browser"]

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_INSTALLERS = (
    ("apt-get", ("install", "--yes", "--no-install-recommends", "chromium")),
    ("dnf", ("install", "--assumeyes", "chromium")),
    ("apk", ("add", "chromium")),
    ("zypper", ("--non-interactive", "install", "chromium")),
)
_INSTALL_S = 300


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium without a screen. Skips, and says why, where there is none and the system can not install it."""
    path = _found() or _installed()
    args = ["--disable-dev-shm-usage", "--disable-gpu"]
    if os.geteuid() == 0:
        args.append("--no-sandbox")  # Chromium's own sandbox wants an ordinary user
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=args)
        try:
            yield browser
        finally:
            browser.close()


def _found() -> str | None:
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def _installed() -> str:
    """Chromium by the system's package manager."""
    why = "there is no package manager that is known"
    for name, args in _INSTALLERS:
        if manager := shutil.which(name):
            why = _install([manager, *args])
            break
    if path := _found():
        return path
    pytest.skip(f"there is no Chromium on this machine: {why}")


def _install(command: list[str]) -> str:
    """Runs the package manager; why it did not do."""
    if os.geteuid() != 0:
        command = ["sudo", "-n", *command]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{' '.join(command)}: {error}"
    return f"{' '.join(command)}: {done.stderr.strip()[-300:] or done.returncode}"
