"""The form that images are brought to: what a spec says, and what the headers of all of them agree on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field

from netspec.catalogue.fields import FieldType
from netspec.catalogue.fields.image import Image
from netspec.catalogue.sources import DataSource
from netspec.catalogue.types import DataField
from netspec.catalogue.values import PositiveInt, number_text
from netspec.formats.errors import DataError
from netspec.formats.files import shown
from netspec.formats.images import CHANNELS, PILLOW, Header, Mode
from netspec.formats.pixels import Form, read_images

if TYPE_CHECKING:
    import numpy as np

Size = tuple[int, int]
Share = Annotated[float, Field(ge=0, le=1)]


class ImageFiles(DataSource):
    """A source of image files, which are brought to one form."""

    size: Annotated[
        tuple[PositiveInt, PositiveInt] | None, Field(description="height and width that all images are brought to")
    ] = None
    mode: Annotated[
        Mode | None, Field(description="what all images are brought to: 1, 3 or 4 channels; by default what they are")
    ] = None
    background: Annotated[
        Share | tuple[Share, Share, Share],
        Field(description="color behind transparent pixels: a number from 0 (black) to 1 (white), or red, green, blue"),
    ] = 1.0

    @property
    def resizes(self) -> bool:
        return self.size is not None

    def _written(self, arguments: str) -> str:
        """The source as a spec writes it with further arguments, `, size=[32, 32]`."""
        raise NotImplementedError

    def _read_files(
        self, field: FieldType, paths: Sequence[Path], *, resize: bool, fills: bool
    ) -> Iterator[tuple[str, np.ndarray]]:
        channels, height, width = field.shape.dims
        images = read_images(paths, (channels, height, width), resize=resize, background=self.background)
        return zip(map(str, paths), images, strict=True)

    def _form(self, headers: Mapping[str, Header]) -> Form:
        """The form of the images: what is written, or else what the headers agree on."""
        if found := list(disagreements(headers, self.size, self.mode)):
            raise self._remedied(found, headers)
        first = next(iter(headers.values()))
        return Form(
            self.mode or common_mode(headers),
            self.size or (first.height, first.width),
            any(header.deep for header in headers.values()),
            self.background,
            resize=self.size is not None,
            convert=self.mode is not None,
        )

    def _field(self, form: Form, headers: Mapping[str, Header]) -> DataField:
        """The input that images of that form are."""
        taken = reading(headers, form.mode, _color_name(self.background))
        return DataField(Image(sizes=(CHANNELS[form.mode], *form.size)), reading=taken)

    def _remedied(self, found: list[Disagreement], headers: Mapping[str, Header]) -> DataError:
        """One error for all that stands in the way of one form; its help names all arguments that are needed."""
        written = {"size": self.size and f"[{self.size[0]}, {self.size[1]}]", "mode": self.mode}
        written |= {each.argument: each.value for each in found}
        arguments = "".join(f", {name}={value}" for name, value in written.items() if value)
        names = " and one ".join(each.argument for each in found)
        help = f"`{self._written(arguments)}` brings all images to one {names}"
        if written["mode"] != "rgba" and any(header.transparent for header in headers.values()):
            help += f", with transparent pixels on {_color_name(self.background)} (`background`)"
        first, *others = found
        reasons = tuple(each.reason for each in others)
        return DataError("malformed", first.reason, argument="path", path=first.path, help=help, notes=reasons)


def _color_name(background: float | tuple[float, float, float]) -> str:
    if isinstance(background, tuple):
        return f"[{', '.join(map(number_text, background))}]"
    names: dict[float, str] = {0.0: "black", 1.0: "white"}
    return names.get(background, f"gray {number_text(background)}")


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
