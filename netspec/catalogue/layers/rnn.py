"""Plain recurrent network."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers._recurrent import Recurrent


class RNN(Recurrent):
    """A plain recurrent network over [sequence, features]: torch.nn.RNN with batch_first.

    It gives the outputs of all steps, or with `output=last` the state after the last one.

    Elman, Finding Structure in Time, Cognitive Science 1990.
    """

    gates: ClassVar = 1
    torch_names: ClassVar = ("torch.nn.RNN",)
    examples: ClassVar = (
        Example("rnn(64)", into=(20, 32), out=(20, 64)),
        Example("rnn(64, bidirectional=true, output=last)", into=(20, 32), out=(128,)),
    )

    nonlinearity: Annotated[Literal["tanh", "relu"], Field(description="the activation of each step")] = "tanh"
