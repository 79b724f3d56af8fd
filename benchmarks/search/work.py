"""The works: what is searched, written by hand for the rivals, beside the spec of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn

FOLDER = Path(__file__).parent
BATCH, MEAN, STD = 64, 0.1307, 0.3081
"""The samples of a batch; and MNIST's own statistics, as tutorials have them."""


@dataclass(frozen=True)
class Work:
    """A search with `trials` trainings of so many `epochs`. `numbers` are the searched params with what they are
    without a search, and from where to where, on a log scale or not."""

    name: str
    epochs: int
    numbers: Mapping[str, tuple[float, float, float, bool]]

    @property
    def spec(self) -> Path:
        return FOLDER / f"{self.name}.net"

    @property
    def defaults(self) -> dict[str, float]:
        return {name: default for name, (default, _, _, _) in self.numbers.items()}

    def network(self, values: Mapping[str, float]) -> nn.Module:
        """The network of the spec in torch."""
        from torch import nn

        if self.name == "mnist_fc":
            return nn.Sequential(
                nn.Flatten(),
                *(nn.Linear(784, 256), nn.BatchNorm1d(256), nn.ReLU()),
                *(nn.Linear(256, 128), nn.BatchNorm1d(128), nn.ReLU()),
                nn.Linear(128, 10),
            )
        return nn.Sequential(
            *(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Dropout(values["drop"])),
            *(nn.Linear(800, 64), nn.ReLU()),
            nn.Linear(64, 10),
        )

    def keras_layers(self, values: Mapping[str, float]) -> list[Any]:
        """The same in Keras, with channels first."""
        from keras import layers

        if self.name == "mnist_fc":
            norm = {"momentum": 0.9, "epsilon": 1e-5}  # torch's own
            return [
                layers.Flatten(),
                *(layers.Dense(256), layers.BatchNormalization(**norm), layers.ReLU()),
                *(layers.Dense(128), layers.BatchNormalization(**norm), layers.ReLU()),
                layers.Dense(10),
            ]
        return [
            *(layers.Conv2D(16, 3), layers.ReLU(), layers.MaxPooling2D(2)),
            *(layers.Conv2D(32, 3), layers.ReLU(), layers.MaxPooling2D(2)),
            *(layers.Flatten(), layers.Dropout(values["drop"])),
            *(layers.Dense(64), layers.ReLU()),
            layers.Dense(10),
        ]


LR = 1e-3, 1e-4, 1e-1, True
WORKS = {
    work.name: work
    for work in (
        Work("mnist_fc", 5, {"lr": LR, "decay": (1e-5, 1e-6, 1e-2, True)}),
        Work("small_cnn", 3, {"drop": (0.2, 0.0, 0.6, False), "lr": LR}),
    )
}
