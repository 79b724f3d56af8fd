"""`replace` puts another operation at a path, as in torch a module is assigned; nothing else of the network changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torchvision
from torch import nn

from netspec import api
from netspec.builder import build
from netspec.builder.network import build_graph
from netspec.checker import check_source
from netspec.lang.json.schema import json_schema
from netspec.program.written import written
from netspec.source import Source
from tests.campaigns.zoo import unlike_new
from tests.specs import check, rendered
from tests.zoo.test_torchvision import TOLERANCE

DATA = "data { source = synthetic(image=[3, 32, 32], classes=7), batch_size = 4 }\n"

NETWORK = """\
block halve(channels) { conv: conv(channels, 3, stride=2, padding=1) -> norm: batch_norm -> relu }
block tower(unit, width) {
  unit(width)
  residual { c: conv(input.channels, 3, padding=1) -> relu }
}
model {
  stem: { conv(8, 3, padding=1) -> relu }
  t: tower(halve, 16)
  left  = conv(16, 1)
  right = t.c -> named: conv(16, 1)
  joined: concat(left, right)
  repeat 2 { residual { conv(32, 3, padding=1) -> relu } }
  for i in 1..2 { "layer{i}": halve(16 * i) }
  global_avg_pool -> flatten
  head: { hidden: linear(8) -> relu -> dropout(0.1) -> linear(7) }
}
"""
"""Labels, positions, scopes, blocks and operations that blocks are given, loops and residual bodies."""


def replaced(text: str, *replacements: str) -> str:
    """A spec whose model has further lines at its end."""
    start, _, _ = text.rstrip().rpartition("}")
    return start + "\n".join(f"  {line}" for line in replacements) + "\n}\n"


def assign(module: nn.Module, path: str, new: nn.Module) -> None:
    scope, _, name = path.rpartition(".")
    setattr(module.get_submodule(scope), name, new)


# ---- as in torch ----

RESNET = f"{DATA}model {{\n  body: zoo.resnet18(classes=7)\n}}\n"


def conv(channels: int, size: int, **others: Any) -> Callable[[], nn.Module]:
    return lambda: nn.Conv2d(channels, channels, size, bias=False, **others)


ASSIGNED: dict[str, tuple[str, str, Callable[[], nn.Module]]] = {
    "a layer": ("fc", "linear(7, bias=false)", lambda: nn.Linear(512, 7, bias=False)),
    "a layer by several": (
        "fc",
        "dropout(0.2) -> linear(7)",
        lambda: nn.Sequential(nn.Dropout(0.2), nn.Linear(512, 7)),
    ),
    "a layer within blocks": ("layer1.0.conv1", "conv(64, 5, padding=2, bias=false)", conv(64, 5, padding=2)),
    "a scope": (
        "layer4",
        "conv(512, 3, stride=2, padding=1) -> relu",
        lambda: nn.Sequential(nn.Conv2d(256, 512, 3, stride=2, padding=1), nn.ReLU()),
    ),
    "a block by a layer": ("layer2.1", "conv(128, 3, padding=1, bias=false)", conv(128, 3, padding=1)),
    "a scope within blocks": (
        "layer3.0.downsample",
        "avg_pool(2) -> conv(256, 1)",
        lambda: nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(128, 256, 1)),
    ),
}


@pytest.mark.parametrize("name", ASSIGNED)
def test_a_network_is_that_of_torchvision_with_the_module_assigned(name: str) -> None:
    path, body, make = ASSIGNED[name]
    program = check(replaced(RESNET, f'replace("body.{path}") {{ {body} }}')).require()
    torch.manual_seed(0)
    original = torchvision.models.resnet18(num_classes=7)
    assign(original, path, make())
    theirs = {f"body.{key}": tensor for key, tensor in unlike_new(original).state_dict().items()}
    network = build_graph(program.graph, seed=0)
    assert set(network.state_dict()) == set(theirs)
    network.load_state_dict(theirs, strict=True)

    images = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        difference = (network.eval()(images) - original.eval()(images)).abs().max().item()
    assert difference <= TOLERANCE


def test_each_convolution_of_a_network_can_have_another_kernel() -> None:
    program = check(RESNET).require()
    for node in program.graph.nodes:
        if node.layer.name() != "conv":
            continue
        layer = node.layer.model_copy(update={"bias": True})
        changed = check(replaced(RESNET, f'replace("{node.path}") {{ {written(layer)} }}')).require().graph
        assert set(changed.parameters) - set(program.graph.parameters) == {f"{node.path}.bias"}


# ---- what stays ----


@pytest.mark.parametrize("text", [DATA + NETWORK, RESNET], ids=["all kinds of lines", "resnet18"])
def test_an_operation_in_the_place_of_itself_changes_nothing(text: str) -> None:
    program = check(text).require()
    tried = 0
    for node in program.graph.nodes:
        if len(node.inputs) != 1 or "+" in node.path:
            continue
        changed = check(replaced(text, f'replace("{node.path}") {{ {written(node.layer)} }}'))
        assert changed.require().hash == program.hash, node.path
        tried += 1
    assert tried > 10


def test_it_matters_not_where_in_the_model_a_replacement_stands() -> None:
    line = 'replace("head.hidden") { linear(9) }'
    last = replaced(DATA + NETWORK, line)
    first = (DATA + NETWORK).replace("model {\n", f"model {{\n  {line}\n")
    assert check(first).require().hash == check(last).require().hash != check(DATA + NETWORK).require().hash


def test_first_values_of_what_isn_t_replaced_stay_the_same() -> None:
    before = build(check(RESNET).require()).state_dict()
    after = build(check(replaced(RESNET, 'replace("body.fc") { linear(7, bias=false) }')).require()).state_dict()
    kept = [name for name in after if not name.startswith("body.fc")]
    assert kept
    assert all(torch.equal(before[name], after[name]) for name in kept)


# ---- names ----


def test_one_operation_takes_the_name_and_several_are_a_scope_of_that_name() -> None:
    names = {
        "linear(7)": {"body.fc.weight", "body.fc.bias"},
        "dropout(0.2) -> linear(7)": {"body.fc.1.weight", "body.fc.1.bias"},
        "out: linear(7)": {"body.fc.out.weight", "body.fc.out.bias"},
        "head(7)": {"body.fc.hidden.weight", "body.fc.hidden.bias", "body.fc.1.weight", "body.fc.1.bias"},
    }
    block = "block head(classes) { hidden: linear(8) -> linear(classes) }\n"
    for body, expected in names.items():
        graph = check(replaced(block + RESNET, f'replace("body.fc") {{ {body} }}')).require().graph
        assert {name for name in graph.parameters if name.startswith("body.fc")} == expected
        assert graph.left_out == {"body.fc": "replaced in line 5"}


def test_a_replacement_knows_the_params_and_blocks_of_the_spec_and_what_comes_in() -> None:
    text = f"param width = 5\nblock act(p) {{ relu -> dropout(p) }}\n{RESNET}"
    graph = (
        check(replaced(text, 'replace("body.fc") { linear(input.features // width) -> act(0.5) -> linear(7) }'))
        .require()
        .graph
    )
    assert graph.parameters["body.fc.0.weight"] == (102, 512)


def test_what_is_applied_again_is_replaced_each_time_with_the_same_weights() -> None:
    text = f"""{DATA}block net(width) {{ flatten -> fc: linear(width) -> relu }}
