"""A process of its own that reads a file of torch.save and writes its tensors as safetensors, running none of its code.

`python -m netspec.weights.unpickle SOURCE TARGET KEY` prints what it did, or why it can't, as a line of JSON.
"""

from __future__ import annotations

import json
import os
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from netspec.files import file_record

if TYPE_CHECKING:
    from torch import Tensor

PREFIXES = ("module.", "_orig_mod.", "model.")
"""What DistributedDataParallel, torch.compile and Lightning put in front of names."""
SLACK = 2**20
"""The bytes that tensors may have more than their file: it may be of a type with fewer."""
NARROWED = "float64"
KEPT = ("float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")
MOST_MEMORY = 64 * 2**30


class ConversionError(Exception):
    """Why a file can't be converted, in words; `help` is what to do."""

    def __init__(self, reason: str, help: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.help = help


def convert(source: Path, target: Path, key: str | None) -> dict[str, Any]:
    """Write the tensors of a file as safetensors; returns what was taken and what was changed."""
    tensors, taken, ignored = _map_of(_load(source), key)
    tensors, stripped = _without_prefix(tensors)
    size = source.stat().st_size + SLACK
    total = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    if total > size:
        raise ConversionError(f"its tensors would take {total:_} bytes, more than the file has")
    narrowed = sorted(name for name, tensor in tensors.items() if _type(tensor) == NARROWED)
    plain = {name: _plain(name, tensor) for name, tensor in tensors.items()}
    from safetensors.torch import save_file

    digest = file_record(source)["sha256"]
    save_file(plain, target, metadata={"format": "pt", "source": source.name, "sha256": digest})
    elements = sum(tensor.numel() for tensor in plain.values())
    facts = {"tensors": len(plain), "elements": elements, "sha256": digest}
    return {**facts, "key": taken, "stripped": stripped, "narrowed": len(narrowed), "ignored": ignored[:20]}


def _load(source: Path) -> Any:
    """The content of a file, without anything but tensors and plain values."""
    import torch

    if zipfile.is_zipfile(source):
        _ensure_stored(source)
    try:
        try:
            return torch.load(source, map_location="cpu", weights_only=True, mmap=True)
        except RuntimeError:  # files of before torch 1.6 can't be mapped
            return torch.load(source, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise ConversionError(*_refused(str(error))) from None


def _ensure_stored(source: Path) -> None:
    """Refuse archives with compressed parts, which may be any size when they are read; torch writes none."""
    with zipfile.ZipFile(source) as archive:
        if any(item.compress_type != zipfile.ZIP_STORED for item in archive.infolist()):
            raise ConversionError("it is a compressed archive, which torch.save doesn't write")


def _refused(message: str) -> tuple[str, str]:
    """What torch refuses to load, in words, and what to do."""
    names = re.findall(r"(?:GLOBAL|[Cc]lass|type|function) `?([\w.]*\w\.\w+)", message)
    what = f"it holds more than tensors, such as `{names[0][:100]}`" if names else "it isn't a file of tensors"
    trusted = "if you trust whoever made it, load it with torch and save `model.state_dict()` alone"
    return f"{what}, which only running code of the file could load", trusted


# ---- the map from names to tensors ----


def _map_of(content: Any, key: str | None) -> tuple[dict[str, Tensor], str, list[str]]:
    """The tensors by their names, the key that they were found under, and the names of what else was there."""
    from torch import Tensor

    maps = dict(_maps(content))
    if key is not None and key not in maps:
        raise ConversionError(f"there are no tensors under `{key}`", _keys(maps))
    if not maps:
        raise ConversionError("there is no map from names to tensors in it", "save `model.state_dict()`")
    if key is None and len(maps) > 1 and "" not in maps:
        raise ConversionError("it holds several maps from names to tensors", _keys(maps))
    taken = key if key is not None else "" if "" in maps else next(iter(maps))
    chosen = maps[taken]
    tensors = {str(name): value for name, value in chosen.items() if isinstance(value, Tensor)}
    return tensors, taken, [str(name)[:100] for name in chosen if str(name) not in tensors]


def _keys(maps: Mapping[str, Any]) -> str:
    return f"choose one: {', '.join(f'--key {name}' for name in list(maps)[:8])}" if maps else ""


def _maps(content: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The maps from names to tensors in a checkpoint, by their keys; the content itself by an empty one."""
    from torch import Tensor

    if not isinstance(content, Mapping):
        return
    if any(isinstance(value, Tensor) for value in content.values()) and all(isinstance(name, str) for name in content):
        yield "", content
        return
    for name, value in content.items():
        if isinstance(name, str) and name.isprintable():
            for inner, found in _maps(value) if isinstance(value, Mapping) else ():
                if not inner:
                    yield name, found


def _without_prefix(tensors: dict[str, Tensor]) -> tuple[dict[str, Tensor], str]:
    """Names without what wrappers put in front of all of them, and that."""
    stripped = ""
    while prefix := next((each for each in PREFIXES if all(name.startswith(each) for name in tensors)), ""):
        tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
        stripped += prefix
    return tensors, stripped


def _type(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _plain(name: str, tensor: Tensor) -> Tensor:
    """A tensor with memory of its own, of a type that a network has."""
    import torch

    if not name or not name.isprintable():
        raise ConversionError("a tensor has no name, or one with control characters")
    if tensor.layout != torch.strided or tensor.is_quantized or _type(tensor) not in (*KEPT, NARROWED):
        raise ConversionError(f"`{name[:100]}` is a {tensor.layout} tensor of {tensor.dtype}, which isn't converted")
    kept = tensor.detach()
    return (kept.float() if _type(tensor) == NARROWED else kept).contiguous().clone()


# ---- the process ----


def main(arguments: Sequence[str]) -> dict[str, Any]:
    source, target, key = arguments
    with suppress(OSError, ValueError):  # the limit may be lower already
        _limit_memory(Path(source).stat().st_size)
    return attempt(Path(source), Path(target), key or None)


def attempt(source: Path, target: Path, key: str | None) -> dict[str, Any]:
    """Convert a file; returns what was done, or why it can't be."""
    try:
        return convert(source, target, key)
    except ConversionError as error:
        return {"error": error.reason, "help": error.help}
    except OSError as error:
        return {"error": error.strerror or str(error), "errno": error.errno}
    except MemoryError:
        return {"error": "the memory is full"}
    except Exception as error:  # whatever torch raises for a file that is damaged, and safetensors for a full disk
        return _failure(str(error) or type(error).__name__)


def _failure(message: str) -> dict[str, Any]:
    if system := re.search(r"\(os error (\d+)\)", message):
        return {"error": os.strerror(int(system[1])), "errno": int(system[1])}
    first = "".join(sign for sign in message.splitlines()[0] if sign.isprintable())
    return {"error": f"torch can't read it: {first[:200]}"}


def _limit_memory(size: int) -> None:
    """Refuse memory that no file of that size needs: a small one may ask for any amount."""
    if sys.platform != "win32":
        import resource

        limit = MOST_MEMORY + 4 * size
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
