"""A run as the runner would tell of it, built by hand: ten digits, a small network, five epochs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from netspec.catalogue.fields.image import Image
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers.batch_norm import BatchNorm
from netspec.catalogue.layers.flatten import Flatten
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.layers.relu import ReLU
from netspec.catalogue.losses.cross_entropy import CrossEntropy
from netspec.catalogue.metrics import Predictions
from netspec.catalogue.optimizers.adam import Adam
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sections.evaluate import Evaluate
from netspec.catalogue.sections.train import Train
from netspec.catalogue.sources import DataFolders, DataSource
from netspec.catalogue.stopping.early_stopping import EarlyStopping
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.transforms.normalize import Normalize
from netspec.catalogue.types import DataField, DataType
from netspec.catalogue.values import Quantity
from netspec.program.graph import Graph
from netspec.program.objective import Objective
from netspec.program.program import Origin, Program, by_name
from netspec.runner.events import (
    ClassReport,
    DataRecord,
    EpochEnded,
    Evaluation,
    Event,
    Finished,
    RunResult,
    Started,
    Stopped,
)
from netspec.runner.report_samples import Mistake, ReportSamples, Sample, most_confident_mistakes
from netspec.shapes import Shape
from netspec.source import Source
from tests.graphs import chain

TEXT = """# a fully connected network on handwritten digits
netspec 1

data {
  source     = mnist() or mnist_sample()
  transform  = normalize(measured)
  validation = 10%
}

model {
  flatten
  fc1: linear(256) -> batch_norm -> relu
  fc2: linear(128) -> batch_norm -> relu
  fc3: linear(10)
}

train {
  epochs = 5
  stop   = early_stopping(monitor=validation.loss, patience=3 epochs)
}
"""

NOTE = "mnist() is not on this disk and can't be downloaded: no network"


class FakeSource(DataSource):
    """A data set that is never loaded."""

    @classmethod
    def name(cls) -> str:
        return "mnist_sample"


def make_graph(source: Source) -> Graph:
    layers: list[tuple[str, Layer]] = [
        ("0", Flatten()),
        ("fc1", Linear(out_features=256)),
        ("2", BatchNorm()),
        ("3", ReLU()),
        ("fc2", Linear(out_features=128)),
        ("5", BatchNorm()),
        ("6", ReLU()),
        ("fc3", Linear(out_features=10)),
    ]
    return chain(Shape.of(1, 28, 28), layers, source.whole())


def make_program(names: tuple[str, ...] = tuple("0123456789"), text: str = TEXT, name: str = "mnist_fc") -> Program:
    source = Source("specs/mnist_fc.net", text)
    return Program(
        name=name,
        source=source,
        sections=by_name(
            Data(source=(FakeSource(),), transform=(Normalize(statistics="measured"),), validation=Quantity(10, "%")),
            Train(optimizer=Adam(lr=1e-3), epochs=5, stop=EarlyStopping()),
            Evaluate(),
        ),
        loss=Objective.of(CrossEntropy()),
        graph=make_graph(source),
        type=DataType((DataField(Image(sizes=(1, 28, 28))),), Classes(names=names), train=4000, test=1000),
        folders=DataFolders(Path("specs"), Path("data")),
        origins={
            "data.source": Origin("written", "line 5"),
            "data.transform": Origin("written", "line 6"),
            "data.validation": Origin("written", "line 7"),
            "train.loss": Origin("inferred", "from class[10]"),
            "train.epochs": Origin("written", "line 17"),
            "train.stop": Origin("written", "line 18"),
        },
    )


def make_history(epochs: int = 5) -> tuple[dict[str, float], ...]:
    values = (
        (0.5871, 0.8406, 0.2718, 0.9250),
        (0.2013, 0.9469, 0.2105, 0.9400),
        (0.1127, 0.9733, 0.1870, 0.9450),
        (0.0652, 0.9869, 0.1812, 0.9475),
        (0.0398, 0.9944, 0.1931, 0.9425),
    )
    names = ("train.loss", "train.accuracy", "validation.loss", "validation.accuracy")
    return tuple(
        {"epoch": epoch} | dict(zip(names, row, strict=True)) | {"train.seconds": 0.81}
        for epoch, row in enumerate(values[:epochs], start=1)
    )


def make_judgement(names: tuple[str, ...]) -> Evaluation:
    size = len(names)
    confusion = np.fromfunction(lambda i, j: (7 * i + 3 * j + 1) % 11 // 8, (size, size)).astype(int)
    np.fill_diagonal(confusion, 0)
    worst, other = min(8, size - 1), min(3, size - 2)
    confusion[worst, other] = 7
    confusion += np.diag(100 - confusion.sum(axis=1))
    classes = tuple(
        ClassReport(
            name,
            100,
            {"precision": 0.9612 - 0.01 * (number == worst), "recall": confusion[number, number] / 100, "f1": 0.9468},
            (names[other], 7) if number == worst else (names[(number + 1) % size], 2) if number % 3 else None,
        )
        for number, name in enumerate(names)
    )
    values = {
        "loss": 0.2134,
        "accuracy": confusion.trace() / confusion.sum(),
        "precision": 0.9366,
        "recall": 0.936,
        "f1": 0.9359,
    }
    targets, decisions = (np.repeat(index.ravel(), confusion.ravel()) for index in np.indices(confusion.shape))
    return Evaluation("test", values, len(targets), Predictions(targets, decisions), confusion, classes, worst)


def make_result(folder: Path, names: tuple[str, ...] = tuple("0123456789"), epochs: int = 5) -> RunResult:
    digest = "9c1185a5c5e9fc54612808977ee8f548b2258d31b3d5a1f5c2c2a5d4e8f0a1b2"
    statistics = ({"mean": [0.1307], "std": [0.3081]},)
    return RunResult(
        folder=folder,
        program=make_program(names),
        data=DataRecord("mnist_sample()", NOTE, 3600, 400, 1000, digest, statistics),
        device="cpu",
        environment={"python": "3.11.7", "torch": "2.15.0", "platform": "Linux-6.1-x86_64", "seed": "0"},
        history=make_history(epochs),
        best_epoch=min(4, epochs),
        stopped=None,
        test=make_judgement(names),
        seconds=12.34,
        restored=min(4, epochs),
    )


def events_of(result: RunResult) -> list[Event]:
    epochs: list[EpochEnded] = []
    for number, row in enumerate(result.history, start=1):
        values = {name: value for name, value in row.items() if name != "epoch"}
        epochs.append(EpochEnded(number, values, best=number <= 4))
    start = Started(result.program, result.folder, result.data, result.device, result.environment)
    stopped = [Stopped(len(epochs), result.stopped)] if result.stopped else []
    return [start, *epochs, *stopped, Finished(result)]


@pytest.fixture(autouse=True)
def without_wishes(monkeypatch: pytest.MonkeyPatch):
    """What the environment wants of terminals doesn't reach the tests."""
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "TTY_INTERACTIVE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def a_result() -> Callable[..., RunResult]:
    """Makes a finished run: of a folder, class names and a number of epochs."""
    return make_result


