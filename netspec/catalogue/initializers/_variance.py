"""Initializers that keep the variance from layer to layer: what goes into a weight and out of it sets the spread."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.initializers import Initializer


class Kaiming(Initializer):
    """Initialisation after He and others, of matrices and kernels."""

    ranks: ClassVar = range(2, 100)

    a: Annotated[float, Field(description="slope of `leaky_relu` below 0")] = 0.0
    mode: Annotated[
        Literal["fan_in", "fan_out"],
        Field(description="keep the variance of the values on the way forward, or of the gradients on the way back"),
    ] = "fan_in"
    nonlinearity: Annotated[
        Literal["linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"],
        Field(description="the activation behind the layer"),
    ] = "leaky_relu"


class Xavier(Initializer):
    """Initialisation after Glorot and Bengio, of matrices and kernels."""

    ranks: ClassVar = range(2, 100)

    gain: Annotated[float, Field(gt=0, description="factor of the spread")] = 1.0
