"""A matrix of orthogonal rows or columns."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.initializers import Initializer


class Orthogonal(Initializer):
    """A random matrix whose rows or columns are orthogonal: torch.nn.init.orthogonal_.

    Of more than two dimensions, all but the first count as one. Saxe et al., Exact solutions to the nonlinear dynamics
    of learning in deep linear neural networks, ICLR 2014.
    """

    function: ClassVar = "orthogonal_"
    ranks: ClassVar = range(2, 100)
    torch_names: ClassVar = ("torch.nn.init.orthogonal_",)
    examples: ClassVar = (Example("orthogonal"),)

    gain: Annotated[float, Field(description="factor of the matrix")] = 1.0
