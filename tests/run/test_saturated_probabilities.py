"""Probabilities are computed in float64: where they are all but 1, samples are still ranked by their outputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from torch import nn

from netspec.runner.train.evaluate import evaluate
from tests.specs import check

SPEC = """
data {{ source = synthetic(features=6, classes={classes}, samples=900) }}
model {{ linear({outputs}) {last} }}
train {{ loss = {loss} }}
evaluate {{ metrics = [accuracy, roc_auc, average_precision, log_loss, brier_score] }}
"""


def scores(loss: str, outputs: torch.Tensor) -> np.ndarray:
    """The probabilities [N, classes] in float64, by scipy's and numpy's own means."""
    values = outputs.double()
    if outputs.shape[1] == 1:
        return np.column_stack((torch.sigmoid(-values).numpy(), torch.sigmoid(values).numpy()))
    return values.softmax(1).numpy()


@pytest.mark.parametrize("spread", [1, 20, 60])
@pytest.mark.parametrize(
    ("loss", "outputs", "last"),
    [
        ("cross_entropy", 2, ""),
        ("focal", 2, ""),
        ("nll", 2, "-> log_softmax"),
        ("kl_div", 2, "-> log_softmax"),
        ("binary_cross_entropy_with_logits", 1, ""),
        ("sigmoid_focal", 1, ""),
    ],
)
def test_metrics_of_two_classes_are_those_of_scikit_learn(loss: str, outputs: int, last: str, spread: float) -> None:
    program = check(SPEC.format(classes=2, outputs=outputs, last=last, loss=loss)).require()
    chance = torch.Generator().manual_seed(0)
    targets = torch.randint(0, 2, (600,), generator=chance)
    side = (2.0 * targets - 1 + 1.5 * torch.randn(600, generator=chance)) * spread
    given = side.unsqueeze(1) if outputs == 1 else torch.stack((-side / 2, side / 2), 1)
    given = given.log_softmax(1) if last else given
    found = judged(program, given, targets)
    expected = scores(loss, given)
    ranked = given[:, -1].double() if outputs == 1 else (given[:, 1].double() - given[:, 0].double())
    assert found["roc_auc"] == pytest.approx(roc_auc_score(targets, ranked), abs=1e-12)
    assert found["average_precision"] == pytest.approx(average_precision_score(targets, ranked), abs=1e-12)
    if spread < 20:  # float64 has no ties there
        assert found["roc_auc"] == pytest.approx(roc_auc_score(targets, expected[:, 1]), abs=1e-12)
    assert found["log_loss"] == pytest.approx(log_loss(targets, expected), rel=1e-6)
    assert found["brier_score"] == pytest.approx(brier_score_loss(targets, expected[:, 1]), rel=1e-9)


def test_metrics_of_many_classes_are_those_of_scikit_learn() -> None:
    program = check(SPEC.format(classes=5, outputs=5, last="", loss="cross_entropy")).require()
    chance = torch.Generator().manual_seed(0)
    targets = torch.randint(0, 5, (600,), generator=chance)
    given = 40 * (nn.functional.one_hot(targets, 5) + torch.randn(600, 5, generator=chance))
    found, values = judged(program, given, targets), given.double()
    rest = [values[:, [other for other in range(5) if other != one]].logsumexp(1) for one in range(5)]
    odds = (values - torch.stack(rest, 1)).numpy()
    for name, oracle in (("roc_auc", roc_auc_score), ("average_precision", average_precision_score)):
        expected = np.mean([oracle(targets == one, odds[:, one]) for one in range(5)])
        assert found[name] == pytest.approx(expected, abs=1e-12)


def judged(program: Any, outputs: torch.Tensor, targets: torch.Tensor) -> dict[str, float]:
    """The metrics of a network with these outputs, in two batches."""
    batches = [((outputs[part],), targets[part]) for part in (slice(250), slice(250, 600))]
    found = evaluate(nn.Identity(), program.loss.build({}), batches, 600, program, "test")
    assert found.predictions is not None and found.predictions.scores.dtype == np.float64
    return dict(found.values)
