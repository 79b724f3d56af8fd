"""Every lint of data and training is planted at random and found, and the same spec without the plant is silent.

    python -m tests.campaigns.lints --count 100

That many plants of each kind, in random data, at random places. The specs and data sets that come with netspec are
checked for false alarms first.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from netspec.data.prepare import load_splits, prepare_splits
from netspec.diagnostics import Severity
from netspec.render.diagnostics import render
from tests.campaigns.campaign import Mismatch, main
from tests.campaigns.planted_data import DATA
from tests.campaigns.planted_training import TRAINING, in_folder
from tests.specs import ROOT, SPECS, check

TEMPLATES = sorted((ROOT / "netspec" / "templates").glob("*.net"))

PLANTS = DATA | {name: (code, in_folder(make)) for name, (code, make) in TRAINING.items()}
ALONG = {
    "NS506": {"NS504"},  # the fold that lacks the class
}
"""What a plant may bring along."""

BUNDLED = {
    "iris()": "model { linear(3) }",
    "wine()": "model { linear(3) }",
    "breast_cancer()": "model { linear(2) }",
    "diabetes()": "model { linear(1) }",
    "blobs()": "model { linear(3) }",
    "moons()": "model { linear(2) }",
    "circles()": "model { linear(2) }",
    "synthetic(features=8, classes=4)": "model { linear(4) }",
    "synthetic(image=[1, 8, 8], classes=4)": "model { flatten -> linear(4) }",
    "digits()": "model { flatten -> linear(10) }",
    "mnist_sample()": "model { flatten -> linear(10) }",
}
"""The data sets that need no download, each with a model."""
SCALED = {
    "wine()": "transform = standardize",
    "breast_cancer()": "transform = standardize",
    "diabetes()": "target_transform = standardize",
}
"""What the scales of a data set need."""


def warnings_of(text: str, folder: Path) -> set[str]:
    """The codes of all warnings of a spec and of its data. Raises Mismatch if it has an error."""
    checked = check(text, folder=folder)
    if checked.program is None:
        raise Mismatch("the spec has an error", f"{text}\n{render(checked.diagnostics).plain}")
    data = prepare_splits(load_splits(checked.program), torch.device("cpu"))
    found = (*checked.diagnostics, *(problem.diagnose() for problem in data.problems))
    return {diagnostic.code for diagnostic in found if diagnostic.severity is Severity.WARNING}


def try_one(number: int) -> str:
    """Plant one lint; its name. Raises Mismatch if it isn't found, or another one is."""
    name = list(PLANTS)[number % len(PLANTS)]
    code, make = PLANTS[name]
    for plant in (False, True):
        with TemporaryDirectory(prefix="lints-") as folder:
            text = make(np.random.default_rng(number), Path(folder), plant)
            found = warnings_of(text, Path(folder))
        expected = {code} if plant else set[str]()
        if found != expected and not (plant and expected < found <= expected | ALONG.get(code, set())):
            raise Mismatch(f"{name}: {sorted(found)} instead of {sorted(expected)}", text)
    return f"{code}  {name}"


def false_alarms() -> dict[str, set[str]]:
    """The warnings of the specs and data sets that come with netspec which an independent count doesn't confirm."""
    specs = {str(path): (path.read_text(encoding="utf-8"), path.parent) for path in (*SPECS, *TEMPLATES)}
    for source, model in BUNDLED.items():
        for validation in ("20%", "kfold(5)"):
            lines = "\n ".join(filter(None, (f"source = {source}", f"validation = {validation}", SCALED.get(source))))
            specs[f"{source}, {validation}"] = f"data {{\n {lines}\n}}\n{model}\n", Path()
    found = {name: {code for code in _warnings(*spec) if not confirmed(code, *spec)} for name, spec in specs.items()}
    return {name: codes for name, codes in found.items() if codes}


def _warnings(text: str, folder: Path) -> set[str]:
    """The codes of all warnings of a spec, and of its data if it is on this disk."""
    checked = check(text, folder=folder)
    program = checked.require()
    if all(source.unavailable(program.folders) is None for source in program.sources):
        return warnings_of(text, folder)
    return {diagnostic.code for diagnostic in checked.diagnostics if diagnostic.severity is Severity.WARNING}


def confirmed(code: str, text: str, folder: Path) -> bool:
    """Whether a class has no sample in a split, or samples of two splits are equal, counted in another way."""
    raw = load_splits(check(text, folder=folder).require())
    if code == "NS504":
        classes = range(len(raw.program.type.target.labels))
        return any(set(samples.targets.tolist()) < {*classes} for samples in raw.splits.values())
    if code == "NS510":
        seen = [{row.tobytes() for row in samples.inputs[0]} for samples in raw.splits.values()]
        return any(one & other for one, other in combinations(seen, 2))
    return False


if __name__ == "__main__":
    alarms = false_alarms()
    print(
        f"{len(alarms)} false alarms in {len(SPECS) + len(TEMPLATES)} specs and {len(BUNDLED)} data sets", alarms or ""
    )
    main(try_one, __doc__, kinds=len(PLANTS))
