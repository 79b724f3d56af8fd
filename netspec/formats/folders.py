"""Folders of image files: which are classes and which are splits, in an order that no file system has a say in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from netspec.formats.errors import DataError, combined
from netspec.formats.files import shown, why_no_folder
from netspec.formats.folder_tree import Stamp, Tree, read_tree
from netspec.formats.images import SUFFIXES
from netspec.formats.split_names import SPLITS, SplitName, splits_of
from netspec.wording import counted, listing

Holds = Literal["classes", "splits"]
"""What the folders in a folder are."""

MASKS = frozenset(("mask", "masks", "label", "labels", "annotation", "annotations", "segmentation", "gt", "xml"))
IMAGES = frozenset(("image", "images", "img", "imgs", "pics", "pictures", "photos", "jpegimages", "input", "inputs"))
"""Words in the names of folders that hold what belongs to images, and images."""
FEW = 6
"""Of more folders no two are taken for images and masks."""


@dataclass(frozen=True)
class Shelf:
    """The images of a split: for each a path, what its file is now, and the number of its class."""

    paths: tuple[str, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    targets: tuple[int, ...] = ()


@dataclass(frozen=True)
class Shelves:
    """The images of a folder, split by split; a split that isn't there has none."""

    classes: tuple[str, ...]
    train: Shelf
    test: Shelf = Shelf()
    validation: Shelf = Shelf()

    @property
    def stamps(self) -> Iterator[tuple[str, Stamp]]:
        """The path of each image and what its file is now."""
        for shelf in (self.train, self.test, self.validation):
            yield from zip(shelf.paths, shelf.stamps, strict=True)


def read_folder(written: str, root: Path, holds: Holds | None = None) -> Shelves:
    """What is in a folder that a spec writes as `written`: classes, or splits with classes in them, which the names of
    the folders tell unless `holds` says it.

    Raises DataError.
    """
    if reason := why_no_folder(written, root):
        raise DataError("missing", reason, argument="path")
    tree = read_tree(root)
    splits = {} if holds == "classes" else _splits(tree, asked=holds == "splits")
    train = splits.get("train", tree)
    if holds is None:
        _refuse_masks(train)
    if splits:
        return _shelves(tree, splits)
    if holds is None:
        _refuse_same_folders(tree)
    classes = _classes(tree, written)
    return Shelves(classes, _shelf(tree, classes))


# ---- what the folders are ----


def _splits(tree: Tree, *, asked: bool) -> dict[SplitName, Tree]:
    """The folders of the splits; none where the folders are classes."""
    meanings = splits_of(list(tree.folders))
    named = [name for name in tree.folders if meanings[name]]
    trained = [name for name in named if meanings[name] == "train"]
    # a class may be called `train`, and its images are in it; as are, by mistake, those of splits without classes
    several = len(named) > len(trained) > 0 or 0 < len(named) == len(trained) == len(meanings)
    if not asked and not several and not any(tree.folders[name].holds_folders for name in trained):
        return {}
    if not trained:
        raise _malformed(
            f"`{_shown(tree)}` has no folder `train`", tree.path, "rename the folder to train on to `train`"
        )
    if strange := sorted(name for name, split in meanings.items() if split is None):
        reason = f"`{_shown(tree, strange[0])}` stands beside `{trained[0]}`, and is none of train, test, val"
        help = "rename it if it is a split, or move it away; add `folders=classes` if all of these are classes"
        raise _malformed(reason, tree.within(strange[0]), help)
    found: dict[SplitName, Tree] = {}
    for split in SPLITS:
        names = sorted(name for name in named if meanings[name] == split)
        if len(names) > 1:
            raise _malformed(f"`{_shown(tree)}` has {listing(names)}, which mean the same split", tree.path)
        if names:
            found[split] = _inner(tree.folders[names[0]], split)
    return found


def _inner(tree: Tree, split: SplitName) -> Tree:
    """The folder of a split's classes: `train/train` where `train` holds nothing else."""
    if len(tree.folders) == 1 and tree.holds_folders:
        ((name, only),) = tree.folders.items()
        if name == Path(tree.path).name or splits_of([name])[name] == split:
            return only
    return tree


def _refuse_masks(tree: Tree) -> None:
    """Raises DataError where folders hold images and what belongs to each of them."""
    names = sorted(tree.folders)
    masks, images = (_with_word(names, words) for words in (MASKS, IMAGES))
    if masks and images and len(names) <= FEW:
        reason = (
            f"`{_shown(tree, masks)}` stands beside `{_shown(tree, images)}`: these look like images and their masks "
            "or labels, not like classes"
        )
        help = "`image_folder` predicts one class per image; add `folders=classes` if these are the classes"
        raise _malformed(reason, tree.within(masks), help)


def _refuse_same_folders(tree: Tree) -> None:
    """Raises DataError where each folder holds the same folders, as those of splits do."""
    names = sorted(tree.folders)
    inner = [set(folder.folders) if folder.holds_folders else set[str]() for folder in tree.folders.values()]
    most = max(inner, key=len, default=set[str]())
    if len(names) > 1 and len(most) > 1 and all(some and some <= most for some in inner):
        raise _question(tree, names, sorted(most))


