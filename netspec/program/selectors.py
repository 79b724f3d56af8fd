"""Selectors: which tensors of a network a pattern means, by their names, operations and kinds.

A pattern is a glob, or words behind colons, or both: `"layer4.*"`, `":batch_norm"`, `"*:bias"`, `"layer4:conv:weight"`.

- The glob is for names as the state_dict has them. It selects the tensor of such a name, and all tensors of a layer or
  of a scope of such a name: `"fc"`, `"fc.*"` and `"f?"` all select `fc.weight` and `fc.bias`. `*` stands for any text,
  dots included, `?` for one character, `[34]` for one of some; case counts. Where the glob is left out, any name fits.
- Each word is the name of an operation, or a tensor's own name within its layer or the last part of that, and may be a
  glob too. Every word has to fit: `":linear:weight"` are the weights of all `linear` layers, `"*:bias"` is everything
  that is named `bias`, the `out_proj.bias` of an attention included.
- In a list a pattern adds to what the ones before it select. One that begins with `!` takes away from it:
  `["backbone", "!backbone.fc"]`.

The order of what is selected is the network's. A pattern that has no effect, since nothing fits it or since it takes
nothing away, is a mistake, and so is an empty one. Globs are matched without going back, in a time that grows with the
length of the pattern times that of the name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from functools import cache

from netspec.diagnostics import did_you_mean
from netspec.immutable import immutable
from netspec.program.graph import Graph, Tensor

NOT = "!"
ANY = "*"

Patterns = str | Sequence[str]


@immutable
class Idle:
    """A pattern that has no effect, by its index in the list; `nearest` is a pattern that was likely meant."""

    index: int
    pattern: str
    reason: str
    nearest: str | None = None


@immutable
class Selection:
    """The names of what is selected, in the network's order, and the patterns that have no effect."""

    names: tuple[str, ...]
    idle: tuple[Idle, ...]


def learned(graph: Graph) -> tuple[Tensor, ...]:
    """The tensors that are learned."""
    return graph.learned


def state_tensors(graph: Graph) -> tuple[Tensor, ...]:
    """All tensors of the state_dict: those that are learned, and buffers such as running means."""
    return graph.state_tensors


def select(tensors: Sequence[Tensor], patterns: Patterns) -> Selection:
    """What some patterns select among tensors."""
    chosen: set[str] = set()
    idle: list[Idle] = []
    for index, pattern in enumerate(listed(patterns)):
        body = pattern.removeprefix(NOT)
        found = set(_matching(tensors, body))
        if body == pattern:
            chosen |= found
        else:
            found &= chosen
            chosen -= found
        if not found:
            idle.append(_idle(tensors, index, pattern))
    return Selection(tuple(tensor.name for tensor in tensors if tensor.name in chosen), tuple(idle))


def assign(tensors: Sequence[Tensor], groups: Iterable[Patterns]) -> tuple[tuple[str, ...], ...]:
    """What each of some lists of patterns gets: a tensor goes to the first that selects it. Last, what is left."""
    rest = dict.fromkeys(tensor.name for tensor in tensors)
    found: list[tuple[str, ...]] = []
    for patterns in groups:
        names = tuple(name for name in select(tensors, patterns).names if name in rest)
        found.append(names)
        for name in names:
            del rest[name]
    return (*found, tuple(rest))


def listed(patterns: Patterns) -> tuple[str, ...]:
    """One pattern or several as several."""
    return (patterns,) if isinstance(patterns, str) else tuple(patterns)


def _matching(tensors: Iterable[Tensor], pattern: str) -> Iterator[str]:
    """The names of the tensors that a pattern without its `!` fits."""
    path, *words = pattern.split(":")
    fits = _glob(path or ANY if words else path)
    kinds = [_glob(word) for word in words]
    for tensor in tensors:
        if all(any(map(kind, tensor.words)) for kind in kinds) and any(map(fits, _around(tensor.name))):
            yield tensor.name


def _glob(pattern: str) -> Callable[[str], bool]:
    """Whether a name fits a glob; each name is looked at once."""
    # every `*` becomes an atomic group or takes the rest of the name, so the expression never goes back over a name
    expression = re.compile(translate(re.sub(r"\*+", ANY, pattern)))
    return cache(lambda name: expression.match(name) is not None)


def _around(name: str) -> Iterator[str]:
    """A name and those of its layer and of the scopes around it."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def _idle(tensors: Sequence[Tensor], index: int, pattern: str) -> Idle:
    """Why a pattern has no effect, and what was likely meant."""
    body = pattern.removeprefix(NOT)
    if any(_matching(tensors, body)):
        return Idle(index, pattern, "takes away nothing of what the patterns before it select")
    names = dict.fromkeys(name for tensor in tensors for name in _around(tensor.name))
    kinds = dict.fromkeys(word for tensor in tensors for word in tensor.words if word)
    path, *words = body.split(":")
    right = [_nearest(path, names), *(_nearest(word, kinds) for word in words)]
    nearest = ":".join(right)
    sign = pattern.removesuffix(body) if body else pattern
    good = nearest != body and any(_matching(tensors, nearest))
    return Idle(index, pattern, "selects nothing", sign + nearest if good else None)


def _nearest(glob: str, known: Iterable[str]) -> str:
    """The known name that a glob is nearest to, with the `.*` that it ended with; itself where it fits or none is."""
    known = tuple(known)
    fits = _glob(glob)
    if not glob or any(map(fits, known)):
        return glob
    stem = glob.removesuffix(".*")
    nearest = did_you_mean(stem, known)
    return nearest + glob[len(stem) :] if nearest else glob
