"""What a module does, recorded while it runs: operations, the modules that they are called in, and the values between.

The module really runs, so sizes are numbers, and control flow that depends on sizes is followed. Control flow that
depends on the values of tensors is refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from netspec.importer.calls import Call, Made, Operation, Value
from netspec.importer.leaves import leaf_class
from netspec.lang.lexical import NAME
from netspec.writer.errors import CannotTranslate

LOOKED_UP = {
    *("shape", "size", "dim", "ndim", "ndimension", "numel", "nelement", "dtype", "device", "requires_grad", "is_leaf"),
    *("__len__", "is_floating_point", "is_complex", "is_contiguous", "stride", "layout", "is_cuda", "element_size"),
    *("is_sparse", "is_quantized", "is_nested", "is_meta", "names", "grad_fn", "_is_view", "__hash__", "get_device"),
    *("is_mps", "is_xpu", "is_cpu", "type", "__repr__", "__format__", "storage_offset", "_version", "is_inference"),
}
"""What is asked of a tensor that isn't about its numbers."""
VALUES = {
    *("__bool__", "item", "tolist", "__int__", "__float__", "__index__", "numpy", "__contains__", "nonzero", "equal"),
    *("allclose", "is_nonzero", "__array__", "unique"),
}
"""What Python learns of a tensor's numbers."""
HINT = 24
"""How long a variable's name is at most that a value is named after."""


