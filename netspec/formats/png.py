"""Small and plain PNG files: their headers and their pixels, read several times faster than Pillow opens them."""

from __future__ import annotations

import struct
import zlib
from itertools import takewhile
from typing import TYPE_CHECKING

from netspec.formats.plain import MOST_PIXELS, Header

if TYPE_CHECKING:
    from PIL.Image import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MODES = {(8, 0): "L", (8, 2): "RGB", (8, 6): "RGBA"}
"""Pillow's modes of the most usual depths and color types."""
PLAIN = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"gAMA", b"pHYs", b"sRGB", b"cHRM", b"sBIT", b"bKGD", b"tIME"))
"""Chunks that hold neither an orientation nor another picture."""
SIZES = {b"IHDR": 13, b"gAMA": 4, b"pHYs": 9, b"sRGB": 1, b"cHRM": 32}
"""The bytes of chunks that Pillow looks into: it refuses a file where they are others."""

HEADER = struct.Struct(">IIBBBBBI")
HEAD = struct.Struct(">I4s")
SUM = struct.Struct(">I")

Chunk = tuple[bytes, int, int]
"""A name, and where the bytes begin and end in the file."""


def plain_header(content: bytes) -> Header | None:
    """The header of a PNG file of 8 bits with plain chunks alone; None for any other, and if anything is wrong."""
    found = _parsed(content)
    return found[0] if found is not None else None


def plain_picture(content: bytes) -> tuple[Header, Image] | None:
    """The header and the pixels of a file with a plain header; None if a color is transparent, if its lines don't come
    in their order, and if anything is wrong: Pillow opens it then, and says what it is."""
    from PIL.Image import frombytes

    found = _parsed(content)
    if found is None or content[28]:
        return None
    header, chunks = found
    for name, start, end in chunks:
        sized = SIZES.get(name, end - start) == end - start
        if not sized or name == b"tRNS" or zlib.crc32(content[start - 4 : end]) != SUM.unpack_from(content, end)[0]:
            return None
    names = [name for name, _, _ in chunks]
    # what is apart from the first ones belongs to no picture
    parts = takewhile(lambda chunk: chunk[0] == b"IDAT", chunks[names.index(b"IDAT") :])
    pixels = b"".join(content[start:end] for _, start, end in parts)
    try:
        return header, frombytes(header.mode, (header.width, header.height), pixels, "zip", header.mode)
    except (ValueError, OSError):
        return None


def _parsed(content: bytes) -> tuple[Header, list[Chunk]] | None:
    """The header of a plain file, and its chunks before the last one."""
    if len(content) < 57 or not content.startswith(SIGNATURE) or content[12:16] != b"IHDR":
        return None
    width, height, depth, color, method, filter, interlace, checked = HEADER.unpack_from(content, 16)
    mode = MODES.get((depth, color))
    if mode is None or method or filter or interlace > 1 or not 0 < width * height <= MOST_PIXELS:
        return None
    if zlib.crc32(content[12:29]) != checked:
        return None
    chunks: list[Chunk] = []
    offset = len(SIGNATURE)
    while offset + 12 <= len(content):
        length, name = HEAD.unpack_from(content, offset)
        start, offset = offset + 8, offset + length + 12
        if name == b"IEND":
            names = {name for name, _, _ in chunks}
            if b"IDAT" not in names or offset > len(content):
                return None
            return Header(height, width, mode, transparent=mode == "RGBA" or b"tRNS" in names), chunks
        if name not in PLAIN:
            return None
        chunks.append((name, start, start + length))
    return None
