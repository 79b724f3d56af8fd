"""`netspec doctor`: the installation and the devices."""

from __future__ import annotations

import os
import platform
import tempfile
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from netspec.checker.context import DATA_FOLDER, place_of
from netspec.cli.output import show_table
from netspec.memory import CACHE_FOLDER, cache_folder
from netspec.source import Source

DISTRIBUTION = "netspec-lang"


@click.command("doctor")
def command() -> int:
    """Look at the installation: versions, devices, folders. Ends with 1 if something that a run needs is missing."""
    rows = [("python", True, platform.python_version()), *_packages(), _torch(), *_folders()]
    table = Table.grid(padding=(0, 2))
    for name, good, text in rows:
        table.add_row(Text("good" if good else "missing", "green" if good else "bold red"), name, Text(text))
    show_table(table)
    return 0 if all(good for _, good, _ in rows) else 1


def _packages() -> list[tuple[str, bool, str]]:
    """netspec and what it needs, by the metadata of the installation; nothing is imported."""
    names = [DISTRIBUTION]
    for requirement in requires(DISTRIBUTION) or []:
        if "extra ==" not in requirement:
            names.append(requirement.split(">")[0].split("<")[0].split("=")[0].split(";")[0].strip())
    rows: list[tuple[str, bool, str]] = []
    for name in names:
        try:
            rows.append((name, True, version(name)))
        except PackageNotFoundError:
            rows.append((name, False, f'pip install "{name}"'))
    return rows


def _torch() -> tuple[str, bool, str]:
    try:
        from netspec.runner.machine.device import choose

        return "device", True, f"`auto` takes {choose('auto')}"
    except (ImportError, OSError) as error:
        return "device", False, f"torch can't be imported: {error}"


def _folders() -> list[tuple[str, bool, str]]:
    data, cache = place_of(Source("", "")).data, cache_folder()
    there = "is there" if data.is_dir() else "is made by the first download"
    size = _size(cache)
    held = f"holds {size / 2**20:.0f} MiB that can be deleted" if size else "is empty"
    return [
        ("data", True, f"{data.absolute()} {there}; {DATA_FOLDER} names another one"),
        ("cache", True, f"{cache.absolute()} {held}; {CACHE_FOLDER} names another one"),
        _current_folder(),
    ]


def _size(folder: Path) -> int:
    """How many bytes the files below a folder hold; those that another run takes away meanwhile hold none."""
    size = 0
    for parent, _, files in os.walk(folder):
        for file in files:
            with suppress(FileNotFoundError):
                size += Path(parent, file).stat().st_size
    return size


def _current_folder() -> tuple[str, bool, str]:
    """Runs are written below the current folder."""
    here = Path.cwd()
    try:
        with tempfile.NamedTemporaryFile(dir=here):
            return "runs", True, str(here / "runs")
    except OSError as error:
        return "runs", False, f"{here} can't be written: {os.strerror(error.errno or 0).lower()}"
