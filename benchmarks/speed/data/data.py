"""Data: where it lies, how it is made, all of it at once, or sample by sample."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from torch import Tensor
    from torch.utils.data import Dataset


class Data(ABC):
    """Data below the folder that a command is given.

    `is_named` is whether specs name it by its path; `fits` whether contenders may hold it in memory as an array.
    """

    name: ClassVar[str]
    is_named: ClassVar[bool] = True
    fits: ClassVar[bool] = True

    def path(self, folder: Path) -> Path:
        return folder / self.name

    def ensure(self, folder: Path) -> None:
        """Make it if it isn't there; what was made in part isn't taken for all of it."""
        path = self.path(folder)
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"part-{path.name}")
            self.make(part)
            part.rename(path)

    @abstractmethod
    def make(self, path: Path) -> None:
        """Make it at that path, always the same."""

    @abstractmethod
    def read(self, folder: Path, split: str) -> tuple[Tensor, Tensor]:
        """All inputs and classes of `train` or `test`, as they are stored."""

    @abstractmethod
    def normalised(self, inputs: Tensor) -> Tensor:
        """What was read, as the network takes it."""

    @abstractmethod
    def data_set(self, folder: Path, split: str, transform: Callable[[Any], Tensor]) -> Dataset[tuple[Any, ...]]:
        """A split sample by sample, as tutorials have it."""
