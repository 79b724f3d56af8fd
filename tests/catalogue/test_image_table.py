"""Images that a table names: which files they are, what their targets are, and what is said where one isn't there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netspec import api
from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources.image_table import ImageTable
from netspec.catalogue.target_columns.number import Number
from netspec.catalogue.targets.classes import Classes
from netspec.data.cache import read
from netspec.formats.errors import DataError
from netspec.shapes import MisfitError
from tests.specs import check


def images(folder: Path, *names: str, size: tuple[int, int] = (4, 4)) -> None:
    """An image of noise at each of these names."""
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.random.default_rng(number).integers(0, 256, (*size, 3), dtype=np.uint8)).save(path)


def table(folder: Path, rows: Sequence[str], header: str = "file,label", name: str = "t.csv") -> DataFolders:
    (folder / name).write_text("\n".join([header, *rows]) + "\n")
    return DataFolders(folder, folder / "data")


def refusal(source: ImageTable, folders: DataFolders) -> tuple[str, str]:
    with pytest.raises(DataError) as caught:
        source.describe(folders)
    return caught.value.reason, caught.value.help or ""


NAMED = ImageTable(path="t.csv", image="file", target="label")


def test_each_row_is_an_image_with_its_target(tmp_path: Path) -> None:
    images(tmp_path, "a.png", "b.png", "deep/c.png")
    folders = table(tmp_path, ["deep/c.png,dog", "a.png,cat", "b.png,dog"])
    assert str(NAMED.describe(folders)) == "image[3, 4, 4] x class[2]"
    loaded = NAMED.load(folders)
    assert loaded.type.target == Classes(names=("cat", "dog"))
    assert loaded.train.targets.tolist() == [1, 0, 1]
    expected = [np.asarray(Image.open(tmp_path / name)).transpose(2, 0, 1) for name in ("deep/c.png", "a.png", "b.png")]
    assert np.array_equal(loaded.train.inputs[0], np.stack(expected))


@pytest.mark.parametrize("written", ["a.png", "./a.png", "in\\a.png", " a.png "])
def test_names_are_read_as_people_write_them(tmp_path: Path, written: str) -> None:
    images(tmp_path, "a.png", "b.png", "in/a.png")
    assert NAMED.describe(table(tmp_path, [f"{written},x", "b.png,y"])).train == 2


def test_a_folder_and_the_end_of_the_names_can_be_said(tmp_path: Path) -> None:
    images(tmp_path, "train/10.png", "train/11.png")
    folders = table(tmp_path, ["10,2.5", "11,3"], header="id,age")
    source = ImageTable(path="t.csv", image="id", target=Number(column="age"), folder="train", suffix=".png")
    assert str(source.describe(folders)) == "image[3, 4, 4] x number"
    assert source.load(folders).train.targets.tolist() == [2.5, 3]


def test_further_tables_are_for_validation_and_test(tmp_path: Path) -> None:
    images(tmp_path, "a.png", "b.png", "c.png", "d.png")
    table(tmp_path, ["c.png,1"], name="v.csv")
    table(tmp_path, ["d.png,0"], name="test.csv")
    folders = table(tmp_path, ["a.png,0", "b.png,1"])
    source = ImageTable(path="t.csv", image="file", target="label", validation="v.csv", test="test.csv")
    loaded = source.load(folders)
    assert loaded.type.counts == (2, 1, 1)
    assert loaded.validation is not None and loaded.validation.targets.tolist() == [1]


def test_columns_beside_them_are_ignored_and_the_layout_can_be_said(tmp_path: Path) -> None:
    images(tmp_path, "a.png", "b.png")
    folders = table(tmp_path, ["a.png;some words;1,5", "b.png;;2,5"], header="file;note;score")
    source = ImageTable(path="t.csv", image="file", target=Number(column="score"), decimal=",")
    assert source.load(folders).train.targets.tolist() == [1.5, 2.5]


def test_images_of_several_sizes_are_brought_to_one_as_by_image_folder(tmp_path: Path) -> None:
    images(tmp_path, "a.png")
    images(tmp_path, "b.png", size=(6, 8))
    folders = table(tmp_path, ["a.png,x", "b.png,y"])
    reason, help = refusal(NAMED, folders)
    assert "is 6 x 8" in reason and 'image_table("t.csv", …, size=[4, 4])' in help
    source = ImageTable(path="t.csv", image="file", target="label", size=(5, 5), mode="gray")
    assert str(source.describe(folders)) == "image[1, 5, 5] x class[2]"


@pytest.mark.parametrize(
    ("rows", "reason", "help"),
    [
        (["a.png,x", "nowhere.png,y"], "nowhere.png`", "put the image there, or remove the row"),
        (["a.png,x", "n.png,y", "m.png,y"], "; 2 of 3 rows name no image", "put the image there, or remove the row"),
        (["a.png,x", "b,y"], "b`", 'set `suffix=".png"`'),
        (["a.png,x", "c.png,y"], "c.png`", "`pics/c.png` is there: set `folder`"),
        (["a.png,x", "c,y"], "c`", '`pics/c.png` is there: set `folder` and `suffix=".png"`'),
        (["a.png,x", ",y"], "the column `file` has no file name in this row", ""),
        (["a.png,x", "../up.png,y"], "`../up.png` leads out of the folder of the images", ""),
        (["a.png,x", "/etc/passwd,y"], "`/etc/passwd` leads out of the folder of the images", ""),
        (["a.png,x", "out.png,y"], "out.png`", "put the image there, or remove the row"),
        (["a.png,x", "linked/up.png,y"], "linked/up.png`", "put the image there, or remove the row"),
        (["a.png,x", "pics,y"], "pics`", "put the image there, or remove the row"),
        (["a.png,x", "t.csv,y"], "isn't an image that can be read", "replace the file, or remove it"),
    ],
)
def test_what_names_no_image_is_said_with_its_row(tmp_path: Path, rows: list[str], reason: str, help: str) -> None:
    images(tmp_path, "up.png", "s/a.png", "s/b.png", "s/pics/c.png")
    (tmp_path / "s" / "out.png").symlink_to(tmp_path / "up.png")
    (tmp_path / "s" / "linked").symlink_to(tmp_path)
    said, way_out = refusal(NAMED, table(tmp_path / "s", rows))
    assert said.endswith(reason) and way_out == help


def test_the_place_is_the_cell(tmp_path: Path) -> None:
    images(tmp_path, "a.png")
    table(tmp_path, ["a.png,x", "b.png,y"])
    text = 'data { source = image_table("t.csv", image="file", target="label") }\nmodel { flatten -> linear(2) }\n'
    (found,) = check(text, folder=tmp_path).diagnostics
    assert found.message.startswith("there is no image")
    assert found.span is not None and Path(found.span.source.name).name == "t.csv"
    assert (found.span.line, found.span.text) == (3, "b.png")


@pytest.mark.parametrize(
    ("source", "argument"),
    [
        (ImageTable(path="t.csv", image="label", target="label"), "image"),
        (ImageTable(path="t.csv", image="file", target="label", suffix="/x"), "suffix"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(source: ImageTable, argument: str) -> None:
    with pytest.raises(MisfitError) as caught:
        source.check()
    assert caught.value.argument == argument


def test_a_misspelt_column_is_answered(tmp_path: Path) -> None:
    images(tmp_path, "a.png")
    source = ImageTable(path="t.csv", image="flie", target="label")
    reason, help = refusal(source, table(tmp_path, ["a.png,x"]))
    assert reason == "`t.csv` has no column `flie`" and help == "did you mean `file`?"


def test_samples_are_read_anew_when_an_image_changes(tmp_path: Path) -> None:
    images(tmp_path, "a.png", "b.png")
    folders = table(tmp_path, ["a.png,x", "b.png,y"])
    before = read(NAMED, folders)
    assert read(NAMED, folders).digest == before.digest
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / "a.png")
    after = read(NAMED, folders)
    assert after.digest != before.digest and not after.loaded.train.inputs[0][0].any()


def test_a_network_is_trained_on_them_and_predicts_files(tmp_path: Path) -> None:
    images(tmp_path, *(f"pics/{number}.png" for number in range(12)))
    table(tmp_path, [f"{number}.png,{'xy'[number % 2]}" for number in range(12)])
    text = """\
data {
  source = image_table("t.csv", image="file", target="label", folder="pics")
  validation = 4
}
model { flatten -> linear(2) }
train { epochs = 1 }
"""
    result = api.run(check(text, folder=tmp_path).require(), out=tmp_path / "run")
    predictions = api.predict(result.folder, [tmp_path / "pics" / "3.png"])
    assert predictions[0].values["label"] in ("x", "y")
