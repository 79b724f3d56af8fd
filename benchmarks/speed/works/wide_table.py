"""A fully connected network on a table of 200 columns."""

from __future__ import annotations

from typing import Any

from torch import nn

from benchmarks.speed.data.table import CLASSES, COLUMNS, Table
from benchmarks.speed.work import Work


class WideTable(Work):
    data = Table()
    classes = CLASSES
    batch_size = 128
    alike = 0.03

    def network(self) -> nn.Module:
        return nn.Sequential(
            *(nn.Linear(COLUMNS, 256), nn.ReLU()),
            *(nn.Linear(256, 128), nn.ReLU()),
            nn.Linear(128, CLASSES),
        )

    def keras_network(self) -> Any:
        import keras
        from keras import layers

        return keras.Sequential(
            [
                keras.Input((COLUMNS,)),
                *(layers.Dense(256), layers.ReLU()),
                *(layers.Dense(128), layers.ReLU()),
                layers.Dense(CLASSES),
            ]
        )


WORK = WideTable()
