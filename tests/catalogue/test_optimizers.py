"""Optimizers are torch's: the same weights bit for bit, and what torch refuses is refused before the training."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn, optim

from netspec.catalogue.entry import entries, find
from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.optimizers.adam import Adam
from netspec.catalogue.optimizers.adamw import AdamW
from netspec.catalogue.optimizers.groups.group import Group
from netspec.catalogue.optimizers.lbfgs import LBFGS
from netspec.catalogue.optimizers.rprop import Rprop
from netspec.catalogue.optimizers.sgd import SGD
from netspec.shapes import MisfitError

STEPS = 6

ARGUMENTS: list[tuple[str, dict[str, Any]]] = [
    ("adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-5, "weight_decay": 0.1}),
    ("adafactor", {"lr": 0.05, "beta2_decay": -0.5, "d": 1.01, "weight_decay": 0.1}),
    ("adafactor", {"eps": (0.1, 0.5)}),
    ("adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.1, "eps": 1e-6}),
    ("adam", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-4, "weight_decay": 0.1, "amsgrad": True}),
    ("adamax", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-4, "weight_decay": 0.1}),
    ("adamw", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-4, "weight_decay": 0.1, "amsgrad": True}),
    ("asgd", {"lr": 0.1, "lambd": 0.01, "alpha": 0.5, "t0": 3.0, "weight_decay": 0.1}),
    ("lbfgs", {"lr": 0.3, "max_iter": 6, "history_size": 2, "tolerance_grad": 0.05, "line_search_fn": "strong_wolfe"}),
    ("lbfgs", {"max_eval": 4, "tolerance_change": 0.05}),
    ("muon", {"lr": 0.05, "weight_decay": 0.2, "momentum": 0.8, "nesterov": False, "ns_steps": 3}),
    ("muon", {"ns_coefficients": (2.0, -1.5, 0.5), "eps": 10.0, "adjust_lr_fn": "match_rms_adamw"}),
    ("nadam", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-4, "weight_decay": 0.1, "momentum_decay": 0.01}),
    ("nadam", {"weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("radam", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-4, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("rmsprop", {"lr": 0.05, "alpha": 0.9, "eps": 1e-4, "weight_decay": 0.1, "momentum": 0.9, "centered": True}),
    ("rprop", {"lr": 0.05, "etas": (0.4, 1.5), "step_sizes": (1e-3, 0.1)}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}),
    ("sgd", {"momentum": 0.9, "nesterov": True}),
]
IDLE = {"t0", "nesterov"}
"""What changes only what is beside the weights, and what isn't taken without another."""
CASES = [(entry.name(), {}) for entry in entries(Optimizer)] + ARGUMENTS


def make(name: str, **arguments: Any) -> Optimizer:
    entry = find(Optimizer, name)
    assert entry is not None
    made = entry(**arguments)
    made.check()
    return made


def network() -> nn.Module:
    """One without anything but matrices."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 8, bias=False), nn.Tanh(), nn.Linear(8, 3, bias=False))


def weights(module: nn.Module) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in module.parameters()]


def go(module: nn.Module, optimizer: optim.Optimizer, steps: range) -> list[Tensor]:
    """The weights after some steps, each on points of its own."""
    for step in steps:
        chance = torch.Generator().manual_seed(step)
        inputs, targets = torch.randn(16, 5, generator=chance), torch.randint(3, (16,), generator=chance)

        def evaluate(inputs: Tensor = inputs, targets: Tensor = targets) -> Tensor:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(module(inputs), targets)
            loss.backward()
            return loss

        # typed as if it gave a float, which all optimizers but one leave as it is
        optimizer.step(evaluate)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return weights(module)


def equal(left: list[Tensor], right: list[Tensor]) -> bool:
    return all(map(torch.equal, left, right))


def trained(name: str, arguments: dict[str, Any]) -> list[Tensor]:
    """The weights after some steps of the catalogue's optimizer."""
    module = network()
    return go(module, make(name, **arguments).build([{"params": list(module.parameters())}]), range(STEPS))


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_its_steps_are_torchs(name: str, arguments: dict[str, Any]) -> None:
    module, entry = network(), make(name)
    fused = {"fused": True} if "cpu" in entry.fused_on else {}
    torchs = go(module, getattr(optim, entry.torch_class)(module.parameters(), **fused, **arguments), range(STEPS))
    assert equal(trained(name, arguments), torchs)
    assert not equal(torchs, weights(network()))


@pytest.mark.parametrize("name", sorted({name for name, _ in CASES}))
def test_it_is_fused_where_torch_can(name: str) -> None:
    entry = make(name)
    assert bool(entry.fused_on) == ("fused" in inspect.signature(getattr(optim, entry.torch_class)).parameters)


@pytest.mark.parametrize("name", sorted({name for name, _ in ARGUMENTS}))
def test_every_argument_is_tried(name: str) -> None:
    given = {argument for other, arguments in ARGUMENTS if other == name for argument in arguments}
    assert given == set(type(make(name)).model_fields) - set(Optimizer.model_fields) | {"lr"}


