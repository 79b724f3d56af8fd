"""Data that is broken: a run ends with a message, the exit code of data, and everything as it was."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Netspec
from tests.security.ground import (
    Case,
    a_folder,
    arrays,
    both,
    cut,
    everything,
    flipped,
    gone,
    image,
    linked,
    text,
    write_parquet,
)

PNG = b"\x89PNG\r\n\x1a\n"
NAN, OBJECTS = np.full((40, 2), np.nan), np.array([{}] * 40, dtype=object)

TABLES = (
    Case("no table", "run table.net", 3, "there is no file `table.csv`", gone("table.csv")),
    Case("a folder for a table", "run table.net", 3, "`table.csv` is no file", a_folder("table.csv")),
    Case("a link to nowhere", "run table.net", 3, "there is no file", linked("table.csv", "nowhere")),
    Case("a link to itself as a table", "run table.net", 3, "no file", linked("table.csv", "table.csv")),
    Case("a device for a table", "run table.net", 3, "`table.csv` is no file", linked("table.csv", "/dev/zero")),
    Case("an empty table", "run table.net", 3, "`table.csv` is empty", text("table.csv", "")),
    Case("blanks for a table", "run table.net", 3, "is empty", text("table.csv", " \n\n \n")),
    Case("a header alone", "run table.net", 3, "no rows", text("table.csv", "a,b,y\n")),
    Case("a byte that isn't UTF-8", "run table.net", 3, "isn't UTF-8", text("table.csv", b"a,b,y\n1,2,\xff\n")),
    Case("UTF-16", "run table.net", 3, "zero bytes", text("table.csv", "a,b,y\n1,2,0\n".encode("utf-16-le"))),
    Case("zeros", "run table.net", 3, "table.csv", text("table.csv", bytes(1000))),
    Case("a text among numbers", "run table.net", 3, "`tall`", text("table.csv", "a,b,y\ntall,2,0\n1,2,1\n")),
    Case("an infinite number", "run table.net", 3, "inf", text("table.csv", "a,b,y\ninf,2,0\n1,2,1\n")),
    Case("a number too large", "run table.net", 3, "1e99", text("table.csv", "a,b,y\n1e99,2,0\n1,2,1\n")),
    Case("a missing value", "run table.net", 3, "missing", text("table.csv", "a,b,y\n,2,0\n1,2,1\n")),
    Case("a short row", "run table.net", 3, "2 cells", text("table.csv", "a,b,y\n1,2,0\n1,2\n")),
    Case("a long row", "run table.net", 3, "4 cells", text("table.csv", "a,b,y\n1,2,0\n1,2,0,1\n")),
    Case("a quote without end", "run table.net", 3, "divided into cells", text("table.csv", 'a,b,y\n1,2,"0\n1,2,1\n')),
    Case("two columns of a name", "run table.net", 3, "`a`", text("table.csv", "a,a,y\n1,2,0\n1,2,1\n")),
    Case("no target", "run table.net", 3, "no column `y`", text("table.csv", "a,b,z\n1,2,0\n1,2,1\n")),
    Case("spaces", "run table.net", 3, "not by spaces", text("table.csv", "a b y\n1 2 0\n1 2 1\n")),
    Case("a damaged gzip file", "run table.net", 3, "damaged", text("table.csv", gzip.compress(bytes(99))[:-9])),
    Case("a bomb", "run table.net", 3, "too large", text("table.csv", gzip.compress(b"a" * 2**28 + b"aa", 1))),
    Case("not an archive", "run table.net", 3, "damaged", text("table.csv", b"PK\3\4 and no more")),
    Case("a Parquet file", "run table.net", 3, "a Parquet file", text("table.csv", b"PAR1\0\0")),
    Case("one class", "run table.net", 3, "`0` in every row", text("table.csv", "a,b,y\n1,2,0\n1,2,0\n")),
    Case("formula cells", "run table.net", 3, "=cmd", text("table.csv", "a,b,y\n=cmd|' /C calc'!A0,2,0\n1,2,1\n")),
    Case("more classes than before", "run table.net", 1, "outputs", text("table.csv", "a,b,y\n1,2,0\n1,2,1\n1,2,2\n")),
    Case("a row for the validation", "run table.net", 1, "validation", text("table.csv", "a,b,y\n1,2,0\n1,2,1\n")),
    Case("no Parquet file", "run parquet.net", 3, "there is no file", gone("table.parquet")),
    Case("an empty Parquet file", "run parquet.net", 3, "isn't a Parquet file", text("table.parquet", b"")),
    Case("half a Parquet file", "run parquet.net", 3, "isn't a Parquet file", cut("table.parquet", 300)),
    Case("a table as Parquet", "run parquet.net", 3, "isn't a Parquet file", text("table.parquet", "a,b\n1,2\n")),
    Case("magic alone", "run parquet.net", 3, "isn't a Parquet file", text("table.parquet", b"PAR1" * 4)),
    Case(
        "a footer of everything",
        "run parquet.net",
        3,
        "isn't a Parquet file",
        text("table.parquet", b"PAR1" + bytes(64) + b"\xff\xff\xff\x7fPAR1"),
    ),
    Case(
        "lists in Parquet",
        "run parquet.net",
        3,
        "[1]",
        lambda folder: write_parquet(folder / "table.parquet", {"a": [[1], [2]], "y": [0, 1]}),
    ),
    Case(
        "Parquet without rows",
        "run parquet.net",
        3,
        "no rows",
        lambda folder: write_parquet(folder / "table.parquet", {"a": [], "y": []}),
    ),
)

ARRAYS = (
    Case("no arrays", "run npz.net", 3, "there is no file", gone("arrays.npz")),
    Case("an empty archive", "run npz.net", 3, "can't be read", text("arrays.npz", b"")),
    Case("half an archive", "run npz.net", 3, "can't be read", cut("arrays.npz", 400)),
    Case("a pickle as an archive", "run npz.net", 3, "can't be read", text("arrays.npz", b"\x80\x04cposix\nsystem\n.")),
    Case("objects as inputs", "run npz.net", 3, "Python objects aren't read", arrays(x=OBJECTS)),
    Case("objects as targets", "run npz.net", 3, "Python objects aren't read", arrays(y=OBJECTS)),
    Case("texts as inputs", "run npz.net", 3, "inputs are numbers", arrays(x=np.array(["a"] * 40))),
    Case("dates as inputs", "run npz.net", 3, "inputs are numbers", arrays(x=np.zeros(40, "datetime64[s]"))),
    Case("NaN as inputs", "run npz.net", 3, "NaN", arrays(x=NAN)),
    Case("infinite targets", "run numbers.net", 3, "finite", arrays(y=np.full(40, np.inf))),
    Case("numbers for classes", "run npz.net", 1, "the targets are number", arrays(y=np.arange(40) / 2)),
    Case("numbers too large", "run npz.net", 3, "32 bits", arrays(x=np.full((40, 2), 1e300))),
    Case("fewer targets", "run npz.net", 3, "40 samples", arrays(y=np.arange(39) % 2)),
    Case("a single number", "run npz.net", 3, "no samples", arrays(x=np.float64(1))),
    Case("no sample", "run npz.net", 3, "no samples", arrays(x=np.zeros((0, 2)), y=np.zeros(0, int))),
    Case("one class only", "run npz.net", 3, "in every row", arrays(y=np.zeros(40, int))),
    Case("no such array", "run npz.net", 3, "no array `x`", lambda folder: np.savez(folder / "arrays.npz", z=1)),
    Case("no tensors", "run tensors.net", 3, "there is no file", gone("arrays.safetensors")),
    Case("an empty file of tensors", "run tensors.net", 3, "can't be read", text("arrays.safetensors", b"")),
    Case("half a file of tensors", "run tensors.net", 3, "can't be read", cut("arrays.safetensors", 200)),
    Case("a header of everything", "run tensors.net", 3, "can't be read", text("arrays.safetensors", b"\xff" * 64)),
    Case(
        "a header that isn't JSON", "run tensors.net", 3, "can't be read", text("arrays.safetensors", b"\2" + bytes(99))
    ),
    Case(
        "offsets behind the end",
        "run tensors.net",
        3,
        "can't be read",
        text(
            "arrays.safetensors",
            (70).to_bytes(8, "little")
            + b'{"x":{"dtype":"F32","shape":[9,9],"data_offsets":[0,324]}}'.ljust(70)
            + bytes(8),
        ),
    ),
)

IMAGES = (
    Case("no photos", "run photos.net", 3, "there is no folder", gone("photos")),
    Case("a file for photos", "run photos.net", 3, "no folder", both(gone("photos"), text("photos", ""))),
    Case("a class without images", "run photos.net", 3, "cat", a_folder("photos/cat")),
    Case("an empty image", "run photos.net", 3, "isn't an image", text("photos/ant/0.png", b"")),
    Case("an image cut off", "run photos.net", 3, "isn't an image", cut("photos/ant/0.png", 60)),
    Case("a signature alone", "run photos.net", 3, "isn't an image", text("photos/ant/0.png", PNG)),
    Case("a text as an image", "run photos.net", 3, "isn't an image", text("photos/ant/0.png", "hello")),
    Case("a page as an image", "run photos.net", 3, "isn't an image", text("photos/ant/0.png", "<svg></svg>")),
    Case("pixels that are wrong", "run photos.net", 3, "isn't an image", flipped("photos/ant/0.png", 3)),
    Case("another size", "run photos.net", 3, "5 x 5", image("photos/bee/9.png", size=(5, 5))),
    Case("another mode", "run photos.net", 3, "the mode L", image("photos/bee/9.png", "L")),
    Case("a palette", "run photos.net", 3, "the mode P", image("photos/bee/9.png", "P")),
    Case("32 bits", "run photos.net", 3, "than 16 bits", image("photos/bee/9.tiff", "F")),
    Case("a link to itself", "run photos.net", 3, "9.png", linked("photos/bee/9.png", "9.png")),
    Case("a link to nowhere", "run photos.net", 3, "9.png", linked("photos/bee/9.png", "nowhere.png")),
    Case("a link to a table", "run photos.net", 3, "9.png", linked("photos/bee/9.png", "../../table.csv")),
    Case("a link out of the folder", "run photos.net", 3, "9.png", linked("photos/bee/9.png", "/etc/passwd")),
    Case("a folder that is a link to itself", "run photos.net", 3, "loop", linked("photos/bee/loop", ".")),
    Case("a text among photos", "run photos.net", 3, "notes.txt", text("photos/bee/notes.txt", "")),
    Case("a third class", "run photos.net", 1, "outputs", both(a_folder("photos/cat"), image("photos/cat/9.png"))),
)

CASES = (*TABLES, *ARRAYS, *IMAGES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_is_said_and_nothing_is_changed(case: Case, netspec: Netspec, folder: Path) -> None:
    before = case.tried(netspec, folder)
    assert everything(folder) == before
