"""Scaling of targets that are numbers: for the loss, by what the training split has, and back for decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from netspec.catalogue.transforms import Fitted, Transform


@dataclass(frozen=True)
class TargetScaling:
    """The transforms of `data.target_transform`, and what each learned."""

    steps: tuple[tuple[Transform, Fitted], ...]

    @classmethod
    def fit(cls, transforms: Sequence[Transform], targets: np.ndarray) -> Self:
        """The scaling for the targets [N] of the training split."""
        steps: list[tuple[Transform, Fitted]] = []
        values = torch.from_numpy(targets).double().unsqueeze(1)
        for transform in transforms:
            fitted = transform.fit([values])
            values = transform.apply(values, fitted)
            steps.append((transform, fitted))
        return cls(tuple(steps))

    @classmethod
    def restored(cls, transforms: Sequence[Transform], records: Sequence[Mapping[str, Any]]) -> Self:
        """The scaling as it was fitted in training. Raises ValueError if the records are of other transforms."""
        pairs = zip(transforms, records, strict=True)
        return cls(tuple((transform, transform.learns.model_validate(record)) for transform, record in pairs))

    def record(self) -> tuple[dict[str, Any], ...]:
        """What each transform learned, as JSON data."""
        return tuple(fitted.model_dump(exclude_none=True) for _, fitted in self.steps)

    def scaled(self, targets: Tensor) -> Tensor:
        """Targets [N] as the loss takes them."""
        values = targets.unsqueeze(1)
        for transform, fitted in self.steps:
            values = transform.apply(values, fitted)
        return values.squeeze(1)

    def undone(self, decisions: Tensor) -> Tensor:
        """Decisions [N] in the units of the targets."""
        values = decisions.unsqueeze(1)
        for transform, fitted in reversed(self.steps):
            values = transform.undo(values, fitted)
        return values.squeeze(1)