@pytest.mark.parametrize(
    ("name", "arguments", "argument"),
    [(name, arguments, argument) for name, arguments in ARGUMENTS for argument in arguments if argument not in IDLE],
)
def test_every_argument_changes_the_steps(name: str, arguments: dict[str, Any], argument: str) -> None:
    """So that a case in which it isn't handed on would be seen."""
    without = {other: value for other, value in arguments.items() if other not in (argument, "nesterov")}
    assert not equal(trained(name, without), trained(name, {**without, argument: arguments[argument]}))


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_it_goes_on_from_its_state(name: str, arguments: dict[str, Any]) -> None:
    entry, whole, halves = make(name, **arguments), network(), network()
    expected = go(whole, entry.build([{"params": list(whole.parameters())}]), range(STEPS))
    first = entry.build([{"params": list(halves.parameters())}])
    go(halves, first, range(3))
    second = entry.build([{"params": list(halves.parameters())}])
    second.load_state_dict(first.state_dict())
    assert equal(go(halves, second, range(3, STEPS)), expected)


REFUSED: list[tuple[str, dict[str, Any]]] = [
    *((entry.name(), {"lr": -1.0}) for entry in entries(Optimizer)),
    *((name, {"weight_decay": -0.1}) for name in ("adadelta", "adafactor", "adagrad", "adam", "adamax", "adamw")),
    *((name, {"weight_decay": -0.1}) for name in ("asgd", "muon", "nadam", "radam", "rmsprop", "sgd")),
    *((name, {"betas": (0.9, 1.0)}) for name in ("adam", "adamax", "adamw", "nadam", "radam")),
    *((name, {"betas": (-0.1, 0.9)}) for name in ("adam", "adamax", "adamw", "nadam", "radam")),
    *((name, {"eps": -1e-8}) for name in ("adadelta", "adagrad", "adam", "adamax", "adamw", "nadam", "radam")),
    ("rmsprop", {"eps": -1e-8}),
    ("rmsprop", {"alpha": -0.1}),
    ("rmsprop", {"momentum": -0.1}),
    ("adadelta", {"rho": 1.1}),
    ("adagrad", {"lr_decay": -1.0}),
    ("adagrad", {"initial_accumulator_value": -1.0}),
    ("adafactor", {"beta2_decay": 0.1}),
    ("adafactor", {"eps": (-1.0, 1e-3)}),
    ("adafactor", {"eps": (None, -1.0)}),
    ("adafactor", {"d": 0.5}),
    ("muon", {"momentum": -0.1}),
    ("muon", {"ns_steps": 100}),
    ("muon", {"ns_coefficients": (1.0, 1.0)}),
    ("muon", {"adjust_lr_fn": "other"}),
    ("nadam", {"momentum_decay": -0.1}),
    ("rprop", {"etas": (0.0, 1.2)}),
    ("rprop", {"etas": (0.5, 1.0)}),
    ("rprop", {"etas": (1.2, 0.5)}),
    ("sgd", {"momentum": -0.1}),
    ("sgd", {"nesterov": True}),
    ("sgd", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}),
]


@pytest.mark.parametrize(("name", "arguments"), REFUSED)
def test_what_torch_refuses_is_refused(name: str, arguments: dict[str, Any]) -> None:
    entry, module = find(Optimizer, name), network()
    assert entry is not None
    with pytest.raises(ValueError):
        go(module, getattr(optim, entry.torch_class)(module.parameters(), **arguments), range(1))
    with pytest.raises((ValidationError, MisfitError)):
        make(name, **arguments)


@pytest.mark.parametrize("entry", entries(Optimizer), ids=lambda entry: entry.name())
@pytest.mark.parametrize("sizes", [(), (4,), (4, 3), (4, 3, 2)])
def test_it_moves_tensors_of_the_sizes_that_torch_moves(entry: type[Optimizer], sizes: tuple[int, ...]) -> None:
    parameter = nn.Parameter(torch.ones(sizes))
    try:
        entry().build([{"params": [parameter]}])
    except ValueError:
        with pytest.raises(MisfitError, match="matrices alone"):
            entry().fits(sizes)
    else:
        entry().fits(sizes)


@pytest.mark.parametrize("arguments", [{"groups": (Group(on="*", lr=0.1),)}, {"layer_decay": 0.5}])
def test_what_moves_all_as_one_has_no_groups(arguments: dict[str, Any]) -> None:
    with pytest.raises(MisfitError, match="all parameters as one"):
        make("lbfgs", **arguments)


def test_a_group_has_nothing_that_its_optimizer_hasnt() -> None:
    with pytest.raises(MisfitError, match="`rprop` has no `weight_decay`"):
        Rprop(groups=(Group(on="*", weight_decay=0.1),)).check()
    Rprop(groups=(Group(on="*", lr=0.1),)).check()


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        (Group(on="*"), "nothing of its own"),
        (Group(on="*", lr=0.1, optimizer=AdamW()), "`adamw` of the group has values of its own"),
        (Group(on="*", optimizer=LBFGS()), "`lbfgs` moves all parameters of a network as one"),
        (Group(on="*", optimizer=SGD(groups=(Group(on="*", lr=0.1),))), "has no groups"),
    ],
)
def test_what_a_group_cant_say(group: Group, reason: str) -> None:
    with pytest.raises(MisfitError, match=reason):
        group.check()
    with pytest.raises(MisfitError, match=reason):
        Adam(groups=(group,)).groups[0].check()
