"""What is likely a mistake in training, though it can be run: each is a warning that a spec may silence."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic, Fix, Label, Severity
from netspec.problems.base import Example, Problem


class Lint(Problem):
    """Something that runs and is likely not what was meant."""

    severity: ClassVar = Severity.WARNING

    message: str
    mark: str = ""
    labels: tuple[Label, ...] = ()
    help: str | None = None
    fix: Fix | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(self.message, mark=self.mark, labels=self.labels, help=self.help, fix=self.fix)


class DoubleActivation(Problem):
    """The loss does already what the last layer does.

    `cross_entropy` takes the softmax itself, `binary_cross_entropy_with_logits` the sigmoid. With a second one before
    it the gradients are small, and the network learns slowly or not at all. Leave the last one out of the network.
    """

    code: ClassVar = "NS401"
    severity: ClassVar = Severity.WARNING
    example: ClassVar = Example(
        "model { flatten -> linear(10) -> softmax }\ntrain { loss = cross_entropy }",
        "model { flatten -> linear(10) }\ntrain { loss = cross_entropy }",
    )

    activation: str
    loss: str
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"`{self.loss}` takes the {self.activation} itself, and the network ends with one",
            mark="a second time",
            labels=self.labels,
            help=f"leave out the last `{self.activation}`",
        )


class DeadOperation(Problem):
    """Nothing takes what the operation gives, so it is computed for nothing.

    A line that begins with a name leaves the value of the line above behind.
    """

    code: ClassVar = "NS402"
    severity: ClassVar = Severity.WARNING
    example: ClassVar = Example(
        "model { hidden = flatten -> linear(32) -> relu\n tanh\n hidden -> linear(10) }",
        "model { hidden = flatten -> linear(32) -> relu\n hidden -> tanh -> linear(10) }",
    )

    operation: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"nothing takes what `{self.operation}` gives", mark="computed for nothing")


class StopsOnTraining(Lint):
    """Early stopping watches the loss of the training samples.

    It goes down for as long as the network learns them by heart, so it says nothing of others. Watch a value of the
    validation split.
    """

    code: ClassVar = "NS403"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\ntrain { stop = early_stopping(monitor=train.loss) }",
        "data {\n  source = mnist_sample()\n"
        "  validation = 10%\n}\ntrain { stop = early_stopping(monitor=validation.loss) }",
    )


class NeverStops(Lint):
    """Early stopping waits for as long as the training lasts, so it never stops.

    With a patience of n epochs it can stop after n + 1 at the soonest, with `start_from` as many epochs later.
    """

    code: ClassVar = "NS404"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\n"
        "train {\n  epochs = 3\n  stop = early_stopping(patience=5 epochs)\n}",
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\n"
        "train {\n  epochs = 9\n  stop = early_stopping(patience=5 epochs)\n}",
    )


class WrongWay(Lint):
    """What watches a value takes a worse one for a better one.

    Accuracies are to be large, losses and errors small. `mode=auto`, the default, knows it of each.
    """

    code: ClassVar = "NS416"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\n"
        "train { stop = early_stopping(monitor=validation.accuracy, mode=min) }",
        "data {\n  source = mnist_sample()\n  validation = 10%\n}\n"
        "train { stop = early_stopping(monitor=validation.accuracy) }",
    )


class LabelChanged(Lint):
    """An augmentation makes of a sample what isn't of its class any more.

    A digit or a letter that is mirrored is another one, or none.
    """

    code: ClassVar = "NS405"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n  augment = random_horizontal_flip\n}",
        "data {\n  source = mnist_sample()\n  augment = random_crop(28, padding=2)\n}",
    )


class OtherStatistics(Lint):
    """Images are normalised with the mean and the standard deviation of another data set.

    `normalize(measured)` takes them from the training split.
    """

    code: ClassVar = "NS406"
    example: ClassVar = Example(
        "data {\n  source = cifar10()\n"
        "  transform = normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])\n}",
        "data {\n  source = cifar10()\n  transform = normalize(measured)\n}",
    )


class NormalisedTwice(Lint):
    """The data is normalised twice, and the second time has nothing to do.

    One `normalize` or `standardize` brings the data to mean 0 and variance 1.
    """

    code: ClassVar = "NS407"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n  transform = normalize(measured) -> normalize(measured)\n}",
        "data {\n  source = mnist_sample()\n  transform = normalize(measured)\n}",
    )


class DropoutAtTheEnd(Lint):
    """Dropout after the last layer sets outputs to 0 at random, which the loss then takes for answers.

    Before the last layer it regularises.
    """

    code: ClassVar = "NS408"
    example: ClassVar = Example(
        "model { flatten -> linear(10) -> dropout(0.5) }",
        "model { flatten -> dropout(0.5) -> linear(10) }",
    )


class BiasBeforeNorm(Lint):
    """A bias right before a normalisation is taken off again by it: it is learned for nothing.

    `bias=false` saves the numbers. Weights of networks that have them load only if they are there, so this is a note,
    said with `netspec check --notes`.
    """

    code: ClassVar = "NS409"
    severity: ClassVar = Severity.NOTE
    example: ClassVar = Example(
        "model { conv(8, 3) -> batch_norm -> relu -> flatten -> linear(10) }",
        "model { conv(8, 3, bias=false) -> batch_norm -> relu -> flatten -> linear(10) }",
    )


class NothingDone(Lint):
    """An operation gives what comes in: a second `relu`, a `flatten` of a vector, a dropout of nothing.

    It may be left over, or its argument may be wrong.
    """

    code: ClassVar = "NS410"
    example: ClassVar = Example(
        "model { flatten -> flatten -> linear(10) }",
        "model { flatten -> linear(10) }",
    )


class DecaysAll(Lint):
    """Weight decay draws biases and the scales of normalisations towards 0 too, where it does no good.

    Most recipes leave them out. This is a note, said with `netspec check --notes`.
    """

    code: ClassVar = "NS411"
    severity: ClassVar = Severity.NOTE
    example: ClassVar = Example(
        "model { flatten -> linear(10) }\ntrain { optimizer = adamw(weight_decay=0.1) }",
        "model { flatten -> linear(10) }\ntrain { optimizer = adam }",
    )


class NormOfOne(Lint):
    """Batch normalisation over a batch of one sample compares a sample with itself alone.

    What it learns there has little to do with what it does in evaluation. Larger batches, or `group_norm`, are right.
    """

    code: ClassVar = "NS412"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n"
        "  batch_size = 1\n}\nmodel { conv(8, 3, bias=false) -> batch_norm -> flatten -> linear(10) }",
        "data {\n  source = mnist_sample()\n"
        "  batch_size = 32\n}\nmodel { conv(8, 3, bias=false) -> batch_norm -> flatten -> linear(10) }",
    )


class NoNonlinearity(Lint):
    """Two linear layers follow one another with nothing between them: together they are one linear layer.

    An activation between them lets the network learn more than that.
    """

    code: ClassVar = "NS413"
    example: ClassVar = Example(
        "model { flatten -> linear(64) -> linear(10) }",
        "model { flatten -> linear(64) -> relu -> linear(10) }",
    )


class OptimizerStep(Lint):
    """The learning rate is so large that the training most likely diverges: above 0.1 for Adam's kin, 10 for SGD.

    Adam's own default is 0.001; most trainings with SGD take 0.001 to 0.5.
    """

    code: ClassVar = "NS414"
    example: ClassVar = Example(
        "model { flatten -> linear(10) }\ntrain { optimizer = adam(lr=1) }",
        "model { flatten -> linear(10) }\ntrain { optimizer = adam(lr=1e-3) }",
    )


class ScheduleTooLong(Lint):
    """The schedule of the learning rate is longer than the training, so that a part of it never comes.

    A part without a length of its own runs to the end of the training.
    """

    code: ClassVar = "NS415"
    example: ClassVar = Example(
        "train {\n  epochs = 3\n  schedule = warmup(5 epochs) -> cosine\n}",
        "train {\n  epochs = 30\n  schedule = warmup(5 epochs) -> cosine\n}",
    )


class NeverAveraged(Lint):
    """The average of the weights begins after the last step, so the weights themselves are evaluated and saved.

    `swa(start=75%)` begins after 75 % of the steps. A training of few steps may have none after that.
    """

    code: ClassVar = "NS440"
    example: ClassVar = Example(
        "data {\n  source = mnist_sample()\n  batch_size = 1000\n}\n"
        "train {\n  epochs = 1\n  average = swa(start=99%)\n}",
        "data {\n  source = mnist_sample()\n  batch_size = 1000\n}\n"
        "train {\n  epochs = 1\n  average = swa(start=50%)\n}",
    )


class NeverThawed(Lint):
    """Something is frozen for a while that is longer than the training, so that it is never learned.

    What stays as it is for the whole training is a string: `freeze = ["body"]`.
    """

    code: ClassVar = "NS446"
    example: ClassVar = Example(
        "model { flatten -> body: linear(32) -> relu -> linear(10) }\n"
        'train {\n  epochs = 3\n  freeze = freeze("body", until=5 epochs)\n}',
        "model { flatten -> body: linear(32) -> relu -> linear(10) }\n"
        'train {\n  epochs = 10\n  freeze = freeze("body", until=5 epochs)\n}',
    )


class LossAsPenalty(Lint):
    """A loss of the outputs is added where a penalty on the weights is likely meant.

    In `train.loss`, `l1` is the L1 loss: the mean distance between outputs and targets. The L1 norm of the weights, as
    in L1 regularization, is an entry of `train.penalties`.
    """

    code: ClassVar = "NS441"
    example: ClassVar = Example(
        "train { loss = cross_entropy + 1e-3 * l1 }",
        "train {\n  loss = cross_entropy\n  penalties = [l1(1e-3)]\n}",
    )


class OtherThanTrained(Lint):
    """Pretrained weights get images that are normalized differently than those that they were trained with.

    `normalize(pretrained)` takes the mean and the standard deviation of the weights that are loaded.
    """

    code: ClassVar = "NS450"
    example: ClassVar = Example(
        "data {\n  source = synthetic(image=[3, 224, 224], classes=1000)\n  transform = normalize(measured)\n}\n"
        'model { body: zoo.resnet18 }\ntrain { init = [pretrained("body")] }',
        "data {\n  source = synthetic(image=[3, 224, 224], classes=1000)\n  transform = normalize(pretrained)\n}\n"
        'model { body: zoo.resnet18 }\ntrain { init = [pretrained("body")] }',
    )


class OtherSize(Lint):
    """Pretrained weights get images that are less than half as large as those that they were trained with.

    Their filters are for objects of another size, and the last layers are left with few positions. Larger images, such
    as with `resize(224)`, take longer and are mostly more accurate.
    """

    code: ClassVar = "NS451"
    example: ClassVar = Example(
        "data {\n  source = synthetic(image=[3, 64, 64], classes=1000)\n  transform = normalize(pretrained)\n}\n"
        'model { body: zoo.resnet18 }\ntrain { init = [pretrained("body")] }',
        "data {\n  source = synthetic(image=[3, 64, 64], classes=1000)\n"
        "  transform = resize(224) -> normalize(pretrained)\n}\n"
        'model { body: zoo.resnet18 }\ntrain { init = [pretrained("body")] }',
    )


class SmallVocabulary(Problem):
    """The data has words that an embedding has no vector for, which would end the training.

    `embedding(num_embeddings, …)` takes indices from 0 to below `num_embeddings`.
    """

    code: ClassVar = "NS420"
    example: ClassVar = Example(
        "data { source = synthetic(tokens=8, vocabulary=100, classes=2) }\n"
        "model { embedding(50, 4) -> flatten -> linear(2) }",
        "data { source = synthetic(tokens=8, vocabulary=100, classes=2) }\n"
        "model { embedding(100, 4) -> flatten -> linear(2) }",
    )

    vocabulary: int
    labels: tuple[Label, ...] = ()

    def diagnose(self) -> Diagnostic:
        help = f"write `{self.vocabulary}`, or read fewer tokens"
        return self.report(f"the data has {self.vocabulary} words", labels=self.labels, help=help)


class WrongTeacher(Problem):
    """A network can't be learned from: its run isn't there, or it takes other samples or tells other classes apart.

    `from_run("runs/big/latest")` names the folder of a run that has saved a checkpoint. The data of both has the same
    fields, for `distillation` also the same classes in the same order; `feature_distillation` compares two values of
    one shape.
    """

    code: ClassVar = "NS237"
    example: ClassVar = Example(
        'train { loss = cross_entropy + distillation(teacher=from_run("runs/none/latest")) }',
        "train { loss = cross_entropy }",
    )

    message: str
    mark: str = ""
    notes: tuple[str, ...] = ()
    help: str | None = None

    def diagnose(self) -> Diagnostic:
        return self.report(self.message, mark=self.mark, notes=self.notes, help=self.help)


class UnusedSuppression(Problem):
    """A comment silences a warning, and there is no such warning there; or it has no reason.

    `# allow NS409: torchvision's weights have it` behind a line or before it silences that warning on the line. It
    needs a reason, so that a reader knows why. Errors can't be silenced.
    """

    code: ClassVar = "NS430"
    severity: ClassVar = Severity.WARNING
    example: ClassVar = Example(
        "model { flatten\n linear(10)  # allow NS401: it was so once\n }", "model { flatten\n linear(10)\n }"
    )

    silenced: str
    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(f"`allow {self.silenced}` {self.reason}")
