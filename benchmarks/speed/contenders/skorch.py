"""skorch, as its documentation shows it: a NeuralNetClassifier on tensors, or on data sets where each epoch differs."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import Callback
from skorch.helper import predefined_split
from torch import nn
from torch.utils.data import TensorDataset

from benchmarks.speed import by_sample, in_memory
from benchmarks.speed.contenders.task import take
from benchmarks.speed.measured import Clock


class Classifier(NeuralNetClassifier):
    """Validation is a part of the epoch for skorch, and not of its training for us."""

    clock: Clock

    def run_single_epoch(self, iterator: Any, training: bool, **settings: Any) -> None:
        if not training:
            super().run_single_epoch(iterator, training, **settings)
            return
        with self.clock.training():
            super().run_single_epoch(iterator, training, **settings)


class EpochOver(Callback):
    def on_epoch_end(self, net: Classifier, **others: Any) -> None:
        net.clock.epoch_over()


def main() -> None:
    task = take()
    work = task.work
    torch.manual_seed(task.seed)
    if work.data.fits and not work.augments:
        training, *others = in_memory.normalised(work, task.data)
        validation, test = (TensorDataset(*pair) for pair in others)
    else:
        samples, validation, test = by_sample.data_sets(work, task.data)
        training = (samples, None)
    net = Classifier(
        work.network(),
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=work.lr,
        batch_size=work.batch_size,
        max_epochs=task.epochs,
        train_split=predefined_split(validation),
        iterator_train__shuffle=True,
        iterator_train__num_workers=work.workers,
        iterator_valid__num_workers=work.workers,
        iterator_valid__batch_size=256,
        callbacks=[EpochOver],
        classes=list(range(work.classes)),
        verbose=0,
    )
    net.clock = task.clock
    net.fit(*training)
    targets = np.array([int(target) for _, target in test])
    task.clock.say(float(np.mean(net.predict(test) == targets)))


if __name__ == "__main__":
    main()
