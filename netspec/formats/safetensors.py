"""Headers of safetensors files: the names, types and shapes of their tensors, read without torch and without them.

A file may come from anybody. Its header is read with limits and is refused unless it describes the file to the byte:
the tensors lie one after the other, without gaps or overlaps, and end where the file ends.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Mapping, Sequence
from math import prod
from typing import IO, Any

from netspec.formats.errors import DataError
from netspec.immutable import immutable

SIZES = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2"), 1),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 2),
    **dict.fromkeys(("U32", "I32", "F32"), 4),
    **dict.fromkeys(("U64", "I64", "F64"), 8),
}
"""The bytes of an element of each type."""

MOST_HEADER = 32 * 2**20
"""The largest header in bytes; those of the largest networks have about one megabyte."""
MOST_TENSORS = 100_000
MOST_DIMENSIONS = 16
MOST_DIGITS = 18
"""The digits of the largest size or offset."""
MOST_NAME = 1000
"""The characters of the longest name."""
PREFIX = 8
"""The bytes that hold the length of the header."""
METADATA = "__metadata__"


@immutable
class TensorInfo:
    """The type and the shape of a tensor, and where its bytes are, from the start of the file."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


@immutable
class Header:
    """The tensors of a file by their names, in the order in which they lie in the file, and its other texts."""

    tensors: Mapping[str, TensorInfo]
    metadata: Mapping[str, str]


class _HeaderError(ValueError):
    """The reason why a header is refused. It quotes nothing of the file but names, of which `name` is one."""

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name


def read_header(file: IO[bytes], written: str, *, argument: str | None = None, quotable: bool = True) -> Header:
    """The header of an open file, which is left behind its header. Raises DataError that blames `argument`.

    Messages call the file `written`, and show names of its tensors only if it is `quotable`.
    """
    try:
        size = os.fstat(file.fileno()).st_size
        return _header(file, size)
    except _HeaderError as error:
        named = f"tensor `{error.name}`: " if error.name and quotable else "a tensor: " if error.name else ""
        reason = f"`{written}` isn't a valid safetensors file: {named}{error.reason}"
        help = "the file may be incomplete: get it again"
        raise DataError("malformed", reason, argument=argument, help=help) from None
    except OSError as error:
        raise DataError("missing", f"`{written}` can't be read: {error.strerror}", argument=argument) from None


def _header(file: IO[bytes], size: int) -> Header:
    if size < PREFIX:
        raise _HeaderError(f"it has {size} bytes, but the length of the header alone takes {PREFIX}")
    length = int.from_bytes(file.read(PREFIX), "little")
    if length > size - PREFIX:
        raise _HeaderError(f"its header would have {length:_} bytes, but the file has {size:_}")
    if length > MOST_HEADER:
        raise _HeaderError(f"its header has {length:_} bytes, more than the {MOST_HEADER:_} that are read")
    content = file.read(length)
    if len(content) < length:
        raise _HeaderError("it ends within its header")
    if content[:1] != b"{":
        raise _HeaderError("its header isn't JSON")
    found = _parsed(content)
    texts = found.pop(METADATA, {})
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise _HeaderError(f"`{METADATA}` isn't a map of texts")
    if len(found) > MOST_TENSORS:
        raise _HeaderError(f"it has {len(found):_} tensors, more than the {MOST_TENSORS:_} that are read")
    start = PREFIX + length
    tensors = {_name(name): _tensor(name, facts, start) for name, facts in found.items()}
    ordered = dict(sorted(tensors.items(), key=lambda item: (item[1].start, item[1].end)))
    _ensure_covered(ordered, start, size)
    return Header(ordered, texts)


def _parsed(content: bytes) -> dict[str, Any]:
    """The JSON of a header, without names that are given twice."""
    try:
        found = json.loads(
            content.decode(), object_pairs_hook=_unique, parse_int=_integer, parse_float=_refuse, parse_constant=_refuse
        )
    except _HeaderError:
        raise
    except (ValueError, RecursionError):  # a UnicodeDecodeError is a ValueError too
        raise _HeaderError("its header isn't JSON") from None
    if not isinstance(found, dict):
        raise _HeaderError("its header isn't a JSON object")
    return found


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))
        raise _HeaderError("it is given twice", _shown(twice))
    return found


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _HeaderError("its header has a number that no file is large enough for")
    return int(text)


def _refuse(text: str) -> Any:
    raise _HeaderError("its header has a number that isn't an integer")


def _name(name: str) -> str:
    """A name that messages can show and that a network can have."""
    if not name or len(name) > MOST_NAME or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        raise _HeaderError("its name is empty, too long, or has control characters", _shown(name) or "''")
    return name


def _shown(name: str) -> str:
    """A name without what steers a terminal."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name[:60])


def _tensor(name: str, facts: Any, start: int) -> TensorInfo:
    shown = _shown(name)
    if not isinstance(facts, dict) or facts.keys() != {"dtype", "shape", "data_offsets"}:
        raise _HeaderError("it needs `dtype`, `shape` and `data_offsets`, and nothing else", shown)
    dtype, shape, offsets = facts["dtype"], facts["shape"], facts["data_offsets"]
    if not isinstance(dtype, str) or dtype not in SIZES:
        raise _HeaderError("its type isn't one that netspec reads", shown)
    if not _are_sizes(shape) or len(shape) > MOST_DIMENSIONS:
        raise _HeaderError("its shape isn't a list of sizes", shown)
    if not _are_sizes(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise _HeaderError("its offsets aren't a start and an end", shown)
    first, last = offsets
    expected = prod(shape) * SIZES[dtype]
    if last - first != expected:
        sizes = ", ".join(map(str, shape))
        raise _HeaderError(
            f"[{sizes}] of {dtype} takes {expected:_} bytes, but its offsets span {last - first:_}", shown
        )
    return TensorInfo(dtype, tuple(shape), start + first, start + last)


def _are_sizes(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int and value >= 0 for value in values)


def _ensure_covered(tensors: Mapping[str, TensorInfo], start: int, size: int) -> None:
    """Refuse tensors that overlap, leave bytes out, or end elsewhere than the file."""
    end = start
    for name, info in tensors.items():
        if info.start != end:
            what = "overlaps with the one before it" if info.start < end else "leaves bytes before it unused"
            raise _HeaderError(f"it {what}", _shown(name))
        end = info.end
    if end != size:
        what = "ends before its last tensor" if size < end else "goes on behind its last tensor"
        raise _HeaderError(f"the file has {size:_} bytes, not {end:_}: it {what}")
