"""Long short-term memory."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue._recurrent import Recurrent
from netspec.catalogue.entry import Example


class LSTM(Recurrent):
    """Long short-term memory over [sequence, features]: torch.nn.LSTM with batch_first.

    It gives the outputs of all steps, or with `output=last` the state after the last one, as a classifier takes it.

    Hochreiter and Schmidhuber, Long Short-Term Memory, Neural Computation 1997.
    """

    gates: ClassVar = 4
    torch_names: ClassVar = ("torch.nn.LSTM",)
    examples: ClassVar = (
        Example("lstm(64)", into=(20, 32), out=(20, 64)),
        Example("lstm(64, bidirectional=true, output=last)", into=(20, 32), out=(128,)),
    )
