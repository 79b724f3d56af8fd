"""What the page of a run asks for: what the network takes, its predictions, and what they are like."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Self, cast

import numpy as np
import torch
from torch import Tensor

from netspec.builder.grad_cam import grad_cam
from netspec.builder.network import Network
from netspec.catalogue.sources import InputSample
from netspec.demo.forms import MOST_BYTES, SHOWN, form_of, mostly_dark
from netspec.demo.similar import Similar, random_sample
from netspec.loopback import Asset, Loopback, RefusedError, Route
from netspec.problems.base import NetspecError
from netspec.problems.demonstrating import NoDemo, PortTaken
from netspec.program.spatial import SpatialMap, spatial_map
from netspec.render.words import clean
from netspec.report.pictures import address, heated
from netspec.resources import resource
from netspec.runner.report_samples import pictures
from netspec.runner.uses.predictions import Prediction, predict_samples
from netspec.runner.uses.saved_run import SavedRun

ENVELOPE = 2**10
"""The bytes of a request beside its picture."""
ASSETS = {
    "/": ("demo", "page", "demo.html"),
    "/demo.css": ("demo", "page", "demo.css"),
    "/demo.js": ("demo", "page", "demo.js"),
    "/report.css": ("report", "templates", "report.css"),
}


class Demonstration:
    """A trained network behind a page on this machine; as a context it answers from its beginning to its end.

    Only one thing is computed at a time. Raises NetspecError for a run that has no page.
    """

    def __init__(self, saved: SavedRun, *, port: int = 0) -> None:
        form = form_of(saved.program)
        if isinstance(form, str):
            raise NetspecError.of(NoDemo(None, str(saved.folder), form))
        self.saved, self.form = saved, form
        self.similar = Similar(saved)
        self._map = spatial_map(saved.program.graph)
        self._lock, self._rng = Lock(), np.random.default_rng()
        assets = {path: Asset.of(resource(*parts)) for path, parts in ASSETS.items()}
        try:
            self.server = Loopback(self.routes, assets, port=port, most_bytes=4 * MOST_BYTES // 3 + ENVELOPE)
        except OSError as error:
            raise NetspecError.of(PortTaken(None, port, error.strerror or str(error))) from error

    @classmethod
    def of(cls, folder: Path, weights: str | None = None, *, port: int = 0) -> Self:
        """The page of a run. Raises NetspecError."""
        return cls(SavedRun.of(folder, weights), port=port)

    @property
    def url(self) -> str:
        """The address of the page, for this machine alone and with the token in it."""
        return self.server.url

    def __enter__(self) -> Self:
        self.similar.start(self._lock)
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.close()
        self.similar.close()

    @property
    def routes(self) -> Mapping[tuple[str, str], Route]:
        return {
            ("GET", "/run"): lambda _: self.facts(),
            ("GET", "/samples"): lambda _: self.samples(),
            ("POST", "/predict"): self.predict,
            ("POST", "/sample"): lambda _: self.sample(),
        }

    def facts(self) -> dict[str, Any]:
        """What is known before there is a sample."""
        program = self.saved.program
        return {
            "name": clean(program.name),
            "weights": f"weights after {self.saved.moment}",
            "data": str(program.type),
            "looks": isinstance(self._map, SpatialMap) and bool(program.type.target.labels),
            "distance": self.similar.distance,
            **self.form.facts(),
        }

    def samples(self) -> dict[str, Any]:
        """How far the training samples are that others are compared with."""
        found = self.similar.found
        facts: dict[str, Any] = {
            "missing": None if self.similar.missing is None else clean(self.similar.missing),
            "ready": found is not None,
            "done": self.similar.done,
            "chosen": self.similar.chosen,
        }
        if found is not None:
            facts["of"] = len(found.splits.train.targets)
            if self.saved.program.type.fields[0].type.pictured:
                facts["dark"] = mostly_dark(found.samples.inputs[0])
        return facts

    def predict(self, given: Any) -> dict[str, Any]:
        """What the network makes of a sample. Raises RefusedError."""
        with self._lock:
            try:
                sample = self.form.read(given)
                (prediction,) = predict_samples(self.saved, [sample])
                return {**_record(prediction), **self._shown(sample, prediction)}
            except NetspecError as error:
                raise RefusedError(clean("; ".join(one.message for one in error.diagnostics))) from error

    def sample(self) -> dict[str, Any]:
        """A sample of the data as the page would send it, with its target. Raises RefusedError."""
        if self.similar.found is None:
            raise RefusedError("the data isn't loaded")
        split, values, target = random_sample(self.similar.found.splits, self._rng)
        return {"split": split, "target": self._text(target), "given": self.form.written(values)}

    def _shown(self, sample: InputSample, prediction: Prediction) -> dict[str, Any]:
        """The sample as the network takes it, where the network looks, and what it is most like."""
        values = np.stack([sample.values])
        inputs = self.saved.ready([values])
        (processing,) = self.saved.processing()
        found: dict[str, Any] = {"shown": next(iter(self.form.shown(processing, values)), None), "looked": None}
        visible = pictures(processing, inputs[0]) if isinstance(self._map, SpatialMap) else []
        if visible and "label" in prediction.values:
            found["looked"] = self._looked(visible[0], inputs, prediction.values["label"])
        if self.similar.found is not None:
            near = self.similar.found.nearest(self.similar.features(inputs)[0])
            samples = self.similar.found.samples.at(np.array([index for index, _ in near]))
            shown = self.form.shown(processing, samples.inputs[0]) or [None] * len(near)
            found["similar"] = [
                {"shown": one, "target": self._text(target), "distance": round(distance, 4)}
                for one, target, (_, distance) in zip(shown, samples.targets.tolist(), near, strict=True)
            ]
        return found

    def _looked(self, picture: np.ndarray, inputs: tuple[Tensor, ...], label: str) -> str | None:
        decided = torch.tensor([self.saved.program.type.target.labels.index(label)])
        maps = grad_cam(cast(Network, self.saved.network), self.saved.program.graph, inputs, decided)
        return None if maps is None else address(heated(picture, maps[0].numpy()), SHOWN)

    def _text(self, target: Any) -> str:
        return clean(self.saved.program.type.target.text(target))


def _record(prediction: Prediction) -> dict[str, Any]:
    """A prediction as JSON data, in which classes keep their order: those of an object have none in JavaScript."""
    found: dict[str, Any] = dict(prediction.values)
    if "label" in found:
        found["label"] = clean(found["label"])
    if "probabilities" in found:
        found["probabilities"] = [[clean(name), value] for name, value in found["probabilities"].items()]
    column = None if prediction.column is None else clean(prediction.column)
    remark = None if prediction.remark is None else clean(prediction.remark)
    return {**found, "column": column, "remark": remark}
