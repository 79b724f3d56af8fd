"""Losses that torch lacks, targets in the forms that torch's losses take, and sums of losses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import fsum, log, pi
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from netspec.modules.constants import constant

Conversion = Callable[[Tensor, Tensor], Tensor]
"""From targets [N], and the outputs [N, …] that they are for, to what a loss takes."""


class Converted(nn.Module):
    """A loss whose targets are first converted to what it takes."""

    def __init__(self, loss: nn.Module, convert: Conversion) -> None:
        super().__init__()
        self.loss = loss
        self.convert = convert

    def forward(self, output: Tensor, targets: Tensor) -> Tensor:
        return self.loss(output, self.convert(targets, output))


def indicators(targets: Tensor, output: Tensor) -> Tensor:
    """1 for the class of a target and 0 for the others, as outputs [N, classes] have them; for outputs [N, 1] the
    target itself."""
    if output.shape[1] == 1:
        return targets.to(output.dtype).unsqueeze(1)
    return F.one_hot(targets, output.shape[1]).to(output.dtype)


def signs(targets: Tensor, output: Tensor) -> Tensor:
    """As `indicators`, with -1 in the place of 0."""
    return 2 * indicators(targets, output) - 1


def first_labels(targets: Tensor, output: Tensor) -> Tensor:
    """Lists of labels as torch.nn.MultiLabelMarginLoss takes them, of one label each: -1 ends a list."""
    return F.pad(targets.unsqueeze(1), (0, output.shape[1] - 1), value=-1)


def weighted_mean(losses: Tensor, weights: Tensor) -> Tensor:
    """The mean of losses [N] with the weights of their samples [N], as torch.nn.CrossEntropyLoss computes it."""
    return (weights * losses).sum() / weights.sum()


class ClassWeighted(nn.Module):
    """The mean of a loss of outputs [N, …] over samples that count as much as their classes, `weight` [classes].

    `loss` gives its value for each output, and `convert` makes of targets what it takes.
    """

    weight: Tensor

    def __init__(self, loss: nn.Module, convert: Conversion, weight: Tensor) -> None:
        super().__init__()
        self.loss = loss
        self.convert = convert
        self.register_buffer("weight", weight)

    def forward(self, output: Tensor, targets: Tensor) -> Tensor:
        losses = self.loss(output, self.convert(targets, output)).flatten(1).mean(1)
        return weighted_mean(losses, self.weight[targets])


class PosWeightedBCELoss(nn.Module):
    """torch.nn.BCEWithLogitsLoss of outputs [N, classes] with a `pos_weight` for each class, or one for all; of one
    output, with that of the last class."""

    pos_weight: Tensor

    def __init__(self, pos_weight: Tensor, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        weight = self.pos_weight[-output.shape[1] :]
        return F.binary_cross_entropy_with_logits(output, target, pos_weight=weight, reduction=self.reduction)


class BoundedBCELoss(nn.Module):
    """torch.nn.BCELoss, where outputs below 0 count as 0 and above 1 as 1, and what is no number gives none."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        # torch's stops the process of an accelerator at a number out of range
        inside = output.nan_to_num(0.5).clamp(0, 1)
        return F.binary_cross_entropy(inside, target, reduction=self.reduction) + 0 * output.sum()


class FocalLoss(nn.Module):
    """Cross-entropy of outputs [N, classes] where what is decided rightly and surely counts less."""

    weight: Tensor | None

    def __init__(self, gamma: float, weight: Tensor | None = None) -> None:
        super().__init__()
        self.gamma = gamma
        self.register_buffer("weight", weight)

    def forward(self, output: Tensor, targets: Tensor) -> Tensor:
        log_p = output.log_softmax(1).gather(1, targets.unsqueeze(1)).squeeze(1)
        # at 0 a power below 1 has no gradient
        wrong = (-log_p.expm1()).clamp_min(1e-12)
        losses = -(wrong**self.gamma) * log_p
        return losses.mean() if self.weight is None else weighted_mean(losses, self.weight[targets])


class SigmoidFocalLoss(nn.Module):
    """torchvision.ops.sigmoid_focal_loss of targets that are 1 or -1: `alpha` is the share of the former."""

    def __init__(self, gamma: float, alpha: float | None) -> None:
        super().__init__()
        self.gamma = gamma
        self.alpha = alpha

    def forward(self, output: Tensor, signs: Tensor) -> Tensor:
        losses = -((-signs * output).sigmoid().clamp_min(1e-12) ** self.gamma) * F.logsigmoid(signs * output)
        if self.alpha is not None:
            losses = losses * torch.where(signs > 0, self.alpha, 1 - self.alpha)
        return losses.mean()


class SoftTargetLoss(nn.Module):
    """The divergence of the probabilities of outputs [N, classes] from those of a teacher, both divided by the
    temperature, times its square: Hinton, Vinyals and Dean, 2015."""

    def __init__(self, temperature: float) -> None:
        super().__init__()
        self.temperature = temperature

    def forward(self, output: Tensor, taught: Tensor) -> Tensor:
        log_p, log_q = ((values / self.temperature).log_softmax(1) for values in (output, taught))
        return self.temperature**2 * F.kl_div(log_p, log_q, reduction="batchmean", log_target=True)


