"""All that is in a folder of image files, looked at once: folders, images with their stamps, and other files."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG

from netspec.formats.errors import DataError
from netspec.formats.files import shown
from netspec.formats.images import SUFFIXES

OF_SYSTEMS = ("thumbs.db", "desktop.ini", "__macosx")
"""What systems put into any folder, in small letters; hidden files begin with a dot."""
DEEPEST = 100
"""Folders deeper than that are an attack or a mistake."""

Stamp = tuple[int, int, int]
"""The size of a file and when its content and its entry were changed, in nanoseconds; the last time can't be set by
hand."""


@dataclass(slots=True)
class Tree:
    """What is in a folder and isn't hidden, by name; `links` lead out of the outermost folder, or to no file."""

    path: str
    folders: dict[str, Tree] = field(default_factory=dict[str, "Tree"])
    images: dict[str, Stamp] = field(default_factory=dict[str, Stamp])
    others: list[str] = field(default_factory=list[str])
    links: list[str] = field(default_factory=list[str])

    def within(self, name: str) -> str:
        """The path of what is in the folder, by its name."""
        return f"{self.path}{os.sep}{name}"

    def images_below(self) -> Iterator[tuple[str, Stamp]]:
        """The paths of the images in the folder and in those below it, in the order of their names."""
        for name in sorted((*self.images, *self.folders)):
            if name in self.images:
                yield self.within(name), self.images[name]
            else:
                yield from self.folders[name].images_below()

    def strangers(self) -> Iterator[tuple[str, bool]]:
        """The paths of the files in the folder and below it that are no images; whether each is a link."""
        yield from ((self.within(name), True) for name in sorted(self.links))
        yield from ((self.within(name), False) for name in sorted(self.others))
        for name in sorted(self.folders):
            yield from self.folders[name].strangers()

    @property
    def holds_folders(self) -> bool:
        """Whether there are folders in it and no images beside them."""
        return bool(self.folders) and not self.images


def read_tree(root: Path) -> Tree:
    """What is in a folder and in those below it. Raises DataError for what can't be read."""
    return _tree(str(root), os.path.realpath(root), 0)


def _tree(path: str, root: str, depth: int) -> Tree:
    tree = Tree(path)
    if depth > DEEPEST:
        raise _malformed(f"`{shown(Path(path))}` is more than {DEEPEST} folders deep", path)
    for entry in _entries(path):
        name = entry.name
        if entry.is_symlink():
            _add_link(tree, entry, root)
        elif entry.is_dir():
            tree.folders[name] = _tree(entry.path, root, depth + 1)
        elif name.lower().endswith(SUFFIXES) and (stamp := _stamp(entry)):
            tree.images[name] = stamp
        else:
            tree.others.append(name)
    return tree


def _add_link(tree: Tree, entry: os.DirEntry[str], root: str) -> None:
    """A link may only lead to an image file in the outermost folder."""
    target = Path(os.path.realpath(entry.path))
    try:
        leads_inside = target.is_file() and target.is_relative_to(root)
    except (OSError, ValueError):  # a link to itself, or to nothing
        leads_inside = False
    if not leads_inside:
        tree.links.append(entry.name)
    elif entry.name.lower().endswith(SUFFIXES) and (stamp := _stamp(entry)):
        tree.images[entry.name] = stamp
    else:
        tree.others.append(entry.name)


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    """What a file is now; None if it is no regular file."""
    try:
        found = entry.stat()
    except OSError as error:
        raise _malformed(f"`{shown(Path(entry.path))}` can't be read: {error.strerror}", entry.path) from None
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns) if S_ISREG(found.st_mode) else None


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder and isn't hidden."""
    try:
        with os.scandir(folder) as found:
            entries = [item for item in found if not is_hidden(item.name)]
    except OSError as error:
        reason = f"`{shown(Path(folder))}` can't be read: {error.strerror}"
        raise DataError("missing", reason, argument="path") from None
    for entry in entries:
        if not entry.name.isprintable() and _is_odd(entry.name):
            raise _malformed(f"{entry.name!a} in `{shown(Path(folder))}` has a control character in its name", folder)
    return entries


def is_hidden(name: str) -> bool:
    """Whether a file or a folder of that name is no part of the data."""
    return name.startswith(".") or name.lower() in OF_SYSTEMS


def _is_odd(name: str) -> bool:
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in name)


def _malformed(reason: str, path: str) -> DataError:
    return DataError("malformed", reason, argument="path", path=Path(path))
