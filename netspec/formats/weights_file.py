"""Files of weights that a spec names: where they are, what their headers say, and why they can't be read."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO

from netspec.formats.confined import open_confined
from netspec.formats.errors import DataError
from netspec.formats.files import may_be_quoted, open_regular
from netspec.formats.safetensors import Header, TensorInfo, read_header
from netspec.immutable import immutable

PICKLES = (".pth", ".pt", ".ckpt", ".bin", ".pkl", ".pickle", ".tar")
"""How files are named that torch.save writes."""
OTHERS = {
    ".h5": "an HDF5 file, as Keras writes it",
    ".keras": "an archive of Keras",
    ".onnx": "an ONNX model",
    ".npz": "an archive of numpy",
    ".npy": "an array of numpy",
    ".msgpack": "a file of Flax",
    ".gguf": "a GGUF file",
    ".json": "JSON, perhaps the index of several files",
}
BLOCK = 2**20


@immutable
class WeightsFile:
    """A safetensors file to load tensors from.

    `written` is what messages call it. `pending` is whether it has still to be downloaded; then `header` is what is
    expected of it. `within` is the run folder that it is of, and `sha256` what its content has to be, if that is known.
    Names in it are shown only if it is `quotable`.
    `download` is the network of the zoo and the name of its weights, if that is what the file has.
    """

    written: str
    path: Path
    header: Header
    within: Path | None = None
    sha256: str | None = None
    quotable: bool = True
    note: str = ""
    download: tuple[str, str] | None = None
    pending: bool = False

    def read(self) -> Iterator[tuple[str, TensorInfo, bytearray] | str]:
        """The tensors in the order of the file, each with its bytes; last the SHA-256 of the whole file.

        The file is read once, from its start to its end, so that the digest is that of the bytes that were used. Raises
        DataError if it isn't what `header` and `sha256` say.
        """
        digest = sha256()
        with self._open() as file:
            header = read_header(file, self.written, argument="file", quotable=self.quotable)
            if header != self.header:
                raise self.changed()
            start = file.tell()
            file.seek(0)
            digest.update(file.read(start))
            for name, info in header.tensors.items():
                content = bytearray(info.end - info.start)
                if file.readinto(content) != len(content):  # pyright: ignore[reportAttributeAccessIssue]
                    raise self.changed()
                digest.update(content)
                yield name, info, content
        if self.sha256 not in (None, digest.hexdigest()):
            raise self.changed()
        yield digest.hexdigest()

    def changed(self) -> DataError:
        """That the file isn't what it was."""
        return DataError("malformed", f"`{self.written}` isn't what it was when it was checked or saved")

    def _open(self) -> IO[bytes]:
        if self.within is None:
            return open_regular(self.written, self.path, "file", self.quotable)
        try:
            return open_confined(self.path, self.within)
        except OSError as error:
            raise DataError("missing", f"`{self.written}` can't be read: {error.strerror}") from None


def weights_file(written: str, path: Path, folder: Path, argument: str = "file") -> WeightsFile:
    """The file that a spec in `folder` writes as `written`. Raises DataError that blames `argument`."""
    suffix, quotable = path.suffix.lower(), may_be_quoted([path], folder)
    if suffix in OTHERS and path.is_file():
        reason = f"`{written}` is {OTHERS[suffix]}, but weights are loaded from safetensors files alone"
        raise DataError("malformed", reason, argument=argument)
    try:
        opened = open_regular(written, path, argument, quotable)
    except DataError as error:
        error.help = (_unconverted(written, path) if quotable else None) or error.help or _looked_for(written)
        raise
    with opened as file:
        if reason := _no_safetensors(file, suffix):
            _refuse(written, reason, argument)
        header = read_header(file, written, argument=argument, quotable=quotable)
    return WeightsFile(written, path, header, quotable=quotable)


def _unconverted(written: str, path: Path) -> str | None:
    """What to do about a file that isn't there, if one of torch.save with the same name is."""
    try:
        suffixes = () if path.exists() else PICKLES
        names = [str(Path(written).with_suffix(suffix)) for suffix in suffixes if path.with_suffix(suffix).is_file()]
    except (OSError, ValueError):  # a name too long, or none
        return None
    return f"convert `{names[0]}`, which is there: netspec import weights {names[0]}" if names else None


def _looked_for(written: str) -> str | None:
    absolute = Path(written).is_absolute() or written.startswith("~")
    return None if absolute else "paths are relative to the spec's folder"


def _no_safetensors(file: IO[bytes], suffix: str) -> str | None:
    """What a file is by its first bytes or its name, if that is no safetensors file."""
    start = file.read(64)
    file.seek(0)
    if start.startswith(b"version https://git-lfs"):
        return "lfs"
    if start.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        return "page"
    # a zip, or a pickle of protocol 2 or later
    if start.startswith(b"PK\x03\x04") or (start[:1] == b"\x80" and start[1:2] in b"\x02\x03\x04\x05" and start[1:]):
        return "pickle"
    return "pickle" if suffix in PICKLES and start[8:9] != b"{" else None


def _refuse(written: str, kind: str, argument: str) -> None:
    reasons = {
        "lfs": ("is a pointer of Git LFS, not the file itself", "run `git lfs pull` in its repository"),
        "page": ("is a web page, not a file of weights", "download the file itself"),
        "pickle": (
            "is a file of torch.save, which may run code when it is loaded",
            f"convert it once: netspec import weights {written}",
        ),
    }
    reason, help = reasons[kind]
    raise DataError("malformed", f"`{written}` {reason}", argument=argument, help=help)
