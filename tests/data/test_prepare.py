"""The data plane: from a program to its batches, the same ones each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision.transforms import v2

from netspec.catalogue.augmentations.random_crop import RandomCrop
from netspec.catalogue.augmentations.random_horizontal_flip import RandomHorizontalFlip
from netspec.catalogue.fields.image import Image
from netspec.catalogue.losses.cross_entropy import CrossEntropy
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sections.evaluate import Evaluate
from netspec.catalogue.sections.train import Train
from netspec.catalogue.sources import DataFolders, DataSource, Loaded, Samples
from netspec.catalogue.sources.csv import Csv
from netspec.catalogue.sources.mnist import Mnist
from netspec.catalogue.sources.mnist_sample import MnistSample
from netspec.catalogue.sources.synthetic import Synthetic
from netspec.catalogue.targets.classes import Classes
from netspec.catalogue.transforms.normalize import Normalize
from netspec.catalogue.transforms.resize import Resize
from netspec.catalogue.transforms.standardize import Standardize
from netspec.catalogue.types import DataField, DataType
from netspec.catalogue.values import Quantity
from netspec.data.prepare import PreparedData, prepare
from netspec.formats.errors import DataError
from netspec.program.graph import Graph, Input, Output
from netspec.program.objective import Objective
from netspec.program.plan import make_plan
from netspec.program.program import Program, by_name
from netspec.program.randomness import generator
from netspec.program.splits import Splits, split_conflicts
from netspec.shapes import Shape
from netspec.source import Source

CPU = torch.device("cpu")
ROOT = Path(__file__).resolve().parents[2]
MEASURED = Normalize(statistics="measured")


class Toy(DataSource):
    """Images of 3x6x5 random pixels, each of which knows its own number; for these tests alone."""

    train: int = 40
    test: int = 0
    classes: int = 4
    wrong: str | None = None

    @classmethod
    def name(cls) -> str:
        return "toy"

    def describe(self, folders: DataFolders) -> DataType:
        target = Classes(names=tuple(map(str, range(self.classes))))
        return DataType((DataField(Image(sizes=(3, 6, 5))),), target, train=self.train, test=self.test)

    def load(self, folders: DataFolders) -> Loaded:
        if self.wrong is not None:
            raise DataError("malformed" if self.wrong == "malformed" else "missing", f"toy is {self.wrong}")
        test = self._samples(self.test, 1) if self.test else None
        return Loaded(self.describe(folders), self._samples(self.train, 0), test)

    def _samples(self, count: int, seed: int) -> Samples:
        images = np.random.default_rng(seed).integers(0, 256, (count, 3, 6, 5), dtype=np.uint8)
        return Samples((images,), np.arange(count) % self.classes)


def program(*sources: DataSource, seed: int = 0, spec: Path = ROOT / "specs", **data: Any) -> Program:
    folders = DataFolders(spec, ROOT / "nowhere")
    kind = sources[-1].describe(folders)
    return Program(
        name="test",
        source=Source("test.net", ""),
        sections=by_name(Data(source=sources, **data), Train(seed=seed), Evaluate()),
        loss=Objective.of(CrossEntropy()),
        graph=Graph((Input("input", kind.input),), (), (Output("output", 0),)),
        type=kind,
        folders=folders,
        origins={},
    )


def of(*sources: DataSource, **settings: Any) -> PreparedData:
    return prepare(program(*sources, **settings), CPU)


def everything(prepared: PreparedData, epoch: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    batches = list(prepared.epoch(epoch))
    return torch.cat([only(inputs) for inputs, _ in batches]), torch.cat([targets for _, targets in batches])


def only(inputs: tuple[Any, ...]) -> Any:
    """The input of data that has one."""
    (values,) = inputs
    return values


# ----------------------------------------------------------------------------------------------------- sources


def test_the_first_source_that_can_be_had_is_taken() -> None:
    used = of(Toy(wrong="nowhere"), Toy()).data_record
    assert used.train == 40
    assert used.note == "toy is nowhere"


def test_the_first_source_needs_no_note() -> None:
    assert of(Toy()).data_record.note is None


def test_mnist_without_its_files_gives_way_to_the_sample() -> None:
    used = of(Mnist(root="absent", download=False), MnistSample()).data_record
    assert (used.train, used.test) == (4000, 1000)
    assert used.source.startswith("mnist_sample") and "absent" in (used.note or "")


def test_a_damaged_source_is_not_passed_over() -> None:
    with pytest.raises(DataError, match="toy is malformed"):
        of(Toy(wrong="malformed"), Toy())


def test_if_no_source_can_be_had_each_is_named() -> None:
    with pytest.raises(DataError, match="none of the 2 sources can be had: toy is here; toy is there"):
        of(Toy(wrong="here"), Toy(wrong="there"))


def test_a_single_source_speaks_for_itself() -> None:
    with pytest.raises(DataError, match=r"^toy is nowhere$"):
        of(Toy(wrong="nowhere"))


def test_a_source_of_another_type_than_the_checked_one_is_refused() -> None:
    with pytest.raises(DataError, match=r"checked for: it has .*class\[3\] instead of .*class\[4\]"):
        of(Toy(classes=3), Toy())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b,t\n1,2,cat\n3,4,owl\n", "it has the class `owl` instead of `dog`"),
        ("a,c,t\n1,2,cat\n3,4,dog\n", "it has the column `c` instead of `b`"),
        ("a,b,t\n1,2,1.5\n3,4,2\n", r"table\[2\] x number instead of table\[2\] x class\[2\]"),
        ("a,b,t\n1,2,cat\n", "in every row"),
    ],
)
def test_a_file_that_became_another_one_since_the_check_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "t.csv").write_text("a,b,t\n1,2,cat\n3,4,dog\n")
    checked = program(Csv(path="t.csv", target="t"), spec=tmp_path)
    prepare(checked, CPU)
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataError, match=words):
        prepare(checked, CPU)


def test_a_file_with_more_rows_since_the_check_is_taken(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,t\n1,0\n3,1\n")
    checked = program(Csv(path="t.csv", target="t"), spec=tmp_path)
    (tmp_path / "t.csv").write_text("a,t\n1,0\n3,1\n5,1\n")
    assert prepare(checked, CPU).data_record.train == 3


# ------------------------------------------------------------------------------------------------------ splits


def test_validation_is_a_share_of_what_the_test_split_leaves() -> None:
    used = of(Toy(train=100), test=Quantity(20, "%"), validation=Quantity(10, "%")).data_record
    assert (used.train, used.validation, used.test) == (72, 8, 20)


shares = st.floats(0.1, 99).map(lambda number: Quantity(number, "%"))


@given(
    train=st.integers(1, 60),
    test=st.sampled_from([0, 0, 7]),
    classes=st.integers(1, 5),
    batch_size=st.integers(1, 70),
    asked=st.fixed_dictionaries({key: st.none() | st.integers(1, 40) | shares for key in ("validation", "test")}),
)
def test_what_is_planned_is_what_is_done(
    train: int, test: int, classes: int, batch_size: int, asked: dict[str, Any]
) -> None:
    made = program(Toy(train=train, test=test, classes=classes), batch_size=batch_size, **asked)
    wrong = list(split_conflicts(made.data, train, test))
    if wrong:
        with pytest.raises(DataError) as caught:
            prepare(made, CPU)
        assert (caught.value.reason, caught.value.argument) == (wrong[0].reason, wrong[0].argument)
        return
    plan, prepared = make_plan(made), prepare(made, CPU)
    parts = (prepared.training, prepared.validation, prepared.test)
    assert plan.splits == Splits(*(len(part.targets) if part is not None else 0 for part in parts))
    used = prepared.data_record
    assert plan.splits == Splits(used.train, used.validation, used.test)
    assert plan.steps_per_epoch == prepared.steps == sum(1 for _ in prepared.epoch(1))


def test_a_test_split_of_the_source_is_kept() -> None:
    used = of(Toy(test=12), test=Quantity(20, "%")).data_record
    assert (used.train, used.test) == (40, 12)


def test_a_sample_is_drawn_evenly_from_each_class_and_by_the_seed() -> None:
    drawn = [of(Toy(test=12), sample=12, seed=seed) for seed in (0, 0, 1)]
    assert [(one.data_record.train, one.data_record.test) for one in drawn] == [(12, 12)] * 3
    assert [one.training.targets.bincount().tolist() for one in drawn] == [[3, 3, 3, 3]] * 3
    first, same, other = (only(one.training.inputs) for one in drawn)
    assert torch.equal(first, same) and not torch.equal(first, other)


def test_no_sample_is_in_two_splits() -> None:
    prepared = of(Toy(), test=8, validation=8)
    assert prepared.validation is not None and prepared.test is not None
    rows = [only(part.inputs).flatten(1) for part in (prepared.training, prepared.validation, prepared.test)]
    assert len(torch.cat(rows).unique(dim=0)) == 40


def test_splits_that_are_not_asked_for_are_not_there() -> None:
    prepared = of(Toy())
    assert prepared.validation is None and prepared.test is None
    assert list(prepared.batches("test")) == []


# -------------------------------------------------------------------------------------------------- transforms


def test_images_come_as_numbers_from_0_to_1() -> None:
    inputs = only(of(Toy()).training.inputs)
    assert inputs.dtype == torch.float32
    assert torch.equal(inputs, torch.from_numpy(only(Toy()._samples(40, 0).inputs)).float() / 255)


def test_normalize_measures_the_training_split_alone() -> None:
    prepared = of(Toy(test=12), validation=8, transform=(MEASURED,))
    inputs = only(prepared.training.inputs)
    assert torch.allclose(inputs.mean((0, 2, 3)), torch.zeros(3), atol=1e-6)
    assert torch.allclose(inputs.std((0, 2, 3), correction=0), torch.ones(3), atol=1e-6)
    assert prepared.validation is not None and prepared.test is not None
    # the other splits are moved by the same numbers, and so don't get mean 0 themselves
    raw = torch.from_numpy(only(Toy()._samples(12, 1).inputs)).float() / 255
    (measured,) = prepared.data_record.fitted
    wanted = v2.Normalize(mean=measured["mean"], std=measured["std"])(raw)
    assert torch.allclose(only(prepared.test.inputs), wanted, atol=1e-6)
    assert only(prepared.validation.inputs).mean((0, 2, 3)).abs().max() > 1e-4


def test_standardize_gives_what_scikit_learn_gives() -> None:
    from sklearn.preprocessing import StandardScaler

    animals = Csv(path="animals.csv", target="is_cat")
    raw, done = (of(animals, validation=40, transform=t) for t in ((), (Standardize(),)))
    scaler = StandardScaler().fit(only(raw.training.inputs).double().numpy())
    assert raw.validation is not None and done.validation is not None
    for before, after in ((raw.training, done.training), (raw.validation, done.validation)):
        wanted = scaler.transform(only(before.inputs).double().numpy())
        np.testing.assert_allclose(only(after.inputs).numpy(), wanted, atol=1e-5)


def test_times_in_seconds_are_standardised_as_scikit_learn_does(tmp_path: Path) -> None:
    from sklearn.preprocessing import StandardScaler

    times = [1.7e9 + row for row in range(50)]
    (tmp_path / "t.csv").write_text("time,t\n" + "".join(f"{time},{row % 2}\n" for row, time in enumerate(times)))
    prepared = of(Csv(path="t.csv", target="t"), spec=tmp_path, transform=(Standardize(),))
    assert only(prepared.training.inputs).dtype == torch.float32
    wanted = StandardScaler().fit_transform(np.array(times)[:, None])
    np.testing.assert_allclose(only(prepared.training.inputs).numpy(), wanted, atol=1e-6)


@pytest.mark.parametrize("value", ["0.1", "1700000000.3", "1e-30", "-1e30"])
def test_a_column_that_never_changes_is_0_whatever_it_holds(tmp_path: Path, value: str) -> None:
    rows = "".join(f"{value},{row},{row % 2}\n" for row in range(49))
    (tmp_path / "t.csv").write_text(f"a,b,t\n{rows}")
    prepared = of(Csv(path="t.csv", target="t"), spec=tmp_path, transform=(Standardize(),))
    assert (only(prepared.training.inputs)[:, 0] == 0).all()


def test_a_table_without_a_transform_is_float32(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,t\n0.1,0.5\n0.2,1\n0.3,1\n")
    prepared = of(Csv(path="t.csv", target="t"), spec=tmp_path, validation=1)
    assert prepared.validation is not None
    assert {
        part.dtype for split in (prepared.training, prepared.validation) for part in (*split.inputs, split.targets)
    } == {torch.float32}


def test_a_single_sample_can_be_trained_on(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,t\n1,0\n2,1\n")
    prepared = of(Csv(path="t.csv", target="t"), spec=tmp_path, validation=1, transform=(Standardize(),), batch_size=99)
    assert only(prepared.training.inputs).tolist() == [[0]]
    assert prepared.steps == 1 and len(list(prepared.epoch(1))) == 1


def test_a_channel_that_never_changes_is_not_blown_up() -> None:
    images = torch.full((7, 3, 6, 5), 0.1)
    measured = MEASURED.fit(images.split(2))
    assert measured.std == [0] * 3
    assert MEASURED.apply(images + 1, measured).max() < 1.01


def test_a_column_that_never_changes_becomes_0(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,t\n5,1,0\n5,2,1\n")
    prepared = of(Csv(path="t.csv", target="t"), spec=tmp_path, transform=(Standardize(),))
    assert only(prepared.training.inputs).tolist() == [[0, -1], [0, 1]]


def test_each_transform_measures_what_the_one_before_gave() -> None:
    used = of(Toy(), transform=(Normalize(mean=(0.5,) * 3, std=(0.5,) * 3), MEASURED)).data_record
    assert used.fitted[0] == {}
    assert abs(used.fitted[1]["mean"][0]) < 0.1


# ------------------------------------------------------------------------------------------------------ epochs


def test_an_epoch_has_every_sample_once() -> None:
    prepared = of(Toy())
    inputs, targets = everything(prepared)
    assert torch.equal(inputs.flatten(1).unique(dim=0), only(prepared.training.inputs).flatten(1).unique(dim=0))
    assert torch.bincount(targets).tolist() == [10] * 4


def test_inputs_keep_their_targets() -> None:
    prepared = of(Toy())
    known = {
        row.numpy().tobytes(): int(t)
        for row, t in zip(only(prepared.training.inputs), prepared.training.targets, strict=True)
    }
    inputs, targets = everything(prepared)
    assert [known[row.numpy().tobytes()] for row in inputs] == targets.tolist()


def test_an_epoch_is_a_function_of_the_seed_and_its_number() -> None:
    prepared, again, other = of(Toy()), of(Toy()), of(Toy(), seed=1)
    third = everything(prepared, 3)[0]
    everything(again, 1)
    assert torch.equal(third, everything(again, 3)[0])
    assert not torch.equal(third, everything(prepared, 4)[0])
    assert not torch.equal(third, everything(other, 3)[0])


@pytest.mark.parametrize(
    ("count", "size", "sizes"),
    [
        (40, 16, [16, 16, 8]),
        (40, 20, [20, 20]),
        (41, 20, [20, 21]),
        (40, 39, [40]),
        (40, 64, [40]),
        (1, 64, [1]),
        (3, 1, [1, 1, 1]),
    ],
)
def test_the_last_batch_is_kept_and_a_single_sample_joins_the_one_before(
    count: int, size: int, sizes: list[int]
) -> None:
    prepared = of(Toy(train=count), batch_size=size)
    assert [len(targets) for _, targets in prepared.epoch(1)] == sizes
    assert prepared.steps == len(sizes)


def test_evaluation_goes_through_the_data_in_order() -> None:
    prepared = of(Toy(test=12))
    batches = list(prepared.batches("test", 5))
    assert [len(targets) for _, targets in batches] == [5, 5, 2]
    assert torch.cat([targets for _, targets in batches]).tolist() == [n % 4 for n in range(12)]


# ------------------------------------------------------------------------------------------------- augmentation


@pytest.mark.parametrize(("workers", "device", "wanted"), [(3, "cpu", 3), (None, "cpu", 0), (3, "mps", 0)])
def test_as_many_threads_make_batches_as_the_spec_says_but_on_an_apple_gpu(
    workers: int | None, device: str, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torch doesn't bear two threads there."""
    asked: list[int] = []
    monkeypatch.setattr("netspec.data.prepare.prefetch", lambda make, items, threads: asked.append(threads) or ())
    prepared = replace(of(Toy(), workers=workers, validation=Quantity(20, "%")), device=torch.device(device))
    assert list(prepared.batches("validation")) == [] and asked == [wanted]


