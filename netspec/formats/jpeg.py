"""Small and plain JPEG files: their headers and their pixels, read several times faster than Pillow opens them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from netspec.formats.plain import MOST_BYTES, MOST_PIXELS, Header

if TYPE_CHECKING:
    from PIL.Image import Image

SIGNATURE = b"\xff\xd8\xff"
MODES = {1: "L", 3: "RGB"}
"""Pillow's modes of the most usual numbers of components."""
FRAMES = (0xC0, 0xC1, 0xC2)
"""Markers of headers: baseline, extended and progressive."""
TABLES = 0xDB
"""The marker of quantization tables, which Pillow looks into."""
SCAN = 0xDA
"""The marker that pixels follow."""
APPLICATIONS = (0xE0, 0xEE)
"""Markers of JFIF and of Adobe: what Pillow needs of them is in their first bytes."""
FEWEST = 7
PLAIN = frozenset((*FRAMES, *APPLICATIONS, TABLES, 0xC4, 0xDD, 0xFE))
"""Markers of segments that hold neither an orientation nor another picture; the last ones are Huffman tables, the
interval of restarts, and a comment."""


def plain_header(content: bytes) -> Header | None:
    """The header of a JPEG file of one or three components with plain segments alone; None for any other, and if
    anything is wrong."""
    if len(content) >= MOST_BYTES:
        return None
    header, offset = None, 2
    while offset + 4 <= len(content):
        sign, marker, length = struct.unpack_from(">BBH", content, offset)
        start, offset = offset + 4, offset + 2 + length
        if sign != 0xFF or length < 2 or offset > len(content):
            return None
        if marker == SCAN:
            return header
        if marker not in PLAIN or (marker in APPLICATIONS and offset - start < FEWEST):
            return None
        if marker == TABLES and not _are_tables(content, start, offset):
            return None
        if marker in FRAMES and (header is not None or (header := _frame(content, start, offset)) is None):
            return None
    return None


def plain_picture(content: bytes) -> tuple[Header, Image] | None:
    """The header and the pixels of a file with a plain header; None if anything is wrong: Pillow opens it then, and
    says what it is."""
    from PIL.Image import frombytes

    header = plain_header(content)
    if header is None:
        return None
    try:
        return header, frombytes(header.mode, (header.width, header.height), content, "jpeg", header.mode, "")
    except (ValueError, OSError):
        return None


def _frame(content: bytes, start: int, end: int) -> Header | None:
    """The header in a segment, if it is one of 8 bits."""
    if end - start < 6:
        return None
    depth, height, width, components = struct.unpack_from(">BHHB", content, start)
    mode = MODES.get(components)
    if depth != 8 or mode is None or end - start != 6 + 3 * components or not 0 < width * height <= MOST_PIXELS:
        return None
    return Header(height, width, mode)


def _are_tables(content: bytes, start: int, end: int) -> bool:
    """Whether a segment holds tables of 8 bits, each with its number in front, and nothing else."""
    return (end - start) % 65 == 0 and all(content[place] < 16 for place in range(start, end, 65))
