"""The judge against scikit-learn, for several sizes of batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, cast

import pytest
import torch
from sklearn.metrics import classification_report, r2_score, roc_auc_score, top_k_accuracy_score
from torch import Tensor, nn

from netspec import api
from netspec.builder import build
from netspec.catalogue.losses.binary_cross_entropy_with_logits import BinaryCrossEntropyWithLogits
from netspec.catalogue.metrics.log_loss import LogLoss
from netspec.catalogue.metrics.roc_auc import RocAuc
from netspec.catalogue.metrics.top_k_accuracy import TopKAccuracy
from netspec.data.prepare import Batch, load_splits
from netspec.program.objective import Objective
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.train.evaluate import evaluate
from netspec.runner.uses.reload import reload
from tests.runs import run_one
from tests.specs import check

NAMES = ("ant", "bee", "cat")
SAMPLES = 257
CHANCE = torch.Generator().manual_seed(3)
INPUTS = torch.randn(SAMPLES, 3, generator=CHANCE)
TARGETS = torch.randint(0, 3, (SAMPLES,), generator=CHANCE)


def batches(size: int, inputs: Tensor = INPUTS, targets: Tensor = TARGETS) -> Iterator[Batch]:
    return zip(zip(inputs.split(size)), targets.split(size), strict=True)


def predictions(program: Any, size: int, inputs: Tensor = INPUTS, targets: Tensor = TARGETS, *, final: bool = True):
    found = batches(size, inputs, targets)
    return evaluate(nn.Identity(), program.loss.build({}), found, len(targets), program, "test", final=final)


@pytest.mark.parametrize("size", [1, 2, 64, 256, 257, 1000])
def test_it_says_what_scikit_learn_says_for_any_batch_size(make_program, size: int):
    evaluation = predictions(make_program(), size)
    report = cast(
        "dict[str, Any]",
        classification_report(TARGETS, INPUTS.argmax(1), target_names=NAMES, output_dict=True, zero_division=0),
    )
    assert evaluation.values["accuracy"] == pytest.approx(report["accuracy"])
    for metric, name in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")):
        assert evaluation.values[metric] == pytest.approx(report["macro avg"][name])
        for entry in evaluation.classes:
            assert entry.values[metric] == pytest.approx(report[entry.name][name])
    assert [entry.name for entry in evaluation.classes] == list(NAMES)
    assert [entry.support for entry in evaluation.classes] == [report[name]["support"] for name in NAMES]
    worst = min(NAMES, key=lambda name: report[name]["f1-score"])
    assert evaluation.worst == NAMES.index(worst)


@pytest.mark.parametrize("size", [1, 64, 256, 257])
def test_the_loss_is_the_mean_over_all_samples(make_program, size: int):
    expected = nn.functional.cross_entropy(INPUTS.double(), TARGETS).item()
    assert predictions(make_program(), size).values["loss"] == pytest.approx(expected, rel=1e-6)


def test_a_class_that_is_never_predicted_counts_as_nothing(make_program):
    inputs = INPUTS.clone()
    inputs[:, 1] = -100
    evaluation = predictions(make_program(), 50, inputs)
    assert evaluation.worst == 1
    assert evaluation.classes[1].values == {"precision": 0, "recall": 0, "f1": 0}


def test_a_class_without_samples_has_no_support(make_program):
    targets = TARGETS.where(TARGETS != 2, 0)
    assert predictions(make_program(), 50, targets=targets).classes[2].support == 0


def test_the_worst_class_has_samples(make_program):
    targets = TARGETS.where(TARGETS != 2, 0)
    evaluation = predictions(make_program(), 50, targets=targets)
    assert evaluation.classes[2].values["f1"] == 0
    assert evaluation.worst == min((0, 1), key=lambda place: evaluation.classes[place].values["f1"])


def test_every_class_has_precision_recall_and_f1_unasked(make_program):
    evaluation = predictions(make_program(evaluate={"metrics": ()}), 50)
    assert evaluation.values.keys() == {"loss"}
    assert all(entry.values.keys() == {"precision", "recall", "f1"} for entry in evaluation.classes)


def test_it_says_what_a_class_is_most_often_taken_for(make_program):
    targets = torch.tensor([0, 0, 0, 0, 1, 1, 2])
    decided = torch.tensor([0, 1, 2, 2, 1, 1, 0])
    evaluation = predictions(make_program(), 3, nn.functional.one_hot(decided, 3).float(), targets)
    assert [entry.mistaken_for for entry in evaluation.classes] == [("cat", 2), None, ("ant", 1)]
    assert evaluation.confusion is not None and evaluation.confusion.tolist() == [[1, 1, 2], [0, 2, 0], [1, 0, 0]]


def test_without_per_class_there_are_no_classes(make_program):
    evaluation = predictions(make_program(evaluate={"per_class": False}), 50)
    assert (evaluation.classes, evaluation.worst) == ((), None)


def test_one_output_stands_for_two_classes(make_program):
    from dataclasses import replace

    from netspec.catalogue.targets.classes import Classes

    program = make_program()
    program = replace(
        program,
        loss=Objective.of(BinaryCrossEntropyWithLogits()),
        type=replace(program.type, target=Classes(names=("no", "yes"))),
    )
    targets = (TARGETS > 0).long()
    evaluation = predictions(program, 100, INPUTS[:, :1], targets)
    assert evaluation.values["accuracy"] == pytest.approx(((INPUTS[:, 0] > 0) == targets).float().mean().item())
    expected = nn.functional.binary_cross_entropy_with_logits(INPUTS[:, 0], targets.float()).item()
    assert evaluation.values["loss"] == pytest.approx(expected, rel=1e-6)


def test_numbers_have_a_loss_and_no_classes(make_program, blobs):
    program = make_program(source=blobs(numbers=True))
    targets = TARGETS.float()
    evaluation = predictions(program, 100, INPUTS[:, :1], targets)
    missed = INPUTS[:, 0] - targets
    assert evaluation.values == {
        "loss": pytest.approx(missed.square().mean().item(), rel=1e-6),
        "mean_absolute_error": pytest.approx(missed.abs().mean().item(), rel=1e-6),
        "r2": pytest.approx(r2_score(targets, INPUTS[:, 0]), rel=1e-6),
    }
    assert (evaluation.confusion, evaluation.classes, evaluation.worst) == (None, (), None)


def test_metrics_from_probabilities_don_t_depend_on_the_batches(make_program):
    metrics = (RocAuc(), LogLoss(), TopKAccuracy(k=2))
    for final in (False, True):
        whole, parts = (
            predictions(make_program(evaluate={"metrics": metrics}), size, final=final) for size in (100, 7)
        )
        assert whole.values == pytest.approx(parts.values, rel=1e-6)
    assert whole.values["log_loss"] == pytest.approx(whole.values["loss"], rel=1e-6)
    assert whole.values["top_k_accuracy_2"] == pytest.approx(top_k_accuracy_score(TARGETS, INPUTS, k=2))
    chances = INPUTS.softmax(1)
    assert whole.values["roc_auc"] == pytest.approx(roc_auc_score(TARGETS, chances, multi_class="ovr"))


def test_probabilities_are_kept_in_the_end_alone_unless_a_metric_needs_them(make_program):
    assert predictions(make_program(), 100, final=False).predictions is None
    found = predictions(make_program(), 100).predictions
    assert found is not None and found.probabilities is not None


def test_it_judges_in_evaluation_mode_and_puts_the_mode_back(make_program):
    network = nn.BatchNorm1d(3)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    for mode in (True, False):
        evaluate(network.train(mode), make_program().loss.build({}), batches(10), SAMPLES, make_program(), "test")
        assert network.training is mode
        assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


@pytest.mark.parametrize("split", ["test", "validation"])
def test_norms_without_running_statistics_are_evaluated_in_the_same_batches(
    split: Literal["test", "validation"], tmp_path: Path
) -> None:
    text = (
        f"data {{ source = digits(), sample = 300, {split} = 30%, batch_size = 3 }}\n"
        "model { conv(4, 3, bias=false) -> batch_norm(track_running_stats=false) -> relu -> flatten -> linear(10) }\n"
        "train { epochs = 1 }\n"
    )
    result = run_one(check(text).require(), out=tmp_path / "run", device="cpu")
    expected = dict(result.evaluation.values) if result.evaluation else {}
    found = api.evaluate(tmp_path / "run", split)
    assert found is not None and dict(found.evaluation.values) == expected
    again = reload(tmp_path / "run").evaluation
    assert again is not None and dict(again.values) == expected


@pytest.mark.parametrize("augment", ["", "augment = random_crop(8, padding=2) -> random_horizontal_flip, "])
def test_the_training_split_is_evaluated_as_by_hand_without_augmentation(augment: str, tmp_path: Path) -> None:
    """The drawn samples that the run trained on, with the transforms, in evaluation mode."""
    text = (
        f"data {{ source = digits(), sample = 300, validation = 10%, {augment}transform = normalize(measured) }}\n"
        "model { conv(4, 3) -> batch_norm -> relu -> dropout(0.5) -> flatten -> linear(10) }\n"
        "train { epochs = 2 }\n"
    )
    program = check(text).require()
    api.run(program, out=tmp_path / "run", device="cpu")
    found = api.evaluate(tmp_path / "run", "train")
    assert found is not None

    samples = load_splits(program).train
    images = torch.from_numpy(samples.inputs[0]).double() / 255
    images = ((images - images.mean()) / images.std(correction=0)).float()
    network = build(program)
    network.load_state_dict(load_weights(tmp_path / "run" / "checkpoints" / "epoch-0002"))
    with torch.inference_mode():
        output = network.eval()(images)
    targets = torch.from_numpy(samples.targets)
    assert found.evaluation.samples == len(targets) == 270
    assert found.evaluation.values["accuracy"] == (output.argmax(1) == targets).double().mean()
    expected = nn.functional.cross_entropy(output, targets).item()
    assert found.evaluation.values["loss"] == pytest.approx(expected, rel=1e-5)
