"""Pictures of samples on the page, as `data:` addresses of PNG, and the mistakes with what the network thought."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netspec.runner.events import RunResult

LARGEST = 80
"""How many pixels wide or high a picture is at most, so that the page stays small."""
BARS = 3
"""How many classes have a bar at most, beside the true one."""


@dataclass(frozen=True)
class Shot:
    """A picture with what is written below it."""

    address: str
    caption: str


@dataclass(frozen=True)
class Bar:
    """A class with its probability; `kind` is `true` for what would be right and `taken` for what was decided."""

    name: str
    share: float
    kind: str


@dataclass(frozen=True)
class Miss:
    """A mistake: the sample's number in the split, its picture if it is one, and the classes that it was taken for."""

    number: int
    address: str | None
    true: str
    taken: str
    bars: Sequence[Bar]


def shots(result: RunResult) -> tuple[Shot, ...]:
    """Training samples as the network sees them."""
    target = result.program.type.target
    return tuple(
        Shot(
            address(sample.picture),
            target.text(sample.target),
        )
        for sample in result.report_samples.samples
    )


def misses(result: RunResult) -> tuple[Miss, ...]:
    """The mistakes that the network was surest of."""
    evaluation, target = result.evaluation, result.program.type.target
    if evaluation is None or evaluation.predictions is None or "mistakes" not in target.charts:
        return ()
    predictions, found = evaluation.predictions, list[Miss]()
    for mistake in result.report_samples.mistakes:
        true, taken = int(predictions.targets[mistake.index]), int(predictions.decisions[mistake.index])
        probabilities = predictions.scores[mistake.index]
        likely = list(dict.fromkeys([taken, *np.argsort(-probabilities, kind="stable")[:BARS].tolist(), true]))
        bars = [
            Bar(target.labels[one], float(probabilities[one]), {true: "true", taken: "taken"}.get(one, "other"))
            for one in sorted(likely, key=lambda one: -probabilities[one])
        ]
        picture = None if mistake.picture is None else address(mistake.picture)
        found.append(Miss(mistake.index + 1, picture, target.labels[true], target.labels[taken], bars))
    return tuple(found)


def address(pixels: np.ndarray) -> str:
    """A picture, uint8 [height, width, 1 or 3], small enough for the page."""
    from PIL import Image

    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return "data:image/png;base64," + b64encode(buffer.getvalue()).decode()