def test_what_happens_to_a_sample_does_not_depend_on_its_batch() -> None:
    settings: dict[str, Any] = {"augment": (RandomCrop(size=(6, 5), padding=2), RandomHorizontalFlip())}
    small, large = (everything(of(Toy(), batch_size=size, **settings))[0] for size in (7, 40))
    assert torch.equal(small, large)


def test_what_is_drawn_for_a_sample_follows_from_its_place_in_the_data() -> None:
    prepared, plain = of(Toy(), augment=(RandomHorizontalFlip(),), batch_size=7), of(Toy())
    drawn = RandomHorizontalFlip().draw(40, Shape.of(3, 6, 5), generator(0, "augment", "input", 1, 0))
    wanted = RandomHorizontalFlip().apply(only(plain.training.inputs), drawn)
    found = everything(prepared, 1)[0]
    assert torch.equal(found.flatten(1).unique(dim=0), wanted.flatten(1).unique(dim=0))


def test_augmentation_is_anew_in_each_epoch_and_the_same_in_each_run() -> None:
    def augmented(epoch: int) -> torch.Tensor:
        prepared = of(Toy(), augment=(RandomHorizontalFlip(),))
        inputs = everything(prepared, epoch)[0]
        return inputs.flatten(1).unique(dim=0)  # without the order

    assert torch.equal(augmented(1), augmented(1))
    assert not torch.equal(augmented(1), augmented(2))


