"""A module of torch as the text of a spec, which is checked and proven to be the module."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from netspec.importer.calls import Call, Operation
from netspec.importer.network import BATCHES, Scope, network
from netspec.importer.proof import Incoming, graph_of, prove, restore
from netspec.importer.recording import Recorder
from netspec.importer.tensors import Tensors, state_of
from netspec.lang.read import read_tree
from netspec.lang.text.expressions import quoted
from netspec.lang.text.printer import format_text
from netspec.lang.tree import Block, Line
from netspec.problems import Problems
from netspec.source import Source
from netspec.writer.blocks import in_blocks, names_in, snake
from netspec.writer.errors import CannotTranslate
from netspec.writer.statements import written
from netspec.writer.steps import fresh
from netspec.writer.text import Writer
from netspec.writer.tidy import tidied

BODY = "net"
"""The label under which a block is proven."""
CLASSES = 100_000


@dataclass(frozen=True)
class Imported:
    """The text, what of the module isn't in it, and what its user should know.

    `tensors` are those of the module by the names that the network has for them below `prefix`, as it has them. Where
    the text is a library file, `block` is its block, and `use` what a spec of that block has beside it.
    """

    text: str
    unused: tuple[str, ...]
    remarks: tuple[str, ...]
    tensors: Mapping[str, Tensor]
    block: str | None = None
    use: str = ""

    @property
    def prefix(self) -> str:
        return "" if self.block is None else f"{BODY}."


def imported(
    module: nn.Module,
    inputs: Sequence[Incoming],
    title: str,
    *,
    drop_unused: bool = False,
    weights: str | None = None,
) -> Imported:
    """The spec of a module, or a library file with a block where a spec has no such data. Raises CannotTranslate.

    `weights` is the name of a file beside it with the module's tensors, from which its training is to start.
    """
    module.eval()
    calls = _recorded(module, inputs)
    root = tidied(network(*calls))
    if len(root.inputs) < len(inputs):
        raise CannotTranslate("what comes out doesn't depend on every input")
    draft = _drafted(root, inputs, title, snake(type(module).__name__), weights)
    prefix = "" if draft.block is None else f"{BODY}."
    graph = graph_of(f"{draft.text}\n{draft.use}", inputs, draft.classes)
    found = Tensors.of(module, graph, prefix, drop_unused=drop_unused)
    prove(module, graph, inputs, prefix, found.own)
    remarks = (*found.remarks, *_remarks(module, inputs, calls[0]))
    return Imported(draft.text, found.unused, remarks, found.own, draft.block, draft.use)


class _Draft(NamedTuple):
    """A text that has still to be proven: that of a spec for a number of classes, or of a library file with a block."""

    text: str
    classes: int | None = None
    block: str | None = None
    use: str = ""


def _drafted(root: Scope, inputs: Sequence[Incoming], title: str, name: str, weights: str | None) -> _Draft:
    """The text of a network, as `imported`; a block gets the `name`, unless it is taken."""
    outputs = [value.sizes for _, value in root.outputs]
    source = _source(inputs, outputs)
    names = [item.name for item in inputs]
    if source is None:
        names = [fresh(name, set()) for name in names]
    model = written(root, names)
    blocks = in_blocks(model)
    writer = Writer(blocks)
    parts = [writer.block(block) for block in blocks]
    body = writer.body(model)
    head = f"({', '.join(names)})" if len(names) > 1 else ""
    if source is not None:
        init = [] if weights is None else [f'train {{ init = [from_file("*", {quoted(weights)})] }}']
        return _Draft(_formatted([title, source, *parts, f"model{head} {body}", *init]), outputs[0][-1])
    block = fresh(name, names_in(model) | {*names} | {block.name for block in blocks})
    if weights is not None:
        rule = f'from_file("LABEL", {quoted(weights)})'
        title += f"\n# `LABEL: {block}` in a spec starts from its weights with `init = [{rule}]` in `train`."
    call = f"{names[0]} -> {BODY}: {block}({', '.join(names[1:])})" if len(names) > 1 else f"{BODY}: {block}"
    use = f"data {{ source = synthetic(features=1) }}\nmodel{head} {{ {call} }}\n"
    return _Draft(_formatted([title, *parts, f"block {block}{head} {body}"]), None, block, use)


def incoming(module: nn.Module, given: Sequence[tuple[str | None, tuple[int, ...], bool]]) -> list[Incoming]:
    """The inputs of a module, each with its name if it has one, its sizes and whether it is indices.

    Indices are below the size of the smallest embedding.
    """
    sizes = [item.num_embeddings for item in module.modules() if isinstance(item, nn.Embedding | nn.EmbeddingBag)]
    parameters = list(inspect.signature(module.forward).parameters)
    found: list[Incoming] = []
    for index, (name, dims, whole) in enumerate(given):
        name = name or (parameters[index] if index < len(parameters) else f"input{index + 1}")
        name = fresh(name, {item.name for item in found})
        found.append(Incoming(name if len(given) > 1 else "input", dims, min(sizes, default=2) if whole else None))
    return found


def _recorded(module: nn.Module, inputs: Sequence[Incoming]) -> tuple[Call, Call]:
    """What the module does with batches of two sizes."""
    calls: list[Call] = []
    names = [item.name for item in inputs]
    for batch in BATCHES:
        torch.manual_seed(0)
        samples = [item.sample(batch) for item in inputs]
        calls.append(Recorder(module).run(module, samples, names if len(names) > 1 else ["input"]))
    return calls[0], calls[1]


def _source(inputs: Sequence[Incoming], outputs: Sequence[tuple[int, ...]]) -> str | None:
    """The data of a spec for the network: made-up samples of the same kind; None if no spec has such samples."""
    if len(outputs) > 1 or len(outputs[0]) != 2 or not 2 <= outputs[0][1] <= CLASSES:
        return None
    kinds = [_kind(item) for item in inputs]
    if None in kinds:
        return None
    classes = f"classes={outputs[0][1]}"
    if len(inputs) == 2 and kinds[0] == kinds[1] and outputs[0][1] == 2:
        arguments = [str(kinds[0]), classes, f"inputs=[{inputs[0].name}, {inputs[1].name}]"]
    elif len(inputs) == 1:
        arguments = [str(kinds[0]), classes]
    else:
        return None
    return f"data {{\n  source = synthetic({', '.join(arguments)})\n}}"


def _kind(item: Incoming) -> str | None:
    match item:
        case Incoming(indices=int() as count, sizes=(length,)):
            return f"tokens={length}, vocabulary={count}"
        case Incoming(sizes=(_, _, _) as sizes, indices=None):
            return f"image={list(sizes)}"
        case Incoming(sizes=(size,), indices=None):
            return f"features={size}"
        case _:
            return None


def _formatted(parts: Sequence[str]) -> str:
    problems = Problems()
    tree = read_tree(Source("imported.net", "\n\n".join(parts) + "\n"), problems)
    if problems.fatal:
        raise CannotTranslate(f"what the importer made of it can't be read: {problems.diagnose()[0].message}")
    # whatever the names of modules are: there is nothing in it but data, blocks and the network
    assert all(isinstance(item, Block) or (isinstance(item, Line) and item.section) for item in tree.body.statements)
    return format_text(tree)


def _remarks(module: nn.Module, inputs: Sequence[Incoming], call: Call) -> list[str]:
    """Whether the module does something else in training than in a call of evaluation."""
    kept = {name: item.clone() for name, item in state_of(module).items()}
    module.train()
    try:
        samples = [item.sample(BATCHES[0]) for item in inputs]
        same = _names(Recorder(module).run(module, samples, ["input"] * len(samples))) == _names(call)
    except (CannotTranslate, RuntimeError, ValueError):
        same = False
    finally:
        module.eval()
        restore(module, kept)
    return [] if same else ["in training the module does something else; the spec has what it does in evaluation"]


def _names(call: Call | Operation) -> list[str]:
    if isinstance(call, Operation):
        return [call.name]
    return [name for item in call.items for name in _names(item)]