model {{
  a = t: net(16)
  b = input * 2 -> reuse(t)
  concat(a, b) -> linear(7)
  replace("t.fc") {{ hidden: linear(8) -> relu -> linear(24) }}
}}
"""
    graph = check(text).require().graph
    paths = [node.path for node in graph.nodes]
    assert paths.count("t.fc.hidden") == paths.count("t.fc.2") == 2
    assert {name for name in graph.parameters if name.startswith("t.")} == {
        "t.fc.hidden.weight",
        "t.fc.hidden.bias",
        "t.fc.2.weight",
        "t.fc.2.bias",
    }


def test_a_network_of_the_zoo_takes_the_place_of_another_one() -> None:
    graph = check(replaced(RESNET, 'replace("body") { zoo.resnet50(classes=7) }')).require().graph
    assert graph.bodies == {"body": "resnet50"}
    assert "body.layer1.0.conv3.weight" in graph.parameters


def test_a_spec_that_extends_another_one_changes_its_network(tmp_path: Any) -> None:
    (tmp_path / "base.net").write_text(replaced(DATA + NETWORK, 'replace("head.hidden") { linear(9) }'))
    (tmp_path / "child.net").write_text(
        'extends "base.net"\nmodel { replace("layer1.conv") { conv(16, 1, stride=2) } }\n'
    )
    (tmp_path / "grandchild.net").write_text('extends "child.net"\nmodel { replace("head.hidden") { linear(10) } }\n')
    child, grandchild = (api.check(tmp_path / f"{name}.net").graph.parameters for name in ("child", "grandchild"))
    assert child["layer1.conv.weight"] == grandchild["layer1.conv.weight"] == (16, 32, 1, 1)
    assert child["head.hidden.weight"] == (9, 32)
    assert grandchild["head.hidden.weight"] == (10, 32)


# ---- forms ----

LINES = [
    'replace("body.fc") { dropout(0.2) -> linear(7) }',
    'replace("body.layer1.0.conv1") { conv(64, 5, padding=2) }',
    'replace("body.layer4") {\n    # narrower\n    conv(256, 3, padding=1)\n    if true { relu }\n  }',
    'replace("body.3") { c: max_pool(2) }  # no padding',
]


@pytest.mark.parametrize("line", LINES)
def test_the_json_form_and_the_formatter_keep_a_replacement(line: str) -> None:
    from jsonschema import Draft202012Validator

    text = api.fmt(Source("spec.net", replaced(RESNET, line)))
    assert api.fmt(Source("spec.net", text)) == text
    converted = api.convert(Source("spec.net", text))
    Draft202012Validator(json_schema()).validate(json.loads(converted))
    source = Source("spec.json", converted)
    assert check_source(source).require().hash == check(text).require().hash
    assert api.convert(source) == text


# ---- mistakes ----


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ('replace("body.fcc") { linear(7) }', "NS229", 'did you mean `"body.fc"`?'),
        ('replace("fc") { linear(7) }', "NS229", 'did you mean `"body.fc"`?'),
        ('replace("layer1.0.conv1") { relu }', "NS229", 'did you mean `"body.layer1.0.conv1"`?'),
        ('replace("neck") { relu }', "NS229", "the network has body"),
        ('replace("body.layer1.0.cnv1") { relu }', "NS229", 'did you mean `"body.layer1.0.conv1"`?'),
        ('replace("body.layer1.0.head") { relu }', "NS229", "`body.layer1.0` has conv1, bn1, 2, conv2, bn2, 5"),
        ('replace("body.layer1.0.+") { relu }', "NS229", "nothing in the network is named `body.layer1.0.+`"),
        ("replace(body.fc) { linear(7) }", "NS209", 'in quotes: replace("body.fc") { linear(10) }'),
        ("replace { linear(7) }", "NS209", "takes the path of an operation or a scope in quotes"),
        ('replace("body.fc", "body") { linear(7) }', "NS209", "takes the path of an operation or a scope in quotes"),
        ('replace("body.fc") { }', "NS209", 'to leave it out: replace("body.fc") { identity }'),
        ('replace("body.fc")', "NS209", "is a line of `model` itself, with a path and a body"),
        ('if true { replace("body.fc") { linear(7) } }', "NS209", "is a line of `model` itself"),
        ('x: replace("body.fc") { linear(7) }', "NS209", "is a line of `model` itself"),
        ('relu -> replace("body.fc") { linear(7) }', "NS209", "is a line of `model` itself"),
        ('replace("body.fc") { linear(7) -> lineer(7) }', "NS201", "did you mean `linear`?"),
        ('replace("body.fc") { linear(8) }', "NS302", "8"),
        ('replace("body.layer1.0.conv1") { conv(64, 5) }', "NS301", "`body.layer1.0.conv1`, which gave [64, 8, 8]"),
        ('replace("body.layer3") { conv(3, 3, groups=2) }', "NS", "`body.layer3`, in whose place it stands"),
    ],
)
def test_a_mistake_is_answered(line: str, code: str, message: str) -> None:
    checked = check(replaced(RESNET, line))
    assert checked.program is None
    assert message in rendered(checked)
    assert len(checked.diagnostics) == 1, rendered(checked)
    assert checked.diagnostics[0].code.startswith(code)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (['replace("body.fc") { linear(7) }', 'replace("body.fc") { linear(7) }'], "NS205"),
        (['replace("body.layer1") { relu }', 'replace("body.layer1.0.conv1") { relu }'], "NS230"),
    ],
)
def test_replacements_that_are_in_each_other_s_way_are_reported(lines: list[str], code: str) -> None:
    assert [item.code for item in check(replaced(RESNET, *lines)).diagnostics] == [code]


@pytest.mark.parametrize(
    ("path", "reason"),
    [("joined", "takes several values"), ("offset", "is a tensor by itself"), ("both", "takes several values")],
)
def test_what_takes_no_single_value_can_t_be_replaced_by_itself(path: str, reason: str) -> None:
    text = f"""{DATA}block both(a, b) {{ concat(a, b) }}