def test_images_that_are_augmented_wait_as_they_came() -> None:
    """As numbers they would be four times as large."""
    assert only(of(Toy(), augment=(RandomHorizontalFlip(),)).training.inputs).dtype == torch.uint8


def test_augmentation_may_change_the_size_where_a_transform_makes_it_one() -> None:
    crop, resize = RandomCrop(size=(4, 4)), Resize(size=(5, 5))
    prepared = of(Toy(test=4), augment=(crop,), transform=(resize, MEASURED))
    assert prepared.test is not None
    assert everything(prepared)[0].shape[1:] == only(prepared.test.inputs).shape[1:] == (3, 5, 5)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("inference", [False, True])
def test_samples_that_are_transformed_in_portions_by_threads_are_the_same(
    monkeypatch: pytest.MonkeyPatch, threads: int, inference: bool
) -> None:
    settings: dict[str, Any] = {"transform": (Resize(size=4), Normalize(mean=(0.5,) * 3, std=(0.25,) * 3))}
    whole = of(Toy(), **settings)
    monkeypatch.setattr("netspec.data.processing.PORTION", 7 * 3 * 6 * 5)
    monkeypatch.setattr("netspec.data.processing.processors", lambda: threads)
    with torch.inference_mode(inference):
        portions = of(Toy(), **settings)
    assert torch.equal(only(whole.training.inputs), only(portions.training.inputs))


