"""Layers with random arguments as ONNX files and PT2 archives: they compute what the layers compute.

python -m tests.campaigns.exports --count 1000 --start 0
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from netspec.catalogue.entry import names
from netspec.catalogue.layers import Layer
from tests.campaigns.campaign import main
from tests.campaigns.compiling import TENSORS, drawn_case
from tests.exporter.side_by_side import SUFFIXES, try_out

DRAWN_OTHERWISE = ("max_unpool", "pow")
"""Layers with inputs or arguments that numbers drawn at random aren't: places of numbers, and exponents for which
float32 has no number."""


def try_one(number: int) -> str:
    """What became of the case of that number. Raises Mismatch where a file can't be written or computes something
    else."""
    among = [name for name in names(Layer) if name not in TENSORS]
    turn, place = divmod(number, len(among))
    case = drawn_case(among[place], turn)
    if case is None:
        return "no arguments fitted"
    layer, shapes = case
    if not all(shape.batched for shape in shapes) or layer.name() in DRAWN_OTHERWISE:
        return "not tried"
    formats = [format for format in SUFFIXES if layer.not_exported(format, *shapes) is None]
    with TemporaryDirectory() as folder:
        for format in formats:
            try_out([case], format, Path(folder))
    return f"in {' and '.join(formats) or 'no format'}"


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(try_one, __doc__)
