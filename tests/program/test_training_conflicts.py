"""What doesn't go together in a training is told before it, at the setting to blame."""

from __future__ import annotations

from typing import Any

import pytest

from netspec.catalogue.clips.clip_norm import ClipNorm
from netspec.catalogue.gradient_noise.gradient_noise import GradientNoise
from netspec.catalogue.init_rules.init import Init
from netspec.catalogue.initializers.dirac import Dirac
from netspec.catalogue.initializers.kaiming_normal import KaimingNormal
from netspec.catalogue.initializers.zeros import Zeros
from netspec.catalogue.layers.batch_norm import BatchNorm
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.optimizers.adam import Adam
from netspec.catalogue.optimizers.groups.group import Group
from netspec.catalogue.optimizers.lbfgs import LBFGS
from netspec.catalogue.optimizers.muon import Muon
from netspec.catalogue.optimizers.rprop import Rprop
from netspec.catalogue.optimizers.sgd import SGD
from netspec.catalogue.schedules import Schedule
from netspec.catalogue.schedules.constant import Constant
from netspec.catalogue.schedules.cosine import Cosine
from netspec.catalogue.schedules.one_cycle import OneCycle
from netspec.catalogue.schedules.warmup import Warmup
from netspec.catalogue.sections.train import Train
from netspec.catalogue.values import Quantity
from netspec.program.training_conflicts import idle_patterns, schedule_too_long, training_conflicts
from netspec.shapes import MisfitError, Shape
from netspec.source import Source
from tests.graphs import chain

GRAPH = chain(
    Shape.of(8),
    [("fc", Linear(out_features=8)), ("bn", BatchNorm()), ("head", Linear(out_features=2))],
    Source("test.net", "").whole(),
)
BATCHES = 10


def found(**settings: Any) -> list[tuple[str | None, str]]:
    return [(misfit.argument, misfit.reason) for misfit in training_conflicts(Train(**settings), GRAPH, BATCHES)]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"freeze": ("*", "!head"), "accumulate": 10, "schedule": (Warmup(over=Quantity(2, "epochs")), Cosine())},
        {"optimizer": SGD(groups=(Group(on="*:bias", weight_decay=0.0), Group(on="fc", lr=0.1)))},
        {"optimizer": Muon(groups=(Group(on=("*:bias", "bn"), optimizer=Adam()),)), "schedule": (Cosine(),)},
        {"optimizer": Rprop(groups=(Group(on="*:bias", optimizer=Adam()),)), "schedule": (Cosine(),)},
        {"optimizer": Rprop(groups=(Group(on="bn", optimizer=Adam()),)), "schedule": (OneCycle(cycle_momentum=False),)},
        {"init": (Init(on="head", to=Zeros()), Init(on=":linear:weight", to=KaimingNormal()))},
    ],
)
def test_a_good_training_has_none(settings: dict[str, Any]) -> None:
    assert found(**settings) == []
    assert list(idle_patterns(Train(**settings), GRAPH)) == []