def test_what_is_measured_in_portions_is_the_same_but_for_the_last_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    settings: dict[str, Any] = {"transform": (Resize(size=4), MEASURED)}
    (_, whole) = of(Toy(), **settings).data_record.fitted
    monkeypatch.setattr("netspec.data.processing.PORTION", 7 * 3 * 6 * 5)
    (_, portions) = of(Toy(), **settings).data_record.fitted
    for name, values in whole.items():
        assert portions[name] == pytest.approx(values, rel=1e-13)


def test_transform_comes_after_augment_and_evaluation_has_no_augment() -> None:
    settings: dict[str, Any] = {"transform": (Normalize(mean=(0.5,) * 3, std=(0.25,) * 3),)}
    plain, flipped = of(Toy(test=4), **settings), of(Toy(test=4), augment=(RandomHorizontalFlip(p=1.0),), **settings)
    assert torch.equal(everything(flipped)[0], everything(plain)[0].flip(-1))
    assert plain.test is not None and flipped.test is not None
    assert torch.equal(only(flipped.test.inputs), only(plain.test.inputs))


def test_the_border_of_a_crop_is_black_before_the_transform() -> None:
    crop = RandomCrop(size=(16, 15), padding=5)  # the one crop there is shows all of the border
    inputs = everything(of(Toy(), augment=(crop,), transform=(Normalize(mean=(0.5,) * 3, std=(0.5,) * 3),)))[0]
    assert (inputs[:, :, 0] == -1).all()


