"""Rows of tables that are read many at a time are those that Python's `csv` reads."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netspec.formats import blocks
from netspec.formats.errors import DataError
from netspec.formats.layout import Layout
from netspec.formats.packed import SIZE, PackedTexts
from netspec.formats.tables import TableFile

texts = st.text(st.sampled_from('ab1_ "\n,;.\u2028é'), max_size=4)


def rows_of(table: TableFile) -> list[tuple[str, ...]]:
    starts, found = [], []
    for chunk in table.chunks():
        starts.append((chunk.start, len(found)))
        found += zip(*chunk.columns, strict=True)
        cells = [cell for column in chunk.columns for cell in column]
        assert chunk.underscored or not any("_" in cell for cell in cells)
    assert all(start == wanted for start, wanted in starts)
    return found


@given(st.integers(2, 3).flatmap(lambda width: st.lists(st.tuples(*[texts] * width), min_size=1, max_size=9)),
       st.sampled_from([1, 5, 20, 2**16]), st.booleans(), st.sampled_from(["\n", "\r\n"]), st.booleans())  # fmt: skip
def test_chunks_have_the_rows_of_csv(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, ...]],
    block: int,
    quoted: bool,
    ending: str,
    ended: bool,
) -> None:
    path = tmp_path_factory.mktemp("rows") / "t.csv"
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator="\n")
    writer.writerows([("h",) * len(rows[0]), *rows])
    written = text.getvalue() if ended else text.getvalue().removesuffix("\n")
    path.write_bytes(written.replace("\n", ending).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", block)
        found = rows_of(TableFile("t.csv", path, "path", True, Layout(separator=",")))
    plain = [tuple(cell.lstrip(" ") if not quoted and '"' not in cell else cell for cell in row) for row in rows]
    assert [tuple(map(str.strip, row)) for row in found] == [tuple(map(str.strip, row)) for row in plain]


@pytest.mark.parametrize("block", [1, 8, 2**16])
@pytest.mark.parametrize("row", ["1", "1,2,3", '"1"', '"1",2,3'])
def test_a_row_of_another_width_is_found_wherever_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int, row: str
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", block)
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 5 + row + "\n" + "1,2\n" * 5)
    with pytest.raises(DataError, match="the row has") as caught:
        rows_of(TableFile("t.csv", tmp_path / "t.csv", "path", True))
    assert caught.value.line == 7


def test_rows_that_make_up_for_each_other_are_found(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1\n1,2,3\n")
    with pytest.raises(DataError, match="the row has 1 cell"):
        rows_of(TableFile("t.csv", tmp_path / "t.csv", "path", True))


@given(st.lists(st.sampled_from(["a", "", "b\0c", "\0"]), max_size=3 * SIZE), st.integers(1, 2 * SIZE))
def test_packed_texts_are_a_sequence(some: list[str], step: int) -> None:
    packed = PackedTexts()
    for start in range(0, len(some), step):
        packed.extend(some[start : start + step])
    assert list(packed) == some and len(packed) == len(some)
    assert [packed[index] for index in range(-len(some), len(some), 97)] == [
        some[index] for index in range(-len(some), len(some), 97)
    ]
    assert list(packed[1:5]) == some[1:5]
