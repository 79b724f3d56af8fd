"""What every layer does in torch beside computing: gradients reach what it takes and learns, and torch can export and
compile it."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn
from torch._dynamo import config as dynamo
from torch._dynamo.exc import Unsupported
from torch.export import Dim

from netspec.catalogue.entry import Example, entries
from netspec.catalogue.layers import Layer
from tests.catalogue.test_conformance import BATCH, made, several, shapes_of

MODULES = [layer for layer in entries(Layer) if layer.inputs.names]
"""All layers but the tensors, which are no modules."""
EXAMPLES = [(layer, example) for layer in MODULES for example in layer.examples]
IDS = [example.text for _, example in EXAMPLES]
FIRST = [(layer, layer.examples[0]) for layer in MODULES]
FIRST_IDS = [layer.name() for layer in MODULES]

pytestmark = [
    pytest.mark.filterwarnings("ignore:enable_nested_tensor:UserWarning"),
    pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning"),
    # recurrent layers keep their weights in a list too
    pytest.mark.filterwarnings("ignore:The tensor attributes self._flat_weights:UserWarning"),
]


def built(layer: type[Layer], example: Example) -> nn.Module:
    torch.manual_seed(0)
    module = cast(Layer, made(Layer, example)).build(*shapes_of(example))
    assert isinstance(module, nn.Module)
    return module


def inputs(layer: type[Layer], example: Example) -> list[Tensor]:
    """A batch of random numbers, positive ones where others have no result; of indices, 0."""
    torch.manual_seed(0)
    sizes = [(BATCH, *shape.dims) for shape in shapes_of(example)]
    floats = [torch.rand(size) + 0.1 if layer.name() in ("log", "sqrt") else torch.randn(size) for size in sizes]
    return [
        torch.zeros(size, dtype=torch.int64) if whole else x
        for x, size, whole in zip(floats, sizes, example.whole, strict=True)
    ]


@pytest.mark.parametrize(("layer", "example"), EXAMPLES, ids=IDS)
def test_gradients_reach_what_it_takes_and_what_it_learns(layer: type[Layer], example: Example) -> None:
    module, taken = built(layer, example).train(), inputs(layer, example)
    leaves = {f"input {place}": x.requires_grad_() for place, x in enumerate(taken) if x.is_floating_point()}
    leaves |= dict(module.named_parameters())
    results = [result for result in several(module(*taken)) if result.is_floating_point()]
    sum(((result * torch.randn_like(result)).sum() for result in results), torch.zeros(())).backward()
    for name, leaf in leaves.items():
        assert leaf.grad is not None and leaf.grad.isfinite().all() and leaf.grad.any(), name


@pytest.mark.parametrize(("layer", "example"), FIRST, ids=FIRST_IDS)
def test_torch_exports_it_for_any_batch(layer: type[Layer], example: Example) -> None:
    module, taken = built(layer, example).eval(), inputs(layer, example)
    exported = torch.export.export(module, tuple(taken), dynamic_shapes=any_batch(module, taken), strict=False).module()
    more = [torch.cat((x, x)) for x in taken]
    agree(module, exported, more)


def any_batch(module: nn.Module, taken: list[Tensor]) -> tuple[object, ...]:
    """That the first dimension of every input is open, in the form of the arguments of `forward`."""
    open_batch = tuple({0: Dim.DYNAMIC} for _ in taken)
    first = next(iter(signature(module.forward).parameters.values()))
    return (open_batch,) if first.kind is Parameter.VAR_POSITIONAL else open_batch


@pytest.mark.parametrize(("layer", "example"), FIRST, ids=FIRST_IDS)
def test_torch_compiles_it_in_one_piece(layer: type[Layer], example: Example) -> None:
    compile_and_compare(layer, example, backend="eager")


@pytest.mark.parametrize("own", [nn.GRU, nn.LSTM, nn.RNN])
def test_torch_takes_no_recurrent_layer_of_its_own_unless_it_is_told_to(own: type[nn.Module]) -> None:
    torch.compiler.reset()
    compiled = torch.compile(own(3, 4, batch_first=True).eval(), backend="eager", fullgraph=True)
    with pytest.raises(Unsupported, match="Dynamo does not support RNN, GRU, or LSTM"):
        compiled(torch.rand(2, 5, 3))


@pytest.mark.parametrize("name", ["attention", "batch_norm", "concat", "conv", "max_unpool", "transformer_encoder"])
def test_torch_compiles_it_to_machine_code(name: str, thoroughness: int) -> None:
    if thoroughness == 1:
        pytest.skip("takes a compiler and minutes; it is done in the full profile")
    layer, example = FIRST[FIRST_IDS.index(name)]
    compile_and_compare(layer, example, backend="inductor")


def compile_and_compare(layer: type[Layer], example: Example, backend: str) -> None:
    torch.compiler.reset()
    module, taken = built(layer, example).eval(), inputs(layer, example)
    # torch leaves recurrent layers out, its own too, unless it is told to take them
    with dynamo.patch(allow_rnn=True):
        agree(module, torch.compile(module, backend=backend, fullgraph=True), taken)


def agree(module: nn.Module, other: Callable[..., Any], taken: list[Tensor]) -> None:
    """Both give the same with the same random numbers."""
    torch.manual_seed(1)
    expected = several(module(*taken))
    torch.manual_seed(1)
    for ours, theirs in zip(several(other(*taken)), expected, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize(("layer", "example"), EXAMPLES, ids=IDS)
def test_it_says_whether_a_sample_is_computed_from_its_own_values_alone(
    layer: type[Layer], example: Example, training: bool
) -> None:
    entry, taken = cast(Layer, made(Layer, example)), inputs(layer, example)
    others = [torch.cat((x[:1], x.flip(0) if x.dtype == torch.int64 else 3 * x.flip(0) + 1)) for x in taken]
    firsts: list[list[Tensor]] = []
    for seed, values in enumerate((taken, others)):
        module = built(layer, example).train(training)
        torch.manual_seed(seed)
        firsts.append([result[0] for result in several(module(*values))])
    same = all(torch.allclose(mine, its, atol=1e-5) for mine, its in zip(*firsts, strict=True))
    assert entry.varies(training=training) != same