def test_statistics_are_of_the_images_before_augmentation() -> None:
    crop = RandomCrop(size=(16, 15), padding=5)
    plain, cropped = of(Toy(), transform=(MEASURED,)), of(Toy(), transform=(MEASURED,), augment=(crop,))
    assert plain.data_record.fitted == cropped.data_record.fitted


def test_flip_is_torchvision_s() -> None:
    images = torch.rand(8, 3, 6, 5)
    drawn = RandomHorizontalFlip(p=1.0).draw(8, Shape.of(3, 6, 5), generator(0, "t"))
    assert torch.equal(RandomHorizontalFlip().apply(images, drawn), v2.RandomHorizontalFlip(p=1.0)(images))


def test_flip_has_its_probability() -> None:
    drawn = RandomHorizontalFlip(p=0.3).draw(10_000, Shape.of(3, 6, 5), generator(0, "t"))
    assert 0.27 < drawn.float().mean() < 0.33


def test_a_crop_is_torchvision_s_at_the_place_that_was_drawn() -> None:
    images = torch.rand(50, 3, 6, 5)
    crop = RandomCrop(size=(4, 5), padding=1)
    drawn = crop.draw(50, Shape.of(3, 6, 5), generator(0, "t"))
    wanted: list[torch.Tensor] = []
    pad: Callable[[torch.Tensor], torch.Tensor] = v2.Pad(1)
    for image, (top, left) in zip(images, drawn.tolist(), strict=True):
        wanted.append(v2.functional.crop(pad(image), top, left, 4, 5))
    assert torch.equal(crop.apply(images, drawn), torch.stack(wanted))


