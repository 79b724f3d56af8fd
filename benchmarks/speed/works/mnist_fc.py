"""A fully connected network on MNIST: specs/mnist_fc.net."""

from __future__ import annotations

from typing import Any

from torch import nn

from benchmarks.speed.data.mnist import Mnist
from benchmarks.speed.work import Work


class MnistFc(Work):
    data = Mnist()

    def network(self) -> nn.Module:
        return nn.Sequential(
            nn.Flatten(),
            *(nn.Linear(784, 256), nn.BatchNorm1d(256), nn.ReLU()),
            *(nn.Linear(256, 128), nn.BatchNorm1d(128), nn.ReLU()),
            nn.Linear(128, 10),
        )

    def keras_network(self) -> Any:
        import keras
        from keras import layers

        return keras.Sequential(
            [
                keras.Input((1, 28, 28)),
                layers.Flatten(),
                *(layers.Dense(256), layers.BatchNormalization(momentum=0.9, epsilon=1e-5), layers.ReLU()),
                *(layers.Dense(128), layers.BatchNormalization(momentum=0.9, epsilon=1e-5), layers.ReLU()),
                layers.Dense(10),
            ]
        )


WORK = MnistFc()
