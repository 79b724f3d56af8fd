"""Whole numbers of 8 bits in the place of floating-point numbers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.export_formats.onnx import Onnx
from netspec.catalogue.stages import Stage
from netspec.catalogue.stages.quantized_layers import LayerChoice
from netspec.catalogue.values import PositiveInt, Selectors
from netspec.shapes import MisfitError

SAMPLES = 512
"""On how many training samples the scales of values are measured, if nothing else is said."""


class Quantize(Stage):
    """Compute in whole numbers of 8 bits: a file for ONNX Runtime, a quarter as large and faster on a CPU.

    Weights have a scale for each output channel. With `mode = static`, the scales of all values between layers are
    measured on samples of the training split; with `mode = dynamic`, they are found anew for each batch, which suits
    linear and recurrent layers and makes convolutions slower. The file is evaluated as it will be used: loaded again,
    on the whole test split.
    """

    positional: ClassVar = ("to",)
    aliases: ClassVar = ("quantization", "quantise", "int8", "ptq")
    examples: ClassVar = (
        Example("quantize(int8)"),
        Example('quantize(int8, calibrate=1024, keep=["stem", "head"])'),
        Example("quantize(int8, keep=auto(loss=0.5%))"),
        Example("quantize(int8, mode=dynamic)"),
    )
    writes: ClassVar = Onnx

    to: Annotated[Literal["int8"], Field(description="the type of the numbers")]
    mode: Annotated[
        Literal["static", "dynamic"],
        Field(description="whether the scales of values are measured before, or each time"),
    ] = "static"
    calibrate: Annotated[
        PositiveInt | None,
        Field(description="of static: on how many training samples they are measured; 512 by default"),
    ] = None
    keep: Annotated[Selectors | LayerChoice, Field(description="layers that stay in floating-point numbers")] = ()

    def check(self) -> None:
        if self.mode == "dynamic" and self.calibrate is not None:
            raise MisfitError(
                "`calibrate` is for `mode=static`: dynamic scales are found anew for each batch",
                argument="calibrate",
                help="leave out `calibrate`",
            )

    @property
    def spared(self) -> Selectors:
        return () if isinstance(self.keep, LayerChoice) else self.keep

    @property
    def training_samples(self) -> int:
        return self.calibrate or 0

    @property
    def calibrated_on(self) -> int:
        """On how many training samples scales are measured, at most."""
        return self.calibrate or SAMPLES