def test_every_place_of_a_crop_is_as_likely() -> None:
    from scipy.stats import chisquare

    drawn = RandomCrop(size=(4, 5), padding=1).draw(15_000, Shape.of(3, 6, 5), generator(0, "t"))
    counts = torch.bincount(drawn[:, 0] * 3 + drawn[:, 1], minlength=15)  # 5 rows, 3 columns
    assert len(counts) == 15
    assert chisquare(counts.numpy()).pvalue > 1e-3


# --------------------------------------------------------------------------------------------- several inputs

PAIRS = Synthetic(image=(3, 6, 5), classes=2, inputs=("left", "right"), samples=60)
MIXED = Synthetic(image=(3, 6, 5), tokens=4, features=2, samples=60)
FLIPPED: dict[str, Any] = {"augment": (RandomHorizontalFlip(),)}


def test_words_stay_the_whole_numbers_that_they_are() -> None:
    source = Synthetic(tokens=9, vocabulary=70_000)
    prepared, loaded = of(source), source.load(DataFolders(ROOT, ROOT))
    assert only(prepared.training.inputs).dtype == torch.int64
    assert only(prepared.training.inputs).tolist() == loaded.train.inputs[0].tolist()
    assert prepared.test is not None and loaded.test is not None
    assert only(prepared.test.inputs).tolist() == loaded.test.inputs[0].tolist()


