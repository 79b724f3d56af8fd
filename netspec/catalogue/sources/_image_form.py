"""The form that images are brought to: what a spec says, and what the headers of all of them agree on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from netspec.formats.files import shown
from netspec.formats.images import PILLOW, Header, Mode

Size = tuple[int, int]


class Disagreement(NamedTuple):
    """An image that isn't like the others, the reason, and the argument that brings all to one form."""

    path: Path
    reason: str
    argument: str
    value: str


def disagreements(headers: Mapping[str, Header], size: Size | None, mode: Mode | None) -> Iterator[Disagreement]:
    """What stands in the way of one form where `size` or `mode` aren't given."""
    if size is None:
        yield from _sizes(headers)
    if mode is None:
        yield from _modes(headers)


def common_mode(headers: Mapping[str, Header]) -> Mode:
    """The mode of images that agree on it."""
    modes: dict[str, Mode] = {name: mode for mode, name in PILLOW.items()}
    return modes[next(iter(headers.values())).mode]


def reading(headers: Mapping[str, Header], mode: Mode, background: str) -> str | None:
    """What loading does to pixels, in words; None if nothing is to be said."""
    found: list[str] = []
    if mode != "rgba" and (count := sum(header.transparent for header in headers.values())):
        found.append(f"transparent pixels are composed on {background}, in {count:_} of {len(headers):_} images")
    if count := sum(header.deep for header in headers.values()):
        found.append(f"samples of 16 bits are scaled to 0 to 1, in {count:_} of {len(headers):_} images")
    return "; ".join(found) or None


def _sizes(headers: Mapping[str, Header]) -> Iterator[Disagreement]:
    sizes = {path: (header.height, header.width) for path, header in headers.items()}
    first, size = next(iter(sizes.items()))
    for path, other in sizes.items():
        if other != size:
            reason = f"`{shown(Path(path))}` is {_by(other)}, and `{shown(Path(first))}` is {_by(size)}"
            most = Counter(sizes.values()).most_common(1)[0][0]
            yield Disagreement(Path(path), reason, "size", f"[{most[0]}, {most[1]}]")
            return


def _modes(headers: Mapping[str, Header]) -> Iterator[Disagreement]:
    first, wanted = next((path, header.mode) for path, header in headers.items())
    colors = any(header.mode not in ("L", "1", "LA") for header in headers.values())
    mode = "rgb" if colors else "gray"
    if wanted not in PILLOW.values():
        yield Disagreement(Path(first), f"`{shown(Path(first))}` has the mode {wanted}", "mode", mode)
        return
    for path, header in headers.items():
        if header.mode != wanted:
            reason = f"`{shown(Path(path))}` has the mode {header.mode}, and `{shown(Path(first))}` has {wanted}"
            yield Disagreement(Path(path), reason, "mode", mode)
            return


def _by(size: Size) -> str:
    return f"{size[0]} x {size[1]}"
