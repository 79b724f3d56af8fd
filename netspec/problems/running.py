"""What can go wrong when a checked spec runs: its data, its numbers, its folder and its device."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from netspec.diagnostics import Diagnostic, Label
from netspec.problems.base import Problem
from netspec.wording import counted


class DataProblem(Problem):
    """What the problems of data share: `span` is in the data file where a line of it is to blame, else in the spec."""

    exit_code: ClassVar = 3

    reason: str
    help: str | None = None
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()

    def diagnose(self) -> Diagnostic:
        return self.report(self.reason, labels=self.labels, notes=self.notes, help=self.help)


class DataUnavailable(DataProblem):
    """The data isn't there and can't be fetched.

    A file or a folder that the spec names doesn't exist, or a data set that would have to be downloaded can't be
    reached. Paths in a spec are taken from the spec's own folder. `mnist() or mnist_sample()` names a data set to
    take instead; `mnist_sample()` comes with netspec and needs no network.
    """

    code: ClassVar = "NS501"


class DataMalformed(DataProblem):
    """A data file says something else than it should.

    A cell of a table is no number, a row has another number of columns than the first, a column that the spec names
    doesn't exist, or a file is empty, damaged or too large. All of the data is checked before the first step of
    training. The line is shown where the file is in the spec's own folder or below it; of a file that is elsewhere
    nothing is shown but the place, since a spec may name any file of whoever checks it.
    """

    code: ClassVar = "NS502"


class LabelOutOfRange(DataProblem):
    """A target is no class.

    With ten classes the labels are the whole numbers 0 to 9. A label outside of them would be an error deep in the
    loss, or a wrong result without one; so all labels are checked before the first step of training.
    """

    code: ClassVar = "NS503"


class LossNotFinite(Problem):
    """The numbers of the training overflowed: the loss or a weight is infinite or not a number.

    Most often the learning rate is too large: the weights grow from step to step until they overflow. It helps to
    divide it by 10, and to put `batch_norm` behind the layers. If targets or inputs were measured to be large, the
    message says so: `target_transform = standardize` and `transform = standardize` in `data` bring them to mean 0 and
    variance 1. A single value far outside of the others, such as 1e30 in a table, does it too. The run ends there,
    since no number that follows would mean anything. The checkpoints that were saved before are good and are kept.
    """

    code: ClassVar = "NS601"
    exit_code: ClassVar = 4

    what: str
    epoch: int
    lr: float
    kept: str | None
    step: int | None = None
    where: str | None = None
    causes: tuple[str, ...] = ()

    def diagnose(self) -> Diagnostic:
        when = f"epoch {self.epoch}" + (f", batch {self.step}" if self.step is not None else "")
        kept = f"the last good weights are in {self.kept}" if self.kept else "no checkpoint was saved before"
        return self.report(
            f"{self.what} isn't finite in {when}, at a learning rate of {self.lr:g}",
            notes=tuple(filter(None, (self.where, *self.causes, kept))),
            help=None if self.causes else f"try a learning rate of {min(self.lr / 10, 0.01):g}",
        )


class EvaluationNotFinite(Problem):
    """The loss of the test split overflowed, though that of the training didn't.

    Most often a value of the test data is far outside of those of the training data, such as 1e30 in a table: the
    square of an error as large as that is infinite. Weights that nearly overflow, after training at too large a
    learning rate, do it too. By then the network is trained. Everything of the run is saved, its checkpoints and its
    report included; in `run.json` the loss that isn't finite is null.
    """

    code: ClassVar = "NS603"
    exit_code: ClassVar = 4

    folder: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            "the loss of the test split isn't finite",
            notes=(f"the run is saved in {self.folder}, its weights and its report included",),
            help="look for values of the test data that are far outside of those of the training data",
        )


class AssertionsFailed(Problem):
    """Assertions of the spec on the results of a run don't hold.

    `assert test.accuracy > 98%` is evaluated when the run is finished, with its final weights; for folds and seeds with
    the mean over all runs. It fails if a result that it names isn't a number. Everything of the run is saved, each
    assertion and its values are in `run.json` and in the report.
    """

    code: ClassVar = "NS606"
    exit_code: ClassVar = 7

    folder: str
    failed: tuple[str, ...]
    count: int

    def diagnose(self) -> Diagnostic:
        verb = "fail" if len(self.failed) > 1 else "fails"
        return self.report(
            f"{len(self.failed)} of {counted(self.count, 'assertion')} {verb}",
            notes=(*self.failed, f"the run is saved in {self.folder}"),
        )


class NotLearned(Problem):
    """A network doesn't learn a handful of samples by heart.

    `netspec run --overfit 1` trains on the samples of one batch alone, which every network that is able to learn the
    task knows by heart after a while. Where it doesn't, something is in the way: a learning rate that is far too small
    or too large, a network that is too small or whose gradients vanish, a layer that is frozen, targets that the
    inputs say nothing of, or two samples that are the same with different targets.
    """

    code: ClassVar = "NS604"
    exit_code: ClassVar = 4

    samples: int
    passes: int
    left: float
    first_loss: float
    last_loss: float

    def diagnose(self) -> Diagnostic:
        losses = f"the loss went from {self.first_loss:.4g} to {self.last_loss:.4g}"
        return self.report(
            f"the network doesn't learn {self.samples:_} samples by heart in {self.passes} passes",
            notes=(f"{self.left:.1%} is not learned; {losses}",),
            help="try another learning rate first: 10 times smaller, 10 times larger; then a larger network",
        )


class NoMemory(Problem):
    """The memory of the device is full.

    What a step of training takes grows with the parameters and with the batch size. The batch size is never changed
    quietly, since it changes what is learned.
    """

    # a problem in the spec, as its exit code says: what doesn't fit is what the spec asks for, and is put right there
    code: ClassVar = "NS602"

    device: str
    parameters: int
    batch_size: int

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"the memory of {self.device} is full: {self.parameters:_} parameters, batch_size = {self.batch_size}",
            help="a smaller batch_size or a smaller network",
        )


class NotCompiled(Problem):
    """torch.compile can't compile the network on this machine.

    It writes code for the device and calls a compiler: for a CPU that of C++, for a GPU Triton. Without
    `train.compile` the same spec runs as it is.
    """

    code: ClassVar = "NS605"

    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"the network can't be compiled: {self.reason}", help="train without `compile = true`")


class FolderNotWritable(Problem):
    """A file can't be written in the run folder.

    The run folder is `runs/<spec>/<time>-<id>` in the folder in which the command runs, or the one that `--out`
    names. It is tried before training starts. Checkpoints that were saved before are kept. A run that is resumed or
    reported again is written to its own folder alone: links in it, which may lead anywhere, are refused.
    """

    code: ClassVar = "NS701"
    exit_code: ClassVar = 5

    path: str
    reason: str
    help: str = "--out FOLDER names another folder for the run"

    def diagnose(self) -> Diagnostic:
        return self.report(f"can't write to `{self.path}`: {self.reason}", help=self.help)


class FolderInUse(Problem):
    """Another run is writing to this folder.

    Two runs never share a folder. A run that was killed holds its folder no longer.
    """

    code: ClassVar = "NS702"
    exit_code: ClassVar = 6

    path: str
    holder: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.path}` is in use by {self.holder}", help="wait, or name another folder with --out")


class FolderExists(Problem):
    """The folder that `--out` names has files in it, or is a file.

    A run writes only to a folder of its own, so that nothing is overwritten and no two runs are mixed.
    """

    code: ClassVar = "NS703"
    exit_code: ClassVar = 5

    path: str
    reason: str
    help: str = "name a folder that is new or empty"

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.path}` {self.reason}", help=self.help)


class DiskFull(Problem):
    """There is no room left on the disk.

    Nothing half-written stays behind, and the checkpoints that were saved before are kept. `every(1 epoch, keep=1)`
    keeps fewer checkpoints.
    """

    code: ClassVar = "NS704"
    exit_code: ClassVar = 5

    path: str
    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"the disk of `{self.path}` is full: {self.reason}", help="make room, or name another disk with --out"
        )


class DeviceUnavailable(Problem):
    """The device that is asked for isn't on this machine, or the installed torch can't use it.

    `auto` takes the first of cuda, mps, xpu and cpu that is there; cpu always is. `netspec doctor` lists them. A
    device that the spec asks for is a mistake in the spec, and one that `--device` names a wrong usage: the command
    ends with 1 or 2.
    """

    code: ClassVar = "NS705"

    device: str
    available: tuple[str, ...]

    def diagnose(self) -> Diagnostic:
        found = self.report(
            f"there is no device `{self.device}`; this machine has {', '.join(self.available)}", help="device = auto"
        )
        return found if self.span else replace(found, help="--device auto", exit_code=2)


class ExtraMissing(Problem):
    """An optional package isn't installed: a program to log a run to, or what proposes the settings of a search.

    TensorBoard, MLflow and Optuna don't come with netspec, as few runs need them. `metrics.csv`, `metrics.jsonl` and
    the report are always there, and so are the search methods `grid` and `random`. The others are extras of netspec,
    which pip installs beside it.
    """

    code: ClassVar = "NS709"
    exit_code: ClassVar = 2

    extra: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.extra}` isn't installed", help=f'pip install "netspec-lang[{self.extra}]"')


class NoRun(Problem):
    """A folder isn't that of a run, or not one that can be gone on from.

    The folder of a run is the one that `netspec run` prints first and last. It has the spec with all of its files, so
    a run can be resumed and looked at after the spec has changed or gone.
    """

    code: ClassVar = "NS707"
    exit_code: ClassVar = 5

    path: str
    reason: str
    help: str = "`netspec runs` lists them"

    def diagnose(self) -> Diagnostic:
        return self.report(f"`{self.path}` isn't the folder of a run: {self.reason}", help=self.help)


class OtherFormat(Problem):
    """A file of a run folder has a format that this version of netspec doesn't read.

    Each file has the number of its format. A new version of netspec reads the formats of the versions before it where
    they hold all that it needs; it can't read those of versions that come after it.
    """

    code: ClassVar = "NS710"
    exit_code: ClassVar = 5

    path: str
    format: int
    oldest: int
    newest: int

    def diagnose(self) -> Diagnostic:
        formats = f"{self.oldest} to {self.newest}" if self.oldest < self.newest else str(self.newest)
        return self.report(
            f"`{self.path}` has format {self.format}, and this version of netspec reads {formats}",
            help="use the version of netspec that wrote it, or start a new run",
        )


class OtherData(Problem):
    """A run is to be resumed, judged or summed up with other data than it began with.

    A checkpoint knows the SHA-256 of all samples. A run that goes on with others would be neither of the two; judged on
    others, whose splits are drawn anew, it may meet what it was trained on; and folds of others are no folds of one
    data set. Either the data has changed since, which a new run takes as it is, or another of the sources is found now.
    """

    code: ClassVar = "NS708"
    exit_code: ClassVar = 3

    path: str
    others: str
    several: bool = False
    note: str | None = None

    def diagnose(self) -> Diagnostic:
        notes = [f"`{self.path}` is of other samples than {self.others}"]
        if self.several:
            notes.append("of the spec's data sets the first that can be had is taken, which may have been another then")
        if self.note:
            notes.append(self.note)
        return self.report(
            "the data isn't what the run began with",
            notes=tuple(notes),
            help="bring back the data as it was, or begin a new run",
        )


class CheckpointDamaged(Problem):
    """A checkpoint isn't what was saved.

    Each checkpoint has a manifest with the size and the SHA-256 of its files. One of them differs, is missing, or
    can't be read. Another checkpoint of the run may be whole.
    """

    code: ClassVar = "NS706"
    exit_code: ClassVar = 5

    path: str
    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"the checkpoint `{self.path}` is damaged: {self.reason}")
