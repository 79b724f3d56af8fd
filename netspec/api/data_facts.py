"""The data of a spec from Python: its splits, classes and values, and samples as the network sees them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from netspec.api.specs import Spec, as_program
from netspec.diagnostics import Diagnostic
from netspec.problems import NetspecError

if TYPE_CHECKING:
    from netspec.data.facts import DataFacts
    from netspec.data.points import Points
    from netspec.data.preview import Preview

PREVIEW_SAMPLES, PREVIEW_EPOCHS = 10, 5


@dataclass(frozen=True)
class DataReport:
    """The facts of a spec's data and diagnostics of its classes; if it was asked for, a preview of each input, and the
    training samples if they are points in a plane."""

    facts: DataFacts
    diagnostics: tuple[Diagnostic, ...]
    previews: tuple[Preview, ...] = ()
    points: Points | None = None


def data_facts(spec: Spec, *, preview: bool = False, on: str | Path | None = None, resize: bool = False) -> DataReport:
    """Load the data of a spec and describe it, with `preview` also some samples in the first epochs.

    `on` is an image to preview in their place, which has the size of the spec unless `resize` resizes it. Raises
    NetspecError for mistakes in the spec, its data or the image.
    """
    program = as_program(spec)
    import torch

    from netspec.data.facts import DataFacts
    from netspec.data.points import Points
    from netspec.data.predict_inputs import read_image
    from netspec.data.prepare import load_splits, prepare_splits
    from netspec.data.preview import preview as preview_of_data
    from netspec.data.preview import preview_of
    from netspec.formats.errors import DataError
    from netspec.program.data_errors import as_problem, as_problems

    try:
        image = None if on is None else read_image(program, Path(on), resize=resize)
    except DataError as error:
        raise NetspecError([one.diagnose() for one in as_problems(error, None)]) from error
    try:
        raw = load_splits(program)
        data = prepare_splits(raw, torch.device("cpu"))
    except DataError as error:
        raise NetspecError.of(as_problem(error, program.span_of("data.source"))) from error
    facts = DataFacts.of(raw, data)
    diagnostics = tuple(problem.diagnose() for problem in facts.problems)
    if image is not None:
        previews = (preview_of(image, data, PREVIEW_EPOCHS),)
    else:
        previews = preview_of_data(raw, data, PREVIEW_SAMPLES, PREVIEW_EPOCHS) if preview else ()
    points = Points.of(raw.program.type, raw.train.inputs[0], raw.train.targets) if preview else None
    return DataReport(facts, diagnostics, previews, points)
