"""A network learns from the network of another run as it would with a loop in torch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

from netspec import api
from netspec.builder import build
from netspec.data.prepare import load_splits, prepare
from netspec.modules.losses import SoftTargetLoss
from netspec.problems import NetspecError
from netspec.program.program import Program
from netspec.program.randomness import seed_for
from netspec.report.html import page_of
from netspec.runner.events import RunResult
from netspec.runner.store.checkpoint import load_weights
from netspec.runner.train.mixing import MixedBatch
from netspec.runner.uses.reload import reload
from netspec.runner.uses.saved_run import SavedRun
from netspec.runner.uses.verify_resume import final_state, run_through
from tests.run.hand import CPU
from tests.specs import check

DATA = "data {{ source = synthetic(image=[2, 8, 8], classes=3, samples=160), validation = 20, batch_size = 16 {more} }}"
TEACHER = "model { flatten -> fc1: linear(32) -> relu -> fc2: linear(8) -> relu -> head: linear(3) }"
STUDENT = "model { flatten -> fc1: linear(4) -> relu -> hint: linear(8) -> relu -> head: linear(3) }"
EPOCHS, FACTOR, TEMPERATURE = 3, 0.7, 3.0
NORMALIZED = ", transform = normalize(measured)"
AUGMENTED = ", augment = random_horizontal_flip"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the runs of teachers."""
    folder = tmp_path_factory.mktemp("runs")
    for name, more in {"plain": "", "normalized": NORMALIZED}.items():
        spec = check(f"{DATA.format(more=more)}\n{TEACHER}\ntrain {{ epochs = 3 }}").require()
        api.run(spec, out=folder / name, device="cpu")
    return folder


def student(
    runs: Path, loss: str, *, more: str = "", teacher: str = "plain", train: str = "", model: str = STUDENT
) -> Program:
    loss = loss.replace("TEACHER", f'teacher=from_run("{runs / teacher}")')
    settings = f"epochs = {EPOCHS}, optimizer = sgd(lr=0.1, momentum=0.9), loss = {loss} {train}"
    return check(f"{DATA.format(more=more)}\n{model}\ntrain {{ {settings} }}").require()


SUM = f"cross_entropy + {FACTOR} * distillation(TEACHER, temperature={TEMPERATURE})"
HINT = f'cross_entropy + {FACTOR} * feature_distillation("hint", like="fc2", TEACHER)'


def run(program: Program, folder: Path) -> tuple[dict[str, Tensor], RunResult]:
    result = api.run(program, out=folder, device="cpu")
    assert isinstance(result, RunResult)
    return load_weights(folder / "checkpoints" / f"epoch-{EPOCHS:04d}"), result


def soft_loss(output: Tensor, taught: Tensor) -> Tensor:
    """The formula of the paper, with the entropy of the teacher taken off: it has no gradient."""
    p, q = (output / TEMPERATURE).log_softmax(1), (taught / TEMPERATURE).softmax(1)
    return TEMPERATURE**2 * (q * (q.log() - p)).sum(1).mean()


