"""Arrays in a file of safetensors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._arrays import Arrays, Header

if TYPE_CHECKING:
    import numpy as np

DTYPES = {
    "BOOL": "bool",
    **{f"U{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    **{f"I{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"F{bits}": f"float{bits}" for bits in (16, 32, 64)},
}
"""The types that safetensors names and numpy has."""


class Safetensors(Arrays):
    """Tensors in a file that safetensors wrote: inputs [N, …] and a target for each of them [N].

    What they are follows from their types and sizes as in `npz`; there are no texts in them.
    """

    examples: ClassVar = (
        Example('safetensors("shapes.safetensors", inputs="x", targets="y")'),
        Example('safetensors("texts.safetensors", inputs="x", targets="y", vocabulary=30_000)'),
    )

    def headers(self, path: Path) -> Mapping[str, Header]:
        from safetensors import safe_open

        with safe_open(path, framework="np") as file:
            parts = {name: file.get_slice(name) for name in list(file.keys())}
        return {name: Header(tuple(part.get_shape()), _dtype(part.get_dtype())) for name, part in parts.items()}

    def read(self, path: Path, name: str) -> np.ndarray:
        from safetensors import safe_open

        with safe_open(path, framework="np") as file:
            return file.get_tensor(name)

    @classmethod
    def broken(cls) -> tuple[type[Exception], ...]:
        from safetensors import SafetensorError

        return (SafetensorError, OSError, ValueError, TypeError)


def _dtype(name: str) -> str:
    return DTYPES.get(name, name)
