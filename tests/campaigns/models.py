"""Random networks over the whole language, checked by netspec and run by torch: both take the same ones, and give the
same values.

    python -m tests.campaigns.models --count 100000 --start 0
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import Tensor, nn

from netspec.builder import build
from netspec.builder.network import build_graph
from netspec.diagnostics import Diagnostic
from netspec.program.graph import Output
from netspec.program.program import Program
from netspec.program.randomness import seed_for
from tests.campaigns.campaign import Mismatch, main
from tests.campaigns.generate import Network, generate
from tests.campaigns.networks import BATCHES, Names, Refused, TooLarge, Value
from tests.specs import check

DELIBERATE = {
    "squeeze takes a dimension of one place": r"has \d+ places, not 1",
    "a number for each dimension leaves none for the batch": r"`dims` has \d numbers?, and \[",
    "normalisation is within a sample": r"\] has \d dimensions?, not \d",
    "a list has a number for each spatial dimension": r"has \d numbers? for \d spatial dimension",
    "a window sees something of the input": r"would see nothing but padding",
    "a number for each sample has no dimensions": r"has no dimensions|takes channels, .*, not \[\]",
    "the batch can't be named": r"is the batch",
    "a sequence has two dimensions, a batch of vectors isn't one": r"\[sequence, features\]",
    "an image has three dimensions, torch takes the batch for channels": r"takes an image",
    "a vector has no channels beside it, torch takes the batch for them": r"takes (a sequence, )?an image or a volume",
    "numbers and indices aren't one behind the other": r"needs values of one (kind|shape): .*int64",
    "learned tensors stand beside samples, and for each of them": r"takes a (value of samples|learned tensor that)",
    "operations on numbers don't take indices": r"takes numbers, not indices",
    "a learned tensor isn't a value of samples": r"takes values of samples",
}
"""What netspec refuses although torch takes it, by what its messages say."""

SHAPE_CODES = ("NS206", "NS220", "NS222", "NS227", "NS301", "NS305", "NS306", "NS308")
"""What is said of a network that torch refuses."""


@contextmanager
def doubles() -> Generator[None]:
    """Numbers of 64 bits, of which no kernel's rounding grows to a difference that can be seen."""
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


def given(network: Network) -> dict[str, Value]:
    """The inputs, with the numbers of bits that torch has by default."""
    wide = torch.get_default_dtype()
    return {
        name: Value(tuple(item.to(wide) if item.is_floating_point() else item for item in value.tensors))
        for name, value in network.inputs.items()
    }


def run(network: Network, seed: int) -> Value | None:
    """What torch gives; None if it refuses. Raises TooLarge."""
    inputs = given(network)
    names = Names(values=dict(network.params)).inner(**inputs)
    with torch.random.fork_rng(devices=()), torch.inference_mode():
        torch.manual_seed(seed)
        try:
            result = network.body.run(inputs.get("input"), names)
        except TooLarge:
            raise
        except Refused:
            return None
    assert isinstance(result, Value)
    return result


def try_one(number: int) -> str:
    """What became of the network of that number. Raises Mismatch if netspec and torch don't agree."""
    network = generate(number)
    checked = check(network.text)
    errors = [diagnostic for diagnostic in checked.diagnostics if diagnostic.is_error]
    program = checked.program
    try:
        expected = run(network, _seed(program))
    except TooLarge:
        return "too large to try"
    if program is None:
        return _refused(network, errors, expected)
    if expected is None:
        raise Mismatch("netspec takes what torch refuses", network.text)
    try:
        compare(program, network)
        train(program, network)
    except (RuntimeError, ValueError, IndexError, TypeError, AssertionError, KeyError) as error:
        raise Mismatch(f"{type(error).__name__}: {error}", network.text) from None
    return "accepted"


def _refused(network: Network, errors: Sequence[Diagnostic], expected: Value | None) -> str:
    if not all(error.code in SHAPE_CODES for error in errors):
        raise Mismatch("; ".join(f"{error.code} {error.message}" for error in errors), network.text)
    if expected is None:
        return "refused by both"
    reasons = [
        next((why for why, what in DELIBERATE.items() if re.search(what, error.message)), None) for error in errors
    ]
    if None in reasons:
        raise Mismatch("wrongly refused: " + "; ".join(error.message for error in errors), network.text)
    return f"deliberate: {reasons[0]}"


def _seed(program: Program | None) -> int:
    return seed_for(program.train.seed if program is not None else 0, "weights")


def compare(program: Program, network: Network) -> None:
    """The values of the network, their sizes and its tensors are those that the checker knows and torch gives."""
    graph = program.graph
    with doubles():
        outputs = tuple(Output(str(number), number) for number in range(len(graph.shapes)))
        whole = build_graph(replace(graph, outputs=outputs), _seed(program)).eval()
        expected = run(network, _seed(program))
        assert expected is not None
        for place, batch in enumerate(BATCHES):
            with torch.inference_mode():
                values = whole(*(value.tensors[place] for value in given(network).values()))
            for number, shape in enumerate(graph.shapes):
                assert tuple(values[str(number)].shape) == (batch,) * shape.batched + shape.dims, f"{number}: {shape}"
            torch.testing.assert_close(values[str(graph.outputs[0].value)], expected.tensors[place], equal_nan=True)
    state = {name: tuple(tensor.shape) for name, tensor in whole.state_dict().items()}
    learned = {name: tuple(tensor.shape) for name, tensor in whole.named_parameters()}
    assert learned == graph.parameters
    assert state == graph.parameters | {name: size for node in graph.nodes for name, size in node.buffers.items()}


def train(program: Program, network: Network) -> None:
    """The network takes a step of training with few samples and with several."""
    module = build(program)
    least = max((node.layer.smallest_batch(*node.input_shapes) for node in program.graph.nodes), default=1)
    assert sum(weights.numel() for weights in module.parameters()) == program.graph.parameter_count
    for batch in {least, 3}:
        output = module.train()(*(value.tensors[1][:batch] for value in network.inputs.values()))
        assert output.shape == (batch, *program.graph.output.dims)
        step(module, output)


def step(module: nn.Module, output: Tensor) -> None:
    if output.requires_grad:
        module.zero_grad()
        output.sum().backward()


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(try_one, __doc__)
