"""Momentum that is made orthogonal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.optimizers import DecoupledDecay, Eps, Momentum, Optimizer
from netspec.shapes import MisfitError


class Muon(Optimizer):
    """Step by the orthogonal matrix that is nearest to the momentum: torch.optim.Muon.

    It moves matrices alone. Groups with an optimizer of their own take biases, normalisations and the kernels of
    convolutions, as a rule embeddings and the last layer too.

    Jordan and others, Muon: An Optimizer for Hidden Layers in Neural Networks, 2024.
    """

    torch_class: ClassVar = "Muon"
    torch_names: ClassVar = ("torch.optim.Muon",)
    examples: ClassVar = (
        Example("muon(lr=0.02)"),
        Example('muon(lr=0.02, groups=[group(["*:bias", "head"], optimizer=adamw(lr=1e-3))])'),
    )

    weight_decay: DecoupledDecay = 0.1
    momentum: Momentum = 0.95
    nesterov: Annotated[bool, Field(description="Nesterov momentum")] = True
    ns_coefficients: Annotated[
        tuple[float, float, float], Field(description="coefficients of the Newton-Schulz iteration")
    ] = (3.4445, -4.775, 2.0315)
    eps: Eps = 1e-7
    ns_steps: Annotated[int, Field(gt=0, lt=100, description="how often it is iterated")] = 5
    adjust_lr_fn: Annotated[
        # the first torch with Muon has these two
        Literal["original", "match_rms_adamw"] | None,
        Field(description="how lr follows from a matrix's sizes; none is `original`"),
    ] = None

    def fits(self, sizes: Sequence[int]) -> None:
        if len(sizes) != 2:
            raise MisfitError(f"`muon` moves matrices alone, not {list(sizes)}")
