"""A residual network of seven convolutions on a fifth of the pictures."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from benchmarks.speed.data.pictures import Pictures
from benchmarks.speed.work import Work


class SmallResnet(Work):
    data = Pictures()
    samples = 10_000
    alike = 0.05

    def network(self) -> nn.Module:
        return nn.Sequential(
            *(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()),
            *(Basic(16, 16), Basic(16, 32, stride=2), Basic(32, 64, stride=2)),
            *(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
            nn.Linear(64, 10),
        )

    def keras_network(self) -> Any:
        import keras
        from keras import layers

        def convolved(x: Any, channels: int, kernel: int, stride: int = 1) -> Any:
            # torch pads both sides alike, "same" doesn't where there is a stride
            x = layers.ZeroPadding2D(kernel // 2)(x) if kernel > 1 else x
            x = layers.Conv2D(channels, kernel, stride, use_bias=False)(x)
            return layers.BatchNormalization(axis=1, momentum=0.9, epsilon=1e-5)(x)

        def basic(x: Any, channels: int, stride: int = 1) -> Any:
            main = convolved(layers.ReLU()(convolved(x, channels, 3, stride)), channels, 3)
            skip = convolved(x, channels, 1, stride) if stride > 1 else x
            return layers.ReLU()(layers.Add()([main, skip]))

        inputs = keras.Input((3, 32, 32))
        x = layers.ReLU()(convolved(inputs, 16, 3))
        for channels, stride in ((16, 1), (32, 2), (64, 2)):
            x = basic(x, channels, stride)
        return keras.Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))


class Basic(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, channels: int, out: int, stride: int = 1) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *(nn.Conv2d(channels, out, 3, stride, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU()),
            *(nn.Conv2d(out, out, 3, padding=1, bias=False), nn.BatchNorm2d(out)),
        )
        self.skip = nn.Identity()
        if stride != 1 or out != channels:
            self.skip = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        return (self.main(x) + self.skip(x)).relu()


WORK = SmallResnet()