def by_hand(program: Program, runs: Path, *, teacher: str = "plain", targets: bool = True, hint: bool = False):
    """The training in plain torch; the teacher's own normalization comes behind whatever the batch is."""
    network, saved = build(program).train(), SavedRun.of(runs / teacher)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, fused=True)
    found: dict[str, Tensor] = {}

    def keep(name: str, module: nn.Module) -> None:
        def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            found[name] = output

        module.register_forward_hook(hook)

    keep("mine", network.get_submodule("hint"))
    keep("its", saved.network.get_submodule("fc2"))
    mean, std = (
        (torch.tensor(saved.fitted[0][key]).view(1, -1, 1, 1) for key in ("mean", "std"))
        if saved.fitted
        else (torch.tensor(0.0), torch.tensor(1.0))
    )
    data = prepare(program, CPU)
    for epoch in range(1, EPOCHS + 1):
        for index, batch in enumerate(data.epoch(epoch)):
            mixed = MixedBatch.of(batch, program.train.mix, program.train.seed, epoch, index)
            torch.manual_seed(seed_for(program.train.seed, "batch", epoch, index))
            output = network(*mixed.inputs)
            with torch.no_grad():
                taught = saved.network((mixed.inputs[0] - mean) / std)
            optimizer.zero_grad()
            loss = F.mse_loss(found["mine"], found["its"]) if hint else soft_loss(output, taught)
            loss = FACTOR * loss
            if targets:
                loss = loss + mixed.share * F.cross_entropy(output, mixed.targets)
                if mixed.others is not None:
                    loss = loss + (1 - mixed.share) * F.cross_entropy(output, mixed.others)
            loss.backward()
            optimizer.step()
    return network.state_dict()


def assert_close(found: dict[str, Tensor], expected: dict[str, Tensor]) -> None:
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("teacher", ["plain", "normalized"])
@pytest.mark.parametrize(
    ("more", "train"),
    [("", ""), (AUGMENTED, ""), ("", ", mix = [mixup(0.4)]"), (AUGMENTED, ", mix = [mixup(0.4)]")],
    ids=["kept", "augmented", "mixed", "augmented and mixed"],
)
def test_it_learns_as_a_loop_in_torch_does(teacher: str, more: str, train: str, runs: Path, tmp_path: Path) -> None:
    program = student(runs, SUM, more=more, teacher=teacher, train=train)
    found, _ = run(program, tmp_path / "run")
    assert_close(found, by_hand(program, runs, teacher=teacher))


@pytest.mark.parametrize("more", ["", AUGMENTED], ids=["kept", "augmented"])
def test_a_value_within_is_brought_close_to_that_of_the_teacher(more: str, runs: Path, tmp_path: Path) -> None:
    program = student(runs, HINT, more=more, teacher="normalized")
    found, _ = run(program, tmp_path / "run")
    assert_close(found, by_hand(program, runs, teacher="normalized", hint=True))


def test_alone_it_learns_from_the_teacher_and_is_evaluated_against_the_targets(runs: Path, tmp_path: Path) -> None:
    program = student(runs, f"{FACTOR} * distillation(TEACHER, temperature={TEMPERATURE})")
    found, result = run(program, tmp_path / "run")
    expected = by_hand(program, runs, targets=False)
    assert_close(found, expected)
    data = prepare(program, CPU)
    network = build(program)
    network.load_state_dict(expected)
    inputs, targets = next(data.batches("validation"))
    expected = F.cross_entropy(network(*inputs), targets).item()
    assert result.history[-1]["validation.loss"] == pytest.approx(expected, rel=1e-4)


def test_both_losses_may_have_the_same_teacher_and_others(runs: Path, tmp_path: Path) -> None:
    two = HINT.replace("TEACHER", f'teacher=from_run("{runs / "normalized"}")') + " + distillation(TEACHER)"
    _, result = run(student(runs, two), tmp_path / "run")
    assert [Path(teacher.folder).name for teacher in result.teachers] == ["normalized", "plain"]


def test_the_loss_is_the_divergence_of_softened_probabilities_times_the_squared_temperature() -> None:
    torch.manual_seed(0)
    output, taught = torch.randn(5, 4, dtype=torch.float64), torch.randn(5, 4, dtype=torch.float64)
    assert torch.allclose(SoftTargetLoss(TEMPERATURE)(output, taught), soft_loss(output, taught))
    assert float(SoftTargetLoss(2.0)(output, output + 7)) == pytest.approx(0, abs=1e-12)


