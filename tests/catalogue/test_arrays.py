"""Arrays in files of numpy and safetensors, and tables in Parquet files."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from netspec.catalogue.fields.table import Table
from netspec.catalogue.sources import DataFolders, DataSource
from netspec.catalogue.sources._arrays import Arrays
from netspec.catalogue.sources.npz import Npz
from netspec.catalogue.sources.parquet import Parquet
from netspec.catalogue.sources.safetensors import Safetensors
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number
from netspec.catalogue.types import DataField
from netspec.formats.columns import Column
from netspec.formats.errors import DataError
from netspec.shapes import MisfitError
from tests.specs import check, rendered

LABELS = np.array([0, 1, 2, 1])


def table_of(field: DataField) -> Table:
    assert isinstance(field.type, Table)
    return field.type


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    return DataFolders(tmp_path, tmp_path / "data")


@pytest.fixture(params=[Npz, Safetensors], ids=["npz", "safetensors"])
def kind(request: pytest.FixtureRequest) -> type[Arrays]:
    return request.param


def written(kind: type[Arrays], folders: DataFolders, arrays: dict[str, Any], **arguments: Any) -> Arrays:
    """A source of a file with these arrays."""
    if kind is Npz:
        np.savez_compressed(folders.spec / "f", **arrays)
        (folders.spec / "f.npz").rename(folders.spec / "f")
    else:
        save_file({name: np.array(values, order="C") for name, values in arrays.items()}, folders.spec / "f")
    return made(kind, **arguments)


def made(kind: type[Arrays], **arguments: Any) -> Arrays:
    named: dict[str, Any] = {"path": "f", "inputs": "x", "targets": "y"}
    return kind(**named | arguments)


def error_of(source: DataSource, folders: DataFolders) -> DataError:
    with pytest.raises(DataError) as caught:
        source.load(folders)
    return caught.value


PIXELS = np.random.default_rng(0).integers(0, 256, (4, 3, 6, 5), dtype=np.uint8)


@pytest.mark.parametrize(
    ("x", "text", "wanted"),
    [
        (PIXELS[:, 0], "image[1, 6, 5]", PIXELS[:, :1]),
        (PIXELS, "image[3, 6, 5]", PIXELS),
        (PIXELS.transpose(0, 2, 3, 1), "image[3, 6, 5]", PIXELS),
        (PIXELS / np.float32(255), "image[3, 6, 5]", PIXELS / np.float32(255)),
        (PIXELS[:, 0, 0], "table[5]", PIXELS[:, 0, 0]),
        (np.arange(4.0), "table[1]", np.arange(4.0)[:, None]),
        (np.arange(24).reshape(4, 6), "table[6]", np.arange(24).reshape(4, 6)),
        (PIXELS[:, 0] / np.float32(255), "image[1, 6, 5]", PIXELS[:, :1] / np.float32(255)),
        (PIXELS.transpose(0, 2, 3, 1) / 255.0, "image[3, 6, 5]", (PIXELS / 255.0).astype(np.float32)),
        (PIXELS[:, 0] > 127, "image[1, 6, 5]", PIXELS[:, :1] > 127),
        (PIXELS[:, :2, :5].transpose(0, 2, 3, 1), "image[2, 5, 5]", PIXELS[:, :2, :5]),
        (np.arange(96.0).reshape(4, 2, 3, 2, 2), "table[2, 3, 2, 2]", np.arange(96.0).reshape(4, 2, 3, 2, 2)),
    ],
)
def test_inputs_are_what_their_type_and_sizes_say(
    folders: DataFolders, kind: type[Arrays], x: np.ndarray, text: str, wanted: np.ndarray
) -> None:
    source = written(kind, folders, {"x": x, "y": LABELS})
    loaded = source.load(folders)
    assert str(loaded.type.fields[0]) == text and loaded.type == source.describe(folders)
    assert np.array_equal(loaded.train.inputs[0], wanted) and loaded.type.train == 4
    assert loaded.train.inputs[0].shape[1:] == loaded.type.input.dims


@pytest.mark.parametrize(
    ("layout", "text", "wanted"),
    [
        ("chw", "image[3, 6, 5]", PIXELS),
        ("hwc", "image[5, 3, 6]", np.moveaxis(PIXELS, 3, 1)),
        ("sequence", "table[3, 6, 5]", PIXELS),
    ],
)
def test_a_layout_says_what_the_dimensions_are(
    folders: DataFolders, kind: type[Arrays], layout: Any, text: str, wanted: np.ndarray
) -> None:
    for x in (PIXELS, PIXELS / np.float32(255)):
        source = written(kind, folders, {"x": x, "y": LABELS}, layout=layout)
        assert str(source.describe(folders).fields[0]) == text
        scale = 1 if x.dtype == np.uint8 else 255
        assert np.allclose(source.load(folders).train.inputs[0] * scale, wanted, atol=1e-4)
        assert source.describe(folders).fields[0].reading is None
    error = error_of(written(kind, folders, {"x": PIXELS, "y": LABELS}, layout="hw"), folders)
    assert error.argument == "layout" and "a sample of `layout=hw` has 2 dimensions" in error.reason


def test_the_type_says_how_arrays_were_taken(folders: DataFolders, kind: type[Arrays]) -> None:
    type = written(kind, folders, {"x": PIXELS[:, 0] / np.float32(255), "y": LABELS}).describe(folders)
    assert type.notes[0] == ("`x` is float32 [4, 6, 5]: taken as images [1, 6, 5]; use `layout=sequence` for sequences")
    last = written(kind, folders, {"x": PIXELS.transpose(0, 2, 3, 1), "y": LABELS}).describe(folders)
    assert last.notes[0] == (
        "`x` is uint8 [4, 6, 5, 3]: taken as images [3, 6, 5], channels last; use `layout=chw` for channels first"
    )


@pytest.mark.parametrize(
    ("x", "help"),
    [
        (PIXELS.astype(np.float32), "use `range=[0, 255]`"),
        (PIXELS.astype(np.int64), "use `range=[0, 255]`"),
        (PIXELS / np.float32(127.5) - 1, "use `range=[-1, 1]`"),
        (PIXELS.astype(np.uint16) * 257, "use `range=[0, 65535]`"),
        (PIXELS.astype(np.int32) // 16, "use `range=[0, 15]`"),
        (PIXELS / np.float32(60) - 2.1234, "use `range=[-2.124, 2.127]`"),
        (PIXELS // 255, "use `range=[0, 1]`, or `range=[0, 255]` if they are that dark"),
        (PIXELS // 16, "use `range=[0, 15]`, or `range=[0, 255]` if they are that dark"),
    ],
)
def test_values_outside_of_their_range_are_refused(
    folders: DataFolders, kind: type[Arrays], x: np.ndarray, help: str
) -> None:
    if kind is Safetensors and x.dtype == np.uint16:
        x = x.astype(np.int32)
    error = error_of(written(kind, folders, {"x": x, "y": LABELS}), folders)
    assert error.argument == "inputs" and " but images of " in error.reason and error.help == help
    low, high = [float(number) for number in re.findall(r"-?[\d.]+", help)[:2]]
    loaded = written(kind, folders, {"x": x, "y": LABELS}, range=(low, high)).load(folders)
    assert np.allclose(loaded.train.inputs[0], (x - low) / (high - low), atol=1e-6)


def test_a_range_is_for_images(folders: DataFolders, kind: type[Arrays]) -> None:
    error = error_of(written(kind, folders, {"x": PIXELS[:, 0, 0], "y": LABELS}, range=(0, 9)), folders)
    assert error.argument == "range" and error.reason == "`range` is for images, but `x` is taken as it is"
    with pytest.raises(MisfitError, match="starts with the smaller value"):
        made(kind, range=(1, 0)).check()


def test_arrays_that_may_be_sequences_are_warned_of(folders: DataFolders) -> None:
    written(Npz, folders, {"x": PIXELS[:, 0] / np.float32(255), "y": LABELS})
    text = 'data {{ source = npz("f", inputs="x", targets="y"{}) }}\nmodel {{ flatten -> linear(3) }}'
    shown = rendered(check(text.format(""), folder=folders.spec))
    assert "warning[NS520]: `x` is float32 [4, 6, 5]: taken as images [1, 6, 5]" in shown
    for layout in ("hw", "sequence"):
        assert rendered(check(text.format(f", layout={layout}"), folder=folders.spec)) == "good"


def test_whole_numbers_are_words_with_a_vocabulary(folders: DataFolders, kind: type[Arrays]) -> None:
    words = np.arange(12, dtype=np.int32).reshape(4, 3)
    loaded = written(kind, folders, {"x": words, "y": LABELS}, vocabulary=12).load(folders)
    assert str(loaded.type.fields[0]) == "tokens[3] of 12" and loaded.train.inputs[0].dtype == np.int64
    error = error_of(written(kind, folders, {"x": words, "y": LABELS}, vocabulary=11), folders)
    assert error.reason == "`x` has words from 0 to 11" and error.help == "words are from 0 to 10"


@pytest.mark.parametrize(
    ("y", "target", "codes"),
    [
        (LABELS, Classes(names=("0", "1", "2")), [0, 1, 2, 1]),
        (LABELS.astype(np.uint8)[:, None], Classes(names=("0", "1", "2")), [0, 1, 2, 1]),
        (LABELS > 0, Classes(names=("0", "1")), [0, 1, 1, 1]),
        (LABELS / 2, Number(), [0, 0.5, 1, 0.5]),
    ],
)
def test_targets_are_classes_or_numbers(
    folders: DataFolders, kind: type[Arrays], y: np.ndarray, target: Any, codes: list[float]
) -> None:
    loaded = written(kind, folders, {"x": PIXELS, "y": y}).load(folders)
    assert loaded.type.target == target and loaded.train.targets.tolist() == codes
    assert loaded.train.targets.dtype == (np.int64 if isinstance(target, Classes) else np.float32)


def test_texts_are_the_names_of_classes(folders: DataFolders) -> None:
    loaded = written(Npz, folders, {"x": PIXELS, "y": np.array(["b", "a", "b", "c"])}).load(folders)
    assert loaded.type.target == Classes(names=("a", "b", "c")) and loaded.train.targets.tolist() == [1, 0, 1, 2]


def test_arrays_to_test_on(folders: DataFolders, kind: type[Arrays]) -> None:
    arrays = {"x": PIXELS, "y": LABELS, "u": PIXELS[:2], "v": LABELS[2:]}
    source = written(kind, folders, arrays, test_inputs="u", test_targets="v")
    loaded = source.load(folders)
    assert loaded.type.counts == (4, 2, 0) and loaded.type == source.describe(folders)
    assert loaded.test is not None and loaded.test.targets.tolist() == [2, 1]
    assert np.array_equal(loaded.test.inputs[0], PIXELS[:2])
    error = error_of(written(kind, folders, arrays | {"v": LABELS[:2] + 7}, test_inputs="u", test_targets="v"), folders)
    assert (error.what, error.reason) == ("label", "`v` has at 0 a class that `y` hasn't")


@given(st.lists(st.integers(0, 12), min_size=2, max_size=30).filter(lambda drawn: len(set(drawn)) > 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_classes_keep_their_numbers(folders: DataFolders, drawn: list[int]) -> None:
    labels = np.unique(drawn, return_inverse=True)[1]
    x = np.zeros((len(labels), 2), np.float32)
    assert np.array_equal(written(Npz, folders, {"x": x, "y": labels}).load(folders).train.targets, labels)


@pytest.mark.parametrize(
    ("arrays", "arguments", "words", "help"),
    [
        ({"x": PIXELS, "y": LABELS}, {"inputs": "xx"}, "`f` has no array `xx`", "it has x, y"),
        ({"x": PIXELS, "y": LABELS}, {"targets": "labels"}, "`f` has no array `labels`", "it has x, y"),
        ({"x": PIXELS, "y": LABELS[:3]}, {}, "`y` is int64 [3], and there are 4 samples", "targets are [4]"),
        ({"x": PIXELS, "y": np.zeros((4, 2))}, {}, "`y` is float64 [4, 2], and", "targets are [4]"),
        ({"x": PIXELS[:0], "y": LABELS[:0]}, {}, "and has no samples", None),
        ({"x": np.array(1.0), "y": LABELS}, {}, "`x` is float64 [], and has no samples", None),
        ({"x": PIXELS, "y": LABELS * 0}, {}, "the target `y` is `0` in every row", None),
        ({"x": PIXELS, "y": np.array([0, 1, np.nan, 1])}, {}, "`y` isn't all finite numbers", None),
        ({"x": np.full((4, 2), np.nan), "y": LABELS}, {}, "numbers that 32 bits don't hold, or NaN", None),
        ({"x": np.full((4, 2), 1e39), "y": LABELS}, {}, "numbers that 32 bits don't hold, or NaN", None),
        (
            {"x": PIXELS, "y": LABELS, "u": PIXELS[:, :, :2], "v": LABELS},
            {"test_inputs": "u", "test_targets": "v"},
            "`u` is uint8 [4, 3, 2, 5], and `x` is uint8 [4, 3, 6, 5]",
            None,
        ),
    ],
)
def test_arrays_that_do_not_fit_are_named(
    folders: DataFolders,
    kind: type[Arrays],
    arrays: dict[str, Any],
    arguments: dict[str, str],
    words: str,
    help: str | None,
) -> None:
    error = error_of(written(kind, folders, arrays, **arguments), folders)
    assert words in error.reason and error.help == help and error.what == "malformed"


def test_one_of_a_pair_needs_the_other(kind: type[Arrays]) -> None:
    for given_, other in (("test_inputs", "test_targets"), ("test_targets", "test_inputs")):
        with pytest.raises(MisfitError, match=f"`{given_}` needs `{other}`"):
            made(kind, **{given_: "u"}).check()


class Trap:
    def __reduce__(self) -> Any:
        return exit, (3,)


def test_nothing_is_unpickled(folders: DataFolders) -> None:
    for arrays in ({"x": np.array([Trap()] * 4), "y": LABELS}, {"x": PIXELS, "y": np.array([Trap()] * 4)}):
        error = error_of(written(Npz, folders, arrays), folders)
        assert "Python objects aren't read" in error.reason


@pytest.mark.parametrize("x", [np.array(["a"] * 4), np.zeros(4, complex), np.zeros(4, "datetime64[s]")])
def test_inputs_that_are_no_numbers_are_named(folders: DataFolders, x: np.ndarray) -> None:
    assert "but inputs are numbers" in error_of(written(Npz, folders, {"x": x, "y": LABELS}), folders).reason


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04", b"\xff" * 100, b"{}" * 50])
def test_a_file_of_another_form_is_refused(folders: DataFolders, kind: type[Arrays], content: bytes) -> None:
    source = written(kind, folders, {"x": PIXELS, "y": LABELS})
    (folders.spec / "f").write_bytes(content)
    assert "`f` can't be read" in error_of(source, folders).reason


def test_a_damaged_file_never_ends_in_a_traceback(folders: DataFolders, kind: type[Arrays]) -> None:
    source = written(kind, folders, {"x": PIXELS, "y": LABELS})
    good, chance = (folders.spec / "f").read_bytes(), np.random.default_rng(0)
    for _ in range(200):
        broken = bytearray(good)
        for index in chance.integers(0, len(good), 5):
            broken[index] = chance.integers(256)
        (folders.spec / "f").write_bytes(bytes(broken))
        try:
            source.load(folders)
        except DataError as error:
            assert error.reason


def test_a_header_that_says_more_than_there_is_is_refused_by_a_check(folders: DataFolders) -> None:
    source = written(Npz, folders, {"x": PIXELS, "y": LABELS})
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (4, 99999999999999), }".ljust(117) + b"\n"
    with zipfile.ZipFile(folders.spec / "f", "w") as archive:
        archive.writestr("x.npy", b"\x93NUMPY\x01\x00\x76\x00" + header)
    with pytest.raises(DataError, match="hasn't as many numbers as its header says"):
        source.describe(folders)


def test_a_file_that_is_not_there_is_missing(folders: DataFolders, kind: type[Arrays]) -> None:
    source = kind(path="nowhere", inputs="x", targets="y")
    assert error_of(source, folders).what == "missing" and source.unavailable(folders) is not None


def test_names_in_a_file_of_another_folder_are_not_listed(folders: DataFolders) -> None:
    written(Npz, folders, {"secret": PIXELS, "y": LABELS})
    (folders.spec / "spec").mkdir()
    error = error_of(Npz(path="../f", inputs="x", targets="y"), DataFolders(folders.spec / "spec", folders.data))
    assert error.reason == "`../f` has no array `x`" and error.help is None


def test_a_check_blames_the_argument(folders: DataFolders) -> None:
    written(Npz, folders, {"x": PIXELS, "y": LABELS})
    spec = 'data {\n  source = npz("f", inputs="z", targets="y")\n}\nmodel {\n  flatten -> linear(3)\n}\n'
    shown = rendered(check(spec, folder=folders.spec))
    assert "`f` has no array `z`" in shown and "spec.net:2:28" in shown
    assert rendered(check(spec.replace('"z"', '"x"'), folder=folders.spec)) == "good"


# ------------------------------------------------------------------------------------------------------------ parquet


def parquet(folders: DataFolders, columns: dict[str, list[Any]], name: str = "t.parquet") -> None:
    pyarrow, files = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    files.write_table(pyarrow.table(columns), folders.spec / name)


PETS = {
    "age": [3, None, 5],
    "colour": ["red", None, "blue"],
    "wild": [True, False, False],
    "kind": ["cat", "dog", "cat"],
}


def test_a_table_in_parquet_is_one_in_text(folders: DataFolders) -> None:
    parquet(folders, PETS)
    loaded = Parquet(path="t.parquet", target="kind", categories=("colour",)).load(folders)
    (field,) = loaded.type.fields
    assert table_of(field).columns == (Column("age"), Column("colour", ("", "blue", "red")), Column("wild"))
    wanted = [[3, 0, 0, 1, 1], [np.nan, 1, 0, 0, 0], [5, 0, 1, 0, 0]]
    np.testing.assert_equal(loaded.train.inputs[0], np.array(wanted))
    assert loaded.train.targets.tolist() == [0, 1, 0]
    assert field.gap is not None and field.gap.reason == "a cell of the column `age` is empty, in row 2"


def test_numbers_in_parquet_keep_their_digits(folders: DataFolders) -> None:
    values = [0.1, 1 / 3, 1_700_000_000.125]
    parquet(folders, {"a": values, "t": [0.5, 1.5, 2.5]})
    assert Parquet(path="t.parquet", target="t").load(folders).train.inputs[0][:, 0].tolist() == values


def test_a_cell_in_parquet_is_named_by_its_row(folders: DataFolders) -> None:
    parquet(folders, PETS)
    error = error_of(Parquet(path="t.parquet", target="kind"), folders)
    assert error.reason == "`red` in the column `colour` is not a number, in row 1"
    error = error_of(Parquet(path="t.parquet", target="kinds"), folders)
    assert error.reason == "`t.parquet` has no column `kinds`" and error.help == "did you mean `kind`?"


@pytest.mark.parametrize("content", [b"", b"no table", b"PAR1" * 9])
def test_a_file_that_is_no_parquet_is_refused(folders: DataFolders, content: bytes) -> None:
    pytest.importorskip("pyarrow")
    (folders.spec / "t.parquet").write_bytes(content)
    error = error_of(Parquet(path="t.parquet", target="t"), folders)
    assert error.reason.startswith("`t.parquet` isn't a Parquet file that can be read")


def test_a_damaged_parquet_file_never_ends_in_a_traceback(folders: DataFolders) -> None:
    parquet(folders, PETS)
    good, chance = (folders.spec / "t.parquet").read_bytes(), np.random.default_rng(0)
    for number in range(100):
        broken = bytearray(good)
        for index in chance.integers(0, len(good), 3):
            broken[index] = chance.integers(256)
        (folders.spec / f"{number}").write_bytes(bytes(broken))
        try:
            Parquet(path=f"{number}", target="kind", categories=("colour",)).load(folders)
        except DataError as error:
            assert error.reason


def test_without_pyarrow_the_command_is_said(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    (folders.spec / "t.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    error = error_of(Parquet(path="t.parquet", target="t"), folders)
    assert "pyarrow, which isn't installed" in error.reason and error.help == 'pip install "netspec-lang[parquet]"'


def test_a_parquet_file_that_is_not_there_is_missing(folders: DataFolders) -> None:
    assert error_of(Parquet(path="nowhere", target="t"), folders).what == "missing"
