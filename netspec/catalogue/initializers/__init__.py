"""Initializers: distributions of initial values."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Entry
from netspec.shapes import MisfitError

if TYPE_CHECKING:
    from torch import Generator, Tensor


class Initializer(Entry):
    """What a tensor is filled with at first. Arguments and defaults are torch.nn.init's."""

    kind: ClassVar[str] = "initializer"
    function: ClassVar[str]
    """The name of torch.nn.init's function; the arguments have its names."""
    random: ClassVar[bool] = True
    """Whether it draws numbers."""
    ranks: ClassVar[range] = range(100)
    """How many dimensions a tensor may have that it fills."""

    def fits(self, sizes: tuple[int, ...]) -> None:
        """Raises MisfitError where it can't fill a tensor of those sizes."""
        if len(sizes) not in self.ranks:
            few = len(sizes) < self.ranks.start
            wanted = f"at least {self.ranks.start}" if few else f"at most {self.ranks.stop - 1}"
            help = "select by operation too: `:conv:weight`, `:linear:weight`" if few else None
            raise MisfitError(f"`{self.name()}` fills tensors of {wanted} dimensions, not {list(sizes)}", help=help)

    def fill(self, tensor: Tensor, generator: Generator) -> None:
        """Fill a tensor on the CPU in place; what is at random is drawn from the generator."""
        from torch.nn import init

        drawing = {"generator": generator} if self.random else {}
        getattr(init, self.function)(tensor, **self.model_dump(), **drawing)
