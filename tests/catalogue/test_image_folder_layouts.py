"""Layouts of folders of images: splits by any usual name, and folders that are neither classes nor splits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources.image_folder import ImageFolder
from netspec.formats.errors import DataError
from netspec.formats.split_names import splits_of


def lay(root: Path, *names: str) -> DataFolders:
    """Images of these names below the folder `p`."""
    for number, name in enumerate(names):
        path = root / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(number).integers(0, 256, (4, 4, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
    return DataFolders(root, root / "data")


def splits(*folders: str, classes: tuple[str, ...] = ("cat", "dog")) -> list[str]:
    """An image of each class in each folder."""
    return [f"{folder}/{name}/1.png" for folder in folders for name in classes]


def counts(folders: DataFolders, source: ImageFolder | None = None) -> tuple[tuple[str, ...], tuple[int, int, int]]:
    """The classes, and the numbers of images to train, to test and to validate on."""
    type = (source or ImageFolder(path="p")).describe(folders)
    return type.target.labels, type.counts


def refusal(folders: DataFolders) -> tuple[str, str]:
    """Why a folder is refused, and the help."""
    with pytest.raises(DataError) as caught:
        ImageFolder(path="p").describe(folders)
    return caught.value.reason, caught.value.help or ""


@pytest.mark.parametrize(
    ("train", "test", "validation"),
    [
        ("train", "test", "val"),
        ("Train", "Test", "Valid"),
        ("TRAIN", "TEST", "VALIDATION"),
        ("training_set", "test_set", "validation_set"),
        ("Training", "Testing", "Validation"),
        ("seg_train", "seg_test", "seg_val"),
        ("train_images", "test_images", "val_images"),
        ("x_train", "x_test", "x_val"),
        ("trainset", "testset", "valset"),
        ("TrainingData", "TestData", "ValidationData"),
        ("train2017", "test2017", "val2017"),
        ("01_train", "03-test", "02 dev"),
        ("xtrain", "xtest", "xval"),
        ("flowers_train", "flowers_test", "flowers_valid"),
        ("asl_alphabet_train", "asl_alphabet_test", "val"),
        ("dataset-train", "dataset-test", "dataset-valid"),
    ],
)
def test_splits_have_any_usual_name(tmp_path: Path, train: str, test: str, validation: str) -> None:
    folders = lay(tmp_path, *splits(train, test, validation), f"{train}/cat/2.png", f"{train}/cat/3.png")
    assert counts(folders) == (("cat", "dog"), (4, 2, 2))


@pytest.mark.parametrize("inner", ["train", "Training", "seg_train"])
def test_a_split_in_a_folder_of_its_own_name_is_found(tmp_path: Path, inner: str) -> None:
    assert counts(lay(tmp_path, *splits(f"seg_train/{inner}", "seg_test/seg_test"))) == (("cat", "dog"), (2, 2, 0))


@pytest.mark.parametrize(
    "names", [("train", "bus", "plane"), ("valid", "invalid"), ("test", "control"), ("pretrained", "trainer", "latest")]
)
def test_classes_may_be_called_as_splits_are(tmp_path: Path, names: tuple[str, ...]) -> None:
    folders = lay(tmp_path, *(f"{name}/1.png" for name in names))
    assert counts(folders) == (tuple(sorted(names)), (len(names), 0, 0))


def test_names_that_mean_no_split() -> None:
    names = ["strain", "restrain", "contest", "trains_test_cats", "model_train", "invalid", "interval", "cat"]
    assert not any(splits_of(names).values())


@pytest.mark.parametrize("names", [("a", "b"), ("fold1", "fold2", "fold3"), ("batch_1", "batch_2"), ("test", "val")])
def test_folders_that_hold_the_same_folders_are_asked_about(tmp_path: Path, names: tuple[str, ...]) -> None:
    folders = lay(tmp_path, *splits(*names))
    reason, help = refusal(folders)
    assert "hold only folders, the same in each: `cat`, `dog`. Are they classes or splits?" in reason
    assert "`train`, `test` and `val`" in help and "folders=classes" in help
    assert counts(folders, ImageFolder(path="p", folders="classes"))[0] == tuple(sorted(names))


def test_a_split_that_lacks_a_class_is_asked_about_too(tmp_path: Path) -> None:
    folders = lay(tmp_path, *splits("a", classes=("cat", "dog", "emu")), *splits("b"))
    assert "Are they classes or splits?" in refusal(folders)[0]


def test_splits_within_classes_are_named(tmp_path: Path) -> None:
    reason, help = refusal(lay(tmp_path, *splits("cat", "dog", classes=("train", "test"))))
    assert "Are they classes or splits?" in reason and "put them outermost, `test/cat`" in help


def test_classes_with_folders_of_their_own_are_classes(tmp_path: Path) -> None:
    folders = lay(tmp_path, "dog/beagle/1.png", "dog/poodle/1.png", "cat/manx/1.png", "cat/siamese/1.png")
    assert counts(folders) == (("cat", "dog"), (4, 0, 0))


def test_what_the_folders_are_can_be_said(tmp_path: Path) -> None:
    folders = lay(tmp_path, *splits("train", "bus"))
    assert "bus` stands beside `train`" in refusal(folders)[0]
    assert counts(folders, ImageFolder(path="p", folders="classes")) == (("bus", "train"), (4, 0, 0))


@pytest.mark.parametrize(
    "names",
    [
        ("images/1.png", "masks/1.png"),
        ("Images/1.png", "Labels/1.png"),
        ("train_images/1.png", "train_masks/1.png"),
        ("train/images/1.png", "train/masks/1.png", "test/images/1.png", "test/masks/1.png"),
        ("images/train/1.png", "images/val/1.png", "labels/train/1.png", "labels/val/1.png"),
        ("JPEGImages/1.png", "Annotations/1.png", "ImageSets/1.png"),
    ],
)
def test_images_beside_their_masks_are_no_classes(tmp_path: Path, names: tuple[str, ...]) -> None:
    reason, help = refusal(lay(tmp_path, *names))
    assert "images and their masks or labels, not like classes" in reason and "folders=classes" in help


@pytest.mark.parametrize("names", [("with_mask", "without_mask"), ("mask", "no_mask"), ("images", "photos")])
def test_a_mask_may_be_a_class(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert counts(lay(tmp_path, *(f"{name}/1.png" for name in names)))[0] == tuple(sorted(names))


@pytest.mark.parametrize(
    ("names", "folder", "images"),
    [
        (("1.png", "2.png"), "p", "2 images"),
        (("train/1.png", "test/1.png"), "p/train", "1 image"),
        (("Train/1.png",), "p/Train", "1 image"),
        ((*splits("train"), "test/1.png", "test/2.png"), "p/test", "2 images"),
        (("train_images/1.png", "test_images/1.png"), "p/train_images", "1 image"),
        (("train.v2/1.png", "test.v2/1.png", "val.v2/1.png"), "p/train.v2", "1 image"),
    ],
)
def test_pictures_without_folders_of_classes_are_said_to_be(
    tmp_path: Path, names: tuple[str, ...], folder: str, images: str
) -> None:
    reason, help = refusal(lay(tmp_path, *names))
    assert f"{folder}` has {images}, but no folders of classes" in reason
    assert "folder named after it" in help and "netspec predict" in help


@pytest.mark.parametrize("inner", ["PetImages", "data/raw/images", "photos"])
def test_a_folder_too_high_is_named(tmp_path: Path, inner: str) -> None:
    reason, help = refusal(lay(tmp_path, *splits(inner)))
    assert "p` has 1 folder, but each class needs one" in reason
    assert f'use `image_folder("p/{inner}")`' in help
    assert ImageFolder(path=f"p/{inner}").describe(DataFolders(tmp_path, tmp_path)).train == 2


def test_a_folder_too_high_in_a_split_is_named(tmp_path: Path) -> None:
    reason, help = refusal(lay(tmp_path, *splits("train/images", "test/images")))
    assert "p/train` has 1 folder" in reason and "move them to" in help


def test_what_an_archive_of_macos_has_is_skipped(tmp_path: Path) -> None:
    folders = lay(tmp_path, "cat/1.png", "dog/1.png")
    for name in ("__MACOSX/cat/._1.png", "cat/__MACOSX/._1.png", "cat/._1.png"):
        path = tmp_path / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0\5\x16\7")
    assert counts(folders) == (("cat", "dog"), (2, 0, 0))


@pytest.mark.parametrize("name", ["annotations", "holdout", "train-aug"])
@pytest.mark.parametrize("loose", [True, False])
def test_what_stands_beside_splits_is_named(tmp_path: Path, name: str, loose: bool) -> None:
    names = ("train2017/1.png", "val2017/1.png") if loose else splits("train2017", "val2017")
    reason, help = refusal(lay(tmp_path, *names, f"{name}/1.png"))
    assert f"{name}` stands beside `train2017`, and is none of train, test, val" in reason
    assert "move it away" in help and "folders=classes" in help


def test_splits_need_one_to_train_on(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no folder `train`"):
        ImageFolder(path="p", folders="splits").describe(lay(tmp_path, "cat/1.png", "dog/1.png"))


def test_two_folders_of_one_split_are_named(tmp_path: Path) -> None:
    reason, _ = refusal(lay(tmp_path, *splits("train", "test", "testing_set")))
    assert "has test, testing_set, which mean the same split" in reason


def test_all_files_that_are_no_images_are_named_at_once(tmp_path: Path) -> None:
    folders = lay(tmp_path, "cat/1.png", "dog/1.png")
    for number in range(15):
        (tmp_path / "p" / "dog" / f"{number:02}.txt").write_text("")
    with pytest.raises(DataError) as caught:
        ImageFolder(path="p").describe(folders)
    assert "dog/00.txt` isn't an image" in caught.value.reason
    assert len(caught.value.notes) == 11 and caught.value.notes[-1] == "and 4 more"
