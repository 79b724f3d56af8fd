"""Headers of safetensors files: read as the library reads them, and refused if they don't describe their file."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors import SafetensorError, safe_open
from safetensors.torch import save, save_file

from netspec.formats.errors import DataError
from netspec.formats.safetensors import MOST_HEADER, SIZES, Header, read_header
from tests.security.hostile import damaged

DTYPES = {
    "BOOL": torch.bool,
    "U8": torch.uint8,
    "I8": torch.int8,
    "I16": torch.int16,
    "I32": torch.int32,
    "I64": torch.int64,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F32": torch.float32,
    "F64": torch.float64,
}


def header_of(path: Path, **settings: Any) -> Header:
    with path.open("rb") as file:
        return read_header(file, path.name, **settings)


def written(path: Path, header: Any, data: bytes = b"", length: int | None = None) -> Path:
    """A file with any header, in JSON if it isn't bytes already."""
    content = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes((len(content) if length is None else length).to_bytes(8, "little") + content + data)
    return path


def tensor(start: int = 0, end: int = 8, shape: Any = (2,), dtype: Any = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


@given(
    tensors=st.dictionaries(
        st.text("abc.01_", min_size=1, max_size=8),
        st.tuples(st.sampled_from(sorted(DTYPES)), st.lists(st.integers(0, 3), max_size=3)),
        max_size=6,
    )
)
def test_a_header_is_read_as_the_library_reads_it(tmp_path_factory: pytest.TempPathFactory, tensors) -> None:
    path = tmp_path_factory.mktemp("header") / "weights.safetensors"
    save_file(
        {name: torch.zeros(shape, dtype=DTYPES[dtype]) for name, (dtype, shape) in tensors.items()},
        path,
        metadata={"format": "pt"},
    )
    found = header_of(path)
    assert {name: (info.dtype, list(info.shape)) for name, info in found.tensors.items()} == tensors
    assert found.metadata == {"format": "pt"}


def test_the_bytes_of_a_tensor_are_where_the_header_says(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file({"a": torch.arange(3.0), "b": torch.tensor([7], dtype=torch.int64)}, path)
    info = header_of(path).tensors["a"]
    found = torch.frombuffer(bytearray(path.read_bytes()[info.start : info.end]), dtype=torch.float32)
    assert torch.equal(found, torch.arange(3.0))


def test_every_type_has_the_size_that_torch_has() -> None:
    assert all(SIZES[name] == dtype.itemsize for name, dtype in DTYPES.items())


WRONG = {
    "an empty file": (b"", "has 0 bytes"),
    "the length of a header alone": (b"\0" * 7, "has 7 bytes"),
    "no header": (b"\0" * 8, "isn't JSON"),
    "a header longer than the file": ((10**6).to_bytes(8, "little") + b"{}", "the file has 10"),
    "a header of the largest length": (b"\xff" * 8 + b"{}", "the file has 10"),
    "a pickle": (b"\x80\x04\x95\x10" + b"." * 100, "the file has 104"),
}
HEADERS: dict[str, tuple[Any, bytes, str]] = {
    "a list": ([], b"", "isn't JSON"),
    "no UTF-8": (b'{"\xff": 1}', b"", "isn't JSON"),
    "not JSON": (b"{oops}", b"", "isn't JSON"),
    "NaN": (b'{"a": NaN}', b"", "isn't an integer"),
    "a fraction": (b'{"a": {"dtype": "F32", "shape": [2.0], "data_offsets": [0, 8]}}', b"\0" * 8, "isn't an integer"),
    "nested without end": (b'{"a": ' + b"[" * 100_000, b"", "isn't JSON"),
    "a number of a million digits": (b'{"a": ' + b"9" * 10**6 + b"}", b"", "no file is large enough"),
    "a tensor that is a number": ({"a": 1}, b"", "tensor `a`: it needs `dtype`"),
    "a field too many": ({"a": {**tensor(), "code": "x"}}, b"\0" * 8, "and nothing else"),
    "an unknown type": ({"a": tensor(dtype="F31")}, b"\0" * 8, "its type"),
    "a type that is a list": ({"a": tensor(dtype=["F32"])}, b"\0" * 8, "its type"),
    "a negative size": ({"a": tensor(shape=[-2])}, b"\0" * 8, "its shape"),
    "a size that is true": ({"a": tensor(0, 4, [True])}, b"\0" * 4, "its shape"),
    "a shape of too many dimensions": ({"a": tensor(0, 4, [1] * 17)}, b"\0" * 4, "its shape"),
    "offsets the wrong way round": ({"a": tensor(8, 0)}, b"\0" * 8, "its offsets"),
    "three offsets": ({"a": {**tensor(), "data_offsets": [0, 4, 8]}}, b"\0" * 8, "its offsets"),
    "fewer bytes than its shape takes": ({"a": tensor(0, 4)}, b"\0" * 4, "[2] of F32 takes 8 bytes"),
    "four gigabytes in a small file": ({"a": tensor(0, 4 * 10**9, [10**9])}, b"\0" * 8, "ends before its last tensor"),
    "an end behind the file": ({"a": tensor()}, b"\0" * 4, "ends before its last tensor"),
    "bytes behind the last tensor": ({"a": tensor()}, b"\0" * 12, "goes on behind its last tensor"),
    "tensors that overlap": ({"a": tensor(), "b": tensor(4, 12)}, b"\0" * 12, "overlaps with the one before"),
    "tensors that share their bytes": ({"a": tensor(), "b": tensor()}, b"\0" * 8, "overlaps with the one before"),
    "a gap": ({"a": tensor(), "b": tensor(12, 20)}, b"\0" * 20, "leaves bytes before it unused"),
    "a gap in front": ({"a": tensor(4, 12)}, b"\0" * 12, "leaves bytes before it unused"),
    "a name twice": (
        b'{"a": {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]}, "a": {"dtype": "U8", "shape": [1], '
        b'"data_offsets": [0, 1]}}',
        b"\0",
        "given twice",
    ),
    "an empty name": ({"": tensor()}, b"\0" * 8, "its name"),
    "a name that steers a terminal": ({"a\x1b[2J": tensor()}, b"\0" * 8, "control characters"),
    "a name without end": ({"a" * 2000: tensor()}, b"\0" * 8, "its name"),
    "half a character": (b'{"\\ud800": {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]}}', b"", "its name"),
    "metadata that is a list": ({"__metadata__": []}, b"", "isn't a map of texts"),
    "metadata of numbers": ({"__metadata__": {"a": 1}}, b"", "isn't a map of texts"),
    "too many tensors": ({str(index): tensor(0, 0, [0]) for index in range(100_001)}, b"", "100_001 tensors"),
}


@pytest.mark.parametrize(("content", "reason"), WRONG.values(), ids=WRONG)
def test_what_is_no_safetensors_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(content)
    with pytest.raises(DataError) as refused:
        header_of(path)
    assert reason in refused.value.reason
    assert refused.value.what == "malformed"


@pytest.mark.parametrize(("header", "data", "reason"), HEADERS.values(), ids=HEADERS)
def test_a_header_that_lies_is_refused(tmp_path: Path, header: Any, data: bytes, reason: str) -> None:
    with pytest.raises(DataError) as refused:
        header_of(written(tmp_path / "weights.safetensors", header, data))
    assert reason in refused.value.reason
    assert len(refused.value.reason) < 400
    assert refused.value.reason.isprintable()


def test_a_huge_header_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    with path.open("wb") as file:
        file.write((MOST_HEADER + 1).to_bytes(8, "little"))
        file.truncate(8 + MOST_HEADER + 1)
    with pytest.raises(DataError, match="more than the"):
        header_of(path)


def test_names_of_a_file_that_may_not_be_quoted_are_not_shown(tmp_path: Path) -> None:
    path = written(tmp_path / "weights.safetensors", {"secret": tensor(0, 4)}, b"\0" * 4)
    with pytest.raises(DataError) as refused:
        header_of(path, quotable=False)
    assert "secret" not in refused.value.reason


def test_what_is_accepted_of_damaged_files_the_library_accepts_with_the_same_tensors(
    tmp_path: Path, thoroughness: int
) -> None:
    whole = save({"conv.weight": torch.ones(4, 3, 3, 3), "fc.bias": torch.ones(5), "n": torch.tensor(3)})
    path, accepted = tmp_path / "weights.safetensors", 0
    for content in damaged(whole, Random(0), 1000 * thoroughness):
        path.write_bytes(content)
        try:
            found = header_of(path)
        except DataError:
            continue
        accepted += 1
        try:
            with safe_open(path, "pt") as file:
                theirs = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
                assert {name: list(info.shape) for name, info in found.tensors.items()} == {
                    name: part.get_shape() for name, part in theirs.items()
                }
        except SafetensorError as error:
            pytest.fail(f"accepted, but the library says: {error}")
    assert accepted
