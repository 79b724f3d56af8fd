"""A small convolutional network with global average pooling on pictures of 32 x 32: that of specs/cifar10_gap.net."""

from __future__ import annotations

from typing import Any, ClassVar

from torch import nn

from benchmarks.speed.data.images import Images
from benchmarks.speed.data.pictures import Pictures
from benchmarks.speed.work import Work


class GapCnn(Work):
    data: ClassVar[Images] = Pictures()
    alike = 0.03
    size: ClassVar[tuple[int, int]] = (32, 32)

    def network(self) -> nn.Module:
        return nn.Sequential(
            *(nn.Conv2d(3, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 36, 5), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
            nn.Linear(36, 10),
        )

    def keras_network(self) -> Any:
        import keras
        from keras import layers

        return keras.Sequential(
            [
                keras.Input((3, *self.size)),
                *self.keras_augmentation(),
                *(layers.Conv2D(16, 5), layers.ReLU(), layers.MaxPooling2D(2)),
                *(layers.Conv2D(36, 5), layers.ReLU(), layers.MaxPooling2D(2)),
                layers.GlobalAveragePooling2D(),
                layers.Dense(10),
            ]
        )

    def keras_augmentation(self) -> list[Any]:
        return []


WORK = GapCnn()
