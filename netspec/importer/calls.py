"""What a recording is made of: values, operations, and calls of modules that these are in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from netspec.writer import network


@dataclass(eq=False)
class Value(network.Value):
    """A tensor between two operations; `name` is that of a variable of the user's that held it, if one is known."""

    dtype: torch.dtype = torch.float32
    why_not: str | None = None
    """Why nothing can be computed with it, such as the weights of an attention."""
    last_of: tuple[Value, int] | None = None
    """Of the state of a recurrent layer: the sequence that it gives beside it, and how many layers it has."""


@dataclass(eq=False)
class Operation:
    """A call of a function of torch, or of a module that is an operation by itself, `module`, at its `path`.

    `arguments` have values in the place of tensors. `scope` is the path of the module whose code calls it.
    """

    name: str
    scope: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    outputs: list[Value] = field(default_factory=list)
    path: str | None = None
    module: nn.Module | None = None

    @property
    def place(self) -> str:
        """Where it is, in a message."""
        what = f"`{self.name}`" if self.module is None else f"`{type(self.module).__name__}`"
        at = self.path if self.module is not None else self.scope
        return f"{what} in `{at}`" if at else what


@dataclass(eq=False)
class Call:
    """A call of a module that other modules or operations are in, in the order in which they are called."""

    path: str
    module: nn.Module
    inputs: list[Value]
    items: list[Operation | Call] = field(default_factory=list)
    outputs: list[tuple[str | None, Value]] = field(default_factory=list)
    """What it gives, by names if it gives a dict."""


@dataclass(frozen=True)
class Made:
    """A tensor that the code makes by itself, which is nothing that comes in and has no name."""

    sizes: tuple[int, ...]
