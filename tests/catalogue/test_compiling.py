"""Every loss, and networks with tensors of their own, under torch.compile and torch.export: they give what they give as
they are. The layers are in test_layers_in_training; `python -m tests.campaigns.compiling` has as many as one likes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from netspec.builder import build
from netspec.catalogue.entry import Example, entries
from netspec.catalogue.losses import Loss, TaughtLoss
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number
from netspec.shapes import MisfitError, Shape
from tests.catalogue.test_conformance import made
from tests.compiled import compiles, exports
from tests.specs import check

FEW = 2
"""How many examples of a loss are compiled."""
SAMPLES = 9
TARGETS = (Classes(names=("ant", "bee", "cat", "dog")), Classes(names=("no", "yes")), Number())


def outputs(loss: Loss, target: Any) -> Sequence[Shape]:
    try:
        return tuple(loss.outputs(target, Shape.of(2, 5)))
    except MisfitError:
        return ()


LOSSES = [
    pytest.param(example, target, shape, id=f"{example.text} {target} {shape}")
    for entry in entries(Loss)
    if not issubclass(entry, TaughtLoss)
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
