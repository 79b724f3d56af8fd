"""Optimizers: how the weights are updated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import Field

from netspec.catalogue.entry import Entry
from netspec.catalogue.optimizers.groups import ParameterGroup
from netspec.catalogue.values import Text
from netspec.shapes import MisfitError

if TYPE_CHECKING:
    from torch import Tensor
    from torch.optim import Optimizer as TorchOptimizer

LearningRate = Annotated[float, Field(gt=0, description="learning rate")]
Beta = Annotated[float, Field(ge=0, lt=1)]
Betas = Annotated[tuple[Beta, Beta], Field(description="how slowly the two running means change")]
Momentum = Annotated[float, Field(ge=0, lt=1, description="share of the last step that is added to the next")]
Eps = Annotated[float, Field(ge=0, description="added to the divisor, so that nothing is divided by 0")]
WeightDecay = Annotated[float, Field(ge=0, description="factor of the L2 penalty")]
DecoupledDecay = Annotated[float, Field(ge=0, description="share of the weights, times lr, that a step takes off")]
Decoupled = Annotated[bool, Field(description="take the weight decay off the weights, not into the gradient")]

FUSED_ON = frozenset({"cpu", "cuda", "mps", "xpu"})
"""Where torch's most common optimizers are fused."""


class Optimizer(Entry):
    """How the weights are moved in each step. Arguments and defaults are torch.optim's, but for those that say which
    parameters have a learning rate of their own.

    With `layer_decay=0.75` each layer has 0.75 times the learning rate of the one after it, so that what was learned
    before stays where it is most general: Clark and others, ELECTRA, ICLR 2020.
    """

    kind: ClassVar[str] = "optimizer"
    torch_class: ClassVar[str]
    """The name of torch.optim's class."""
    large_lr: ClassVar[float] = 0.1
    """A learning rate above this is likely a mistake."""
    follows_lr: ClassVar[bool] = True
    """Whether a learning rate that changes in training changes its steps."""
    fused_on: ClassVar[frozenset[str]] = frozenset()
    """The devices on which torch moves all weights in one go; elsewhere it takes several passes over them."""
    reevaluates: ClassVar[bool] = False
    """Whether a step evaluates its batch again, at other weights."""
    unlike_torch: ClassVar = {
        "params": "the network's parameters",
        "maximize": "a loss is made small",
        "foreach": "how it is computed: torch takes the fastest way that it knows to be safe",
        "fused": "how it is computed: always so where torch can",
        "capturable": "how it is computed, for CUDA graphs",
        "differentiable": "nothing is learned through the steps of an optimizer here",
    }

    lr: LearningRate = 1e-3
    groups: Annotated[
        tuple[ParameterGroup, ...],
        Field(description="parameters with values of their own; each belongs to the first group that selects it"),
    ] = ()
    layer_decay: Annotated[
        float | None, Field(gt=0, lt=1, description="factor of the learning rate for each layer that comes after")
    ] = None
    layers_in: Annotated[
        Text | tuple[Text, ...],
        Field(description="scopes whose parts are layers for `layer_decay`; else the parts of the model are"),
    ] = ()

    @property
    def remembered(self) -> int:
        """How many numbers an optimizer keeps at most for each weight."""
        return 8 + self.of_past_steps

    @property
    def of_past_steps(self) -> int:
        """How many of these are of past steps; most optimizers keep two means and nothing else."""
        return 0

    def check(self) -> None:
        if self.layers_in and self.layer_decay is None:
            raise MisfitError("`layers_in` is for `layer_decay`", argument="layers_in", help="layer_decay=0.75")
        for group in self.groups:
            if group.own_optimizer() is None:
                self._check_options(group.options())

    def _check_options(self, options: Mapping[str, float]) -> None:
        for name in options:
            if name not in type(self).model_fields:
                raise MisfitError(
                    f"`{self.name()}` has no `{name}` that a group could have otherwise", argument="groups"
                )

    def with_momentum(self, momentum: float | None) -> dict[str, Any]:
        """The arguments that hold a momentum, with this one or with their own; none where it has no momentum."""
        own = self.model_dump(include={"betas", "momentum"})
        if momentum is None:
            return own
        return {name: (momentum, *value[1:]) if name == "betas" else momentum for name, value in own.items()}

    def fits(self, sizes: Sequence[int]) -> None:
        """Raises MisfitError where it can't move a tensor of these sizes."""

    def build(self, groups: Iterable[Mapping[str, Any]]) -> TorchOptimizer:
        """The torch optimizer of a network's parameters, which are on their device already.

        They are in groups as torch takes them: `params`, and what the group has of its own.
        """
        from torch import optim

        given = list(groups)
        arguments = self.model_dump(exclude={"groups", "layer_decay", "layers_in"})
        _leave_uncompiled(optim.Optimizer)
        devices = {parameter.device.type for group in given for parameter in group["params"]}
        if devices and devices <= self.fused_on:
            arguments["fused"] = True
        return getattr(optim, self.torch_class)(given, **arguments)

    def after_load(self, optimizer: TorchOptimizer) -> None:
        """Look at the state that torch has loaded into the optimizer, which it doesn't itself. Raises ValueError where
        it isn't that of its parameters."""
        total = sum(parameter.numel() for group in optimizer.param_groups for parameter in group["params"])
        for parameter, state in optimizer.state.items():
            for name, value in state.items():
                if hasattr(value, "shape") and not self.holds(name, value, parameter, total):
                    raise ValueError(f"`{name}` of another optimizer")

    def holds(self, name: str, value: Tensor, parameter: Tensor, total: int) -> bool:
        """Whether a tensor of that name may be state of a parameter, of those that have `total` numbers."""
        return value.shape == parameter.shape or value.numel() == 1

    def scaled(self, lr: float, factor: float) -> Self:
        """The same with another learning rate, and the learning rates of its groups times a factor, to two digits."""
        groups = tuple(group.scaled(factor) for group in self.groups)
        return self.model_copy(update={"lr": lr, "groups": groups})


def _leave_uncompiled(optimizer: type[TorchOptimizer]) -> None:
    """Say of torch's methods that its compiler has seen to them.

    At the first call of each torch loads the compiler, which takes longer than many an epoch, only to keep it away from
    them; and nothing here compiles them. Where a version of torch keeps that note elsewhere, this does nothing.
    """
    for method in (optimizer.add_param_group, optimizer.zero_grad, optimizer.state_dict, optimizer.load_state_dict):
        function = getattr(method, "__wrapped__", None)
        if function is not None and not hasattr(function, "__dynamo_disable"):
            setattr(function, "__dynamo_disable", function)