class Recorder(TorchFunctionMode):
    """Records the calls below a module. Raises CannotTranslate for what no spec says."""

    def __init__(self, root: nn.Module) -> None:
        super().__init__()
        self._paths = {id(module): path for path, module in _first(root.named_modules(remove_duplicate=False))}
        named = [*root.named_parameters(remove_duplicate=False), *root.named_buffers(remove_duplicate=False)]
        self._tensors = {id(tensor): path for path, tensor in _first(named)}
        self._values: dict[int, Value] = {}
        self._kept: list[Any] = []
        self._stack: list[Call] = []
        self._quiet = False
        self.call: Call | None = None

    # ---- modules ----

    def run(self, root: nn.Module, inputs: Sequence[Tensor], names: Sequence[str]) -> Call:
        """What the module does with these inputs, which have such names."""
        for tensor, name in zip(inputs, names, strict=True):
            self._bind(tensor, name)
        with _called_by(self._call), self, torch.no_grad():
            root(*inputs)
        assert self.call is not None, "the module itself was called"
        return self.call

    def _call(self, original: Callable[..., Any], module: nn.Module, *arguments: Any, **keywords: Any) -> Any:
        path = self._paths.get(id(module))
        if self._quiet:
            return original(module, *arguments, **keywords)
        if path is None:
            raise CannotTranslate(
                f"`{type(module).__name__}` is made while the network runs",
                "make it in `__init__`, so that its weights have names",
            )
        if leaf_class(module) is not None:
            return self._leaf(original, module, path, arguments, keywords)
        tensors = [item for item in _tensors((arguments, keywords)) if id(item) in self._values]
        call = Call(path, module, [self._values[id(item)] for item in dict.fromkeys(tensors)])
        if self._stack:
            self._stack[-1].items.append(call)
        self._stack.append(call)
        result = original(module, *arguments, **keywords)
        self._stack.pop()
        call.outputs = [(name, self._value(item, call.path)) for name, item in _named(result)]
        if not self._stack:
            self.call = call
            if not call.outputs:
                raise CannotTranslate(f"`{type(module).__name__}` gives no tensor")
        return result

    def _leaf(
        self, original: Callable[..., Any], module: nn.Module, path: str, arguments: tuple[Any, ...], keywords: Any
    ) -> Any:
        operation = self._begin(type(module).__name__, arguments, keywords)
        operation.path, operation.module = path, module
        self._quiet = True
        try:
            result = original(module, *arguments, **keywords)
        finally:
            self._quiet = False
        return self._end(operation, result)

    # ---- functions ----

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        keywords = kwargs or {}
        name = getattr(func, "__name__", str(func))
        if name == "__get__":
            name = getattr(getattr(func, "__self__", None), "__name__", name)
        known = [id(item) for item in _tensors((args, keywords))]
        tracked = any(item in self._values or item in self._tensors for item in known)
        if self._quiet or not self._stack or not tracked or name in LOOKED_UP:
            return func(*args, **keywords)
        if name in VALUES:
            raise CannotTranslate(
                f"`{self._stack[-1].path or type(self._stack[-1].module).__name__}` asks for numbers of a tensor "
                f"(`{name.strip('_')}`), so that what it does depends on the sample",
                "what depends on sizes alone is followed",
            )
        operation = self._begin(name, args, keywords)
        return self._end(operation, func(*args, **keywords))

    # ---- values ----

    def _begin(self, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Operation:
        self._name_values([*_tensors((arguments, keywords))])
        scope = self._stack[-1].path if self._stack else ""
        operation = Operation(name, scope, (), {})
        operation.arguments = self._replaced(arguments, scope)
        operation.keywords = self._replaced(keywords, scope)
        return operation

    def _end(self, operation: Operation, result: Any) -> Any:
        operation.outputs = [self._bind(item) for item in _tensors(result)]
        self._kept.append(result)
        if not self._stack:  # the module is an operation itself
            raise CannotTranslate(f"`{operation.name}` is a single operation, which a spec names by itself")
        self._stack[-1].items.append(operation)
        return result

    def _bind(self, tensor: Tensor, name: str | None = None) -> Value:
        value = self._values[id(tensor)] = Value(tuple(tensor.shape), name, dtype=tensor.dtype)
        self._kept.append(tensor)
        return value

    def _value(self, tensor: Tensor, path: str) -> Value:
        if id(tensor) in self._values:
            return self._values[id(tensor)]
        if id(tensor) in self._tensors:
            return self._replaced(tensor, path)
        raise CannotTranslate(f"`{path}` gives a tensor that follows from nothing that comes in")

    def _replaced(self, item: Any, scope: str) -> Any:
        """An argument with values in the place of tensors."""
        if isinstance(item, Tensor):
            if id(item) in self._values:
                return self._values[id(item)]
            if id(item) in self._tensors:
                return self._own(item)
            if item.numel() == 1:
                return item.item()
            return Made(tuple(item.shape))
        if isinstance(item, dict):
            return {key: self._replaced(value, scope) for key, value in item.items()}
        if isinstance(item, list | tuple):
            return tuple(self._replaced(value, scope) for value in item)
        return item

    def _own(self, tensor: Tensor) -> Value:
        """A parameter or buffer that is taken as a value."""
        path = self._tensors[id(tensor)]
        operation = Operation("parameter" if isinstance(tensor, nn.Parameter) else "buffer", path, (), {}, path=path)
        operation.outputs = [self._bind(tensor)]
        operation.outputs[0].path = path
        # where its module is called, so that it stands in that scope
        owner = path.rpartition(".")[0]
        at = next((call for call in reversed(self._stack) if call.path == owner), self._stack[0])
        position = next((at.items.index(call) for call in self._stack if call in at.items), len(at.items))
        at.items.insert(position, operation)
        return operation.outputs[0]

    def _name_values(self, tensors: Sequence[Tensor]) -> None:
        """Remember how the user's code calls the values that are taken."""
        frame = inspect.currentframe()
        while frame is not None and frame.f_globals.get("__name__", "").startswith(("torch.", "netspec.importer")):
            frame = frame.f_back
        for name, item in frame.f_locals.items() if frame is not None else ():
            if isinstance(item, Tensor) and any(item is tensor for tensor in tensors):
                value = self._values.get(id(item))
                if value is not None and value.name is None and NAME.fullmatch(name) and len(name) <= HINT:
                    value.name = name


@contextmanager
def _called_by(call: Callable[..., Any]) -> Generator[None]:
    """Within it, calls of modules go through a function that gets the original one first."""
    original = nn.Module.__call__

    def through(module: nn.Module, *arguments: Any, **keywords: Any) -> Any:
        return call(original, module, *arguments, **keywords)

    nn.Module.__call__ = through
    try:
        yield
    finally:
        nn.Module.__call__ = original


def _first(items: Any) -> list[tuple[str, Any]]:
    """Modules or tensors with their first name only."""
    found = {id(item): (path, item) for path, item in reversed(list(items))}
    return list(found.values())


def _tensors(item: Any) -> Generator[Tensor]:
    if isinstance(item, Tensor):
        yield item
    elif isinstance(item, dict):
        for value in item.values():
            yield from _tensors(value)
    elif isinstance(item, list | tuple):
        for value in item:
            yield from _tensors(value)


def _named(result: Any) -> Generator[tuple[str | None, Tensor]]:
    """The tensors of a result, with the names that a dict or a named tuple gives them."""
    if isinstance(result, dict):
        for key, value in result.items():
            for tensor in _tensors(value):
                yield str(key), tensor
    elif hasattr(result, "_fields"):
        yield from zip(result._fields, _tensors(tuple(result)), strict=False)
    else:
        for tensor in _tensors(result):
            yield None, tensor
