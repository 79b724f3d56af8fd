"""A rehearsal shows within seconds whether a run would work, and whether the network can learn at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec import api
from netspec.problems import NetspecError
from netspec.runner.events import EpochEnded, Event, Started, Stopped

IMAGES = """
data {
  source     = synthetic(image=[1, 8, 8], classes=3, samples=600)
  augment    = random_crop(8, padding=2)
  transform  = normalize(measured)
  validation = VALIDATION
  batch_size = 16
}
model { flatten -> linear(32) -> relu -> DROPOUT linear(3) }
train {
  optimizer = adam(lr=LR)
  schedule  = warmup(2 epochs) -> cosine
  stop      = early_stopping(patience=5 epochs)
  epochs    = 50
  SEEDS
}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def write(*, validation: str = "20%", dropout: str = "", lr: str = "1e-2", seeds: str = "") -> Path:
        text = IMAGES.replace("VALIDATION", validation).replace("DROPOUT", dropout).replace("LR", lr)
        Path("spec.net").write_text(text.replace("SEEDS", seeds))
        return Path("spec.net")

    return write


@pytest.mark.parametrize("validation", ["20%", "100", "kfold(4)"])
def test_a_smoke_test_is_two_batches_through_everything(spec, validation: str) -> None:
    events: list[Event] = []
    result = api.smoke(spec(validation=validation), device="cpu", on_event=events.append)
    (started,) = (event for event in events if isinstance(event, Started))
    assert 2 * 16 <= started.data.train <= 2 * 16 + 1
    assert 1 <= started.data.validation <= 2 * 16
    assert sum(isinstance(event, EpochEnded) for event in events) == 1
    (stopped,) = (event for event in events if isinstance(event, Stopped))
    assert stopped.epoch == 1
    assert result.validation_values and result.test


@pytest.mark.parametrize("validation", ["kfold(50)", "0.5%"])
def test_a_smoke_test_has_as_many_samples_as_its_splits_need(spec, validation: str) -> None:
    """Two batches are too few for fifty folds, and for a small share to be a sample at all."""
    events: list[Event] = []
    api.smoke(spec(validation=validation), device="cpu", on_event=events.append)
    (started,) = (event for event in events if isinstance(event, Started))
    assert started.data.validation >= 1


def test_a_smoke_test_keeps_no_run(spec) -> None:
    result = api.smoke(spec(), device="cpu")
    assert not result.folder.exists()
    assert not Path("runs").exists()


def test_a_smoke_test_of_several_runs_is_one_of_the_first(spec) -> None:
    events: list[Event] = []
    api.smoke(spec(seeds="seed = 5\n  seeds = 3"), device="cpu", on_event=events.append)
    (started,) = (event for event in events if isinstance(event, Started))
    assert started.program.train.seed == 5


@pytest.mark.parametrize("dropout", ["", "dropout(0.3) ->"])
def test_a_network_learns_a_batch_by_heart(spec, dropout: str) -> None:
    learned = api.overfit(spec(dropout=dropout), device="cpu")
    assert (learned.samples, learned.batches) == (16, 1)
    assert learned.last_loss < learned.first_loss
    assert not Path("runs").exists()


def test_numbers_are_learned_by_heart(tmp_path: Path) -> None:
    rows = "".join(f"{row},{row * row % 7 + row / 8}\n" for row in range(40))
    (tmp_path / "t.csv").write_text("a,t\n" + rows)
    text = 'data { source = csv("t.csv", target="t"), transform = standardize, batch_size = 4 }\n'
    (tmp_path / "spec.net").write_text(
        text + "model { linear(64) -> tanh -> linear(1) }\ntrain { optimizer = adam(lr=0.03) }"
    )
    assert api.overfit(tmp_path / "spec.net", device="cpu").samples == 4


def test_a_network_that_does_not_learn_is_told_so(spec) -> None:
    with pytest.raises(NetspecError) as error:
        api.overfit(spec(lr="1e-9"), device="cpu")
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "NS604"
    assert error.value.exit_code == 4
    assert "16 samples" in diagnostic.message
