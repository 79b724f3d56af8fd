"""The losses against torch, torchvision and scikit-learn, and the decisions and probabilities that go with them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from math import log
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import hinge_loss
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor, nn
from torchvision.ops import sigmoid_focal_loss

from netspec.catalogue.class_weights.class_weight import ClassWeight
from netspec.catalogue.entry import entries, find
from netspec.catalogue.losses import Loss, TaughtLoss
from netspec.catalogue.losses.cross_entropy import CrossEntropy
from netspec.catalogue.slots import slots
from netspec.catalogue.targets import Target
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.targets.number import Number
from netspec.catalogue.values import Term
from netspec.modules.losses import over_all
from netspec.program.objective import Objective
from netspec.shapes import MisfitError, Shape

SAMPLES = 12
CHANCE = torch.Generator().manual_seed(5)
LOGITS = torch.randn(SAMPLES, 4, generator=CHANCE, dtype=torch.float64) * 3
LABELS = torch.randint(0, 4, (SAMPLES,), generator=CHANCE)
SINGLE = torch.randn(SAMPLES, 1, generator=CHANCE, dtype=torch.float64) * 3
SIDES = torch.randint(0, 2, (SAMPLES,), generator=CHANCE)
NUMBERS = torch.randn(SAMPLES, generator=CHANCE, dtype=torch.float64)
COUNTS = torch.randint(0, 9, (SAMPLES,), generator=CHANCE).double()
PAIRS = torch.randn(SAMPLES, 2, 5, generator=CHANCE, dtype=torch.float64)
COLUMN = SIDES.double().unsqueeze(1)
ONE_HOT = F.one_hot(LABELS, 4).double()
SIGNS = 2 * SIDES - 1
LABEL_LISTS = torch.cat((LABELS.unsqueeze(1), torch.full((SAMPLES, 3), -1)), dim=1)
FOUR = Classes(names=("ant", "bee", "cat", "dog"))
TWO = Classes(names=("no", "yes"))
KNOWN = {"ant": 6, "bee": 3, "cat": 2, "dog": 1}

AS_IN_TORCH = [
    # name, arguments, output, targets, what torch says of them
    ("cross_entropy", {}, LOGITS, LABELS, F.cross_entropy(LOGITS, LABELS)),
    ("cross_entropy", {"label_smoothing": 0.2}, LOGITS, LABELS, F.cross_entropy(LOGITS, LABELS, label_smoothing=0.2)),
    ("nll", {}, LOGITS.log_softmax(1), LABELS, F.cross_entropy(LOGITS, LABELS)),
    ("kl_div", {}, LOGITS.log_softmax(1), LABELS, F.kl_div(LOGITS.log_softmax(1), ONE_HOT, reduction="batchmean")),
    ("binary_cross_entropy", {}, SINGLE.sigmoid(), SIDES, F.binary_cross_entropy(SINGLE.sigmoid(), COLUMN)),
    ("binary_cross_entropy", {}, LOGITS.sigmoid(), LABELS, F.binary_cross_entropy(LOGITS.sigmoid(), ONE_HOT)),
    (
        "binary_cross_entropy_with_logits",
        {"pos_weight": 3.0},
        SINGLE,
        SIDES,
        F.binary_cross_entropy_with_logits(SINGLE, COLUMN, pos_weight=torch.tensor(3.0)),
    ),
    (
        "binary_cross_entropy_with_logits",
        {},
        LOGITS,
        LABELS,
        F.binary_cross_entropy_with_logits(LOGITS, ONE_HOT),
    ),
    ("multilabel_soft_margin", {}, LOGITS, LABELS, F.multilabel_soft_margin_loss(LOGITS, ONE_HOT)),
    ("multilabel_margin", {}, LOGITS, LABELS, F.multilabel_margin_loss(LOGITS, LABEL_LISTS)),
    (
        "multi_margin",
        {"p": 2, "margin": 0.5},
        LOGITS,
        LABELS,
        F.multi_margin_loss(LOGITS, LABELS, p=2, margin=0.5),
    ),
    ("soft_margin", {}, SINGLE, SIDES, F.soft_margin_loss(SINGLE, 2 * COLUMN - 1)),
    ("soft_margin", {}, LOGITS, LABELS, F.soft_margin_loss(LOGITS, 2 * ONE_HOT - 1)),
    ("sigmoid_focal", {}, LOGITS, LABELS, sigmoid_focal_loss(LOGITS, ONE_HOT, reduction="mean")),
    (
        "sigmoid_focal",
        {"alpha": None, "gamma": 0.5},
        SINGLE,
        SIDES,
        sigmoid_focal_loss(SINGLE, COLUMN, alpha=-1, gamma=0.5, reduction="mean"),
    ),
    ("mse", {}, SINGLE, NUMBERS, F.mse_loss(SINGLE.squeeze(1), NUMBERS)),
    ("mse", {}, LOGITS, LABELS, F.mse_loss(LOGITS, ONE_HOT)),
    ("l1", {}, SINGLE, NUMBERS, F.l1_loss(SINGLE.squeeze(1), NUMBERS)),
    ("l1", {}, LOGITS, LABELS, F.l1_loss(LOGITS, ONE_HOT)),
    ("smooth_l1", {"beta": 0.5}, SINGLE, NUMBERS, F.smooth_l1_loss(SINGLE.squeeze(1), NUMBERS, beta=0.5)),
    ("huber", {"delta": 2.0}, SINGLE, NUMBERS, F.huber_loss(SINGLE.squeeze(1), NUMBERS, delta=2.0)),
    ("huber", {}, SINGLE, SIDES, F.huber_loss(SINGLE, COLUMN)),
    ("poisson_nll", {"full": True}, SINGLE, COUNTS, F.poisson_nll_loss(SINGLE.squeeze(1), COUNTS, full=True)),
    (
        "poisson_nll",
        {"log_input": False},
        SINGLE.exp(),
        COUNTS,
        F.poisson_nll_loss(SINGLE.exp().squeeze(1), COUNTS, log_input=False),
    ),
    (
        "gaussian_nll",
        {"full": True},
        LOGITS[:, :2],
        NUMBERS,
        F.gaussian_nll_loss(LOGITS[:, 0], NUMBERS, LOGITS[:, 1].exp(), full=True),
    ),
    (
        "cosine_embedding",
        {"margin": 0.2},
        PAIRS,
        SIDES,
        F.cosine_embedding_loss(PAIRS[:, 0], PAIRS[:, 1], SIGNS, margin=0.2),
    ),
    (
        "hinge_embedding",
        {"margin": 2.0},
        SINGLE.abs(),
        SIDES,
        F.hinge_embedding_loss(SINGLE.abs().squeeze(1), SIGNS.double(), margin=2.0),
    ),
    (
        "margin_ranking",
        {"margin": 0.5},
        LOGITS[:, :2],
        SIDES,
        F.margin_ranking_loss(LOGITS[:, 0], LOGITS[:, 1], SIGNS, margin=0.5),
    ),
]


def made(name: str, **arguments: object) -> Loss:
    entry = find(Loss, name)
    assert entry is not None
    return entry(**arguments)


def value(loss: Loss, output: Tensor, targets: Tensor, classes: dict[str, int] | None = None) -> Tensor:
    return loss.build(classes or {}).double()(output, targets)


@pytest.mark.parametrize(("name", "arguments", "output", "targets", "expected"), AS_IN_TORCH)
def test_it_is_torchs(name: str, arguments: dict[str, object], output: Tensor, targets: Tensor, expected: Tensor):
    torch.testing.assert_close(value(made(name, **arguments), output, targets), expected)


JUDGING = [loss for loss in entries(Loss) if not issubclass(loss, TaughtLoss)]
"""The losses against the targets."""


def test_every_loss_is_tested():
    assert {loss.name() for loss in JUDGING} - {case[0] for case in AS_IN_TORCH} == {"focal", "hinge"}


OF_THE_OUTPUT = {"reduction", "reduce", "size_average"}
"""A training takes the mean over the samples, and nothing else."""
LEFT_OUT = {
    "ignore_index": "each sample has a class",
    "log_target": "the target is a class, whose probability is 1",
    "weight": "of single samples in a batch, and batches change",
}


@pytest.mark.parametrize("loss", entries(Loss), ids=lambda loss: loss.name())
def test_it_has_torchs_arguments_with_torchs_defaults(loss: type[Loss]):
    for name in loss.torch_names:
        if not name.startswith("torch.nn."):
            continue
        signature = inspect.signature(getattr(nn, name.removeprefix("torch.nn.")))
        for argument, parameter in signature.parameters.items():
            if argument in slots(loss):
                assert slots(loss)[argument].default == parameter.default or parameter.default is None
            else:
                assert argument in OF_THE_OUTPUT or argument in LEFT_OUT


# ---- what isn't torch's ----


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0, 5.0])
def test_focal_takes_sure_samples_for_less(gamma: float):
    p = LOGITS.softmax(1)[torch.arange(SAMPLES), LABELS]
    expected = ((1 - p) ** gamma * -p.log()).mean()
    torch.testing.assert_close(value(made("focal", gamma=gamma), LOGITS, LABELS), expected)


@pytest.mark.parametrize("name", ["focal", "sigmoid_focal"])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_focal_has_gradients_where_nothing_is_wrong(name: str, gamma: float):
    output = torch.tensor([[200.0, -200.0], [-200.0, 200.0]], requires_grad=True)
    value(made(name, gamma=gamma), output, torch.tensor([0, 1])).backward()
    assert output.grad is not None and output.grad.isfinite().all()


def test_hinge_is_scikit_learns():
    expected = hinge_loss(SIDES, SINGLE.squeeze(1))
    assert value(made("hinge"), SINGLE, SIDES).item() == pytest.approx(expected)
    squared = (1 - SIGNS * SINGLE.squeeze(1)).relu().square().mean()
    torch.testing.assert_close(value(made("hinge", squared=True), SINGLE, SIDES), squared)


def test_what_is_no_probability_ends_no_process():
    output = torch.tensor([[-0.5], [1.5]])
    assert value(made("binary_cross_entropy"), output, torch.tensor([0, 1])) == 0
    assert value(made("binary_cross_entropy"), output * torch.nan, torch.tensor([0, 1])).isnan()


# ---- outputs, decisions, probabilities ----

TARGETS: list[Target] = [FOUR, TWO, Number()]


def outputs(loss: Loss, target: Target) -> dict[Shape, str]:
    try:
        return loss.outputs(target, Shape.of(2, 5))
    except MisfitError:
        return {}


CASES = [
    pytest.param(entry(), target, shape, id=f"{entry.name()} {target} {shape}")
    for entry in JUDGING
    for target in TARGETS
    for shape in outputs(entry(), target)
]


def test_every_loss_takes_something():
    assert all(any(outputs(entry(), target) for target in TARGETS) for entry in JUDGING)


@pytest.mark.parametrize(("loss", "target", "shape"), CASES)
def test_what_it_says_it_takes_it_takes(loss: Loss, target: Target, shape: Shape):
    """The gradient reaches the output, and every sample has a decision or a number, and probabilities that sum to 1."""
    chance = torch.Generator().manual_seed(0)
    output = torch.rand(9, *shape.dims, generator=chance).requires_grad_()
    if not target.labels:
        targets = torch.rand(9, generator=chance)
        assert loss.decide(output, target).shape == (9,)
    else:
        targets = torch.randint(0, len(target.labels), (9,), generator=chance)
        decided = loss.decide(output, target)
        assert decided.shape == (9,) and decided.dtype == torch.int64 and decided.max() < len(target.labels)
    found = loss.build(dict.fromkeys(getattr(target, "names", ()), 3))(output, targets)
    assert found.shape == ()
    found.backward()
    assert output.grad is not None and output.grad.isfinite().all() and output.grad.any()


PROBABLE: list[tuple[str, Callable[[Tensor], Tensor]]] = [
    ("cross_entropy", lambda x: x),
    ("focal", lambda x: x),
    ("nll", lambda x: x.log_softmax(1)),
    ("kl_div", lambda x: x.log_softmax(1)),
    ("binary_cross_entropy", lambda x: x.sigmoid()),
    ("binary_cross_entropy_with_logits", lambda x: x),
    ("multilabel_soft_margin", lambda x: x),
    ("soft_margin", lambda x: x),
    ("sigmoid_focal", lambda x: x),
]


@pytest.mark.parametrize(("name", "end"), PROBABLE)
@pytest.mark.parametrize("output", [LOGITS, SINGLE], ids=["of each class", "of the second"])
def test_the_likeliest_class_is_the_decision(name: str, end: Callable[[Tensor], Tensor], output: Tensor):
    loss = made(name)
    if output is SINGLE and Shape.of(1) not in loss.outputs(TWO, Shape.of(1)):
        pytest.skip("it takes no single number")
    probabilities = loss.probabilities(end(output))
    assert probabilities is not None
    torch.testing.assert_close(probabilities.sum(1), torch.ones(SAMPLES, dtype=torch.float64))
    assert torch.equal(probabilities.argmax(1), loss.decide(end(output), FOUR))


def test_probabilities_are_the_others_none():
    assert {entry.name() for entry in JUDGING if type(entry()).probabilities is not Loss.probabilities} == {
        name for name, _ in PROBABLE
    }


@pytest.mark.parametrize(
    ("name", "output", "decided"),
    [
        ("mse", [[0.4], [0.6]], [0, 1]),
        ("hinge", [[-0.1], [0.1]], [0, 1]),
        ("hinge_embedding", [[0.6], [0.4]], [0, 1]),
        ("margin_ranking", [[1, 2], [2, 1]], [0, 1]),
        ("cosine_embedding", [[[1, 0], [0, 1]], [[1, 0], [2, 0]]], [0, 1]),
        ("multi_margin", [[1, 0, 0], [0, 1, 0]], [0, 1]),
    ],
)
def test_decisions_are_those_that_the_loss_rewards(name: str, output: list[float], decided: list[int]):
    values, classes = torch.tensor(output, dtype=torch.float64), torch.tensor(decided)
    assert made(name).decide(values, FOUR).tolist() == decided
    assert value(made(name), values, classes) < value(made(name), values, 1 - classes)


def test_numbers_are_what_the_distribution_expects():
    assert made("poisson_nll").decide(torch.tensor([[log(3)]]), Number()).item() == pytest.approx(3)
    assert made("poisson_nll", log_input=False).decide(torch.tensor([[3.0]]), Number()).item() == 3
    assert made("gaussian_nll").decide(torch.tensor([[3.0, -9.0]]), Number()).item() == 3


# ---- sums ----


@given(st.lists(st.integers(1, SAMPLES - 1), max_size=4), st.floats(0.1, 9))
def test_the_size_of_batches_changes_no_sum(cuts: list[int], factor: float):
    objective = Objective((Term(made("cross_entropy"), factor), Term(made("mse"))))
    module = objective.build(KNOWN).double()
    batches = [part for part in np.split(np.arange(SAMPLES), sorted(cuts)) if len(part)]
    found = over_all([module.parts(LOGITS[part], LABELS[part]).tolist() for part in batches])
    expected = factor * F.cross_entropy(LOGITS, LABELS) + F.mse_loss(LOGITS, ONE_HOT)
    assert found == pytest.approx(expected.item(), rel=1e-9)
    assert module(LOGITS, LABELS).item() == pytest.approx(expected.item(), rel=1e-9)


def test_a_sum_speaks_by_its_first_terms():
    objective = Objective.of(made("mse"), made("cross_entropy"))
    assert torch.equal(objective.decide(LOGITS, FOUR), LOGITS.argmax(1))
    probabilities = objective.probabilities(LOGITS)
    assert probabilities is not None and torch.equal(probabilities, LOGITS.softmax(1))
    assert Objective.of(made("mse")).probabilities(LOGITS) is None


# ---- weights of classes ----

WEIGHTS = torch.tensor([1.0, 3.0, 1.0, 0.5], dtype=torch.float64)
BY_PLACE = (1.0, 3.0, 1.0, 0.5)
BY_NAME = (ClassWeight(of="dog", weight=0.5), ClassWeight(of="bee", weight=3))


@pytest.mark.parametrize("weight", [BY_PLACE, BY_NAME], ids=["by place", "by name"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cross_entropy", F.cross_entropy(LOGITS, LABELS, weight=WEIGHTS)),
        ("nll", F.nll_loss(LOGITS, LABELS, weight=WEIGHTS)),
        ("multi_margin", F.multi_margin_loss(LOGITS, LABELS, weight=WEIGHTS)),
        ("multilabel_soft_margin", F.multilabel_soft_margin_loss(LOGITS, ONE_HOT, weight=WEIGHTS)),
    ],
)
def test_classes_have_weights_as_in_torch(name: str, weight: object, expected: Tensor):
    torch.testing.assert_close(value(made(name, weight=weight), LOGITS, LABELS, KNOWN), expected)


def test_focal_takes_weights_as_cross_entropy_does():
    plain = torch.stack([value(made("focal"), LOGITS[[i]], LABELS[[i]]) for i in range(SAMPLES)])
    expected = (WEIGHTS[LABELS] * plain).sum() / WEIGHTS[LABELS].sum()
    torch.testing.assert_close(value(made("focal", weight=BY_PLACE), LOGITS, LABELS, KNOWN), expected)


@given(st.lists(st.integers(1, 500), min_size=2, max_size=6))
def test_balanced_is_scikit_learns(counts: list[int]):
    classes = {str(place): count for place, count in enumerate(counts)}
    expected = compute_class_weight("balanced", classes=np.arange(len(counts)), y=np.repeat(range(len(counts)), counts))
    assert balanced(classes) == pytest.approx(expected.tolist(), rel=1e-6)


def test_a_class_without_training_samples_has_a_weight():
    assert balanced({"ant": 4, "bee": 0}) == [0.5, 2]


def balanced(classes: dict[str, int]) -> list[float]:
    weights = CrossEntropy(weight="balanced").weights(classes)
    assert weights is not None
    return weights.tolist()


@given(st.lists(st.integers(1, SAMPLES - 1), max_size=4))
def test_the_size_of_batches_changes_no_weighted_mean(cuts: list[int]):
    module = Objective.of(made("cross_entropy", weight=BY_PLACE), made("focal", weight=BY_PLACE)).build(KNOWN).double()
    batches = [part for part in np.split(np.arange(SAMPLES), sorted(cuts)) if len(part)]
    found = over_all([module.parts(LOGITS[part], LABELS[part]).tolist() for part in batches])
    assert found == pytest.approx(module(LOGITS, LABELS).item(), rel=1e-9)


# ---- weights of one output ----

CLASS_COUNTS = {"no": 30, "yes": 10}
SIDES_OF_5 = torch.tensor([0, 1, 1, 0, 1])
LOGITS_OF_5 = torch.tensor([[0.3], [-1.2], [0.8], [2.0], [-0.4]])


def test_focal_of_gamma_0_is_weighted_cross_entropy():
    weighted = {"weight": BY_PLACE}
    focal, cross_entropy = made("focal", gamma=0.0, **weighted), made("cross_entropy", **weighted)
    torch.testing.assert_close(value(focal, LOGITS, LABELS, KNOWN), value(cross_entropy, LOGITS, LABELS, KNOWN))


@pytest.mark.parametrize("name", ["focal", "cross_entropy"])
def test_a_weighted_loss_of_a_split_is_the_same_in_batches_of_any_size(name: str):
    criterion = Objective.of(made(name, weight=BY_PLACE)).build(KNOWN).double()
    whole = criterion(LOGITS, LABELS)
    parts = [criterion.parts(LOGITS[:1], LABELS[:1]), criterion.parts(LOGITS[1:], LABELS[1:])]
    assert over_all([part.tolist() for part in parts]) == pytest.approx(whole.item())


def test_pos_weight_balances_a_single_output():
    loss = made("binary_cross_entropy_with_logits", pos_weight="balanced").build(CLASS_COUNTS)
    wanted = torch.nn.functional.binary_cross_entropy_with_logits(
        LOGITS_OF_5, SIDES_OF_5[:, None].float(), pos_weight=torch.tensor(3.0)
    )
    torch.testing.assert_close(loss(LOGITS_OF_5, SIDES_OF_5), wanted)
    both = torch.cat((-LOGITS_OF_5, LOGITS_OF_5), 1)
    wanted = torch.nn.functional.binary_cross_entropy_with_logits(
        both, torch.nn.functional.one_hot(SIDES_OF_5).float(), pos_weight=torch.tensor([1 / 3, 3.0])
    )
    torch.testing.assert_close(loss(both, SIDES_OF_5), wanted)


@pytest.mark.parametrize("weight", ["balanced", (2 / 3, 2.0)])
def test_a_single_output_has_weights_of_classes(weight: Any):
    wanted = torch.nn.functional.cross_entropy(
        torch.cat((torch.zeros_like(LOGITS_OF_5), LOGITS_OF_5), 1), SIDES_OF_5, weight=torch.tensor([2 / 3, 2.0])
    )
    logits = made("binary_cross_entropy_with_logits", weight=weight).build(CLASS_COUNTS)
    torch.testing.assert_close(logits(LOGITS_OF_5, SIDES_OF_5), wanted)
    probabilities = made("binary_cross_entropy", weight=weight).build(CLASS_COUNTS)
    torch.testing.assert_close(probabilities(LOGITS_OF_5.sigmoid(), SIDES_OF_5), wanted)
