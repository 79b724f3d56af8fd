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
HEAT = (255, 120, 0)
STRENGTH = 0.75
"""The color that is laid over a picture where a network looks, and how opaque it is at most."""
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
    """A mistake: the sample's number in the split, its picture if it is one, with where the network looked if it says
    that, and the classes that it was taken for."""

    number: int
    address: str | None
    looked: str | None
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
        looked = None
        if mistake.picture is not None and mistake.looked is not None:
            looked = address(heated(mistake.picture, mistake.looked))
        found.append(Miss(mistake.index + 1, picture, looked, target.labels[true], target.labels[taken], bars))
    return tuple(found)


def heated(picture: np.ndarray, looked: np.ndarray) -> np.ndarray:
    """A picture, uint8 [height, width, 1 or 3], in gray, and over it where a network looks [height, width], from 0 to
    1, in one color: uint8 [height, width, 3]."""
    opacity = STRENGTH * looked[..., None]
    found = (1 - opacity) * picture.mean(2, keepdims=True) + opacity * np.array(HEAT)
    return found.round().astype(np.uint8)


def address(pixels: np.ndarray, largest: int = LARGEST) -> str:
    """A picture, uint8 [height, width, 1 or 3], with `largest` pixels in width and height at most."""
    from PIL import Image

    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return "data:image/png;base64," + b64encode(buffer.getvalue()).decode()
