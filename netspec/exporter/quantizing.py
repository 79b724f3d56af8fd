"""ONNX files in whole numbers of 8 bits, which ONNX Runtime's quantizer makes of those in floating-point numbers."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from torch import Tensor

from netspec.exporter.tracing import quiet
from netspec.files import TEMPORARY

OPERATORS = ("Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM")
"""Operators with weights that the quantizer knows."""
OF_NETWORK = "network."
"""What the names of a network's tensors begin with in a file."""


def quantizable(path: Path) -> dict[str, tuple[str, ...]]:
    """The names of the operators of an ONNX file that can be quantized, by the path of the layer that they are of."""
    import onnx

    found: dict[str, tuple[str, ...]] = {}
    graph = onnx.load(path).graph
    held = {item.name for item in graph.initializer}
    made = {name: node for node in graph.node for name in node.output}
    for node in graph.node:
        if node.op_type in OPERATORS:
            layer = next(_layers_of(node.input[1:], made, held), None)
            if layer is not None:
                found[layer] = (*found.get(layer, ()), node.name)
    return found


def _layers_of(names: Iterable[str], made: Mapping[str, Any], held: set[str]) -> Iterator[str]:
    """The layers that weights are of, also those that an operator reads turned or cast."""
    for name in names:
        if name in held and name.startswith(OF_NETWORK):
            yield name.removeprefix(OF_NETWORK).rpartition(".")[0]
        elif name in made and len(made[name].input) == 1:
            yield from _layers_of(made[name].input, made, held)


@contextmanager
def _prepared(path: Path) -> Generator[tuple[Path, list[str]]]:
    """The same file with shapes and fused operators, as the quantizer needs it, and the names of its inputs."""
    import onnx
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with TemporaryDirectory(prefix=TEMPORARY, dir=path.parent) as scratch:
        prepared = Path(scratch) / path.name
        with quiet():
            quant_pre_process(path, prepared, skip_symbolic_shape=True)
            names = [item.name for item in onnx.load(prepared).graph.input]
        yield prepared, names


def quantize_static(path: Path, out: Path, batches: Iterable[Sequence[Tensor]], keep: Sequence[str] = ()) -> None:
    """Write an ONNX file with int8 weights, a scale for each output channel, and uint8 values between the operators,
    whose scales are measured on batches of inputs [N, …]. Operators that are named in `keep` stay as they are. Raises
    TranslationError."""
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType
    from onnxruntime.quantization import quantize_static as quantized

    class Reader(CalibrationDataReader):  # pyright: ignore[reportUntypedBaseClass]
        def __init__(self, names: Sequence[str]) -> None:
            self._batches = iter(batches)
            self._names = names

        def get_next(self) -> Any:
            batch = next(self._batches, None)
            return None if batch is None else dict(zip(self._names, (one.numpy() for one in batch), strict=True))

    with _prepared(path) as (prepared, names), quiet():
        quantized(
            prepared,
            out,
            Reader(names),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=list(keep),
        )


def quantize_dynamic(path: Path, out: Path, keep: Sequence[str] = ()) -> None:
    """Write an ONNX file with int8 weights, whose values between the operators are quantized anew for each batch.
    Raises TranslationError."""
    from onnxruntime.quantization import QuantType
    from onnxruntime.quantization import quantize_dynamic as quantized

    with _prepared(path) as (prepared, _), quiet():
        quantized(prepared, out, weight_type=QuantType.QInt8, per_channel=True, nodes_to_exclude=list(keep))
