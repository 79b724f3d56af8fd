"""What a method of an entry builds, as the calls that it makes instead of the objects that come of them.

`Linear.build` says `nn.Linear(x.last, self.out_features, self.bias)`: a script says the same. So the method itself is
run, with names in the place of torch and of netspec's modules, and what it returns is a call to be written down.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from importlib import import_module
from inspect import Parameter, Signature, signature
from types import FunctionType, MethodType
from typing import Any

from netspec.immutable import immutable

NAMED = ("torch", "netspec.modules")
"""The packages whose contents become names."""


class Expression:
    """What a method computes with names."""

    def __add__(self, other: Any) -> Expression:
        return Sum(self, other)

    def __rmul__(self, other: float) -> Expression:
        return Product(other, self)


@immutable
class Name(Expression):
    """A module, class or function by its path: `torch.nn.Linear`."""

    path: str

    def __getattr__(self, name: str) -> Name:
        if name.startswith("__"):
            raise AttributeError(name)
        return Name(f"{self.path}.{name}")

    def __call__(self, *arguments: Any, **named: Any) -> Call:
        return Call(self, arguments, named)

    @property
    def last(self) -> str:
        return self.path.rpartition(".")[2]

    def found(self) -> Any:
        """What has that name."""
        module, _, last = self.path.rpartition(".")
        return getattr(import_module(module), last)


@immutable
class Call(Expression):
    """A class or a function with its arguments."""

    function: Name
    arguments: Sequence[Any]
    named: Mapping[str, Any]

    def bound(self) -> list[tuple[str | None, Any]]:
        """The arguments that aren't left to their defaults: those that have none by their places, others by names."""
        try:
            parameters = signature(self.function.found())
        except ValueError:  # of a builtin nothing is known
            parameters = Signature()
        kinds = {parameter.kind for parameter in parameters.parameters.values()}
        if not kinds or Parameter.VAR_POSITIONAL in kinds:
            return [*((None, value) for value in self.arguments), *self.named.items()]
        found: list[tuple[str | None, Any]] = []
        for name, value in parameters.bind(*self.arguments, **self.named).arguments.items():
            parameter = parameters.parameters[name]
            if parameter.kind is Parameter.VAR_KEYWORD:
                found += value.items()
            elif not _same(value, parameter.default):
                found.append((None if parameter.default is Parameter.empty else name, value))
        return found


@immutable
class Sum(Expression):
    """A sum of two expressions."""

    left: Any
    right: Any


@immutable
class Product(Expression):
    """An expression times a number."""

    factor: float
    of: Expression


def recorded(method: Any, *arguments: Any) -> Any:
    """What a method returns, with names in the place of what it imports from torch and from netspec's modules."""
    assert isinstance(method, MethodType)
    function = method.__func__
    namespace = {**function.__globals__, "__builtins__": {**vars(builtins), "__import__": _import}}
    copy = FunctionType(function.__code__, namespace, function.__name__, function.__defaults__, function.__closure__)
    return copy(method.__self__, *arguments)


def _import(name: str, *rest: Any) -> Any:
    if any(f"{name}.".startswith(f"{package}.") for package in NAMED):
        given = rest[2] if len(rest) > 2 else None
        return Name(name if given else name.partition(".")[0])
    return builtins.__import__(name, *rest)


def _same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and value == default
