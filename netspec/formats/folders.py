"""Folders of image files, a folder for each class: what is in them, in an order that no file system has a say in."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from netspec.formats.errors import DataError
from netspec.formats.files import shown, why_no_folder
from netspec.formats.images import SUFFIXES
from netspec.wording import listing

VALIDATION = ("val", "valid", "validation")
"""How the folder of a validation split may be called."""
OF_SYSTEMS = ("thumbs.db", "desktop.ini")
"""What a desktop puts into any folder, in small letters; hidden files begin with a dot."""


@dataclass(frozen=True)
class Shelf:
    """The images of a split: a path for each, and the number of its class."""

    paths: tuple[Path, ...]
    targets: tuple[int, ...]


@dataclass(frozen=True)
class Shelves:
    """The images of a folder, split by split; a split that isn't there has none."""

    classes: tuple[str, ...]
    train: Shelf
    test: Shelf
    validation: Shelf

    @property
    def paths(self) -> Iterator[Path]:
        for shelf in (self.train, self.test, self.validation):
            yield from shelf.paths


def read_folder(written: str, root: Path) -> Shelves:
    """What is in a folder that a spec writes as `written`: classes, or `train`, `test` and `val` with classes in them.

    Raises DataError.
    """
    if reason := why_no_folder(written, root):
        raise DataError("missing", reason, argument="path")
    names = _folders(root)
    if "train" not in names:
        classes = _classes(root, names)
        return Shelves(classes, _shelf(root, root, classes), _nothing(), _nothing())
    known = ("train", "test", *VALIDATION)
    if strange := [name for name in names if name not in known]:
        reason = f"`{shown(root / strange[0])}` stands beside `train`, and is none of {listing(known)}"
        raise _malformed(reason, root / strange[0], "a folder of a split has a folder for each class")
    splits = [name for name in names if name in VALIDATION]
    if len(splits) > 1:
        raise _malformed(f"`{shown(root)}` has {listing(splits)}, which mean the same", root)
    classes = _classes(root / "train", _folders(root / "train"))
    train = _shelf(root, root / "train", classes)
    test = _shelf(root, root / "test", classes) if "test" in names else _nothing()
    return Shelves(classes, train, test, _shelf(root, root / splits[0], classes) if splits else _nothing())


def _nothing() -> Shelf:
    return Shelf((), ())


def _classes(folder: Path, names: list[str]) -> tuple[str, ...]:
    if len(names) < 2:
        reason = f"`{shown(folder)}` has {len(names) or 'no'} folder{'s' * (len(names) != 1)}, and each class is one"
        raise _malformed(reason, folder, "a folder for each class, with its images in it")
    return tuple(names)


def _shelf(root: Path, folder: Path, classes: tuple[str, ...]) -> Shelf:
    """The images of a split. Only the one to train on has to have images of each class."""
    paths: list[Path] = []
    targets: list[int] = []
    for name in _folders(folder):
        if name not in classes:
            raise _malformed(
                f"`{shown(folder / name)}` is a class that the images to train on don't have", folder / name
            )
        found = sorted(_images(root, folder / name), key=lambda path: path.relative_to(folder).parts)
        if not found:
            raise _malformed(f"the class `{name}` has no image: `{shown(folder / name)}` is empty", folder / name)
        paths += found
        targets += [classes.index(name)] * len(found)
    if not paths:
        raise _malformed(f"`{shown(folder)}` has no image", folder)
    return Shelf(tuple(paths), tuple(targets))


def _folders(folder: Path) -> list[str]:
    """The names of the folders in a folder of classes or splits, in which nothing else may be."""
    names: list[str] = []
    for entry in _entries(folder):
        if entry.is_symlink() or not entry.is_dir():
            reason = f"`{shown(Path(entry.path))}` stands beside folders of images, and is none"
            raise _malformed(reason, Path(entry.path), "an image is in the folder of its class")
        names.append(entry.name)
    return sorted(names)


def _images(root: Path, folder: Path) -> Iterator[Path]:
    """The image files in a folder and in those below it. A link may only lead to a file in `root`."""
    for entry in _entries(folder):
        path = Path(entry.path)
        if entry.is_symlink() and not _leads_inside(path, root):
            raise _malformed(f"`{shown(path)}` leads out of the folder, or to no file", path)
        if entry.is_dir():
            yield from _images(root, path)
        elif path.suffix.lower() in SUFFIXES and entry.is_file():
            yield path
        else:
            raise _malformed(f"`{shown(path)}` isn't an image", path, f"images are named {listing(SUFFIXES)}")


def _leads_inside(link: Path, root: Path) -> bool:
    try:
        target = link.resolve(strict=True)
        return target.is_file() and target.is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link to itself, or to nothing
        return False


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder and isn't hidden."""
    try:
        with os.scandir(folder) as found:
            entries = [item for item in found if not item.name.startswith(".") and item.name.lower() not in OF_SYSTEMS]
    except OSError as error:
        raise DataError("missing", f"`{shown(folder)}` can't be read: {error.strerror}", argument="path") from None
    for entry in entries:
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in entry.name):
            raise _malformed(f"{entry.name!a} in `{shown(folder)}` has a control character in its name", folder)
    return entries


def _malformed(reason: str, path: Path, help: str | None = None) -> DataError:
    return DataError("malformed", reason, argument="path", path=path, help=help)