class HingeLoss(nn.Module):
    """max(0, 1 - y x) of outputs x and targets y that are 1 or -1, or its square."""

    def __init__(self, squared: bool) -> None:
        super().__init__()
        self.squared = squared

    def forward(self, output: Tensor, signs: Tensor) -> Tensor:
        losses = (1 - signs * output).relu()
        return (losses.square() if self.squared else losses).mean()


class LogVarianceNLLLoss(nn.GaussianNLLLoss):
    """torch.nn.GaussianNLLLoss of outputs [N, 2], the mean and the logarithm of the variance, and targets [N].

    torch's own looks at every batch for variances below 0, which waits for the device and can't be compiled.
    """

    def forward(self, output: Tensor, targets: Tensor) -> Tensor:  # type: ignore[override]
        mean, log_variance = output.unbind(1)
        variance = log_variance.exp().clone()  # exp needs its own result for the gradient
        with torch.no_grad():
            variance.clamp_(min=self.eps)  # as in torch, where it counts for no gradient
        losses = 0.5 * (variance.log() + (mean - targets) ** 2 / variance)
        return losses.mean() + (0.5 * log(2 * pi) if self.full else 0)


class PairLoss(nn.Module):
    """A loss of two inputs and 1 or -1, of outputs [N, 2, …] that hold both inputs, and targets 1 or 0."""

    def __init__(self, loss: nn.Module) -> None:
        super().__init__()
        self.loss = loss

    def forward(self, output: Tensor, targets: Tensor) -> Tensor:
        return self.loss(*output.unbind(1), 2 * targets - 1)


# ---- sums ----


class Scaling(Protocol):
    """How targets [N] are scaled for a loss, and decisions scaled back."""

    def scaled(self, targets: Tensor) -> Tensor: ...

    def undone(self, decisions: Tensor) -> Tensor: ...


class WeightedSum(nn.Module):
    """A sum of losses, each the mean over some samples, times their factors. Targets are those of the data; `scaling`
    is what the losses take instead."""

    def __init__(self, losses: Sequence[nn.Module], factors: Sequence[float], scaling: Scaling | None = None) -> None:
        super().__init__()
        self.scaling = scaling
        self.losses = nn.ModuleList(losses)
        self.factors = tuple(factors)

    def undone(self, decisions: Tensor) -> Tensor:
        """Decisions in the units of the targets."""
        return decisions if self.scaling is None else self.scaling.undone(decisions)

    def _scaled(self, targets: Tensor) -> Tensor:
        return targets if self.scaling is None else self.scaling.scaled(targets)

    def forward(self, output: Tensor, targets: Tensor) -> Tensor:
        return added(self.terms(output, targets))

    def terms(self, output: Tensor, targets: Tensor) -> list[Tensor]:
        """Each loss times its factor."""
        targets = self._scaled(targets)
        # a product by 1 would be one more step of each backward pass
        return [
            loss(output, targets) if factor == 1 else factor * loss(output, targets)
            for factor, loss in zip(self.factors, self.losses, strict=True)
        ]

    @property
    def weighs(self) -> bool:
        """Whether one of the losses is a mean over the weights of samples, and not over their number."""
        return any(_weights(loss) is not None for loss in self.losses)

    def amounts(self, targets: Tensor) -> Tensor:
        """What each loss is the mean over, [losses]: the number of samples, or the sum of their weights."""
        return torch.stack([_amount(loss, targets).float() for loss in self.losses])

    def parts(self, output: Tensor, targets: Tensor) -> Tensor:
        """Each loss times its factor with what it is the mean over, [losses, 2]."""
        return with_amounts(self.terms(output, targets), self.amounts(targets))


def added(terms: Sequence[Tensor]) -> Tensor:
    """The sum of scalars, in their order."""
    first, *others = terms
    for other in others:
        first = first + other
    return first


def with_amounts(terms: Sequence[Tensor], amounts: Tensor) -> Tensor:
    """Losses with what each is the mean over, [losses, 2]."""
    found = torch.stack(list(terms))
    dtype = torch.promote_types(found.dtype, amounts.dtype)
    return torch.stack((found.to(dtype), amounts.to(dtype)), dim=1)


def over_all(batches: Sequence[Sequence[Sequence[float]]]) -> float:
    """The sum of the losses over all samples, from the parts [losses, 2] of batches of any sizes."""
    return fsum(_mean(losses) for losses in zip(*batches, strict=True))


def _amount(loss: nn.Module, targets: Tensor) -> Tensor:
    """What a loss divides by to be a mean: one with weights of classes by the weights of the samples."""
    weights = _weights(loss)
    return constant(len(targets), targets, torch.float32) if weights is None else weights[targets].sum()


def _weights(loss: nn.Module) -> Tensor | None:
    """The weights of the classes by whose sum a loss divides; None if it divides by the number of samples."""
    return loss.weight if isinstance(loss, nn.CrossEntropyLoss | nn.NLLLoss | FocalLoss | ClassWeighted) else None


def _mean(parts: Sequence[Sequence[float]]) -> float:
    """The mean of a loss over batches, each its mean and what that is over."""
    return fsum(mean * amount for mean, amount in parts) / fsum(amount for _, amount in parts)
