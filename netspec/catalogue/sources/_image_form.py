"""The form that images are brought to: what a spec says, and what the headers of all of them agree on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from netspec.formats.files import shown
from netspec.formats.header_cache import Alike, Headers
from netspec.formats.images import PILLOW, Mode

Size = tuple[int, int]


class Disagreement(NamedTuple):
    """An image that isn't like the others, the reason, and the argument that brings all to one form."""

    path: Path
    reason: str
    argument: str
    value: str


def disagreements(headers: Headers, size: Size | None, mode: Mode | None) -> Iterator[Disagreement]:
    """What stands in the way of one form where `size` or `mode` aren't given."""
    if size is None:
        yield from _sizes(headers)
    if mode is None:
        yield from _modes(headers)


def common_mode(headers: Headers) -> Mode:
    """The mode of images that agree on it."""
    modes: dict[str, Mode] = {name: mode for mode, name in PILLOW.items()}
    return modes[headers[0].header.mode]


def reading(headers: Headers, mode: Mode, background: str) -> str | None:
    """What loading does to pixels, in words; None if nothing is to be said."""
    found: list[str] = []
    total = sum(each.images for each in headers)
    if mode != "rgba" and (count := sum(each.images for each in headers if each.header.transparent)):
        found.append(f"transparent pixels are composed on {background}, in {count:_} of {total:_} images")
    if count := sum(each.images for each in headers if each.header.deep):
        found.append(f"samples of 16 bits are scaled to 0 to 1, in {count:_} of {total:_} images")
    return "; ".join(found) or None


def _sizes(headers: Headers) -> Iterator[Disagreement]:
    counts: Counter[Size] = Counter()
    for each in headers:
        counts[_size(each)] += each.images
    first = headers[0]
    other = next((each for each in headers if _size(each) != _size(first)), None)
    if other is not None:
        reason = f"{_shown(other)} is {_by(_size(other))}, and {_shown(first)} is {_by(_size(first))}"
        most = counts.most_common(1)[0][0]
        yield Disagreement(Path(other.path), reason, "size", f"[{most[0]}, {most[1]}]")


def _modes(headers: Headers) -> Iterator[Disagreement]:
    first, wanted = headers[0], headers[0].header.mode
    colors = any(each.header.mode not in ("L", "1", "LA") for each in headers)
    mode = "rgb" if colors else "gray"
    if wanted not in PILLOW.values():
        yield Disagreement(Path(first.path), f"{_shown(first)} has the mode {wanted}", "mode", mode)
        return
    other = next((each for each in headers if each.header.mode != wanted), None)
    if other is not None:
        reason = f"{_shown(other)} has the mode {other.header.mode}, and {_shown(first)} has {wanted}"
        yield Disagreement(Path(other.path), reason, "mode", mode)


def _size(images: Alike) -> Size:
    return images.header.height, images.header.width


def _shown(images: Alike) -> str:
    return f"`{shown(Path(images.path))}`"


def _by(size: Size) -> str:
    return f"{size[0]} x {size[1]}"
