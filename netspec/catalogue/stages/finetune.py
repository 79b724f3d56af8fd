"""Training of a network that was pruned."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.stages import Stage
from netspec.catalogue.values import Epochs


class Finetune(Stage):
    """Train the network further, with the weights that it has, as the section `train` says but for the epochs.

    The optimizer and the schedule begin anew, which regains more than going on at the last learning rate (Renda et al.,
    2020, Comparing Rewinding and Fine-tuning in Neural Network Pruning). Weights that were pruned stay zero.
    """

    positional: ClassVar = ("epochs",)
    aliases: ClassVar = ("fine_tune", "retrain", "finetuning", "fine_tuning")
    examples: ClassVar = (Example("finetune(2 epochs)"), Example("finetune(5 epochs, lr=1e-4)"))

    epochs: Annotated[Epochs, Field(description="how long")]
    lr: Annotated[
        float | None, Field(gt=0, description="learning rate; by default the one of the optimizer in `train`")
    ] = None

    @property
    def trained_epochs(self) -> int:
        return int(self.epochs.number)

    @property
    def learning_rate(self) -> float | None:
        return self.lr
