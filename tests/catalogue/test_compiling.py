"""Every layer and every loss under torch.compile and torch.export: what they give is what they give as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch._dynamo.exc import Unsupported

from netspec.builder import build
from netspec.catalogue.entry import Example, entries
from netspec.catalogue.layers import Layer
from netspec.catalogue.losses import Loss
from netspec.catalogue.types import Classes, Number
from netspec.shapes import Misfit, Shape
from tests.catalogue.test_conformance import made, sample, shapes_of
from tests.compiled import compiles, exports
from tests.specs import check

pytestmark = [
    pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning"),
    # torch's recurrent layers keep a list of their weights, which torch.export finds made anew
    pytest.mark.filterwarnings(r"ignore:The tensor attributes self\._flat_weights:UserWarning"),
    # where a graph ends inside of a network, torch.compile itself looks for gradients of what the first part gave
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf:UserWarning"),
]

FEW = 2
"""How many examples of an entry are compiled; `python -m tests.campaigns.compiling` has as many cases as one likes."""
TENSORS = ("buffer", "parameter")
"""They are nothing but values of a network, and are compiled in one."""

LAYERS = [
    (entry, example) for entry in entries(Layer) if entry.name() not in TENSORS for example in entry.examples[:FEW]
]
LAYER_IDS = [example.text for _, example in LAYERS]

NOT_WHOLE: dict[str, Callable[..., nn.Module]] = {"gru": nn.GRU, "lstm": nn.LSTM, "rnn": nn.RNN}
"""The layers that torch.compile doesn't take into a graph, with torch's own classes, which it doesn't take either."""


def built(example: Example) -> tuple[nn.Module, list[Tensor]]:
    """The module of an example in evaluation, and inputs of it."""
    layer, shapes = made(Layer, example), shapes_of(example)
    assert isinstance(layer, Layer)
    torch.manual_seed(0)
    module = layer.build(*shapes)
    assert isinstance(module, nn.Module)
    return module.eval(), [sample(shape) for shape in shapes]


@pytest.mark.parametrize(("entry", "example"), LAYERS, ids=LAYER_IDS)
def test_a_layer_compiles(entry: type[Layer], example: Example):
    compiles(*built(example), whole=entry.name() not in NOT_WHOLE)


@pytest.mark.parametrize(("entry", "example"), LAYERS, ids=LAYER_IDS)
def test_a_layer_exports(entry: type[Layer], example: Example):
    exports(*built(example))


@pytest.mark.parametrize("name", NOT_WHOLE)
def test_what_torch_doesnt_take_into_a_graph_it_doesnt_take_from_itself_either(name: str):
    module = NOT_WHOLE[name](3, 4, batch_first=True).eval()
    with pytest.raises(Unsupported, match="Dynamo does not support RNN, GRU, or LSTM"):
        compiles(module, [torch.rand(2, 5, 3)])


# ---- losses ----

SAMPLES = 9
TARGETS = (Classes(("ant", "bee", "cat", "dog")), Classes(("no", "yes")), Number())


def outputs(loss: Loss, target: Any) -> Sequence[Shape]:
    try:
        return tuple(loss.outputs(target, Shape.of(2, 5)))
    except Misfit:
        return ()


LOSSES = [
    pytest.param(example, target, shape, id=f"{example.text} {target} {shape}")
    for entry in entries(Loss)
    for example in entry.examples[:FEW]
    for target in TARGETS
    for shape in outputs(entry(), target)
]


@pytest.mark.parametrize(("example", "target", "shape"), LOSSES)
def test_a_loss_compiles_and_exports(example: Example, target: Classes | Number, shape: Shape):
    loss = made(Loss, example)
    assert isinstance(loss, Loss)
    torch.manual_seed(0)
    output = torch.rand(SAMPLES, *shape.dims)
    of_classes = isinstance(target, Classes)
    targets = torch.randint(target.count, (SAMPLES,)) if of_classes else torch.rand(SAMPLES)
    module = loss.build(dict.fromkeys(target.names, 3) if of_classes else {})
    compiles(module, [output, targets])
    exports(module, [output, targets])


# ---- networks ----

LEARNED = """
data { source = mnist_sample() }
model {
  scale: parameter([8], value=0.5)
  x = flatten -> linear(8)
  body: {
    shift: buffer([8], value=2)
    x * scale + shift
  }
  linear(10)
}
"""


def test_a_network_with_tensors_of_its_own_compiles_and_exports():
    program = check(LEARNED).program
    assert program is not None
    module, x = build(program).eval(), [torch.rand(2, *program.type.input.dims)]
    compiles(module, x)
    exports(module, x)
    compiles(module.double(), [x[0].double()])