@pytest.fixture
def told() -> Callable[[RunResult], list[Event]]:
    """The events of a run, in their order."""
    return events_of


@pytest.fixture
def result(tmp_path: Path) -> RunResult:
    """A finished run whose folder is there, with nothing in it."""
    return make_result(tmp_path)


def with_probabilities(result: RunResult) -> RunResult:
    """The run with probabilities behind its decisions, a row of pictures, and pictures of its surest mistakes."""
    assert result.test is not None and result.test.predictions is not None
    predictions, chance = result.test.predictions, np.random.default_rng(0)
    classes = len(result.program.type.target.labels)
    chances = chance.random((len(predictions.targets), classes)).astype(np.float32)
    chances[np.arange(len(chances)), predictions.decisions] += 1 + chance.random(len(chances)).astype(np.float32)
    predictions = replace(predictions, probabilities=chances / chances.sum(1, keepdims=True))
    pictures = chance.integers(0, 256, (36, 28, 28, 3), dtype=np.uint8)
    shown = ReportSamples(
        dict.fromkeys((report.name for report in result.test.classes), 360),
        tuple(Sample(picture, number % classes) for number, picture in enumerate(pictures[:24])),
        tuple(map(Mistake, most_confident_mistakes(predictions, 12), pictures[24:])),
    )
    history = tuple({**row, "train.lr": 1e-3 / row["epoch"]} for row in result.history)
    return replace(result, history=history, test=replace(result.test, predictions=predictions), report_samples=shown)


@pytest.fixture
def whole_result(tmp_path: Path) -> Callable[..., RunResult]:
    """Makes a finished run, of classes with some names, whose page has every section."""
    return lambda names=tuple("0123456789"): with_probabilities(make_result(tmp_path, names))


@pytest.fixture
def hostile_whole(hostile: RunResult) -> RunResult:
    """The run of bad names with every section."""
    return with_probabilities(hostile)


@pytest.fixture
def hostile(tmp_path: Path) -> RunResult:
    """A run in which everything that has a name has a bad one."""
    bad = "<script>alert(1)</script>", "\"'><img src=x onerror=y>", "\u202egnp.exe\x1b[31m\x00", "$\\frac$&amp;"
    result = make_result(tmp_path, bad)
    text = '</code></pre><script src="http://evil.example/x.js"></script>\u202e # rtl\n'
    program = make_program(bad, text, name="<b>bold</b>\x1b]0;title\x07")
    data = replace(result.data, source='csv("<i>")', note="<b>note\u2066</b>")
    return replace(
        result,
        program=program,
        data=data,
        device="<u>cpu</u>",
        environment={"<em>": "</dd><script>"},
        stopped="<s>stop</s>\x1b[2J",
    )
