"""Predictions of a saved run for the samples in files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from netspec.catalogue.sources import InputSample
from netspec.data.predict_inputs import read_inputs
from netspec.formats.errors import DataError
from netspec.problems.base import NetspecError
from netspec.program.data_errors import as_problems
from netspec.runner.uses.saved_run import SavedRun


@dataclass(frozen=True)
class Prediction:
    """The prediction for a sample: as JSON data `label` and `probabilities`, or what else its kind of target has.

    `id` is the text that identifies the sample in its table, and `remark` says how it was read if that is in doubt.
    `column` is the name of the targets' column in the table that the network was trained on.
    """

    sample: str
    values: Mapping[str, Any]
    id: str | None = None
    remark: str | None = None
    column: str | None = None

    def record(self) -> dict[str, Any]:
        """The prediction with the name of its sample, as JSON data."""
        more = {name: text for name in ("id", "remark") if (text := getattr(self, name)) is not None}
        return {"sample": self.sample, **more, **self.values}


def predict_files(
    saved: SavedRun, files: Sequence[Path], *, resize: bool = False, id: str | None = None
) -> tuple[Prediction, ...]:
    """Predict each image, the images in each folder, or each row of each CSV file; `resize` fits images to the network,
    and `id` is the column that identifies the rows of a table.

    Raises NetspecError for files that can't be read or don't fit the network.
    """
    try:
        samples = read_inputs(saved.program, files, resize=resize, id=id)
    except DataError as error:
        raise NetspecError([one.diagnose() for one in as_problems(error, None)]) from error
    return predict_samples(saved, samples)


def predict_samples(saved: SavedRun, samples: Sequence[InputSample]) -> tuple[Prediction, ...]:
    """Predict samples with one input each. Raises NetspecError."""
    decisions, probabilities = saved.predict([np.stack([sample.values for sample in samples])])
    target, column = saved.program.type.target, saved.program.assumed.predicted
    by_class = [None] * len(samples) if probabilities is None else probabilities.tolist()
    return tuple(
        Prediction(sample.name, target.prediction(decision, scores), sample.id, sample.remark, column)
        for sample, decision, scores in zip(samples, decisions.tolist(), by_class, strict=True)
    )
