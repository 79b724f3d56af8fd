"""Networks of every form that a spec has are written so that their text means the same."""

from __future__ import annotations

import pytest

from netspec.pruner.pruned import pruned
from netspec.writer.spec import respecified
from tests.pruner.silence import random_state
from tests.specs import check

DATA = "data { source = synthetic(image=[3, 8, 8], classes=5) }\n"
MIX = "block mix(b) { x = conv(4, 1)\n y = b -> conv(4, 1)\n x + y }\n"

FORMS = {
    "a block of two values": (
        f"{MIX}model {{ p = conv(4, 3)\n q = input -> conv(6, 3)\n p -> mix(q) -> mix(p)\n TAIL }}"
    ),
    "a block of two values, applied again": (
        f"{MIX}model {{ p = conv(4, 3)\n q = input -> conv(4, 3)\n r = p -> m: mix(q)\n s = q -> reuse(m, p)\n"
        " r + s\n TAIL }"
    ),
    "a scope that takes a value from outside": ("model { p = conv(4, 3)\n p -> t: { a = conv(4, 1)\n a + p }\n TAIL }"),
    "a scope that is applied again after its inner one": (
        "model { conv(4, 3) -> relu\n x = identity\n y = x -> o: { i: { conv(4, 1) -> relu } -> batch_norm }\n"
        " y -> reuse(o) -> reuse(o.i)\n TAIL }"
    ),
    "a layer that is applied again within its scope": (
        "model { conv(4, 3)\n t: { a: conv(4, 1) -> relu -> reuse(a) -> relu }\n TAIL }"
    ),
    "a scope that is applied three times in a row": (
        "model { conv(4, 3)\n t: { conv(4, 1) -> relu }\n reuse(t) -> reuse(t)\n TAIL }"
    ),
    "a block that gives two values": (
        "block two() { a = conv(4, 1)\n b = conv(6, 1)\n output = { p = a, q = b } }\n"
        "model { r = two\n s = r.p -> conv(6, 1)\n s + r.q\n TAIL }"
    ),
    "a block with a tensor of its own": (
        "block scaled() { g: parameter([4, 1, 1], value=1)\n input -> mul(g) }\n"
        "model { conv(4, 3)\n scaled\n conv(4, 1)\n scaled\n TAIL }"
    ),
    "a tensor that is taken twice": (
        "model { w: parameter([4, 1, 1], value=1)\n conv(4, 1) -> mul(w) -> relu -> mul(w)\n TAIL }"
    ),
    "numbers on both sides of operators": (
        "model { a = conv(4, 1)\n b = 1 - a\n c = b * 0.5 + 2 / a\n c -> flatten -> head: linear(5) }"
    ),
    "conditions and loops": (
        "param deep = true\nmodel { conv(4, 3)\n if deep { conv(6, 1) -> relu }\n"
        ' for i in 1..3 { "b{i}": { conv(2 * i + 2, 1) -> relu } }\n TAIL }'
    ),
    "a network of the zoo with another end": (
        'model { body: zoo.resnet18(classes=5)\n replace("body.fc") { linear(12) -> relu -> linear(5) } }'
    ),
    "a value within a network of the zoo": (
        "model { body: zoo.resnet18\n c = body.layer2\n c -> global_avg_pool\n TAIL }"
    ),
    "a class token": (
        "model { c: parameter([1, 1, 6])\n p = conv(6, 4, stride=4) -> flatten(start_dim=2) -> transpose(1, 2)\n"
        " concat(c, p, dim=1) -> transformer_encoder(2, 2, dim_feedforward=8) -> select(dim=1, index=0)\n TAIL }"
    ),
    "attention to another sequence": (
        "model { m = flatten(start_dim=2) -> linear(8)\n q = input -> flatten(start_dim=2) -> linear(4)\n"
        " q -> attention(m, num_heads=2)\n TAIL }"
    ),
}


@pytest.mark.parametrize("model", FORMS.values(), ids=FORMS)
def test_the_text_of_a_network_means_the_same_with_all_channels_and_with_half_of_them(model: str) -> None:
    program = check(DATA + model.replace("TAIL", "flatten -> head: linear(5)")).require()
    whole = respecified(program, program.graph)
    assert check(whole.text).require().graph.parameters == program.graph.parameters
    found = pruned(program, random_state(program.graph), 0.5)
    parameters = check(found.text).require().graph.parameters
    assert {name: tuple(found.state[name].shape) for name in parameters} == parameters