model {{
  left = conv(8, 1)
  right = conv(8, 1)
  joined: concat(left, right)
  offset: parameter([16, 1, 1])
  shifted = joined.channels
  both: both(left, right)
  global_avg_pool -> flatten -> linear(7)
  replace("{path}") {{ relu }}
}}
"""
    found = [item for item in check(text).diagnostics if item.code == "NS231"]
    assert len(found) == 1
    assert reason in found[0].message


def test_a_misfit_shows_what_is_replaced_and_what_it_disturbs() -> None:
    (found,) = check(replaced(RESNET, 'replace("body.layer2.0.conv2") { conv(96, 3, padding=1) }')).diagnostics
    assert found.message == "`+` needs equal shapes: [96, 4, 4] and [128, 4, 4]"
    texts = {label.span.text: label.text for label in found.labels}
    assert texts['"body.layer2.0.conv2"'] == "in its place, this gives [96, 4, 4]"
    assert "`body.layer2.0.conv2`, which gave [128, 4, 4]" in texts.values()


def test_a_replacement_that_gives_the_same_shape_isn_t_blamed_for_what_is_wrong_below_it() -> None:
    text = replaced(RESNET, 'replace("body.layer3") { conv(256, 3, stride=2, padding=1) }', "linear(3, 4, 5)")
    assert "body.layer3" not in rendered(check(text.replace("linear(3, 4, 5)", "conv(3, 3)")))


def test_weights_that_don_t_fit_a_second_value_say_what_is_replaced() -> None:
    text = f"""{DATA}model {{
  a = fc: conv(8, 3, padding=1)
  b = a -> conv(3, 1) -> reuse(fc)
  c = a -> reuse(fc)
  a + b + c -> global_avg_pool -> flatten -> linear(7)
  replace("fc") {{ conv(8, 1) }}
}}
"""
    (found,) = check(text).diagnostics
    assert found.code == "NS306"
    assert any(label.text == "replaced in both" for label in found.labels)


def test_a_param_of_a_step_that_is_replaced_counts_as_used() -> None:
    text = f'param width = 7\n{DATA}model {{ flatten -> fc: linear(width)\n replace("fc") {{ linear(7) }} }}\n'
    assert check(text).diagnostics == ()
