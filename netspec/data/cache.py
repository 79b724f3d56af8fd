"""Samples that took long to read, kept on the disk for the next run, for as long as their files stay the same."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from operator import attrgetter
from pathlib import Path
from stat import S_ISDIR
from tempfile import mkdtemp
from typing import Any

import numpy as np

from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.types import DataType
from netspec.files import as_json, file_record
from netspec.formats.files import may_be_quoted
from netspec.formats.strict_json import from_json
from netspec.memory import cache_folder
from netspec.program.written import written

FORMAT = 3
LIMIT = 20 * 2**30
"""How many bytes are kept in all; what wasn't used for the longest time goes first."""
State = tuple[str, list[str], list[int]]
"""A folder, the names in it in their order, and of each the size and when it was changed; the second time can't be set
by hand. Or a file with the same of itself."""
SPLITS = ("train", "test", "validation")
FACTS, MANIFEST = "facts.json", "MANIFEST.json"
"""The digest, the type and the number of inputs of the samples; and what all other files are."""


@dataclass(frozen=True)
class Read:
    """The samples of a source, and the SHA-256 of all of them."""

    loaded: Loaded
    digest: str


def read(source: DataSource, folders: DataFolders) -> Read:
    """The samples of a source: those that were kept, or else from its own files. Raises DataError."""
    slow = source.slow_files(folders)
    key = _key(source, folders, slow)
    cached = _cached(key) if key else None
    if cached is not None:
        return cached
    loaded = source.load(folders)
    found = Read(loaded, digest(loaded))
    # the files may have been made by loading. Those that changed meanwhile are in a state that they never come back to
    if key := key or _key(source, folders, slow):
        # the cache is no promise: where it can't be written, the next run reads the files again
        with suppress(OSError):
            _keep(found, key)
    return found


def digest(loaded: Loaded) -> str:
    """SHA-256 of all inputs and targets, as they came from the source."""
    found = hashlib.sha256()
    for samples in filter(None, (loaded.train, loaded.test, loaded.validation)):
        for values in (*samples.inputs, samples.targets):
            found.update(np.ascontiguousarray(values).data)
    return found.hexdigest()


def _folder() -> Path:
    return cache_folder() / "data"


def _key(source: DataSource, folders: DataFolders, slow: Sequence[Path]) -> str | None:
    """What stands for a source and the state of its files; None where there are none, or not all."""
    prefers = None if folders.prefers is None else folders.prefers.name()
    # what is kept may quote its files, which is for specs beside them alone
    question = [FORMAT, version("pillow"), written(source), prefers, may_be_quoted(slow, folders.spec)]
    found = hashlib.sha256(json.dumps(question).encode())
    try:
        for file in sorted(map(os.path.realpath, slow)):
            for state in _states(file):
                found.update(repr(state).encode())
    except OSError:
        return None
    return found.hexdigest() if slow else None


def _states(path: str) -> Iterator[State]:
    """The state of a file; then, if it is a folder, of all that is in it, and in each folder in it: the time of a
    folder says when a name was taken away. Raises OSError."""
    found = Path(path).stat()
    yield path, [path], _numbers([found])
    if S_ISDIR(found.st_mode):
        yield from _states_in(path)


def _states_in(folder: str) -> Iterator[State]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=attrgetter("name"))
    yield folder, [entry.name for entry in entries], _numbers(entry.stat() for entry in entries)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _states_in(entry.path)


def _numbers(found: Iterable[os.stat_result]) -> list[int]:
    return [number for each in found for number in (each.st_size, each.st_mtime_ns, each.st_ctime_ns)]


def _cached(key: str) -> Read | None:
    """What was kept, if all of it is there as it was; what isn't any more is removed."""
    folder = _folder() / key
    try:
        if from_json((folder / MANIFEST).read_bytes()) != _manifest(folder):
            raise ValueError(MANIFEST)
        facts = from_json((folder / FACTS).read_bytes())
        splits = {split: _samples(folder, split, count) for split, count in facts["inputs"].items()}
        type = DataType.from_json(facts["type"], complete=True)
        loaded = Loaded(type, splits["train"], splits.get("test"), splits.get("validation"))
        found = Read(loaded, facts["digest"])
        os.utime(folder)
        return found
    except (OSError, ValueError, KeyError, TypeError):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    return None


def _manifest(folder: Path) -> dict[str, Any]:
    """What a folder's files are, whole: a bit of a header makes other samples too. Each is read once for that."""
    return {path.name: file_record(path) for path in folder.iterdir() if path.name != MANIFEST}


def _samples(folder: Path, split: str, count: int) -> Samples:
    # a private view: what is written to it stays in this process
    inputs = (np.load(folder / f"{split}{index}.npy", "c", allow_pickle=False) for index in range(count))
    return Samples(tuple(inputs), np.load(folder / f"{split}.npy", allow_pickle=False))


def _keep(found: Read, key: str) -> None:
    """Write it into a folder that gets its name when it is whole. Raises OSError."""
    cache = _folder()
    there = ((split, getattr(found.loaded, split)) for split in SPLITS)
    splits: dict[str, Samples] = {split: samples for split, samples in there if samples is not None}
    size = sum(values.nbytes for samples in splits.values() for values in samples.inputs)
    cache.mkdir(parents=True, exist_ok=True)
    if size > min(LIMIT, shutil.disk_usage(cache).free // 2):
        return
    _free_space(cache, size)
    folder = Path(mkdtemp(prefix=".", dir=cache))
    try:
        for split, samples in splits.items():
            np.save(folder / f"{split}.npy", samples.targets, allow_pickle=False)
            for index, values in enumerate(samples.inputs):
                np.save(folder / f"{split}{index}.npy", values, allow_pickle=False)
        inputs = {split: len(samples.inputs) for split, samples in splits.items()}
        facts = {"digest": found.digest, "inputs": inputs, "type": found.loaded.type.to_json(complete=True)}
        (folder / FACTS).write_bytes(as_json(facts))
        (folder / MANIFEST).write_bytes(as_json(_manifest(folder)))
        folder.rename(cache / key)
    except BaseException:  # the disk is full, another process was first, or Ctrl-C
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _free_space(cache: Path, size: int) -> None:
    """Remove what wasn't used for the longest time until so many bytes more are within the limit."""
    entries = sorted((entry for entry in os.scandir(cache) if entry.is_dir()), key=lambda entry: entry.stat().st_mtime)
    sizes = {entry.path: sum(file.stat().st_size for file in os.scandir(entry.path)) for entry in entries}
    total = sum(sizes.values())
    for entry in entries:
        if total + size <= LIMIT:
            return
        shutil.rmtree(entry.path, ignore_errors=True)
        total -= sizes[entry.path]