def test_inputs_come_in_the_order_of_the_fields() -> None:
    prepared = of(MIXED, batch_size=7, validation=6)
    assert [field.name for field in prepared.program.type.fields] == ["image", "tokens", "features"]
    for inputs, targets in [*prepared.epoch(1), *prepared.batches("validation", 4), *prepared.batches("test", 4)]:
        assert [values.shape[1:] for values in inputs] == [(3, 6, 5), (4,), (2,)]
        assert [values.dtype for values in inputs] == [torch.float32, torch.int64, torch.float32]
        assert {len(values) for values in inputs} == {len(targets)}


@pytest.mark.parametrize("settings", [{}, {"transform": (MEASURED,)}])
def test_the_inputs_of_a_sample_stay_together(settings: dict[str, Any]) -> None:
    prepared = of(PAIRS, validation=8, batch_size=7, **settings)
    left, right = prepared.training.inputs
    rows = zip(left, right, prepared.training.targets, strict=True)
    known = {one.numpy().tobytes(): (other.numpy().tobytes(), int(target)) for one, other, target in rows}
    for (left, right), targets in prepared.epoch(1):
        for one, other, target in zip(left, right, targets, strict=True):
            assert known[one.numpy().tobytes()] == (other.numpy().tobytes(), int(target))


def test_a_transform_measures_each_input_of_its_form() -> None:
    prepared = of(PAIRS, transform=(MEASURED,))
    for values in prepared.training.inputs:
        assert torch.allclose(values.mean((0, 2, 3)), torch.zeros(3), atol=1e-5)
    (measured,) = prepared.data_record.fitted
    assert list(measured) == ["left.mean", "left.std", "right.mean", "right.std"]


def test_a_transform_leaves_inputs_of_other_forms_alone() -> None:
    plain, done = of(MIXED), of(MIXED, transform=(MEASURED, Standardize()))
    (_, words, _), (image, same, features) = plain.training.inputs, done.training.inputs
    assert torch.equal(words, same)
    assert torch.allclose(image.mean((0, 2, 3)), torch.zeros(3), atol=1e-5)
    assert torch.allclose(features.mean(0), torch.zeros(2), atol=1e-5)
    images, rows = done.data_record.fitted
    assert (list(images), list(rows)) == (["image.mean", "image.std"], ["features.mean", "features.std"])


def test_each_input_of_a_pair_is_augmented_by_itself() -> None:
    prepared = of(PAIRS, batch_size=60, **FLIPPED)
    plain = of(PAIRS, batch_size=60)
    ((inputs, targets),) = prepared.epoch(1)
    ((unflipped, same),) = plain.epoch(1)
    assert torch.equal(targets, same)
    flipped = [(one != other).flatten(1).any(1) for one, other in zip(inputs, unflipped, strict=True)]
    assert all(0 < one.sum() < len(targets) for one in flipped)
    assert not torch.equal(*flipped)


def test_augmentation_leaves_inputs_of_other_forms_alone() -> None:
    (batch, _), (plain, _) = (next(of(MIXED, **settings).epoch(1)) for settings in (FLIPPED, {}))
    assert not torch.equal(batch[0], plain[0])
    assert torch.equal(batch[1], plain[1]) and torch.equal(batch[2], plain[2])


# ------------------------------------------------------------------------------------------------------ digest


def test_the_digest_is_of_the_data_and_not_of_its_split() -> None:
    digest = of(Toy()).data_record.digest
    assert len(digest) == 64
    assert digest == of(Toy(), validation=8, seed=5, transform=(MEASURED,)).data_record.digest
    assert digest != of(Toy(train=39)).data_record.digest
    assert digest != of(Toy(test=1)).data_record.digest


def test_the_digits_that_come_with_netspec_keep_their_digest() -> None:
    digest = of(MnistSample()).data_record.digest
    assert digest == "721a2aedb675902e84e6239eba3ee4f46ca0e42c99ef690581fd54f036dcba8b"
