"""A network in whole numbers of 8 bits, as a file that is evaluated as it will be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn

from netspec.catalogue.sections.export import Export
from netspec.catalogue.stages.quantize import Quantize
from netspec.catalogue.stages.quantized_layers import LayerChoice
from netspec.data.prepare import PreparedData
from netspec.experiments.stages import Network
from netspec.experiments.training import Trainer
from netspec.exporter.exportable import Exportable
from netspec.exporter.formats import onnx
from netspec.exporter.quantizing import quantizable, quantize_dynamic, quantize_static
from netspec.exporter.subject import Subject
from netspec.exporter.tracing import TranslationError
from netspec.files import TEMPORARY, file_problems
from netspec.problems.base import NetspecError
from netspec.problems.compressing import NotCompressed
from netspec.program.plan import evaluation_batch
from netspec.program.selectors import select, state_tensors
from netspec.runner.events import Evaluation
from netspec.runner.train.evaluate import evaluate
from netspec.runner.uses.saved_run import SavedRun
from netspec.wording import listing

FILE, FLOAT = "int8.onnx", "float.onnx"
"""The file in the folder of the stage; and the one that it is made of, which is removed."""
RANKED = 2000
"""On how many samples layers are ranked by what it costs to quantize them."""
LISTED = 6


def carry_out(stage: Quantize, network: Network, folder: Path, trainer: Trainer) -> Network:
    folder.mkdir(parents=True, exist_ok=True)
    saved = SavedRun.of(network.folder)
    with file_problems(folder), TemporaryDirectory(prefix=TEMPORARY, dir=folder) as scratch:
        try:
            maker = _Maker.of(stage, saved, Path(scratch))
            kept = maker.kept()
            written = maker.write(kept, Path(scratch) / FILE)
        except TranslationError as error:
            raise NetspecError.of(NotCompressed(None, stage.name(), str(error))) from error
        written.replace(folder / FILE)
    names = listing([f"`{name}`" for name in kept], LISTED)
    notes = (f"{names} stay in floating-point numbers",) if kept else ()
    return replace(network, file=folder / FILE, notes=notes)


def evaluated(network: Network) -> Evaluation | None:
    """The evaluation of the file of a network, loaded again, on the split that its run is evaluated on."""
    assert network.file is not None, "it is quantized"
    saved = SavedRun.of(network.folder)
    data = saved.prepare()
    split = data.data_record.evaluated_split(data.program.evaluate)
    return _evaluated(network.file, saved, data, split) if split else None


class Session(nn.Module):
    """What a file computes, as a module."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._forward = onnx.session(path)

    def forward(self, *inputs: Tensor) -> Tensor:
        return self._forward(inputs)


def _evaluated(path: Path, saved: SavedRun, data: PreparedData, split: str, most: int | None = None) -> Evaluation:
    criterion = saved.program.loss.build(data.classes, saved.scaling)
    size = evaluation_batch(data.program)
    samples = min(data.size(split), most or data.size(split))
    batches = _first(data.batches(split, size), samples)
    return evaluate(Session(path), criterion, batches, samples, data.program, split)


def _first(
    batches: Iterator[tuple[tuple[Tensor, ...], Tensor]], samples: int
) -> Iterator[tuple[tuple[Tensor, ...], Tensor]]:
    for inputs, targets in batches:
        if samples <= 0:
            return
        yield tuple(values[:samples] for values in inputs), targets[:samples]
        samples -= len(targets)


@dataclass(frozen=True)
class _Maker:
    """Makes files of a network that was exported in floating-point numbers to `path`. `layers` has the operators of
    each layer that can be quantized."""

    stage: Quantize
    saved: SavedRun
    data: PreparedData
    path: Path
    layers: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, stage: Quantize, saved: SavedRun, scratch: Path) -> _Maker:
        """Raises TranslationError if the network can't be in such a file, or nothing of it can be quantized."""
        data = saved.prepare()
        subject = Subject.of(saved.program, saved.network.state_dict(), saved.fitted, saved.scaling)
        few = tuple(torch.from_numpy(values[:3].copy()) for values in saved.load().train.inputs)
        path = scratch / FLOAT
        onnx.write(Exportable.of(subject, Export.model_construct(onnx=FLOAT), few), path)
        layers = quantizable(path)
        if not layers:
            raise TranslationError("the network has no layer that can be quantized")
        return cls(stage, saved, data, path, layers)

    def write(self, kept: Sequence[str], out: Path) -> Path:
        """The file in whole numbers but for some layers."""
        operators = [name for layer in kept for name in self.layers[layer]]
        if self.stage.mode == "static":
            quantize_static(self.path, out, self._calibration(), operators)
        else:
            quantize_dynamic(self.path, out, operators)
        return out

    def kept(self) -> tuple[str, ...]:
        """The paths of the layers that stay as they are."""
        choice = self.stage.keep
        if isinstance(choice, LayerChoice):
            return self._found(choice)
        tensors = state_tensors(self.saved.program.graph)
        names = select(tensors, choice).names if choice else ()
        return tuple(path for path in self.layers if f"{path}.weight" in names or _any_below(path, names))

    def _found(self, choice: LayerChoice) -> tuple[str, ...]:
        """The layers that do the most damage, as few as bring the network close enough to the one of `path`."""
        plain = self._cost(self.path)
        alone = {layer: self._quantized_cost([one for one in self.layers if one != layer]) for layer in self.layers}
        ranked = sorted(self.layers, key=lambda layer: -alone[layer])
        for count in range(len(ranked)):
            kept = tuple(ranked[:count])
            if choice.is_close(self._quantized_cost(kept) - plain):
                return kept
        raise TranslationError(f"with any layer quantized, the network is worse than `{choice.name()}` allows")

    def _quantized_cost(self, kept: Sequence[str]) -> float:
        return self._cost(self.write(kept, self.path.with_name(f"tried-{FILE}")))

    def _cost(self, path: Path) -> float:
        """How bad a file is on validation samples, or on training samples if there are none: the share of them that is
        decided wrongly, or the mean absolute error of numbers as a share of their mean absolute deviation."""
        split = "validation" if self.data.size("validation") else "train"
        found = _evaluated(path, self.saved, self.data, split, RANKED).predictions
        assert found is not None, "it is final"
        wrong = found.targets != found.decisions
        if not self.saved.program.type.target.counts_right:
            wrong = abs(found.targets - found.decisions) / abs(found.targets - found.targets.mean()).mean()
        return float(wrong.mean())

    def _calibration(self) -> Iterator[tuple[Tensor, ...]]:
        """Batches of the first training samples, without augmentation."""
        batches = self.data.batches("train", evaluation_batch(self.saved.program))
        for inputs, _ in _first(batches, self.stage.calibrated_on):
            yield inputs


def _any_below(path: str, names: Sequence[str]) -> bool:
    return any(name.startswith(f"{path}.") for name in names)
