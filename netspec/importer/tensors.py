"""The tensors of a module against those of a network: which the network has, and which it has under another name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from netspec.program.graph import Graph
from netspec.writer.errors import CannotTranslate

SHOWN = 3


@dataclass(frozen=True)
class Tensors:
    """The tensors of a module that a network has, by the module's names and of the network's types; the names of those
    that nothing depends on; and what is to be said of the others."""

    own: Mapping[str, Tensor]
    unused: tuple[str, ...]
    remarks: tuple[str, ...]

    @classmethod
    def of(cls, module: nn.Module, graph: Graph, prefix: str, *, drop_unused: bool) -> Tensors:
        """Those of a graph whose names begin with `prefix`. Raises CannotTranslate if the module has others, unless
        they are left out."""
        types = {
            tensor.name.removeprefix(prefix): torch.int64 if tensor.counts else torch.float32
            for tensor in graph.state_tensors
        }
        state = state_of(module)
        _ensure_saved(module, types, state)
        first: dict[object, str] = {}
        for name in types:
            first.setdefault(_identity(state[name]), name)
        again = {name: one for name, item in state.items() if (one := first.get(_identity(item), name)) != name}
        unused = [name for name in state if name not in types and name not in again]
        if unused and not drop_unused:
            raise CannotTranslate(
                f"what comes out doesn't depend on {_shown(unused)}, and a spec has no weights that do nothing",
                "`--drop-unused` leaves them out",
            )
        own = {name: state[name].detach().to(type) for name, type in types.items()}
        return cls(own, tuple(unused), tuple(_remarks(again, types)))


def state_of(module: nn.Module) -> dict[str, Tensor]:
    """The tensors of a module's state_dict, in which it may save anything else too."""
    return {name: item for name, item in module.state_dict().items() if isinstance(item, Tensor)}


def _ensure_saved(module: nn.Module, types: Mapping[str, torch.dtype], state: Mapping[str, Tensor]) -> None:
    """Refuse a network with tensors that the module's state_dict lacks."""
    if lacking := [name for name in types if name not in state]:
        known = {name for name, _ in (*module.named_parameters(), *module.named_buffers())}
        computed = "take out what computes a weight, such as weight_norm: torch.nn.utils.parametrize"
        help = "register_buffer(…, persistent=True) saves a buffer" if lacking[0] in known else computed
        raise CannotTranslate(f"{_shown(lacking)} isn't in the module's state_dict, but the network needs it", help)


def _remarks(again: Mapping[str, str], types: Mapping[str, torch.dtype]) -> list[str]:
    """What becomes of tensors that have several names."""
    same = [f"{name} (it is {one})" for name, one in again.items() if name not in types]
    tied = [f"{one} and {name}" for name, one in again.items() if name in types]
    found = [f"second names of a tensor, which the spec has once: {', '.join(same[:SHOWN])}"] if same else []
    if tied:
        pairs = ", ".join(tied[:SHOWN])
        found.append(f"one tensor in the module, two in the spec, which training makes different: {pairs}")
    return found


def _identity(item: Tensor) -> object:
    """What is the same for two names of one tensor alone; an empty one has no address."""
    return (item.data_ptr(), item.shape, item.stride()) if item.numel() else id(item)


def _shown(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if names[SHOWN:] else ""
    return ", ".join(f"`{name}`" for name in names[:SHOWN]) + more
