"""A new kind of field is one file, with what changes it: networks take it, files of it are read and predicted."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tests.open.extension import Extended

FIELD = '''
"""A signal over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.fields import FieldType, ensure_finite
from netspec.catalogue.values import PositiveInt
from netspec.formats.errors import DataError
from netspec.shapes import Shape

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor


class Signal(FieldType):
    """A signal, [channels, length] float32."""

    positional: ClassVar = ("channels", "length")
    examples: ClassVar = (Example("signal(2, 100)"),)
    dtype: ClassVar = "float32"

    channels: Annotated[PositiveInt, Field(description="number of channels")]
    length: Annotated[PositiveInt, Field(description="number of samples over time")]

    @property
    def shape(self) -> Shape:
        return Shape((self.channels, self.length))

    def from_array(self, values: np.ndarray) -> np.ndarray:
        ensure_finite(values)
        return values.astype("float32")

    def read_files(self, paths: Sequence[Path], *, resize: bool, fills: bool) -> Iterator[tuple[str, np.ndarray]]:
        import numpy as np

        for path in paths:
            values = np.array([float(text) for text in path.read_text().split()], np.float32)
            if len(values) != self.channels * self.length:
                raise DataError("malformed", f"{path} has {len(values)} numbers instead of those of {self}")
            yield str(path), values.reshape(self.channels, self.length)

    def part_names(self, count: int) -> list[str]:
        return [f"channel {number}" for number in range(count)]
'''

TRANSFORM = '''
"""Signals around zero."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.signal import Signal
from netspec.catalogue.transforms import Fitted, Transform

if TYPE_CHECKING:
    from torch import Tensor


class Peak(Fitted):
    """The largest size of all numbers, and in which channel it is."""

    size: float
    channel: str


class UnitPeak(Transform):
    """Divide signals by the largest size of all numbers of the training split."""

    field: ClassVar = Signal
    learns: ClassVar = Peak
    examples: ClassVar = (Example("unit_peak", into=(2, 10), out=(2, 10)),)

    def fit(self, portions: Iterable[Tensor]) -> Peak:
        peaks = [portion.abs().amax((0, 2)) for portion in portions]
        sizes = peaks[0].new_tensor([max(float(peak[channel]) for peak in peaks) for channel in range(len(peaks[0]))])
        return Peak(size=float(sizes.max()), channel=f"channel {int(sizes.argmax())}")

    def apply(self, inputs: Tensor, fitted: Peak) -> Tensor:
        return inputs / fitted.size
'''

AUGMENTATION = '''
"""Signals that begin elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.augmentations import Augmentation
from netspec.catalogue.entry import Example
from netspec.catalogue.fields.signal import Signal
from netspec.catalogue.values import PositiveInt
from netspec.shapes import Shape

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class RandomRoll(Augmentation):
    """Roll each signal by a random number of places."""

    field: ClassVar = Signal
    examples: ClassVar = (Example("random_roll", into=(2, 10), out=(2, 10)),)

    most: Annotated[PositiveInt, Field(description="largest number of places")] = 5

    def draw(self, count: int, x: Shape, rng: torch.Generator) -> Tensor:
        import torch

        return torch.randint(-self.most, self.most + 1, (count,), generator=rng)

    def apply(self, inputs: Tensor, drawn: Tensor) -> Tensor:
        import torch

        places = torch.arange(inputs.shape[2], device=inputs.device) - drawn[:, None]
        return inputs.gather(2, (places % inputs.shape[2])[:, None].expand_as(inputs))
'''

SOURCE = '''
"""Waves."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.fields.signal import Signal
from netspec.catalogue.sources import DataSource, Loaded, DataFolders, Samples
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.types import DataField, DataType


class Waves(DataSource):
    """Sine waves of two channels that are slow or fast, with a phase of their own."""

    examples: ClassVar = (Example("waves"),)

    def describe(self, folders: DataFolders) -> DataType:
        target = Classes(names=("slow", "fast"))
        return DataType((DataField(Signal(channels=2, length=32)),), target, train=320, test=40)

    def load(self, folders: DataFolders) -> Loaded:
        return Loaded(self.describe(folders), self._samples(320), self._samples(40))

    def _samples(self, count: int) -> Samples:
        import numpy as np

        number = np.arange(count)
        times = np.arange(32)[None, None]
        phases = np.stack([number * 0.7, number * 1.1], 1)[:, :, None]
        fast = number % 2
        waves = 9 * np.sin(2 * np.pi * times * (1 + 3 * fast[:, None, None]) / 32 + phases)
        return Samples((waves.astype(np.float32),), fast.astype(np.int64))
'''

ENTRIES = {
    "catalogue.fields/signal.py": FIELD,
    "catalogue.transforms/unit_peak.py": TRANSFORM,
    "catalogue.augmentations/random_roll.py": AUGMENTATION,
    "catalogue.sources/waves.py": SOURCE,
}

SPEC = """\
data {
  source    = waves()
  augment   = random_roll()
  transform = unit_peak()
}

