"""Long short-term memory."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._recurrent import Recurrent
from netspec.catalogue.values import NonNegativeInt
from netspec.shapes import MisfitError


class LSTM(Recurrent):
    """Long short-term memory over [sequence, features]: torch.nn.LSTM with batch_first.

    It gives the outputs of all steps, or with `output=last` the state after the last one, as a classifier takes it.

    Hochreiter and Schmidhuber, Long Short-Term Memory, Neural Computation 1997.
    """

    gates: ClassVar = 4
    torch_names: ClassVar = ("torch.nn.LSTM",)
    examples: ClassVar = (
        Example("lstm(64)", into=(20, 32), out=(20, 64)),
        Example("lstm(64, proj_size=16)", into=(20, 32), out=(20, 16)),
        Example("lstm(64, bidirectional=true, output=last)", into=(20, 32), out=(128,)),
    )

    proj_size: Annotated[
        NonNegativeInt, Field(description="size of each output, to which a learned matrix brings the state; 0 for none")
    ] = 0

    def not_exported(self, format: str, *x: Any, **_: Any) -> str | None:
        if format == "onnx" and self.proj_size:
            return "the LSTM of ONNX has no `proj_size`"
        return super().not_exported(format, *x)

    def check(self) -> None:
        super().check()
        if self.proj_size >= self.hidden_size:
            reason = f"`proj_size` is smaller than `hidden_size={self.hidden_size}`, not {self.proj_size}"
            raise MisfitError(reason, argument="proj_size")

    @property
    def size(self) -> int:
        return self.proj_size or self.hidden_size
