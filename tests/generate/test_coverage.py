"""What netspec has of torch: every class has an entry or a reason, and the aims are met."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

import pytest
from torch import nn

from netspec.catalogue.entry import Example, entries
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers.linear import Linear
from netspec.generate import coverage as module
from netspec.generate.coverage import COMMAND, FAMILIES, PAGE, Coverage, Family, LeftOut, by_torch_name, left_out
from tests.catalogue.test_conformance import made, shapes_of
from tests.specs import ROOT

OPTIMIZERS = Family("torch.optim", "Optimizer", "optimizers", aim=100)
CLASSES = {name for family in FAMILIES for name in family.classes()}


def test_the_page_is_up_to_date() -> None:
    found = (ROOT / PAGE).read_text(encoding="utf-8")
    if module.versions() not in found:
        pytest.skip(f"the page doesn't count {module.versions()}")
    assert found == module.page(), f"run `{COMMAND}`"


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.module)
def test_the_aim_is_met(family: Family) -> None:
    covered = module.coverage(family)
    assert covered.percent >= family.aim, f"missing: {', '.join(covered.missing)}"


def test_a_class_is_found_if_it_is_public_and_has_the_base() -> None:
    assert {"torch.optim.SGD", "torch.optim.Optimizer"} <= set(OPTIMIZERS.classes())
    assert "torch.optim.lr_scheduler._LRScheduler" not in CLASSES
    assert "torchvision.transforms.v2.InterpolationMode" not in CLASSES


@pytest.mark.parametrize("name", sorted(by_torch_name()))
def test_what_an_entry_stands_for_is_in_torch(name: str) -> None:
    assert resolved(name) is not None


def resolved(name: str) -> Any:
    """What a dotted name means: the longest part of it that is a module, and attributes from there."""
    holder, _, rest = name.rpartition(".")
    try:
        return getattr(import_module(holder), rest)
    except ModuleNotFoundError:
        return getattr(resolved(holder), rest)


LAYER_EXAMPLES = [(layer, example) for layer in entries(Layer) for example in layer.examples]


@pytest.mark.parametrize(("layer", "example"), LAYER_EXAMPLES, ids=[example.text for _, example in LAYER_EXAMPLES])
def test_the_class_of_torch_that_a_layer_builds_is_among_its_names(layer: type[Layer], example: Example) -> None:
    shapes = shapes_of(example)
    built = type(cast(Layer, made(Layer, example)).build(*shapes))
    assert built not in vars(nn).values() or f"torch.nn.{built.__name__}" in layer.torch_names


def test_every_reason_is_for_something() -> None:
    idle = [pattern for left in left_out() for pattern in left.patterns if not _matched(pattern)]
    assert idle == []


def _matched(pattern: str) -> bool:
    return any(name in LeftOut("", False, (pattern,)) for name in CLASSES)


# ---- what isn't clear is refused ----


def test_a_class_with_neither_entry_nor_reason_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "left_out", lambda: (LeftOut("a base class", False, ("torch.optim.Optimizer",)),))
    monkeypatch.setattr(module, "by_torch_name", dict)
    with pytest.raises(ValueError, match=r"^torch\.optim\.ASGD has no entry and no reason in left_out\.toml\n"):
        module.coverage(OPTIMIZERS)


def test_a_class_with_both_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "left_out", lambda: (LeftOut("too slow", True, ("torch.optim.*",)),))
    monkeypatch.setattr(module, "by_torch_name", lambda: {"torch.optim.SGD": [Linear]})
    with pytest.raises(ValueError, match=r"^torch\.optim\.SGD has an entry, and left_out\.toml says why it has none$"):
        module.coverage(OPTIMIZERS)


def test_the_share_is_of_those_that_count_and_is_rounded_down() -> None:
    present = {f"torch.optim.{number}": [Linear] for number in range(199)}
    covered = Coverage(OPTIMIZERS, present, missing={"torch.optim.A": "not yet"}, uncounted={"torch.optim.B": "a base"})
    assert (covered.count, covered.percent) == (200, 99)