model { conv(8, kernel_size=5) -> relu -> global_avg_pool -> flatten -> linear(2) }

train { epochs = 10, optimizer = adam(lr=0.02) }
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Extended:
    return Extended.with_files(tmp_path_factory.mktemp("field"), ENTRIES, {"waves.net": SPEC})


@pytest.fixture(scope="module")
def trained(extended: Extended) -> Path:
    extended.netspec("run", "waves.net", "--out", "run", "--device", "cpu")
    return extended.folder / "run"


def test_a_typo_in_what_is_for_it_is_answered(extended: Extended) -> None:
    spec = extended.variant(SPEC, "random_roll()", "random_rol()")
    assert "did you mean `random_roll`?" in extended.netspec("check", spec, exit_code=1)
    spec = extended.variant(SPEC, "random_roll()", "random_roll(mots=3)")
    assert "did you mean `most`?" in extended.netspec("check", spec, exit_code=1)


def test_its_shape_goes_into_the_network(extended: Extended) -> None:
    extended.netspec("check", "waves.net")
    complaints = extended.netspec("check", extended.variant(SPEC, "kernel_size=5", "kernel_size=[5, 5]"), exit_code=1)
    assert "[2, 32]" in complaints


def test_the_plan_has_its_type_and_the_defaults_of_what_changes_it(extended: Extended) -> None:
    plan = extended.netspec("plan", "waves.net")
    assert "signal[2, 32] x class[2]" in plan
    assert "data.augment[0].most" in plan or "data.augment.most" in plan


def test_it_is_printed_and_converted_there_and_back(extended: Extended) -> None:
    extended.netspec("fmt", extended.variant(SPEC, "random_roll()", "random_roll( most= 3)"))
    text = (extended.folder / "variant.net").read_text(encoding="utf-8")
    assert "random_roll(most=3)" in text
    converted = extended.netspec("convert", "variant.net")
    assert json.loads(converted)["data"]["augment"] == {"op": "random_roll", "most": 3}
    (extended.folder / "variant.json").write_text(converted, encoding="utf-8")
    assert extended.netspec("convert", "variant.json") == text


def test_editors_and_people_find_what_is_for_it(extended: Extended) -> None:
    schema = extended.schema()
    assert schema["augmentation.random_roll"]["properties"]["most"]["description"] == "largest number of places"
    (page,) = extended.json("ops", "unit_peak", "--format", "json")
    assert page["kind"] == "transform"
    assert "random_roll" in extended.reference("augmentations.md")


def test_the_data_is_described_by_its_channels(extended: Extended) -> None:
    described = extended.netspec("data", "waves.net")
    assert "channel 0" in described
    assert "size 9" in described  # what the transform learned


def test_it_is_trained_evaluated_and_reported(extended: Extended, trained: Path) -> None:
    assert extended.json("eval", str(trained), "--format", "json")["accuracy"] > 0.9
    extended.netspec("report", str(trained))
    page = (trained / "report.html").read_text(encoding="utf-8")
    assert "signal[2, 32]" in page and "unit_peak: channel" in page


def test_files_of_it_are_predicted(extended: Extended, trained: Path) -> None:
    wave = [9 * math.sin(2 * math.pi * 4 * time / 32 + channel) for channel in range(2) for time in range(32)]
    (extended.folder / "fast.txt").write_text(" ".join(map(str, wave)), encoding="utf-8")
    (found,) = extended.json("predict", str(trained), "fast.txt", "--format", "json")
    assert found["label"] == "fast"
    (extended.folder / "short.txt").write_text("1 2 3", encoding="utf-8")
    assert "has 3 numbers" in extended.netspec("predict", str(trained), "short.txt", exit_code=3)
