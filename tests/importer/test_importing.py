"""Modules of torch become specs with the same tensors and outputs, or a message names what no spec has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from netspec.api.specs import fmt
from netspec.builder.network import build_graph
from netspec.importer.imported import Imported, imported, incoming
from netspec.importer.proof import graph_of
from netspec.source import Source
from netspec.writer.errors import CannotTranslate
from tests.importer.modules import MODULES, Inputs

IMAGE: Inputs = [(None, (3, 8, 8), False)]
VECTOR: Inputs = [(None, (6,), False)]


def imports(module: nn.Module, inputs: Inputs, **options: Any) -> Imported:
    return imported(module, incoming(module, inputs), "# imported", **options)


def listed(result: Any) -> list[Tensor]:
    return list(result.values()) if isinstance(result, dict) else [result]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_becomes_a_spec_with_its_tensors_and_its_outputs(name: str) -> None:
    torch.manual_seed(0)
    build, given = MODULES[name]
    module = build().eval()
    text = imports(module, given).text
    assert fmt(Source("imported.net", text)) == text

    inputs = incoming(module, given)
    prefix = ""
    if "\nmodel" not in text:
        block = text[text.rindex("block ") :].removeprefix("block ").split()[0].partition("(")[0]
        text += f"\ndata {{ source = synthetic(features=1) }}\nmodel {{ net: {block} }}\n"
        prefix = "net."
    network = build_graph(graph_of(text, inputs, None), seed=1).eval()
    network.load_state_dict({f"{prefix}{key}": tensor for key, tensor in module.state_dict().items()}, strict=True)
    samples = [item.sample(7) for item in inputs]
    with torch.no_grad():
        expected, found = listed(module(*samples)), listed(network(*samples))
    for one, other in zip(expected, found, strict=True):
        torch.testing.assert_close(other, one, atol=1e-5, rtol=0)


def test_what_is_alike_is_a_block_and_what_repeats_a_loop() -> None:
    text = imports(MODULES["skips"][0](), MODULES["skips"][1]).text
    assert "block residual2 {" in text and "repeat 2 { residual2 }" in text
    assert "block residual3(channels) {" in text and "residual3(16)" in text and "residual3(32)" in text


def test_a_layer_that_is_called_again_is_reused() -> None:
    text = imports(MODULES["shared_layer"][0](), VECTOR).text
    assert "repeat 2 { reuse(again) -> tanh }" in text


# ---- what no spec has ----


def of(function: Callable[[Tensor], Tensor], **parts: nn.Module) -> nn.Module:
    """A module that does this, between a first layer and what it gives."""

    class Does(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(6, 6)
            for name, part in parts.items():
                self.add_module(name, part)

        def forward(self, x: Tensor) -> Tensor:
            return function(self.first(x))

    return Does()


def calling(name: str) -> Callable[..., Tensor]:
    return getattr(F, name)


REFUSED: dict[str, tuple[nn.Module, str]] = {
    "values": (of(lambda x: x if x.sum() > 0 else -x), "asks for numbers of a tensor (`bool`)"),
    "item": (of(lambda x: x * x.max().item()), "`max`|`item`|asks for numbers"),
    "sort": (of(lambda x: x.sort().values), "`sort`"),
    "einsum": (of(lambda x: torch.einsum("ni,nj->nij", x, x)), "`einsum`"),
    "batch": (of(lambda x: x - x.mean(0)), "`mean`"),
    "all": (of(lambda x: x / x.sum()), "`sum`"),
    "merged": (of(lambda x: x.reshape(-1, 3)), "`reshape`"),
    "moved": (of(lambda x: x.t()), "`t`"),
    "batch_size": (of(lambda x: x * x.shape[0]), "computes with the size of the batch"),
    "in_place": (of(lambda x: x.zero_()), "`zero_`"),
    "made": (of(lambda x: x + torch.ones(6)), "a tensor of sizes [6] that the code makes"),
    "random": (of(lambda x: F.dropout(x, 0.5)), "`dropout` is on in evaluation too"),
    "new_layer": (of(lambda x: nn.Linear(6, 2)(x) * 2), "`Linear` is made while the network runs"),
    "unused": (of(lambda x: x, second=nn.Linear(3, 3)), "doesn't depend on `second.weight`"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_spec_has_is_refused_by_its_name(case: str) -> None:
    module, reason = REFUSED[case]
    with pytest.raises(CannotTranslate) as refused:
        imports(module, VECTOR)
    assert any(part in refused.value.reason for part in reason.split("|")), refused.value.reason


def test_the_module_that_calls_it_is_named() -> None:
    class Sorts(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.sort().values

    module = nn.Sequential(nn.Linear(6, 6), nn.Sequential(nn.ReLU(), Sorts()))
    with pytest.raises(CannotTranslate, match=r"`sort` in `1\.1`"):
        imports(module, VECTOR)


def test_weights_that_do_nothing_are_left_out_if_that_is_wanted() -> None:
    module, _ = REFUSED["unused"]
    assert imports(module, VECTOR, drop_unused=True).unused == ("second.weight", "second.bias")


def test_what_is_different_in_training_is_said() -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(6, 6)

        def forward(self, x: Tensor) -> Tensor:
            x = self.first(x)
            return F.relu(x) if self.training else x

    assert imports(Two(), VECTOR).remarks != ()
    assert imports(nn.Sequential(nn.Linear(6, 6), nn.Dropout(), nn.Linear(6, 2)), VECTOR).remarks == ()


def test_the_module_has_its_own_numbers_afterwards() -> None:
    module = MODULES["skips"][0]()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    imports(module, MODULES["skips"][1])
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.state_dict().items())


# ---- names that are made to break out ----

NAMES = [
    "x: linear(1) }\nassert false",
    'a" } block b {',
    "{i}",
    "#",
    "fc\n",
    "é",
    "a b",
    "",
    "-",
    "if",
    "true",
    "x" * 99,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_label_or_refused_and_never_more(name: str) -> None:
    module = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 3))
    modules = module._modules
    modules[name] = modules.pop("2")
    try:
        text = imports(module, VECTOR).text
    except CannotTranslate as refused:
        assert "is no name that a label may have" in refused.reason
        return
    assert name in ("if", "true") and f'"{name}": linear(3)' in text


@pytest.mark.parametrize("name", [*NAMES, "linear", "input", "repeat", "block", "x"])
def test_names_of_classes_and_of_outputs_are_taken_only_if_they_are_names(name: str) -> None:
    class Part(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Linear(6, 6), nn.Linear(6, 6)

        def forward(self, x: Tensor) -> Tensor:
            return self.b(F.relu(self.a(x)))

    Part.__qualname__ = Part.__name__ = name

    class Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = Part(), Part()

        def forward(self, x: Tensor) -> dict[str, Tensor]:
            x = self.one(x)
            return {name: x, "other": self.two(x)}

    assert imports(Whole(), VECTOR).text.count("block ") == 2
