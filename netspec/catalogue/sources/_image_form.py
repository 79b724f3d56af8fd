"""The form that images are brought to: what a spec says, and what the headers of all of them agree on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field

from netspec.catalogue.fields import FieldType
from netspec.catalogue.fields.image import Image
from netspec.catalogue.sources import DataFolders, DataSource, Loaded
from netspec.catalogue.types import DataField
from netspec.catalogue.values import PositiveInt, number_text
from netspec.formats.errors import DataError
from netspec.formats.files import shown
from netspec.formats.form import Form
from netspec.formats.header_cache import Alike, Headers, forget_headers
from netspec.formats.images import CHANNELS, PILLOW, Mode
from netspec.formats.pixels import HeaderChangedError, read_images

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

    def load(self, folders: DataFolders) -> Loaded:
        try:
            return self._loaded(folders)
        except HeaderChangedError:
            forget_headers(self._root(folders))
            return self._loaded(folders)

    def _root(self, folders: DataFolders) -> Path:
        """The folder that all images are in."""
        raise NotImplementedError

    def _loaded(self, folders: DataFolders) -> Loaded:
        """All samples. Raises HeaderChangedError if an image isn't what its kept header says, and DataError."""
        raise NotImplementedError

    def _written(self, arguments: str) -> str:
        """The source as a spec writes it with further arguments, `, size=[32, 32]`."""
        raise NotImplementedError

    def _read_files(
        self, field: FieldType, paths: Sequence[Path], *, resize: bool, fills: bool
    ) -> Iterator[tuple[str, np.ndarray]]:
        channels, height, width = field.shape.dims
        images = read_images(paths, (channels, height, width), resize=resize, background=self.background)
        return zip(map(str, paths), images, strict=True)

    def _form(self, headers: Headers) -> Form:
        """The form of the images: what is written, or else what the headers agree on."""
        if found := list(disagreements(headers, self.size, self.mode)):
            raise self._remedied(found, headers)
        first = headers[0].header
        return Form(
            self.mode or common_mode(headers),
            self.size or (first.height, first.width),
            any(each.header.deep for each in headers),
            self.background,
            resize=self.size is not None,
            convert=self.mode is not None,
        )

    def _field(self, form: Form, headers: Headers) -> DataField:
        """The input that images of that form are."""
        taken = reading(headers, form.mode, _color_name(self.background))
        return DataField(Image(sizes=(CHANNELS[form.mode], *form.size)), reading=taken)

    def _remedied(self, found: list[Disagreement], headers: Headers) -> DataError:
        """One error for all that stands in the way of one form; its help names all arguments that are needed."""
        written = {"size": self.size and f"[{self.size[0]}, {self.size[1]}]", "mode": self.mode}
        written |= {each.argument: each.value for each in found}
        arguments = "".join(f", {name}={value}" for name, value in written.items() if value)
        names = " and one ".join(each.argument for each in found)
        help = f"`{self._written(arguments)}` brings all images to one {names}"
        if written["mode"] != "rgba" and any(each.header.transparent for each in headers):
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
