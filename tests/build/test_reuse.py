"""`reuse` with further values, against torch with the same weights."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from netspec.builder import build
from tests.specs import check

DATA = "data { source = synthetic(image=[4, 8, 8], classes=3) }\n"
END = " -> flatten -> head: linear(3)"
START = "memory = flatten(start_dim=2)\n other = memory -> flip([2])\n"


def built(model: str) -> nn.Module:
    checked = check(f"{DATA}model {{ {model} }}")
    assert [item.message for item in checked.diagnostics if item.is_error] == []
    return build(checked.require()).eval()


def ended(module: nn.Module, value: Tensor) -> Tensor:
    weights = module.state_dict()
    return nn.functional.linear(value.flatten(1), weights["head.weight"], weights["head.bias"])


def attend(module: nn.Module, query: Tensor, memory: Tensor) -> Tensor:
    weights = {name.removeprefix("cross."): value for name, value in module.state_dict().items() if "cross" in name}
    attention = nn.MultiheadAttention(64, 4, batch_first=True)
    attention.load_state_dict(weights)
    return attention.eval()(query, memory, memory)[0]


@pytest.mark.parametrize(
    ("again", "other"),
    [
        ("memory -> relu -> reuse(cross, other)", True),
        ("memory -> relu -> reuse(cross)", False),
        ("m = memory -> relu\n b = reuse(cross, m, other)", True),
    ],
)
def test_a_layer_is_applied_again_to_other_values(again: str, other: bool):
    bound = again if "b = " in again else f"b = {again}"
    module = built(f"{START} a = memory -> relu -> cross: attention(memory, num_heads=4)\n {bound}\n a * 2 - b{END}")
    x = torch.randn(5, 4, 8, 8)
    memory = x.flatten(2)
    second = memory.flip(2) if other else memory
    expected = attend(module, memory.relu(), memory) * 2 - attend(module, memory.relu(), second)
    torch.testing.assert_close(module(x), ended(module, expected))


def test_a_block_is_applied_again_to_other_values():
    block = "block attend(to, heads) { input -> cross: attention(to, num_heads=heads) -> relu }\n"
    model = f"{START} a = memory -> one: attend(memory, heads=4)\n b = memory -> reuse(one, other)\n a * 2 - b{END}"
    checked = check(f"{DATA}{block}model {{ {model} }}")
    module = build(checked.require()).eval()
    x = torch.randn(5, 4, 8, 8)
    memory = x.flatten(2)
    weights = {name.rpartition("cross.")[2]: value for name, value in module.state_dict().items() if "cross" in name}
    attention = nn.MultiheadAttention(64, 4, batch_first=True)
    attention.load_state_dict(weights)
    first, second = (attention.eval()(memory, to, to)[0].relu() for to in (memory, memory.flip(2)))
    torch.testing.assert_close(module(x), ended(module, first * 2 - second))


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            "fc: linear(8)\n y = relu\n y -> reuse(fc, y)",
            "too many arguments without names for `fc`",
        ),
        (
            "s: { linear(8) -> relu }\n y = relu\n y -> reuse(s, y)",
            "too many arguments without names for `s`",
        ),
        (f"{START} c: attention(other, num_heads=4)\n reuse(c, num_heads=2)", "`reuse` takes a label and values"),
    ],
)
def test_values_that_nothing_takes_are_refused(model: str, message: str):
    found = [item.message for item in check(f"{DATA}model {{ {model} }}").diagnostics if item.is_error]
    assert len(found) == 1
    assert found[0].startswith(message)