@pytest.mark.parametrize(
    ("settings", "argument", "reason"),
    [
        ({"freeze": "*"}, "train.freeze", "leaves nothing to learn"),
        ({"accumulate": 11}, "train.accumulate", "an epoch has 10"),
        (
            {"optimizer": SGD(groups=(Group(on="*", lr=0.1), Group(on="fc", lr=0.2)))},
            "train.optimizer.groups[1]",
            "every parameter of this group",
        ),
        (
            {"optimizer": SGD(groups=(Group(on="fc", lr=0.1),)), "freeze": "fc"},
            "train.optimizer.groups",
            "every parameter of this group is frozen",
        ),
        (
            {"init": (Init(on="*:bias", to=Zeros()), Init(on="head.bias", to=Zeros()))},
            "train.init[1]",
            "every parameter of this rule",
        ),
        (
            {"init": (Init(on="*:weight", to=KaimingNormal()),)},
            "train.init.to",
            "`kaiming_normal` fills tensors of at least 2 dimensions, not [8], as `bn.weight` has",
        ),
        ({"init": (Init(on="fc:weight", to=Dirac()),)}, "train.init.to", "at least 3 dimensions, not [8, 8]"),
        (
            {"optimizer": SGD(groups=(Group(on="*", optimizer=Adam()),))},
            "train.optimizer",
            "`sgd` moves nothing: every parameter is in a group with another optimizer",
        ),
        ({"optimizer": Muon()}, "train.optimizer", "`muon` moves matrices alone, not [8], as `fc.bias` has"),
        (
            {"optimizer": SGD(groups=(Group(on="*:bias", lr=0.1), Group(on="bn", optimizer=Muon())))},
            "train.optimizer.groups[1].optimizer",
            "`muon` moves matrices alone, not [8], as `bn.weight` has",
        ),
        (
            {"optimizer": Rprop(), "schedule": (Cosine(),)},
            "train.optimizer",
            "`schedule` changes nothing: `rprop` finds the sizes of its steps itself",
        ),
        ({"optimizer": LBFGS(), "accumulate": 2}, "train.accumulate", "a step of 2 batches has no one batch"),
        ({"optimizer": LBFGS(), "clip": ClipNorm(max_norm=1.0)}, "train.clip", "as they are, without `clip`"),
        ({"optimizer": LBFGS(), "noise": GradientNoise(eta=0.1)}, "train.noise", "as they are, without `noise`"),
        (
            {"optimizer": Adam(layer_decay=0.5, layers_in=("fc", "body"))},
            "train.optimizer.layers_in",
            'nothing in a scope "body" is learned',
        ),
        (
            {"optimizer": Rprop(groups=(Group(on="bn", optimizer=Adam()),)), "schedule": (Constant(), OneCycle())},
            "train.schedule[1]",
            "`one_cycle` moves the momentum too, and `rprop` has none",
        ),
    ],
)
def test_a_misfit_is_told_at_its_setting(settings: dict[str, Any], argument: str, reason: str) -> None:
    ((where, why),) = found(**settings)
    assert where == argument
    assert reason in why


@pytest.mark.parametrize(
    ("schedule", "argument", "reason"),
    [
        ((Warmup(over=Quantity(11, "epochs")),), "train.schedule.over", "`warmup` runs 11 epochs"),
        ((Cosine(), Constant()), "train.schedule[1]", "never begins"),
    ],
)
def test_a_part_that_is_too_long_is_told_at_its_place(schedule: tuple[Schedule, ...], argument: str, reason: str):
    ((where, why),) = [
        (misfit.argument, misfit.reason) for misfit in schedule_too_long(Train(schedule=schedule), BATCHES)
    ]
    assert where == argument
    assert reason in why


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"freeze": "haed"}, "train.freeze"),
        ({"freeze": ("fc", "haed")}, "train.freeze[1]"),
        ({"freeze": ":dropout"}, "train.freeze"),
        ({"optimizer": SGD(groups=(Group(on="haed", lr=0.1),))}, "train.optimizer.groups.on"),
        # running means aren't moved by an optimizer, and not filled by a rule
        ({"optimizer": SGD(groups=(Group(on="*:running_mean", lr=0.1),))}, "train.optimizer.groups.on"),
        ({"init": (Init(on="fc", to=Zeros()), Init(on=("head", "!bn"), to=Zeros()))}, "train.init[1].on[1]"),
    ],
)
def test_a_pattern_without_effect_is_told_at_its_place(settings: dict[str, Any], path: str) -> None:
    assert [where for where, _ in idle_patterns(Train(**settings), GRAPH)] == [path]


def test_a_group_of_nothing_of_its_own_is_refused() -> None:
    with pytest.raises(MisfitError, match="nothing of its own"):
        Group(on="fc").check()