def test_a_teacher_computes_each_sample_once_where_samples_do_not_change(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    forward = nn.Linear.forward

    def counted(self: nn.Linear, x: Tensor) -> Tensor:
        if self.out_features == 32:
            seen.append(len(x))
        return forward(self, x)

    monkeypatch.setattr(nn.Linear, "forward", counted)
    program = student(runs, SUM)
    run(program, tmp_path / "run")
    sizes = {name: len(samples.targets) for name, samples in load_splits(program).splits.items()}
    # those of the test split for the teacher's own metrics
    assert sum(seen) == sizes["train"] + sizes["test"]


@pytest.mark.parametrize("more", ["", AUGMENTED], ids=["kept", "augmented"])
@pytest.mark.parametrize("loss", [SUM, HINT], ids=["outputs", "values"])
def test_a_run_that_is_halted_and_resumed_ends_with_the_same_bits(
    more: str, loss: str, runs: Path, tmp_path: Path
) -> None:
    program = student(runs, loss, more=more, teacher="normalized")
    run_through(program, tmp_path / "whole", CPU)
    for step in (5, 9):
        run_through(program, tmp_path / "halted", CPU, step)
    run_through(program, tmp_path / "halted", CPU)
    whole, halted = (dict(final_state(tmp_path / name)) for name in ("whole", "halted"))
    assert [part for part in whole if halted.get(part) != whole[part]] == []


FROZEN = ', freeze = ["fc1"], keep_features = {keep}'


@pytest.mark.parametrize("loss", [SUM, HINT, HINT.replace('"hint", like="fc2"', '"fc1", like="fc2"')])
def test_kept_features_and_a_teacher_go_together(loss: str, runs: Path, tmp_path: Path) -> None:
    model = STUDENT.replace("linear(4)", "linear(8)")
    for keep in ("true", "false"):
        run(student(runs, loss, model=model, train=FROZEN.format(keep=keep)), tmp_path / keep)
    kept, anew = (load_weights(tmp_path / keep / "checkpoints" / f"epoch-{EPOCHS:04d}") for keep in ("true", "false"))
    assert_close(kept, anew)


# ---- the teacher's run ----


@pytest.fixture
def own(runs: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder of runs with links to them, which a test may change."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "latest").symlink_to(runs / "plain", target_is_directory=True)
    yield folder


def test_a_run_is_resumed_with_the_teacher_that_it_began_with(own: Path, runs: Path, tmp_path: Path) -> None:
    program = student(own, SUM, teacher="latest")
    run_through(program, tmp_path / "whole", CPU)
    run_through(program, tmp_path / "run", CPU, 5)
    (own / "latest").unlink()
    (own / "latest").symlink_to(runs / "normalized", target_is_directory=True)
    run_through(program, tmp_path / "run", CPU)
    whole, found = (load_weights(tmp_path / name / "checkpoints" / "epoch-0003") for name in ("whole", "run"))
    assert all(torch.equal(found[name], whole[name]) for name in whole)


def test_a_run_is_not_resumed_with_another_teacher(own: Path, tmp_path: Path) -> None:
    program = student(own, SUM, teacher="latest")
    run_through(program, tmp_path / "run", CPU, 5)
    record = json.loads((tmp_path / "run" / "teachers.json").read_text())
    next(iter(record["teachers"].values()))["digest"] = "0" * 64
    (tmp_path / "run" / "teachers.json").write_text(json.dumps(record))
    with pytest.raises(NetspecError, match="has other weights than when the run began"):
        run_through(program, tmp_path / "run", CPU)


def test_the_best_and_the_last_weights_of_one_run_are_two_teachers(tmp_path: Path) -> None:
    train = "train { epochs = 3, checkpoint = every(1 epoch, keep=3) }"
    api.run(check(f"{DATA.format(more='')}\n{TEACHER}\n{train}").require(), out=tmp_path / "teacher", device="cpu")
    index = tmp_path / "teacher" / "checkpoints" / "index.json"
    index.write_text(json.dumps(json.loads(index.read_text()) | {"best": "epoch-0001", "last": "epoch-0003"}))
    place = f'from_run("{tmp_path / "teacher"}", weights='
    loss = f"distillation(teacher={place}best)) + distillation(teacher={place}last))"
    program = student(tmp_path, f"cross_entropy + {loss}")
    run_through(program, tmp_path / "whole", CPU)
    run_through(program, tmp_path / "halted", CPU, 12)
    record = json.loads((tmp_path / "halted" / "teachers.json").read_text())["teachers"]
    assert {found["checkpoint"] for found in record.values()} == {"epoch-0001", "epoch-0003"}
    run_through(program, tmp_path / "halted", CPU)
    whole, halted = (dict(final_state(tmp_path / name)) for name in ("whole", "halted"))
    assert [part for part in whole if halted.get(part) != whole[part]] == []


def test_a_run_without_its_record_of_teachers_is_not_resumed(own: Path, tmp_path: Path) -> None:
    """Another teacher could have taken the place of the first."""
    program = student(own, SUM, teacher="latest")
    run_through(program, tmp_path / "run", CPU, 12)
    (tmp_path / "run" / "teachers.json").unlink()
    with pytest.raises(NetspecError, match=r"there is no teachers\.json"):
        run_through(program, tmp_path / "run", CPU)


def test_a_teacher_needs_no_file_that_its_own_training_started_from(tmp_path: Path) -> None:
    train = 'train { epochs = 1, init = [from_file("fc1", "first.safetensors")] }'
    spec = f"{DATA.format(more='')}\n{TEACHER}\n{train}"
    first = {"weight": torch.rand(32, 128), "bias": torch.rand(32)}
    save_file(first, tmp_path / "first.safetensors")
    api.run(check(spec, folder=tmp_path).require(), out=tmp_path / "teacher", device="cpu")
    (tmp_path / "first.safetensors").unlink()
    _, result = run(student(tmp_path, SUM, teacher="teacher"), tmp_path / "run")
    assert result.teachers[0].folder == str(tmp_path / "teacher")


def test_a_run_needs_its_teacher_only_to_train(runs: Path, tmp_path: Path) -> None:
    teacher = check(f"{DATA.format(more='')}\n{TEACHER}\ntrain {{ epochs = 1 }}").require()
    api.run(teacher, out=tmp_path / "teacher", device="cpu")
    _, result = run(student(tmp_path, SUM, teacher="teacher"), tmp_path / "run")
    rmtree(tmp_path / "teacher")
    again = reload(tmp_path / "run")
    assert again.test is not None and result.test is not None
    assert again.test.values == result.test.values
    assert again.teachers == result.teachers


def test_the_report_has_the_teacher_beside_the_student(runs: Path, tmp_path: Path) -> None:
    from datetime import datetime

    _, result = run(student(runs, SUM, teacher="normalized"), tmp_path / "run")
    saved = SavedRun.of(runs / "normalized").evaluate("test")
    assert saved is not None
    (teacher,) = result.teachers
    assert teacher.values == {name: value for name, value in saved.values.items() if name != "loss"}
    page = page_of(result, datetime(2026, 1, 1))
    assert "Student and teacher" in page
    assert teacher.digest[:12] in page


@pytest.mark.parametrize("loss", [SUM, HINT, SUM.replace("cross_entropy", "cross_entropy(weight=[1, 5, 25])")])
def test_accumulated_batches_are_one_large_batch(runs: Path, tmp_path: Path, loss: str) -> None:
    """Also the last step's, which has fewer samples, and with classes that weigh differently in each batch."""
    large = student(runs, loss)
    small = check(
        large.source.text.replace("batch_size = 16", "batch_size = 4").replace("epochs =", "accumulate = 4, epochs =")
    ).require()
    expected, _ = run(large, tmp_path / "large")
    found, _ = run(small, tmp_path / "small")
    for name, tensor in expected.items():
        torch.testing.assert_close(found[name], tensor, rtol=0, atol=1e-6)
