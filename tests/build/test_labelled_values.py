"""`body.layer2` is the value that a labelled step gives, as a forward hook on torch's module of that name finds it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import torch
import torchvision
from torch import Tensor, nn

from netspec import api
from netspec.builder.network import build_graph
from netspec.checker import check_source
from netspec.checker.analysis import Analysis
from netspec.source import Source
from tests.campaigns.zoo import unlike_new
from tests.specs import check, rendered
from tests.zoo.test_torchvision import TOLERANCE

DATA = "data { source = synthetic(image=[3, 32, 32], classes=7), batch_size = 4 }\n"
SCALES = ("bn1", "layer1", "layer2", "layer3", "layer4")

PYRAMID = f"""{DATA}model {{
  body: zoo.resnet18(classes=7)
  c2 = body.layer1
  c4 = body.layer3 -> global_avg_pool -> flatten
  concat(c2 -> global_avg_pool -> flatten, c4) -> head: linear(7)
}}
"""


def hooked(module: nn.Module, names: tuple[str, ...], images: Tensor) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}

    def keep(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        # what comes out may be changed in place later on
        return lambda _module, _inputs, output: found.update({name: output.clone()})

    for name in names:
        module.get_submodule(name).register_forward_hook(keep(name))
    module(images)
    return found


def test_the_scales_of_a_network_are_those_of_torchvision_s() -> None:
    pooled = ", ".join(f"body.{name} -> global_avg_pool -> flatten" for name in SCALES)
    graph = check(f"{DATA}model {{\n body: zoo.resnet18\n concat({pooled}) -> head: linear(7)\n}}\n").require().graph
    torch.manual_seed(0)
    original = unlike_new(torchvision.models.resnet18()).eval()
    network = build_graph(graph, seed=0).eval()
    theirs = {f"body.{key}": tensor for key, tensor in original.state_dict().items()}
    missing = network.load_state_dict(theirs, strict=False)
    assert missing.unexpected_keys == ["body.fc.weight", "body.fc.bias"]
    assert missing.missing_keys == ["head.weight", "head.bias"]

    images = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        scales = hooked(original, SCALES, images)
        joined = torch.cat([scales[name].mean((2, 3)) for name in SCALES], dim=1)
        head = network.state_dict()
        expected = nn.functional.linear(joined, head["head.weight"], head["head.bias"])
        assert (network(images) - expected).abs().max().item() <= TOLERANCE


def test_what_nothing_reads_of_a_network_of_the_zoo_is_left_out_and_named() -> None:
    program = check(PYRAMID).require()
    assert check(PYRAMID).diagnostics == ()
    left_out = list(program.graph.left_out)
    assert "body.fc" in left_out
    assert any(path.startswith("body.layer4.") for path in left_out)
    assert not any(name.startswith(("body.fc", "body.layer4")) for name in program.graph.parameters)
    assert "`body.fc` left out, as nothing takes what it gives" in api.plan(program)["computes"]


def test_of_one_s_own_network_it_is_said() -> None:
    text = f"{DATA}model {{\n s: {{ a: flatten -> b: linear(9) }}\n s.a -> linear(7)\n}}\n"
    assert [item.code for item in check(text).diagnostics] == ["NS402"]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("s: { a: conv(4, 3) -> relu }\n s.a -> flatten -> linear(7)", "[4, 30, 30]"),
        ("s: { a: { b: conv(4, 3) -> relu } -> relu }\n s.a.b -> flatten -> linear(7)", "[4, 30, 30]"),
        ("s: { a: conv(4, 3) }\n x = s.a\n x -> flatten -> linear(7)", "[4, 30, 30]"),
        ("s: { a: conv(4, 3) }\n conv(s.a.channels, 1) -> flatten -> linear(7)", "[4, 30, 30]"),
        (
            "s: { a: conv(4, 3) }\n s.a + (input -> conv(4, 3)) -> flatten -> linear(7)",
            "[4, 30, 30]",
        ),
        (
            "t: { a: conv(4, 3) -> b: relu }\n s: { relu -> c: relu }\n concat(t.b, s.c) -> flatten -> linear(7)",
            "[8, 30, 30]",
        ),
        ('for i in 1..2 { "s{i}": { a: conv(4, 3, padding=1) } }\n s1.a + s2.a -> flatten -> linear(7)', "[4, 32, 32]"),
        ("s: { a: conv(4, 3) }\n u: { v = s.a\n v -> relu } -> flatten -> linear(7)", "[4, 30, 30]"),
    ],
)
def test_a_value_is_named_by_the_labels_that_lead_to_it(model: str, expected: str) -> None:
    checked = check(f"{DATA}model {{ {model} }}\n")
    assert not [item for item in checked.diagnostics if item.is_error], rendered(checked)
    assert expected in {str(node.shape) for node in checked.require().graph.nodes}


@pytest.mark.parametrize(
    ("model", "code", "message"),
    [
        ("body: zoo.resnet18\n c3 = body.layr2\n c3 -> flatten -> linear(7)", "NS229", "did you mean `body.layer2`?"),
        ("body: zoo.resnet18\n body.layr2 -> flatten -> linear(7)", "NS229", "did you mean `body.layer2`?"),
        (
            "body: zoo.resnet18\n c = body.neck\n c -> flatten -> linear(7)",
            "NS229",
            "`body` has conv1, bn1, 2, 3, layer1",
        ),
        ("body: zoo.resnet18\n c = body.layer2.conv1\n c -> flatten -> linear(7)", "NS229", "`body.layer2` has 0, 1"),
        (
            "c = body.layer2\n body: zoo.resnet18\n c -> flatten -> linear(7)",
            "NS206",
            "`body` stands in line 3, but its value is used above that",
        ),
        (
            "body.layer2 -> flatten -> linear(7)\n body: zoo.resnet18",
            "NS206",
            "`body` stands in line 3, but its value is used above that",
        ),
        ("fc: flatten -> linear(7)\n c = fc.weight\n c", "NS206", "the weights of a layer are not a value"),
        (
            "s: { flatten -> a: linear(9) }\n x = input * 2 -> reuse(s)\n x + s.a -> linear(7)",
            "NS232",
            "is applied 2 times",
        ),
        ("s: { a: { x = s.a\n x } }\n flatten -> linear(7)", "NS206", "this line is part of it"),
    ],
)
def test_a_name_that_leads_to_no_value_is_answered(model: str, code: str, message: str) -> None:
    checked = check(f"{DATA}model {{ {model} }}\n")
    assert message in rendered(checked)
    assert [item.code for item in checked.diagnostics if item.is_error] == [code], rendered(checked)


def test_a_block_doesn_t_see_the_labels_around_its_call() -> None:
    text = f"block top(width) {{ s.a -> flatten -> linear(width) }}\n{DATA}model {{ s: {{ a: relu }}\n top(7) }}\n"
    assert "there is no layer `s.a`" in rendered(check(text))


def test_lines_that_aren_t_reached_may_name_such_values() -> None:
    text = f"{DATA}model {{ s: {{ a: flatten }}\n if false {{ t: {{ b: relu }}\n t.b -> s.a }}\n linear(7) }}\n"
    assert check(text.replace("t.b -> s.a", "x = t.b\n x + s.a")).diagnostics == ()


def test_the_json_form_has_such_values() -> None:
    converted = api.convert(Source("spec.net", PYRAMID))
    assert {"let": "c2", "be": {"value": "body.layer1"}} in json.loads(converted)["model"]
    assert check_source(Source("spec.json", converted)).require().hash == check(PYRAMID).require().hash


def test_an_editor_finds_the_label_and_the_shape() -> None:
    source = Source("spec.net", PYRAMID)
    analysis = Analysis(source)
    head, part = analysis.at(PYRAMID.index("body.layer1")), analysis.at(PYRAMID.index(".layer1") + 2)
    assert head is not None and part is not None and head.target is not None
    assert (head.kind, head.target.text) == ("label", "body")
    assert str(part.shape) == "[64, 8, 8]"
