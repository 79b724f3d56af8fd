"""The installation of netspec: versions, devices, folders, and what a run would miss."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from netspec.checker.context import DATA_FOLDER, data_folders
from netspec.memory import CACHE_FOLDER, cache_folder
from netspec.source import Source

DISTRIBUTION = "netspec-lang"


class Finding(NamedTuple):
    """A part of the installation: whether it is good, and a description; if it isn't, of what is missing."""

    name: str
    good: bool
    text: str


def doctor() -> list[Finding]:
    """The parts of the installation that a run needs."""
    import platform

    return [Finding("python", True, platform.python_version()), *_packages(), _device(), *_folders()]


def _packages() -> Iterator[Finding]:
    """netspec and its dependencies, from the metadata of the installation; nothing is imported."""
    from importlib.metadata import PackageNotFoundError, requires, version

    names = [DISTRIBUTION]
    for requirement in requires(DISTRIBUTION) or []:
        if "extra ==" not in requirement:
            names.append(requirement.split(">")[0].split("<")[0].split("=")[0].split(";")[0].strip())
    for name in names:
        try:
            yield Finding(name, True, version(name))
        except PackageNotFoundError:
            yield Finding(name, False, f'pip install "{name}"')


def _device() -> Finding:
    try:
        from netspec.runner.machine.device import named_device

        return Finding("device", True, f"`auto` takes {named_device('auto')}")
    except (ImportError, OSError) as error:
        return Finding("device", False, f"torch can't be imported: {error}")


def _folders() -> Iterator[Finding]:
    data, cache = data_folders(Source("", "")).data, cache_folder()
    state = "is there" if data.is_dir() else "is made by the first download"
    yield Finding("data", True, f"{data.absolute()} {state}; {DATA_FOLDER} names another one")
    size = _size(cache)
    state = f"holds {size / 2**20:.0f} MiB that can be deleted" if size else "is empty"
    yield Finding("cache", True, f"{cache.absolute()} {state}; {CACHE_FOLDER} names another one")
    yield _current_folder()


def _size(folder: Path) -> int:
    """The size in bytes of the files below a folder; those that another run removes meanwhile count 0."""
    size = 0
    for parent, _, files in os.walk(folder):
        for file in files:
            with suppress(FileNotFoundError):
                size += Path(parent, file).stat().st_size
    return size


def _current_folder() -> Finding:
    """The current folder, below which runs are written."""
    from tempfile import NamedTemporaryFile

    here = Path.cwd()
    try:
        with NamedTemporaryFile(dir=here):
            return Finding("runs", True, str(here / "runs"))
    except OSError as error:
        return Finding("runs", False, f"{here} can't be written: {os.strerror(error.errno or 0).lower()}")
