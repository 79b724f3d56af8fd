"""A work: the network, the data and the arithmetic that all contenders have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from importlib import import_module
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, ClassVar

from benchmarks.speed.data.data import Data

if TYPE_CHECKING:
    from torch import Tensor, nn

FOLDER = Path(__file__).parent / "works"
DATA = Path(gettempdir()) / "netspec-benchmarks"
"""Where the data of the works is made where no folder is named."""
WORKS = tuple(sorted(path.stem for path in FOLDER.glob("[!_]*.py")))


def work_named(name: str) -> Work:
    return import_module(f"benchmarks.speed.works.{name}").WORK


class Work(ABC):
    """A tenth of the training samples is set apart to validate on after each epoch; the optimizer is Adam.

    The spec lies beside the work's module. `samples` are those of the training split that are used, None for all;
    `workers` are the processes that a DataLoader reads with, as one would choose for the data; `alike` is how far the
    accuracies of contenders may be apart.
    """

    data: ClassVar[Data]
    classes: ClassVar[int] = 10
    lr: ClassVar[float] = 1e-3
    batch_size: ClassVar[int] = 64
    samples: ClassVar[int | None] = None
    workers: ClassVar[int] = 0
    alike: ClassVar[float] = 0.01
    augments: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    @property
    def spec(self) -> Path:
        return FOLDER / f"{self.name}.net"

    def params(self, folder: Path, epochs: int, seed: int) -> dict[str, str]:
        """What the params of the spec are set to."""
        params = {"epochs": str(epochs), "seed": str(seed)}
        if self.samples is not None:
            params["samples"] = str(self.samples)
        if self.data.is_named:
            params["path"] = f'"{self.data.path(folder).as_posix()}"'
        return params

    @abstractmethod
    def network(self) -> nn.Module:
        """The network of the spec, written by hand."""

    @abstractmethod
    def keras_network(self) -> Any:
        """The same of Keras's layers, with channels first and, where the work augments, its layers for that."""

    # ---- where a work augments, it says how in each way ----

    def transforms(self) -> list[Any]:
        """What torchvision does to each image before it becomes a tensor."""
        return []

    def prepared(self, inputs: Tensor) -> Tensor:
        """The training samples as the best loop keeps them in memory."""
        return self.data.normalised(inputs)

    def batch(self, inputs: Tensor) -> Tensor:
        """What the network takes of some prepared samples."""
        return inputs
