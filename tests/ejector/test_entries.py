"""Every entry of the catalogue either is in a script, which then ends with the bits of a run, or is refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.batch_mixes import Mix
from netspec.catalogue.clips import Clip
from netspec.catalogue.constraints import Constraint
from netspec.catalogue.entry import Entry, entries
from netspec.catalogue.freezes import Freezing
from netspec.catalogue.gradient_noise import Noise
from netspec.catalogue.initializers import Initializer
from netspec.catalogue.losses import Loss
from netspec.catalogue.metrics import Metric
from netspec.catalogue.optimizers import Optimizer
from netspec.catalogue.penalties import Penalty
from netspec.catalogue.schedules import Schedule
from netspec.catalogue.sources import DataSource
from netspec.catalogue.splitters import Division
from netspec.catalogue.stopping import Stop
from netspec.catalogue.transforms import Transform
from netspec.catalogue.weight_averages import Average
from netspec.ejector import script_of
from netspec.program.program import Program
from tests.ejector.scripts import assert_same, refused
from tests.specs import check

CLASSES = "data { source = digits()\n sample = 100\n validation = 20\n test = 20\n %s }\n"
TWO = "data { source = circles(60, noise=0.1)\n validation = 20\n %s }\n"
NUMBERS = "data { source = diabetes()\n sample = 80\n validation = 20\n %s }\n"
IMAGES = "data { source = synthetic(image=[%d, 32, 32], samples=24, classes=2)\n batch_size = 6\n %s }\n"
TABLES = "data { source = wine()\n sample = 60\n test = 20\n batch_size = 16\n %s }\n"
MODEL = "model { flatten -> fc: linear(8) -> relu -> head: linear(%d) }\n"
CONVS = "model { conv(4, 3) -> relu -> flatten -> head: linear(2) }\n"
SHORT = "train { epochs = 2\n %s }\n"
LONG = "train { optimizer = sgd(lr=0.01)\n epochs = 100\n %s }\n"

LAST = (
    "linear({})", "linear({}) -> softmax", "linear({}) -> log_softmax", "linear({}) -> sigmoid",
    "linear({}) -> softplus", "flatten -> linear(6) -> reshape([2, 3])",
)  # fmt: skip
"""How networks end, for losses that take other outputs than logits."""


def specs(entry: type[Entry], text: str) -> Iterator[str]:
    """Specs with an entry as it is written in an example, of which the first that is right is taken."""
    match entry.kind:
        case "optimizer":
            yield CLASSES % "" + MODEL % 10 + SHORT % f"optimizer = {text}"
            others = text.removesuffix(")") + (", " if "(" in text and not text.endswith("()") else "")
            group = 'groups=[group("*:bias", optimizer=adam)])'
            yield CLASSES % "" + MODEL % 10 + SHORT % f"optimizer = {others if '(' in others else others + '('}{group}"
        case "schedule":
            small = CLASSES % "batch_size = 64"
            yield small + MODEL % 10 + LONG % f"schedule = {text}"
            yield small + MODEL % 10 + LONG % f"schedule = {text} -> constant"
        case "loss":
            for data, size in ((CLASSES, 10), (TWO, 2), (TWO, 1), (NUMBERS, 1), (NUMBERS, 2)):
                for last in LAST:
                    model = f"model {{ flatten -> linear(8) -> relu -> {last.format(size)} }}\n"
                    yield data % "" + model + SHORT % f"loss = {text}"
        case "metric":
            for data, size in ((CLASSES, 10), (NUMBERS, 1)):
                yield data % "" + MODEL % size + SHORT % "" + f"evaluate {{ metrics = [{text}] }}\n"
        case "transform":
            for data in (IMAGES % (3, f"transform = {text}"), IMAGES % (1, f"transform = {text}")):
                yield data + MODEL % 2 + SHORT % ""
            yield TABLES % f"transform = {text}" + MODEL % 3 + SHORT % ""
        case "augmentation":
            for channels in (3, 1):
                yield IMAGES % (channels, f"augment = {text}") + CONVS + SHORT % ""
                size = f"transform = resize([24, 20])\n augment = {text}"
                yield IMAGES % (channels, size) + CONVS + SHORT % ""
                yield IMAGES % (channels, size.replace("20", "24")) + CONVS + SHORT % ""
        case "initializer":
            for of in ("*:weight", ":conv:weight", ":linear:weight", "*:bias"):
                yield IMAGES % (3, "") + CONVS + SHORT % f'init = [init("{of}", {text})]'
        case "division":
            yield TABLES % f"validation = {text}" + MODEL % 3 + SHORT % ""
        case "source":
            for size in (10, 2, 3, 1, 5, 26, 37, 43, 47, 100, 101, 102, 1000):
                yield f"data {{ source = {text}\n batch_size = 16 }}\n" + MODEL % size + SHORT % ""
            words = "model { embedding(1000, 4) -> flatten -> linear(4) }\n"
            yield f"data {{ source = {text}\n batch_size = 16 }}\n" + words + SHORT % ""
        case kind:
            key = SETTINGS[kind]
            setting = SHORT % f"{key} = {f'[{text}]' if key in LISTED else text}"
            yield CLASSES % "" + MODEL % 10 + setting
            yield IMAGES % (3, "") + CONVS + setting


SETTINGS = {
    "average": "average", "clip": "clip", "constraint": "constraints", "freeze": "freeze", "mix": "mix",
    "noise": "noise", "penalty": "penalties", "rule": "init", "stop": "stop",
}  # fmt: skip
LISTED = ("mix", "constraints", "freeze", "penalties", "rule")
KINDS = (
    Augmentation, Average, Clip, Constraint, Division, Freezing, Initializer, Loss, Metric, Mix, Noise, Optimizer,
    Penalty, Schedule, DataSource, Stop, Transform,
)  # fmt: skip
EXAMPLES = [(entry, example.text) for kind in KINDS for entry in entries(kind) for example in entry.examples]


def program_with(entry: type[Entry], text: str) -> Program | None:
    """The first spec with an entry that is right."""
    for spec in specs(entry, text):
        checked = check(spec)
        if not any(diagnostic.is_error for diagnostic in checked.diagnostics):
            return checked.require()
    return None


REFUSED = {
    "augmentation": (
        "aug_mix", "auto_augment", "color_jitter", "elastic", "rand_augment", "random_erasing", "random_perspective",
        "random_photometric_distort", "random_zoom_out", "trivial_augment",
    ),
    "average": ("ema", "swa"),
    "constraint": ("keep_zeros", "sparsify"),
    "freeze": ("freeze",),
    "metric": ("brier_score", "calibration_error"),
    "mix": ("cutmix", "mixup"),
    "optimizer": ("lbfgs", "muon"),
    "schedule": ("plateau",),
    "source": (
        "dtd", "emnist", "eurosat", "flowers102", "food101", "gtsrb", "oxford_pet", "qmnist", "stl10", "svhn", "usps",
    ),
    "transform": ("fill_missing",),
}  # fmt: skip
"""The entries that no script has."""
ALIKE = ("=balanced", "center_crop([32, 40])", "kfold(5)", "mult=2")
"""What is refused of entries that scripts have otherwise."""
OF_FILES = ("csv", "image_folder", "image_table", "mnist_csv", "npz", "parquet", "safetensors")
"""Sources that need files."""
OF_OTHERS = ("distillation", "feature_distillation")
"""Losses that need the runs of teachers."""


def is_refused(entry: type[Entry], text: str) -> bool:
    return entry.name() in REFUSED.get(entry.kind, ()) or any(part in text for part in ALIKE)


FOUND = [(entry, text) for entry, text in EXAMPLES if entry.name() not in (*OF_FILES, *OF_OTHERS)]
USED = [(entry, text) for entry, text in FOUND if not is_refused(entry, text)]


@pytest.mark.parametrize(("entry", "text"), USED, ids=[f"{entry.kind} {text}" for entry, text in USED])
def test_a_script_with_it_ends_with_the_bits_of_a_run(entry: type[Entry], text: str, tmp_path: Path) -> None:
    program = program_with(entry, text)
    if program is None:
        pytest.skip("the example is for another data set")
    if program.assumed.unavailable(program.folders):
        assert "class Net(nn.Module):" in script_of(program)
    else:
        assert_same(program, tmp_path / "run")


def test_every_entry_is_tried() -> None:
    """An example that no spec here takes belongs to an entry with another one that is tried, or that needs files."""
    untried = {entry for entry, _ in FOUND} - {entry for entry, text in FOUND if program_with(entry, text)}
    assert {f"{entry.kind} {entry.name()}" for entry in untried} == {"freeze freeze"}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_no_script_has_is_refused_by_name(kind: str) -> None:
    for entry, text in FOUND:
        program = program_with(entry, text) if entry.kind == kind and is_refused(entry, text) else None
        if program is not None:
            assert refused(program), text


def test_frozen_layers_are_refused() -> None:
    checked = check(CLASSES % "" + MODEL % 10 + SHORT % 'freeze = ["fc"]')
    assert refused(checked.require()) == "a script has no code for frozen layers, whose outputs may be kept"
