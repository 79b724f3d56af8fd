"""Small and plain PNG files: their headers and their pixels, read several times faster than Pillow opens them."""

from __future__ import annotations

import struct
import zlib
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_BYTES = 2**16
"""Of a larger file most of the time goes into its pixels."""
MOST_PIXELS = 2**20
"""As few bytes may stand for far more pixels, which take long to decode."""
MODES = {(8, 0): "L", (8, 2): "RGB", (8, 6): "RGBA"}
"""Pillow's modes of the most usual depths and color types."""
PLAIN = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"gAMA", b"pHYs", b"sRGB", b"cHRM", b"sBIT", b"bKGD", b"tIME"))
"""Chunks that hold neither an orientation nor another picture."""
SIZES = {b"IHDR": 13, b"gAMA": 4, b"pHYs": 9, b"sRGB": 1, b"cHRM": 32}
"""The bytes of chunks that Pillow looks into: it refuses a file where they are others."""

Chunk = tuple[bytes, int, int]
"""A name, and where the bytes begin and end in the file."""


class PlainHeader(NamedTuple):
    """The height, the width and the mode of a picture, and whether a color or a channel is transparent."""

    height: int
    width: int
    mode: str
    transparent: bool


def plain_header(content: bytes) -> PlainHeader | None:
    """The header of a PNG file of 8 bits with plain chunks alone; None for any other, and if anything is wrong."""
    found = _parsed(content)
    return found[0] if found is not None else None


def plain_picture(content: bytes) -> tuple[PlainHeader, Image] | None:
    """The header and the pixels of a file with a plain header; None if a color is transparent, if its lines don't come
    in their order, and if anything is wrong: Pillow opens it then, and says what it is."""
    from PIL.Image import frombytes

    found = _parsed(content)
    if found is None or content[28]:
        return None
    header, chunks = found
    names = [name for name, _, _ in chunks]
    if b"tRNS" in names or not all(_is_right(content, *chunk) for chunk in chunks):
        return None
    # what is apart from the first ones belongs to no picture
    parts = takewhile(lambda chunk: chunk[0] == b"IDAT", chunks[names.index(b"IDAT") :])
    pixels = b"".join(content[start:end] for _, start, end in parts)
    try:
        return header, frombytes(header.mode, (header.width, header.height), pixels, "zip", header.mode)
    except (ValueError, OSError):
        return None


def _parsed(content: bytes) -> tuple[PlainHeader, list[Chunk]] | None:
    """The header and the chunks of a plain file."""
    if len(content) < 57 or not content.startswith(SIGNATURE) or content[12:16] != b"IHDR":
        return None
    width, height, depth, color, method, filter, interlace = struct.unpack_from(">IIBBBBB", content, 16)
    mode = MODES.get((depth, color))
    checked = zlib.crc32(content[12:29]) == int.from_bytes(content[29:33])
    if mode is None or method or filter or interlace > 1 or not 0 < width * height <= MOST_PIXELS or not checked:
        return None
    chunks = _chunks(content)
    names = {name for name, _, _ in chunks}
    if b"IDAT" not in names or not names <= PLAIN:
        return None
    return PlainHeader(height, width, mode, mode == "RGBA" or b"tRNS" in names), chunks


def _is_right(content: bytes, name: bytes, start: int, end: int) -> bool:
    """Whether a chunk is as long as it has to be, and has the sum that follows it."""
    sized = SIZES.get(name, end - start) == end - start
    return sized and zlib.crc32(content[start - 4 : end]) == int.from_bytes(content[end : end + 4])


def _chunks(content: bytes) -> list[Chunk]:
    """The chunks before the last one; none if the file ends elsewhere."""
    found: list[Chunk] = []
    offset = len(SIGNATURE)
    while offset + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, offset)
        start, offset = offset + 8, offset + length + 12
        if name == b"IEND":
            return found if offset <= len(content) else []
        found.append((name, start, start + length))
    return []
