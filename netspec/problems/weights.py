"""What can be wrong with weights that a spec loads."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic, Fix, Label
from netspec.problems.base import Example, Problem
from netspec.problems.names import rename
from netspec.wording import listing


class WeightsProblem(Problem):
    """What the problems of files of weights share."""

    exit_code: ClassVar = 3

    reason: str
    help: str | None = None
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        return self.report(self.reason, help=self.help, labels=self.labels)


class WeightsMissing(WeightsProblem):
    """A file of weights or a run that `train.init` loads from doesn't exist, or can't be read.

    Paths are relative to the spec's folder. A run is named by its folder, such as `runs/digits/latest`.
    """

    code: ClassVar = "NS540"


class WeightsMalformed(WeightsProblem):
    """A file of weights isn't a safetensors file, or its header doesn't describe it.

    Weights are loaded from safetensors files only, which hold nothing but tensors. Files of torch.save, such as `.pth`,
    may run code when they are loaded; `netspec import weights FILE.pth` converts them without running any. A header
    that doesn't describe its file to the byte is refused: most often the file is incomplete.
    """

    code: ClassVar = "NS541"


class UnknownScope(Problem):
    """The network has no scope or layer of the name that weights are to be loaded into.

    Scopes and layers have the names of their labels, with dots between them: `body.layer1`. `netspec plan` lists them.
    """

    code: ClassVar = "NS542"
    example: ClassVar = Example(
        'model { flatten -> body: linear(32) -> relu -> linear(10) }\ntrain { init = [from_run("boddy", "runs/a")] }',
        'model { flatten -> body: linear(32) -> relu -> linear(10) }\ntrain { init = [init("body", zeros)] }',
    )

    name: str
    reason: str
    nearest: str | None
    known: tuple[str, ...]

    def diagnose(self) -> Diagnostic:
        known = f'labels: {listing(self.known, 12)}; "*" is the whole network' if self.known else '"*" is the network'
        return self.report(f"`{self.name}` {self.reason}", **rename(self.span, self.nearest, known))


class WeightsMismatch(Problem):
    """The tensors of a file don't fit those of the network.

    Each tensor of the scope needs one of its name, shape and type in the file, and each of the file one in the scope.
    `except` names those that differ on purpose, such as the last layer of a network for other classes; they keep their
    initial values. If all names in the file begin alike, `scope` takes that off.
    """

    code: ClassVar = "NS543"

    message: str
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    fix: Fix | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(self.message, labels=self.labels, notes=self.notes, help=self.help, fix=self.fix)


class WeightsChanged(WeightsProblem):
    """A file of weights isn't what it was when the run started, or when it was checked.

    A run records the SHA-256 of each file that it loads. A resumed run that has no checkpoint yet starts again, and
    would be another run with other weights. A run that has a checkpoint needs none of these files.
    """

    code: ClassVar = "NS544"


class WeightsNotFinite(WeightsProblem):
    """A tensor of a file of weights has a number that is infinite or not a number.

    Nothing could be computed with it: the loss of the first batch wouldn't be finite.
    """

    code: ClassVar = "NS545"


class NotFetched(WeightsProblem):
    """Pretrained weights can't be downloaded, or what was downloaded isn't what it should be.

    They are fetched once, by URL, and checked against the digits of the SHA-256 that torchvision gives for them. The
    whole SHA-256 is recorded then, and required whenever they are fetched again. Without a network, a file that was
    downloaded elsewhere can be given to `netspec weights fetch NAME --file FILE`.
    """

    code: ClassVar = "NS546"


class NotConverted(WeightsProblem):
    """A file of torch.save can't be converted to safetensors.

    It is read with `weights_only`, which executes nothing: it accepts tensors, numbers, texts, and lists and dicts of
    them, and refuses everything else, for which code of the file would have to run. There is no other way to read it
    here. Whoever trusts the file can load it with torch and save its state_dict alone.
    """

    code: ClassVar = "NS547"


class UnknownWeights(Problem):
    """`pretrained` is for networks of the zoo, and loads weights that there are for them.

    `netspec weights list` lists the networks and their weights.
    """

    code: ClassVar = "NS548"

    message: str
    nearest: str | None = None
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(self.message, **rename(self.span, self.nearest, self.help))


class CacheNotWritable(WeightsProblem):
    """The cache folder of downloaded weights can't be written: it is read-only, full, or not a folder.

    The environment variable `NETSPEC_CACHE` names another one.
    """

    code: ClassVar = "NS549"
    exit_code: ClassVar = 5