def _question(tree: Tree, names: Sequence[str], inner: Sequence[str]) -> DataError:
    quoted = listing([f"`{name}`" for name in names], 4)
    same = listing([f"`{name}`" for name in inner], 4)
    reason = f"{quoted} in `{_shown(tree)}` hold only folders, the same in each: {same}. Are they classes or splits?"
    if "train" in splits_of(inner).values():
        help = f"if {same} are splits, put them outermost, `{inner[0]}/{names[0]}`; add `folders=classes` if not"
    else:
        help = "rename splits to `train`, `test` and `val`; add `folders=classes` if they are classes"
    return _malformed(reason, tree.path, help)


def _with_word(names: Sequence[str], words: frozenset[str]) -> str | None:
    return next((name for name in names if words & set(re.split(r"[\W\d_]+", name.lower()))), None)


# ---- images by class ----


def _shelves(tree: Tree, splits: Mapping[SplitName, Tree]) -> Shelves:
    for split in splits.values():
        if split.images and not split.folders:
            raise _without_classes(split)
    _refuse_beside(tree)
    classes = _classes(splits["train"])
    shelves = {name: _shelf(split, classes) for name, split in splits.items()}
    return Shelves(classes, **shelves)


def _classes(tree: Tree, written: str | None = None) -> tuple[str, ...]:
    """The classes in a folder, which a spec may write as `written`."""
    names = sorted(tree.folders)
    if tree.images and not names:
        raise _without_classes(tree)
    _refuse_beside(tree)
    if len(names) >= 2:
        return tuple(names)
    count = f"{len(names) or 'no'} folder{'s' * (len(names) != 1)}"
    reason = f"`{_shown(tree)}` has {count}, but each class needs one, and there are at least 2 classes"
    help = "make a folder for each class, with its images in it"
    if deeper := _deeper(tree):
        path = Path(written or "", Path(deeper.path).relative_to(tree.path)).as_posix()
        way = f'use `image_folder("{path}")`' if written else f"move them to `{_shown(tree)}`"
        help = f"`{_shown(deeper)}` has the folders {listing(sorted(deeper.folders), 4)}: {way}"
    raise _malformed(reason, tree.path, help)


def _deeper(tree: Tree) -> Tree | None:
    """The folder further down that has several folders in it, where each above has one alone."""
    while len(tree.folders) == 1 and not tree.images:
        (tree,) = tree.folders.values()
        if len(tree.folders) > 1:
            return tree
    return None


def _without_classes(tree: Tree) -> DataError:
    reason = f"`{_shown(tree)}` has {counted(len(tree.images), 'image')}, but no folders of classes"
    help = "move the images of each class into a folder named after it; `netspec predict` takes images without classes"
    return _malformed(reason, tree.path, help)


def _refuse_beside(tree: Tree) -> None:
    """Raises DataError for what stands beside folders of classes or splits."""
    paths = [tree.within(name) for name in sorted((*tree.links, *tree.others, *tree.images))]
    errors = [
        _malformed(
            f"`{shown(Path(path))}` stands beside folders of images, and is none",
            path,
            "an image is in the folder of its class; move other files away",
        )
        for path in paths
    ]
    if errors:
        raise combined(errors)


def _shelf(tree: Tree, classes: tuple[str, ...]) -> Shelf:
    """The images of a split. Only the one to train on has to have images of each class."""
    _refuse_beside(tree)
    paths: list[str] = []
    stamps: list[Stamp] = []
    targets: list[int] = []
    errors: list[DataError] = []
    numbers = {name: number for number, name in enumerate(classes)}
    for name, folder in sorted(tree.folders.items()):
        if name not in numbers:
            reason = f"`{_shown(folder)}` is a class that the images to train on don't have"
            errors.append(_malformed(reason, folder.path, "the folders of a class have the same name in each split"))
            continue
        errors += [_stranger(path, link=link) for path, link in folder.strangers()]
        found = list(folder.images_below())
        if not found and not errors:
            reason = f"the class `{name}` has no image: `{_shown(folder)}` is empty"
            errors.append(_malformed(reason, folder.path, "put images into the folder, or remove it"))
        paths += [path for path, _ in found]
        stamps += [stamp for _, stamp in found]
        targets += [numbers[name]] * len(found)
    if errors:
        raise combined(errors)
    if not paths:
        raise _malformed(f"`{_shown(tree)}` has no image", tree.path)
    return Shelf(tuple(paths), tuple(stamps), tuple(targets))


def _stranger(path: str, *, link: bool) -> DataError:
    name = shown(Path(path))
    if link:
        return _malformed(f"`{name}` leads out of the folder, or to no file", path, "put a copy of the file there")
    return _malformed(f"`{name}` isn't an image", path, f"images are named {listing(SUFFIXES, len(SUFFIXES))}")


def _shown(tree: Tree, name: str = "") -> str:
    return shown(Path(tree.path, name))


def _malformed(reason: str, path: str, help: str | None = None) -> DataError:
    return DataError("malformed", reason, argument="path", path=Path(path), help=help)
