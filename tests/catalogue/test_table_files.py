"""Tables as people have them: other separators, compressed, without a header, with bad cells and with IDs."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources.csv import Csv
from netspec.catalogue.sources.mnist_csv import MnistCsv
from netspec.catalogue.sources.parquet import Parquet
from netspec.formats import stamps
from netspec.formats.errors import DataError
from netspec.shapes import MisfitError
from tests.specs import check, rendered

ROWS = 60


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    return DataFolders(tmp_path, tmp_path / "data")


def write(folders: DataFolders, content: str | bytes, name: str = "t.csv") -> None:
    (folders.spec / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def inputs_of(folders: DataFolders, content: str | bytes, **arguments: Any) -> list[list[float]]:
    write(folders, content)
    given: dict[str, Any] = {"target": "y", **arguments}
    source = Csv(path="t.csv", **given)
    source.check()
    return source.load(folders).train.inputs[0].tolist()


def error_of(folders: DataFolders, content: str | bytes, **arguments: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        inputs_of(folders, content, **arguments)
    return caught.value


def column(cells: list[str]) -> str:
    return "a,b,y\n" + "".join(f"{cell},{row * 0.37:.2f},{'yn'[row % 2]}\n" for row, cell in enumerate(cells))


def with_cell(cell: str) -> str:
    numbers = [f"{row * 1.31 - 20:.2f}" for row in range(ROWS)]
    return column([*numbers[:7], cell, *numbers[8:]])


# ---------------------------------------------------------------------------------------------------------- bad cells


@pytest.mark.parametrize(
    ("cell", "kind", "help"),
    [
        ("-", "a placeholder", 'missing=["-"]'),
        ("#DIV/0!", "a placeholder", 'missing=["#DIV/0!"]'),
        ('"4,5"', "a number with a decimal comma", 'decimal=","'),
        ('"1,234"', "a number with a comma", 'thousands=","` if it is 1234, or `decimal=","` if it is 1.234'),
        ('"1,234.5"', "a number with separators of thousands", 'thousands=","'),
        ('"1.234,5"', "a number with a decimal comma", 'decimal=","` and `thousands="."'),
        ("1'234", "a number with separators of thousands", 'thousands="\'"'),
        ("1_234", "a number with separators of thousands", 'thousands="_"'),
        ("$6.5", "an amount of money", "without the currency"),
        ("6.50 €", "an amount of money", "without the currency"),
        ("12%", "a percentage", "without `%`"),
        ("−5", "a number with the minus sign `−`", "with `-`"),
        ("1/2", "a fraction", "decimal numbers"),
        ("10-20", "a range", "a number in place"),
        ("2020-01-31", "a date", "such as a year"),
        ("01.02.2021", "a date", "such as a year"),
        ("12:30", "a time", "as numbers"),
        ("img.png", "the name of an image file", "use `image_table("),
        ("data/x.wav", "the name of a file", "ignore"),
        ("https://a.b/c", "an address", "ignore"),
        ("12 kg", "a number with a unit", "without their unit"),
        ("a sentence of some words", "a sentence", "ignore"),
        ("abc", "not a number", "correct it in the file"),
    ],
)
def test_a_bad_cell_is_named_for_what_it_is(folders: DataFolders, cell: str, kind: str, help: str) -> None:
    error = error_of(folders, with_cell(cell))
    assert f"is {kind}" in error.reason and error.reason.endswith("all but 1 of 60 cells are numbers")
    assert error.help is not None and help in error.help and "categories" not in error.help
    assert (error.line, error.column) == (9, 1)


@pytest.mark.parametrize(
    ("cells", "offered"),
    [
        (["red", "blue", "green"] * 20, True),
        (["True", "False"] * 30, True),
        ([f"name{row}" for row in range(ROWS)], False),
        ([f"img{row}.jpg" for row in range(ROWS)], False),
        ([f"img{row % 3}.jpg" for row in range(ROWS)], False),
        ([f"2020-01-{row % 9 + 10}" for row in range(ROWS)], False),
        ([f"C{row % 55}" for row in range(ROWS)], False),
        ([f"{row}%" for row in range(ROWS)], False),
    ],
)
def test_categories_are_offered_for_few_different_texts(folders: DataFolders, cells: list[str], offered: bool) -> None:
    assert ("categories" in (error_of(folders, column(cells)).help or "")) == offered


def test_all_bad_columns_are_reported_together(folders: DataFolders) -> None:
    names = [f"c{index}" for index in range(12)]
    rows = "".join(",".join([f"u{row}"] * 12) + f",{row % 2}\n" for row in range(4))
    error = error_of(folders, ",".join([*names, "y"]) + "\n" + rows)
    reported = [error, *error.others]
    assert [one.column for one in reported] == [1, 4, 7, 10, 13, 16, 19, 22]
    assert reported[-1].reason.endswith("; 4 more columns have such cells")


# ------------------------------------------------------------------------------------------------------------- layout


@pytest.mark.parametrize(
    ("content", "arguments", "first"),
    [
        ("a;b;y\n1;2;n\n3;4;y\n", {}, [1, 2]),
        ("a\tb\ty\n1\t2\tn\n3\t4\ty\n", {}, [1, 2]),
        ("a|b|y\n1|2|n\n3|4|y\n", {}, [1, 2]),
        ('"a,1";y\n1;n\n2;y\n', {}, [1]),
        ("a;y\n1,5;n\n2;y\n", {"decimal": ","}, [1.5]),
        ("a;y\n1.234,5;n\n2;y\n", {"decimal": ",", "thousands": "."}, [1234.5]),
        ('a,y\n"12,345",n\n2,y\n', {"thousands": ","}, [12345]),
        ("a,y\n-999,n\n2,y\n", {"missing": ("-999",)}, [np.nan]),
        ("a,y\n-,n\n2,y\n", {"missing": ("-",)}, [np.nan]),
        ("1,2,n\n3,4,y\n", {"header": False, "target": "3"}, [1, 2]),
        ("1,2,n\n3,4,y\n", {"columns": ("a", "b", "y")}, [1, 2]),
        ("ä,y\n1,n\n2,y\n".encode("utf-16"), {}, [1]),
        ("ä,y\n1,n\n2,y\n".encode("latin-1"), {"encoding": "latin-1"}, [1]),
        ("a,y\n1,n\n2,y\n".encode("utf-16-le"), {"encoding": "utf-16"}, [1]),
        ("a,y\r1,n\r2,y\r", {}, [1]),
        ('a,y\n1, "x, 1"\n2,"x, 1"\n3, z\n', {}, [1]),
    ],
)
def test_a_table_is_read_in_its_layout(
    folders: DataFolders, content: str | bytes, arguments: dict[str, Any], first: list[float]
) -> None:
    np.testing.assert_equal(inputs_of(folders, content, **arguments)[0], first)


def test_a_space_before_a_quote_is_none_of_the_class(folders: DataFolders) -> None:
    write(folders, 'a,y\n1, "x, 1"\n2,"x, 1"\n3, z\n')
    assert Csv(path="t.csv", target="y").describe(folders).target.labels == ("x, 1", "z")


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("a;y\n1.5;n\n1,5;y\n", {"decimal": ","}, "`1.5` in the column `a` is not a number"),
        ("a;y\n1;2.500\n2;3,5\n", {"decimal": ","}, "may be another number"),
        ("1,n\n2,y\n", {"columns": ("a", "b", "y")}, "`columns` has 3 names, but the table has 2 columns"),
        ("a,y\n1,n\n", {"columns": ("a", "y")}, "the first line has the names"),
        ("a b y\n1 2 n\n", {}, "has no column `y`"),
        ("a,y\n1_000,n\n2,y\n", {}, "`1_000`"),
        ("ä,y\n1,n\n".encode("latin-1"), {}, "isn't UTF-8: it has the byte 0xE4"),
        ("a,y\n1,n\n".encode("utf-16-le"), {}, "zero bytes"),
        (b"PAR1\0\0", {}, "is a Parquet file"),
        ("<!DOCTYPE html>\n<p>", {}, "is a web page"),
        ("version https://git-lfs.github.com/spec/v1\n", {}, "a pointer of Git LFS"),
        (gzip.compress(b"a,y\n1,n\n", mtime=0)[:-9], {}, "is damaged"),
    ],
)
def test_what_may_be_read_wrongly_is_refused(
    folders: DataFolders, content: str | bytes, arguments: dict[str, Any], words: str
) -> None:
    assert words in error_of(folders, content, **arguments).reason


@pytest.mark.parametrize(
    "arguments",
    [{"separator": "x"}, {"decimal": ";"}, {"encoding": "rot13"}, {"thousands": "."}, {"columns": ("a", "a")}],
)
def test_an_impossible_layout_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(MisfitError):
        Csv(path="t.csv", target="y", **arguments).check()


def _zipped(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def test_compressed_tables_are_read(folders: DataFolders) -> None:
    table = "a,y\n1,n\n2,y\n"
    for compressed in (gzip.compress, bz2.compress, lzma.compress):
        assert inputs_of(folders, compressed(table.encode())) == [[1], [2]]
    assert inputs_of(folders, _zipped(**{"t.csv": table, "__MACOSX/._t.csv": "x"})) == [[1], [2]]
    assert "an archive of 2 files" in error_of(folders, _zipped(a=table, b=table)).reason
    assert "an Office document" in error_of(folders, _zipped(**{"[Content_Types].xml": ""})).reason


def test_what_is_decompressed_has_a_limit(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netspec.formats.texts.MOST_BYTES", 2**16)
    assert "is too large" in error_of(folders, gzip.compress(b"a,y\n" + b"1,n\n" * 2**15)).reason


# ------------------------------------------------------------------------------------------------------- other splits


def test_columns_of_other_tables_are_found_by_name(folders: DataFolders) -> None:
    write(folders, "a,c,y\n1,1,n\n3,2,y\n")
    write(folders, "y,more,c,a\nn,7,1.0,10\ny,8,9,40\n", "u.csv")
    write(folders, "c,a,y\n2,5,y\n", "v.csv")
    loaded = Csv(path="t.csv", target="y", test="u.csv", validation="v.csv", categories=("c",)).load(folders)
    assert loaded.test is not None and loaded.test.inputs[0].tolist() == [[10, 1, 0], [40, 0, 0]]
    assert loaded.validation is not None and loaded.validation.inputs[0].tolist() == [[5, 0, 1]]
    assert loaded.type.counts == (2, 2, 1)
    assert [remark.kind for remark in loaded.type.remarks] == ["unseen"]


def test_a_column_with_no_known_text_is_refused(folders: DataFolders) -> None:
    write(folders, "c,b,y\nw,2,n\nx,4,y\n", "u.csv")
    error = error_of(folders, "c,b,y\nu,2,n\nv,4,y\n", categories=("c",), test="u.csv")
    assert error.reason == "`w` is none of the categories of the column `c`, and neither is any other cell of it"


def test_a_column_that_another_table_lacks_is_named(folders: DataFolders) -> None:
    write(folders, "b,y\n2,n\n4,y\n", "u.csv")
    error = error_of(folders, "a,b,y\n1,2,n\n3,4,y\n", test="u.csv")
    assert error.reason == "`u.csv` lacks the column `a` of the training table" and error.argument == "test"


# ------------------------------------------------------------------------------------------------------------ remarks


@pytest.mark.parametrize(
    ("head", "cells", "arguments", "code"),
    [
        ("Id", range(ROWS), {}, "NS530"),
        ("PassengerId", [(7 * row) % 61 + 1 for row in range(ROWS)], {}, "NS530"),
        ("Unnamed: 0", range(ROWS), {}, "NS530"),
        ("patient_id", [row // 3 * 1009 for row in range(ROWS)], {}, "NS530"),
        ("patient", [f"p{row // 4}" for row in range(ROWS)], {"categories": ["patient"]}, "NS530"),
        ("cabin", [f"C{row % 55}" for row in range(ROWS)], {"categories": ["cabin"]}, "NS530"),
        ("", range(ROWS), {}, "NS531"),
        ("", [""] * ROWS, {}, "NS531"),
        ("age", [(7 * row) % 31 for row in range(ROWS)], {}, None),
        ("length", [row * 0.1 for row in range(ROWS)], {}, None),
        ("price", [row * row for row in range(ROWS)], {}, None),
        ("colour", ["red", "blue", "green"] * 20, {"categories": ["colour"]}, None),
    ],
)
def test_a_column_that_identifies_rows_is_a_warning(
    folders: DataFolders, head: str, cells: Any, arguments: dict[str, list[str]], code: str | None
) -> None:
    write(folders, f"{head},b,y\n" + "".join(f"{cell},{row % 7}.5,{'ny'[row % 2]}\n" for row, cell in enumerate(cells)))
    more = "".join(f', {name}=["{value[0]}"]' for name, value in arguments.items())
    spec = f'data {{ source = csv("t.csv", target="y"{more}) }}\nmodel {{ linear(2) }}\n'
    shown = rendered(check(spec, folder=folders.spec))
    assert (f"warning[{code}]" in shown) if code else shown == "good"


def test_a_column_without_a_name_can_be_ignored(folders: DataFolders) -> None:
    table = "a,,y\n1,2.5,n\n3,4.1,y\n"
    assert error_of(folders, table).help == 'give it a name, or set `ignore=["Unnamed: 1"]`'
    assert inputs_of(folders, table, ignore=("Unnamed: 1",)) == [[1], [3]]


def test_the_index_of_a_parquet_file_is_no_input(folders: DataFolders) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table({"a": [1.5, 2.5], "y": ["n", "y"], "__index_level_0__": [0, 1]})
    table = table.replace_schema_metadata({"pandas": '{"index_columns": ["__index_level_0__"]}'})
    parquet.write_table(table, folders.spec / "t.parquet")
    loaded = Parquet(path="t.parquet", target="y").load(folders)
    assert loaded.train.inputs[0].tolist() == [[1.5], [2.5]]
    assert [remark.kind for remark in loaded.type.remarks] == ["left out"]


# --------------------------------------------------------------------------------------------------- what is predicted


def test_rows_are_read_as_the_source_reads_them(folders: DataFolders) -> None:
    write(folders, "a;c;y\n1,5;u;n\n2,5;v;y\n")
    write(folders, "id;c;a\nx1;v;7,5\nx2;w;8\n", "new.csv")
    source = Csv(path="t.csv", target="y", decimal=",", categories=("c",))
    (field,) = source.describe(folders).fields
    samples = list(source.read_files(field.type, [folders.spec / "new.csv"], resize=False, fills=False, id="id"))
    assert [(sample.id, sample.values.tolist()) for sample in samples] == [("x1", [7.5, 0, 1]), ("x2", [8, 0, 0])]
    assert samples[0].remark is None and samples[1].remark is not None and "`w`" in samples[1].remark


def test_rows_without_a_header_may_lack_the_target(folders: DataFolders) -> None:
    write(folders, "1,2,n\n3,4,y\n")
    write(folders, "5,6\n", "new.csv")
    source = Csv(path="t.csv", target="y", columns=("a", "b", "y"))
    (field,) = source.describe(folders).fields
    (sample,) = source.read_files(field.type, [folders.spec / "new.csv"], resize=False, fills=False)
    assert sample.values.tolist() == [5, 6]


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("header", [True, False])
def test_digits_in_a_table_are_predicted_with_and_without_labels(
    folders: DataFolders, labels: bool, header: bool
) -> None:
    row = ",".join(map(str, [7] * labels + [index % 256 for index in range(784)]))
    names = ",".join(["label"] * labels + [f"pixel{index}" for index in range(784)]) + "\n"
    write(folders, names * header + row + "\n", "new.csv")
    source = MnistCsv(path="t.csv")
    write(folders, ",".join(["1"] * 785) + "\n")
    (field,) = source.describe(folders).fields
    (sample,) = source.read_files(field.type, [folders.spec / "new.csv"], resize=False, fills=False)
    assert sample.values.reshape(-1).tolist() == [index % 256 for index in range(784)]


# --------------------------------------------------------------------------------------------------------- what is kept


def test_a_large_table_is_read_once(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netspec.catalogue.sources._type_records.SMALLEST", 0)
    table = "Id,a,y\n" + "".join(f"{row},{row % 3 or ''},{'ny'[row % 2]}\n" for row in range(30))
    write(folders, table)
    source = Csv(path="t.csv", target="y")
    first = source.describe(folders)
    monkeypatch.setattr("netspec.catalogue.sources._tabular.read_columns", None)
    again = source.describe(folders)
    assert again == first and again.remarks == first.remarks and len(first.remarks) == 1
    gaps = [type.fields[0].gap for type in (first, again)]
    assert gaps[0] is not None and gaps[1] is not None and gaps[0].to_json() == gaps[1].to_json()
    with pytest.raises(TypeError):  # another question, and another state of the file
        Csv(path="t.csv", target="y", ignore=("a",)).describe(folders)
    write(folders, table + "31,1,n\n")
    with pytest.raises(TypeError):
        source.describe(folders)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"question": 1, "answer": {}}', b"[" * 100_000, b"\xff"])
def test_a_record_that_is_damaged_is_ignored(folders: DataFolders, cache: Path, content: bytes) -> None:
    write(folders, "x")
    files = stamps.states([folders.spec / "t.csv"])
    assert files is not None
    stamps.keep("tests", "question", files, {"a": 1})
    assert stamps.recall("tests", "question", files) == {"a": 1}
    (record,) = [path for path in (cache / "tests").iterdir() if not path.name.startswith(".")]
    record.write_bytes(content)
    assert stamps.recall("tests", "question", files) is None
    record.unlink()


def test_records_are_bounded(folders: DataFolders, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "MOST_RECORDS", 3)
    write(folders, "x")
    files = stamps.states([folders.spec / "t.csv"])
    assert files is not None
    for question in range(9):
        stamps.keep("bounded", question, files, question)
    assert len(list((cache / "bounded").iterdir())) == 3
    write(folders, "changed")
    stamps.keep("bounded", 99, files, 99)
    assert stamps.recall("bounded", 99, files) is None
