"""Data sets that torchvision downloads: whole, verified, and never left half-written."""

from __future__ import annotations

import hashlib
import re
import shutil
import socket
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.python import PYTHON_FOLDER, Python
from netspec.catalogue.sources import DataFolders, DataSource
from netspec.catalogue.values import Text
from netspec.formats.errors import DataError
from netspec.formats.files import resolve, shown
from netspec.immutable import immutable

PATIENCE = 10.0
"""Seconds to wait for a server that doesn't answer."""


@immutable
class Bundle:
    """The files of a data set and the archives they come in, by their paths below the root, with their MD5 sums."""

    name: str
    folder: str
    files: Mapping[str, str]
    archives: Mapping[str, str]

    def absent(self, root: Path) -> str | None:
        """Why the data set isn't below `root`, or None if it is, be it packed or not."""
        if _all_there(root, self.files) or _all_there(root, self.archives):
            return None
        return f"not in {shown(root / self.folder)}"

    def provide(self, root: Path, get: Callable[[Path], object], *, download: bool) -> None:
        """See that all files are below `root` and are what they should be; raises DataError.

        `get` is torchvision's way to put them into a folder: out of the archives that are in it, else out of the
        network.
        """
        if not _all_there(root, self.files):
            if download or _all_there(root, self.archives):
                self._get(root, get, download)
            else:
                raise DataError(
                    "missing",
                    f"`{self.name}` is {self.absent(root)}",
                    argument="root",
                    help=f"put {_listed(self.files)} there, or set `download=true`",
                )
        for file, md5 in self.files.items():
            self._verify(root / file, md5)

    def _get(self, root: Path, get: Callable[[Path], object], download: bool) -> None:
        """Fill a folder of its own and move whole files out of it, so that nothing half-written is ever in place."""
        from http.client import HTTPException  # a check needs no network, nor the 40 ms that this takes

        try:
            with _workshop(root) as workshop:
                for archive, md5 in self.archives.items():
                    # torchvision downloads an archive whose sum is wrong, over the one that is there
                    if (root / archive).is_file() and (not download or _md5(root / archive) == md5):
                        self._verify(root / archive, md5)
                        (workshop / archive).parent.mkdir(parents=True, exist_ok=True)
                        shutil.copy(root / archive, workshop / archive)
                with _impatient():
                    get(workshop)
                for file in self.files:
                    (root / file).parent.mkdir(parents=True, exist_ok=True)
                    (workshop / file).replace(root / file)
        # torchvision raises RuntimeError where no server has what it wants
        except (OSError, RuntimeError, HTTPException, EOFError) as error:
            raise DataError(
                "unreachable",
                f"`{self.name}` is {self.absent(root)} and can't be fetched: {_last_line(error)}",
                argument="root",
                help=f"put {_listed(self.files)} into {shown(root / self.folder)}",
            ) from error

    def _verify(self, path: Path, md5: str) -> None:
        if _md5(path) != md5:
            raise DataError(
                "malformed",
                f"`{shown(path)}` isn't a file of `{self.name}`: its MD5 sum isn't {md5}",
                argument="root",
                help="remove it, and it is fetched again",
            )


class Downloaded(DataSource):
    """A data set that comes as a bundle."""

    bundle: ClassVar[Bundle]

    root: Annotated[
        Text | None,
        Field(
            min_length=1,
            description="folder that holds torchvision's folder of the data set, from the spec's folder; "
            "by default the folder of downloaded data sets",
        ),
    ] = None
    download: Annotated[bool, Field(description="download the files if they aren't there")] = True

    def unavailable(self, folders: DataFolders) -> str | None:
        return self.bundle.absent(self._root(folders))

    @property
    def fetchable(self) -> bool:
        return self.download

    def files(self, folders: DataFolders) -> tuple[Path, ...]:
        return (self._root(folders) / self.bundle.folder,)

    def slow_files(self, folders: DataFolders) -> tuple[Path, ...]:
        return tuple(self._root(folders) / file for file in self.bundle.files)

    def _root(self, folders: DataFolders) -> Path:
        return folders.data if self.root is None else resolve(self.root, folders.spec)

    def python_splits(self, folders: DataFolders, dataset: str, inputs: str, targets: str) -> Python:
        """The splits of a data set of torchvision, whose inputs and targets are expressions of `split`."""
        lines = (
            f"splits = [datasets.{dataset}(DATA, train=train, download={self.download}) for train in (True, False)]",
            f"train, test = [({inputs}, {targets}) for split in splits]",
        )
        return Python("\n".join(lines), constants={PYTHON_FOLDER: str(self._root(folders).resolve())})


def _all_there(root: Path, files: Mapping[str, str]) -> bool:
    try:
        return all((root / file).is_file() for file in files)
    except OSError:  # a folder that is closed to us
        return False


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _listed(files: Mapping[str, str]) -> str:
    return ", ".join(Path(file).name for file in files)


def _last_line(error: Exception) -> str:
    """The reason at the end of an error; torchvision's begin with a list of what it tried."""
    lines = str(error).strip().splitlines()
    last = lines[-1].strip("<>") if lines else type(error).__name__
    # what the operating system says, without the numbers and words around it
    return re.sub(r"^.*\[Errno -?\d+\] *", "", last).rstrip(">").lower()


@contextmanager
def _workshop(root: Path) -> Generator[Path]:
    """A folder in `root` that is gone afterwards, as are the folders made for it if nothing was put in them."""
    made = [folder for folder in (root, *root.parents) if not folder.exists()]
    try:
        root.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".netspec-", dir=root) as folder:
            yield Path(folder)
    finally:
        for folder in made:
            with suppress(OSError):  # it is in use now
                folder.rmdir()


@contextmanager
def _impatient() -> Generator[None]:
    """Wait for no server longer than `PATIENCE`; torchvision by itself waits for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
