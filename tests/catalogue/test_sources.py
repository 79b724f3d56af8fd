"""Sources: what they promise, what they load, and what they say about a file that is wrong."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from netspec.catalogue.fields.table import Table
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, _bundles
from netspec.catalogue.sources._bundles import Bundle
from netspec.catalogue.sources.cifar10 import Cifar10
from netspec.catalogue.sources.csv import Csv
from netspec.catalogue.sources.mnist import BUNDLE, Mnist
from netspec.catalogue.sources.mnist_csv import MnistCsv
from netspec.catalogue.sources.mnist_sample import SHA256, MnistSample
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number
from netspec.catalogue.types import DataField
from netspec.formats.columns import Column
from netspec.formats.errors import DataError
from netspec.program.data_errors import as_problem
from netspec.resources import resource

ROOT = Path(__file__).resolve().parents[2]
FULL = Path(os.environ.get("NETSPEC_DATA", ROOT.parent / "shared" / "data"))
needs_mnist = pytest.mark.skipif(BUNDLE.absent(FULL) is not None, reason="MNIST isn't on this machine")


def table_of(field: DataField) -> Table:
    assert isinstance(field.type, Table)
    return field.type


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    return DataFolders(spec=tmp_path, data=tmp_path / "data")


def write(folders: DataFolders, text: str | bytes, name: str = "t.csv") -> None:
    (folders.spec / name).write_bytes(text.encode() if isinstance(text, str) else text)


def error_of(source: DataSource, folders: DataFolders) -> DataError:
    with pytest.raises(DataError) as caught:
        source.describe(folders)
    return caught.value


def load_error_of(source: DataSource, folders: DataFolders) -> DataError:
    with pytest.raises(DataError) as caught:
        source.load(folders)
    return caught.value


def keeps_its_promise(loaded: Loaded, source: DataSource, folders: DataFolders) -> None:
    assert loaded.type == source.describe(folders)
    for field, values in zip(loaded.type.fields, loaded.train.inputs, strict=True):
        assert values.shape == (loaded.type.train, *field.shape.dims)
        assert values.dtype == field.type.dtype
    assert loaded.train.targets.dtype == (np.int64 if isinstance(loaded.type.target, Classes) else np.float32)
    assert (len(loaded.test.targets) if loaded.test else 0) == loaded.type.test


# ------------------------------------------------------------------------------------------------------ mnist_sample


def test_the_sample_is_what_it_promises(folders: DataFolders) -> None:
    source = MnistSample()
    loaded = source.load(folders)
    keeps_its_promise(loaded, source, folders)
    assert loaded.test is not None
    assert np.bincount(loaded.train.targets).tolist() == [400] * 10
    assert np.bincount(loaded.test.targets).tolist() == [100] * 10


def test_the_sample_is_small_and_its_page_names_its_sum() -> None:
    content = resource("datasets", "mnist_sample.npz").read_bytes()
    assert len(content) < 1_000_000
    assert hashlib.sha256(content).hexdigest() == SHA256
    assert SHA256 in resource("datasets", "mnist_sample.md").read_text()


def test_a_damaged_sample_is_refused(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netspec.catalogue.sources.mnist_sample.SHA256", "0" * 64)
    assert load_error_of(MnistSample(), folders).what == "malformed"


@needs_mnist
def test_the_sample_is_drawn_from_mnist_each_split_from_its_own(folders: DataFolders) -> None:
    whole, part = Mnist(root=str(FULL), download=False).load(folders), MnistSample().load(folders)
    assert whole.test is not None and part.test is not None
    for all_of_it, some in ((whole.train, part.train), (whole.test, part.test)):
        digits = {image.tobytes(): label for image, label in zip(*all_of_it.inputs, all_of_it.targets, strict=True)}
        assert all(digits[i.tobytes()] == label for i, label in zip(*some.inputs, some.targets, strict=True))


# ----------------------------------------------------------------------------------------------------- mnist, cifar10


@needs_mnist
def test_mnist_is_what_it_promises(folders: DataFolders) -> None:
    source = Mnist(root=str(FULL), download=False)
    assert source.unavailable(folders) is None
    keeps_its_promise(source.load(folders), source, folders)


@pytest.mark.parametrize("source", [Mnist(download=False), Cifar10(download=False)])
def test_data_that_is_not_there_is_missing(source: DataSource, folders: DataFolders) -> None:
    assert source.unavailable(folders) is not None
    assert load_error_of(source, folders).what == "missing"
    assert not folders.data.exists()


@pytest.mark.parametrize("source", [Mnist(), Cifar10()])
def test_without_a_network_nothing_stays_behind(
    source: DataSource, folders: DataFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    error = load_error_of(source, folders)
    assert error.what == "unreachable" and "no network" in error.reason
    assert str(folders.data) in (error.help or "")
    assert not folders.data.exists()


def test_files_that_are_not_mnist_are_refused(folders: DataFolders) -> None:
    for file in BUNDLE.files:
        path = folders.data / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0")
    error = load_error_of(Mnist(), folders)
    assert error.what == "malformed" and "train-images-idx3-ubyte" in error.reason


@needs_mnist
def test_packed_files_are_unpacked_without_a_network(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    sums: dict[str, str] = {}
    for file in BUNDLE.files:
        packed = gzip.compress((FULL / file).read_bytes(), 1, mtime=0)
        (folders.data / file).parent.mkdir(parents=True, exist_ok=True)
        (folders.data / f"{file}.gz").write_bytes(packed)
        sums[f"{file}.gz"] = hashlib.md5(packed).hexdigest()
    bundle = Bundle(BUNDLE.name, BUNDLE.folder, BUNDLE.files, sums)
    monkeypatch.setattr("netspec.catalogue.sources.mnist.Mnist.bundle", bundle)
    # torchvision asks for the sums of the archives that its servers have; these were packed here
    monkeypatch.setattr("torchvision.datasets.MNIST.resources", [(Path(file).name, md5) for file, md5 in sums.items()])
    source = Mnist(download=False)
    assert source.unavailable(folders) is None
    keeps_its_promise(source.load(folders), source, folders)
    assert not list(folders.data.glob(".netspec*"))


def test_a_fetch_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    bundle = Bundle("toy", "toy", {"toy/a": hashlib.md5(b"a").hexdigest(), "toy/b": "?"}, {"toy/a.gz": "?"})

    def fetch(folder: Path) -> None:
        (folder / "toy").mkdir()
        (folder / "toy" / "a").write_bytes(b"half")
        raise TimeoutError("timed out")

    with pytest.raises(DataError) as caught:
        bundle.provide(tmp_path / "deep" / "root", fetch, download=True)
    assert caught.value.what == "unreachable"
    assert list(tmp_path.iterdir()) == []


def test_a_fetch_has_a_time_limit_and_gives_the_old_one_back(tmp_path: Path) -> None:
    import socket

    seen: list[float | None] = []

    def fetch(folder: Path) -> None:
        seen.append(socket.getdefaulttimeout())
        (folder / "a").write_bytes(b"a")

    Bundle("toy", ".", {"a": hashlib.md5(b"a").hexdigest()}, {}).provide(tmp_path, fetch, download=True)
    assert (tmp_path / "a").read_bytes() == b"a"
    assert seen == [_bundles.PATIENCE]
    assert socket.getdefaulttimeout() is None


# ---------------------------------------------------------------------------------------------------------- mnist_csv


def digits(labels: list[object], *, header: bool = False, pixel: object = 7, line: str = "\n") -> str:
    rows = [",".join(map(str, [label, *([pixel] * 784)])) for label in labels]
    names = [",".join(["label", *(f"pixel{folders}" for folders in range(784))])] if header else []
    return line.join(names + rows) + line


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_digits_in_a_table_are_read_with_and_without_a_header(folders: DataFolders, header: bool, line: str) -> None:
    write(folders, digits([3, 0, 9], header=header, line=line))
    write(folders, digits([1]), "u.csv")
    source = MnistCsv(path="t.csv", test="u.csv")
    loaded = source.load(folders)
    keeps_its_promise(loaded, source, folders)
    assert loaded.train.targets.tolist() == [3, 0, 9]
    assert (loaded.train.inputs[0] == 7).all()


def test_pixels_keep_their_order(folders: DataFolders) -> None:
    pixels = [folders % 256 for folders in range(784)]
    write(folders, ",".join(map(str, [5, *pixels])))
    assert MnistCsv(path="t.csv").load(folders).train.inputs[0].ravel().tolist() == pixels


def test_quoted_numbers_are_read_too(folders: DataFolders) -> None:
    write(folders, digits(['"4"'], pixel='"255"'))
    loaded = MnistCsv(path="t.csv").load(folders)
    assert loaded.train.targets.tolist() == [4] and (loaded.train.inputs[0] == 255).all()


@pytest.mark.parametrize("label", [10, -1, "x", "", 1.5])
def test_a_label_that_is_no_digit_is_shown_at_its_place(folders: DataFolders, label: object) -> None:
    write(folders, digits([1, label, 2], header=True))
    error = load_error_of(MnistCsv(path="t.csv"), folders)
    assert (error.what, error.line, error.column) == ("label", 3, 1)


@pytest.mark.parametrize("pixel", [256, -1, 70_000, "x", "", 1.5, "nan"])
def test_a_pixel_out_of_range_is_shown_at_its_place(folders: DataFolders, pixel: object) -> None:
    write(folders, digits([1]) + digits([2], pixel=pixel))
    error = load_error_of(MnistCsv(path="t.csv"), folders)
    assert (error.what, error.line, error.column) == ("malformed", 2, 3)


def test_a_row_that_is_too_short_is_shown(folders: DataFolders) -> None:
    write(folders, digits([1]) + "2,7,7\n")
    error = load_error_of(MnistCsv(path="t.csv"), folders)
    assert error.line == 2 and "3 cells" in error.reason


def test_a_table_of_another_width_is_no_digits(folders: DataFolders) -> None:
    write(folders, "a,b\n1,2\n")
    assert error_of(MnistCsv(path="t.csv"), folders).what == "malformed"


# ---------------------------------------------------------------------------------------------------------------- csv

ANIMALS = "weight,ears,is_cat\n4,6,1\n9,8,0\n5,6,1\n"


def test_a_table_is_read(folders: DataFolders) -> None:
    write(folders, ANIMALS)
    source = Csv(path="t.csv", target="is_cat")
    loaded = source.load(folders)
    keeps_its_promise(loaded, source, folders)
    assert table_of(loaded.type.fields[0]).columns == (Column("weight"), Column("ears"))
    assert loaded.train.inputs[0].tolist() == [[4, 6], [9, 8], [5, 6]]
    assert loaded.train.targets.tolist() == [1, 0, 1]


def test_the_target_may_stand_anywhere(folders: DataFolders) -> None:
    write(folders, "a,t,b\n1,0,2\n3,1,4\n")
    assert Csv(path="t.csv", target="t").load(folders).train.inputs[0].tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "content",
    [
        ANIMALS.encode("utf-8-sig"),
        ANIMALS.replace("\n", "\r\n").encode(),
        ANIMALS.replace("\n", "\n\n").encode(),
        ANIMALS.replace(",", " , ").encode(),
        ANIMALS.replace("weight", '"weight"').replace("4,6", '"4","6"').encode(),
        ANIMALS.rstrip("\n").encode(),
    ],
    ids=["byte order mark", "CRLF", "empty lines", "spaces", "quotes", "no last newline"],
)
def test_every_way_to_write_a_table_gives_the_same(folders: DataFolders, content: bytes) -> None:
    write(folders, content)
    loaded = Csv(path="t.csv", target="is_cat").load(folders)
    assert table_of(loaded.type.fields[0]).columns == (Column("weight"), Column("ears"))
    assert loaded.train.inputs[0].tolist() == [[4, 6], [9, 8], [5, 6]]


@pytest.mark.parametrize(
    ("targets", "kind"),
    [
        (["0", "1", "1"], Classes(names=("0", "1"))),
        (["2.0", "0", "01"], Classes(names=("0", "1", "2"))),
        (["dog", "cat", "dog"], Classes(names=("cat", "dog"))),
        ([str(n) for n in range(20)], Classes(names=tuple(str(n) for n in range(20)))),
        ([str(n) for n in range(21)], Number()),
        ([str(n % 40) for n in range(80)], Classes(names=tuple(str(n) for n in range(40)))),
        ([str(n % 21 + 1) for n in range(80)], Number()),
        (["1", "2"], Number()),
        (["1", "2"] * 2, Classes(names=("1", "2"))),
        (["1", "-1"] * 2, Classes(names=("-1", "1"))),
        (["10", "9", "100"] * 2, Classes(names=("9", "10", "100"))),
        (["0.5", "1"] * 9, Number()),
        (["0", "2"], Number()),
        (["0.5", "1"], Number()),
        (["-1", "1"], Number()),
    ],
)
def test_targets_are_classes_or_numbers_by_the_rule(folders: DataFolders, targets: list[str], kind: object) -> None:
    write(folders, "a,t\n" + "".join(f"1,{target}\n" for target in targets))
    assert Csv(path="t.csv", target="t").describe(folders).target == kind


def test_large_numbers_keep_their_digits(folders: DataFolders) -> None:
    write(folders, "time,t\n" + "".join(f"{1_700_000_000 + row},{row % 2}\n" for row in range(20)))
    (inputs,) = Csv(path="t.csv", target="t").load(folders).train.inputs
    assert np.diff(inputs[:, 0]).tolist() == [1] * 19


def test_two_rows_are_a_table(folders: DataFolders) -> None:
    write(folders, "a,t\n1,0\n2,1\n")
    source = Csv(path="t.csv", target="t")
    keeps_its_promise(source.load(folders), source, folders)
    assert source.describe(folders).train == 2


def test_numbers_stay_numbers(folders: DataFolders) -> None:
    write(folders, "a,t\n1,0.25\n2,-3\n")
    source = Csv(path="t.csv", target="t")
    keeps_its_promise(source.load(folders), source, folders)
    assert source.load(folders).train.targets.tolist() == [0.25, -3]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", None, None, "is empty"),
        ("\n\n", None, None, "is empty"),
        ("a,b,t\n", 1, None, "no rows"),
        ("a,a,t\n1,2,0\n", 1, 3, "two columns are named `a`"),
        ("a,,t\n1,2,0\n", 1, 3, "column 2 has no name"),
        ("t\n1\n0\n", 1, None, "no column beside"),
        ("a,b,t\n1,2,0\n1,2\n", 3, None, "2 cells"),
        ("a,b,t\n1,2,0\n1,2,1,1\n", 3, 7, "4 cells"),
        ("a,b,t\n1,2,0\n1,wörd,1\n", 3, 3, "`wörd` in the column `b` is not a number"),
        ("a,b,t\n1,-inf,0\n", 2, 3, "`-inf`"),
        ("a,b,t\n1,1e39,0\n", 2, 3, "`1e39`"),
        ("a,b,t\n1e39,-1e39,0\n", 2, 1, "`1e39`"),
        ('t,b\n"cat, dog",x\n', 2, 12, "`x`"),
        ('a,b,t\n"1",x,0\n', 2, 5, "`x`"),
        ("a,b,t\n1,2,\n", 2, 5, "the target `t` is empty"),
        ("a,b,t\n1,2,0\n1,2,cat\n", 3, 5, "`cat` is no number"),
        ("a,b,t\n1,2,cat\n1,2,7\n", 3, 5, "`7` is a number"),
        ("a,b,t\n1,2,0\n1,2,0\n", 2, 5, "in every row"),
        ('a,b,t\n1,2,"0\n1,2,1\n', 2, None, "divided into cells"),
        ("a,t\n" + "".join(f"1,n{n}\n" for n in range(1001)), 2, 3, "1001 different strings"),
    ],
)
def test_a_mistake_in_a_table_is_shown_at_its_place(
    folders: DataFolders, text: str, line: int | None, column: int | None, words: str
) -> None:
    write(folders, text)
    error = error_of(Csv(path="t.csv", target="t"), folders)
    assert error.what == "malformed"
    assert words in error.reason
    assert (error.line, error.column) == (line, column)
    if line is not None:
        assert error.excerpt == text.split("\n")[line - 1]


def test_the_mark_covers_the_cell(folders: DataFolders) -> None:
    write(folders, "a,b,t\n1,word,0\n")
    assert error_of(Csv(path="t.csv", target="t"), folders).width == 4


def test_bytes_that_are_not_utf8_are_shown(folders: DataFolders) -> None:
    write(folders, b"\xef\xbb\xbfa,t\n1,0\n\xc3\xa9,\xff\n")
    error = error_of(Csv(path="t.csv", target="t"), folders)
    assert "0xFF" in error.reason and (error.line, error.column) == (3, 3)


def test_a_misspelt_file_is_answered_with_the_right_one(folders: DataFolders) -> None:
    write(folders, ANIMALS, "animals.csv")
    source = Csv(path="animlas.csv", target="t")
    error = error_of(source, folders)
    assert (error.what, error.argument, error.help) == ("missing", "path", "did you mean `animals.csv`?")
    assert source.unavailable(folders) == "there is no file `animlas.csv`"


@pytest.mark.parametrize("path", [".", "x" * 5000, "no/folder/here.csv", "~nobody-of-that-name/x.csv"])
def test_a_path_that_is_no_file_is_missing(folders: DataFolders, path: str) -> None:
    assert error_of(Csv(path=path, target="t"), folders).what == "missing"


@pytest.mark.parametrize("text", ["a\0b", "a\nb", "\x1b[31m", "a\x7f", "\x9b", "\ud800"])
@pytest.mark.parametrize("make", [lambda text: Mnist(root=text), lambda text: Csv(path=text, target="t")])
def test_a_text_has_no_control_characters(make, text: str) -> None:
    with pytest.raises(ValidationError, match="control character"):
        make(text)


# ------------------------------------------------------------------------------------- files of whoever checks a spec

SECRET = "s3cret"


def outside(folders: DataFolders, text: str | bytes) -> str:
    """A file that isn't in the spec's folder, as a spec names it."""
    (folders.spec / "spec").mkdir(exist_ok=True)
    write(folders, text)
    return "../t.csv"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{SECRET}:x:0:0\nmore\n", "has no column `t`"),
        (f"{SECRET},{SECRET},t\n1,2,0\n", "two columns are named alike, in line 1, column 8"),
        (f"{SECRET},b,t\n{SECRET},2,0\n", "a cell in column 1 is not a number, in line 2, column 1"),
        (f"a,{SECRET},t\n1,,0\n2,,1\n", "column 2 has no value in any row, in line 1, column 3"),
        ("a,t\n1e99,0\n", "a cell in column 1 isn't a finite number in 32 bits"),
        (f"a,t\n1,{SECRET}\n1,2\n", "the target of this row is a number"),
        (f"a,t\n1,2\n1,{SECRET}\n", "the target of this row is no number"),
        (f"a,t\n1,{SECRET}\n", "the target `t` is the same in every row"),
        (f"a,t\n1,{SECRET}\n1\n", "the row has 1 cell, the table has 2 columns, in line 3 of"),
        (f'a,t\n1,"{SECRET}\n', "can't be divided into cells"),
        (f"{SECRET}\xff".encode("latin-1"), "isn't UTF-8, in line 1, column 7"),
    ],
)
def test_what_is_wrong_outside_of_the_spec_s_folder_is_said_without_quoting(
    folders: DataFolders, text: str | bytes, words: str
) -> None:
    source = Csv(path=outside(folders, text), target="t")
    error = error_of(source, DataFolders(folders.spec / "spec", folders.data))
    said = as_problem(error, None).diagnose()
    assert words in said.message
    assert SECRET not in f"{error.reason}{error.help}{error.excerpt}{said}" and "1e99" not in said.message
    assert said.span is None


def test_classes_and_columns_of_another_folder_are_not_quoted_by_a_table_in_this_one(folders: DataFolders) -> None:
    path = outside(folders, f"a,t\n1,{SECRET}\n2,other\n")
    inner = DataFolders(folders.spec / "spec", folders.data)
    write(inner, "a,t\n1,third\n", "u.csv")
    error = error_of(Csv(path=path, target="t", test="u.csv"), inner)
    assert error.reason == "the target of this row is none of the 2 classes" and error.excerpt is None
    write(folders, f"{SECRET},t\n1,0\n1,1\n")
    error = error_of(Csv(path=path, target="t", test="u.csv"), inner)
    assert error.reason == "`u.csv` lacks a column of the training table"


def test_digits_of_another_folder_are_not_quoted(folders: DataFolders) -> None:
    path = outside(folders, digits([SECRET]))
    error = load_error_of(MnistCsv(path=path), DataFolders(folders.spec / "spec", folders.data))
    assert error.reason == "the label of this row is none of the digits 0 to 9" and error.excerpt is None
    write(folders, digits([1], pixel=SECRET))
    error = load_error_of(MnistCsv(path=path), DataFolders(folders.spec / "spec", folders.data))
    assert error.reason == "the pixel here is no whole number from 0 to 255"


def test_files_of_another_folder_are_not_listed(folders: DataFolders) -> None:
    outside(folders, "")
    error = error_of(Csv(path="../u.csv", target="t"), DataFolders(folders.spec / "spec", folders.data))
    assert (error.what, error.help) == ("missing", None)


def test_a_link_out_of_the_spec_s_folder_leads_outside(folders: DataFolders) -> None:
    outside(folders, f"{SECRET}\n1\n")
    (folders.spec / "spec" / "t.csv").symlink_to(folders.spec / "t.csv")
    error = error_of(Csv(path="t.csv", target="t"), DataFolders(folders.spec / "spec", folders.data))
    assert error.excerpt is None and error.help is None


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/stdin", "pipe", "loop"])
@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_what_is_no_regular_file_is_not_read(folders: DataFolders, path: str) -> None:
    os.mkfifo(folders.spec / "pipe")
    (folders.spec / "loop").symlink_to("loop")
    for source in (Csv(path=path, target="t"), MnistCsv(path=path)):
        assert error_of(source, folders).what == "missing"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    folders: DataFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def there(written: str, path: Path) -> None:
        return None

    os.mkfifo(folders.spec / "t.csv")
    monkeypatch.setattr("netspec.formats.files.why_no_file", there)
    assert error_of(Csv(path="t.csv", target="t"), folders).reason == "`t.csv` is no file"


def test_a_table_has_a_limit(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netspec.formats.texts.MOST_BYTES", len(ANIMALS))
    write(folders, ANIMALS)
    source = Csv(path="t.csv", target="is_cat")
    assert source.describe(folders).train == 3
    write(folders, ANIMALS + " ")
    assert "is too large" in error_of(source, folders).reason


def test_a_huge_table_is_refused_at_once(folders: DataFolders) -> None:
    with (folders.spec / "t.csv").open("wb") as file:
        file.truncate(2**40)
    error = error_of(Csv(path="t.csv", target="t"), folders)
    assert error.reason == "`t.csv` is too large: a table has at most 256 MiB of text"


def test_a_misspelt_target_is_answered_with_the_right_one(folders: DataFolders) -> None:
    write(folders, ANIMALS)
    error = error_of(Csv(path="t.csv", target="is_catt"), folders)
    assert error.reason == "`t.csv` has no column `is_catt`"
    assert (error.argument, error.help) == ("target", "did you mean `is_cat`?")


def test_a_table_without_a_header_is_told_so(folders: DataFolders) -> None:
    write(folders, "1,2,0\n3,4,1\n")
    assert "first line holds numbers" in (error_of(Csv(path="t.csv", target="is_cat"), folders).help or "")


def test_a_test_table_has_the_same_columns(folders: DataFolders) -> None:
    write(folders, ANIMALS)
    write(folders, "ears,wait,is_cat\n1,2,0\n", "u.csv")
    error = error_of(Csv(path="t.csv", target="is_cat", test="u.csv"), folders)
    assert error.argument == "test" and "`weight`" in error.reason


def test_a_class_that_only_the_test_table_has_is_shown(folders: DataFolders) -> None:
    write(folders, ANIMALS)
    write(folders, "weight,ears,is_cat\n1,2,0\n1,2,2\n", "u.csv")
    error = error_of(Csv(path="t.csv", target="is_cat", test="u.csv"), folders)
    assert (error.what, error.argument, error.line, error.column) == ("label", "test", 3, 5)


def test_a_test_table_is_coded_by_the_training_table(folders: DataFolders) -> None:
    write(folders, "a,t\n1,dog\n2,cat\n3,owl\n")
    write(folders, "a,t\n1,owl\n1,owl\n", "u.csv")
    test = Csv(path="t.csv", target="t", test="u.csv").load(folders).test
    assert test is not None and test.targets.tolist() == [2, 2]


def test_a_file_that_changes_is_read_again(folders: DataFolders) -> None:
    write(folders, "a,t\n1,0\n2,1\n")
    source = Csv(path="t.csv", target="t")
    assert source.describe(folders).train == 2
    write(folders, "a,t\n1,0\n2,1\n3,0\n")
    assert source.describe(folders).train == 3


floats = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(st.lists(st.tuples(floats, floats, floats), min_size=2, max_size=20))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, ...]]) -> None:
    rows[0], rows[1] = (*rows[0][:2], 0.25), (*rows[1][:2], 0.5)  # so that the targets are numbers, and differ
    folders = DataFolders(tmp_path_factory.mktemp("table"), Path())
    write(folders, "a,b,t\n" + "".join(",".join(map(repr, row)) + "\n" for row in rows))
    train = Csv(path="t.csv", target="t").load(folders).train
    assert np.column_stack([*train.inputs, train.targets]).tolist() == [list(row) for row in rows]


def test_the_animals_are_a_table_for_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score

    train = Csv(path="animals.csv", target="is_cat").load(DataFolders(ROOT / "specs", Path())).train
    (inputs,) = train.inputs
    inputs = (inputs - inputs.mean(0)) / inputs.std(0)
    assert 0.9 < cross_val_score(LogisticRegression(), inputs, train.targets, cv=5).mean() < 0.99


# ---------------------------------------------------------------------------------------------------------------- all


def test_describing_loads_neither_torch_nor_numpy() -> None:
    program = """
import sys
from pathlib import Path
from netspec.catalogue.entry import entries
from netspec.catalogue.sources import DataSource, DataFolders
folders = DataFolders(Path("specs"), Path("nowhere"))
arguments = {
    "csv": {"path": "animals.csv", "target": "is_cat"},
    "mnist_csv": {"path": "absent.csv"},
    "synthetic": {"image": (3, 9, 9), "tokens": 7},
    "emnist": {"split": "letters"},
    "image_folder": {"path": "absent"},
    "image_table": {"path": "absent", "image": "i", "target": "t"},
    "parquet": {"path": "absent", "target": "t"},
    **{name: {"path": "absent", "inputs": "x", "targets": "y"} for name in ("npz", "safetensors")},
    **{name: {"size": (8, 8)} for name in ("dtd", "flowers102", "food101", "gtsrb", "oxford_pet")},
}
for entry in entries(DataSource):
    source = entry(**arguments.get(entry.name(), {}))
    source.files(folders)
    if source.fetchable or source.unavailable(folders) is None:
        source.describe(folders)
print({"torch", "torchvision", "numpy", "sklearn"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "set()\n", done.stderr
