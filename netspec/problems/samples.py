"""What is doubtful about the samples of a run: absent and rare classes, equal samples, and what gives targets away."""

from __future__ import annotations

from typing import ClassVar

from netspec.diagnostics import Diagnostic, Severity
from netspec.problems.base import Problem
from netspec.wording import counted, listing, plural


class ClassesEmpty(Problem):
    """A split has no sample of a class.

    A class without training samples can't be learned, and the network still gives it a number. One without samples to
    validate or to test on isn't evaluated. It counts in the means over the classes only if it is predicted, with a
    recall of 0, as in scikit-learn. A folder without images, a table that was cut off, or a small `data.sample` does
    it.
    """

    code: ClassVar = "NS504"
    severity: ClassVar = Severity.WARNING

    split: str
    classes: tuple[str, ...]
    others: tuple[str, ...] = ()
    """Other splits that have samples of these classes, which can't be predicted."""

    def diagnose(self) -> Diagnostic:
        names = listing([f"`{name}`" for name in self.classes])
        noun = "class" if len(self.classes) == 1 else plural("class")
        have = "has" if len(self.others) == 1 else "have"
        but = f", but {' and '.join(f'the {split} split' for split in self.others)} {have}" if self.others else ""
        return self.report(f"the {self.split} split has no sample of the {noun} {names}{but}")


class ClassesBelowFolds(Problem):
    """A class has fewer samples than there are folds.

    Folds are drawn evenly from each class, and a class with three samples is in three folds alone: the others validate
    without it, so that their results, and the means over all folds, are of other classes than they seem. The fold with
    the only sample of a class trains without it. Fewer folds, more samples or a test split help.
    """

    code: ClassVar = "NS506"
    severity: ClassVar = Severity.WARNING

    classes: tuple[str, ...]
    fewest: int
    folds: int

    def diagnose(self) -> Diagnostic:
        names = listing([f"`{name}`" for name in self.classes])
        those = f"the class {names} has" if len(self.classes) == 1 else f"the {plural('class')} {names} have"
        rarest = ("the rarest " if len(self.classes) > 1 else "") + counted(self.fewest, "sample")
        without = self.folds - self.fewest
        trains = ", and one trains without it" if self.fewest == 1 else ""
        return self.report(
            f"{those} fewer samples than the {self.folds} folds, {rarest}: {counted(without, 'fold')} "
            f"validate{'s' * (without == 1)} without it{trains}",
            help=f"use `kfold({self.fewest})`" if self.fewest > 1 else None,
        )


class ClassesRare(Problem):
    """A class has less than a tenth of the training samples that it would have if all classes had as many.

    A network that never says the class is nearly always right, and the loss leads it there. `cross_entropy` and other
    losses take `class_weights`, with which samples of a rare class count more; the accuracy hides such a class, and
    recall, f1 and `balanced_accuracy` show it.
    """

    code: ClassVar = "NS505"
    severity: ClassVar = Severity.WARNING

    classes: tuple[str, ...]
    fewest: int
    samples: int

    def diagnose(self) -> Diagnostic:
        names = listing([f"`{name}`" for name in self.classes])
        those = "the class" if len(self.classes) == 1 else f"the {plural('class')}"
        least = f"{self.fewest:_} of {self.samples:_} training samples"
        few = f"has {least}" if len(self.classes) == 1 else f"have few samples, the rarest {least}"
        return self.report(f"{those} {names} {few}", help="class weights, and a metric that shows it")


class EqualAcrossSplits(Problem):
    """Samples of the validation or test split are equal to training samples.

    The network has seen them in training, so the results on that split are better than on new samples. Downloads that
    were merged, pictures in several folders and rows that repeat lead to it. Remove the copies from the data before it
    is split. Samples are compared as they come from the source, without their targets; few columns with few different
    values have equal rows by nature.
    """

    code: ClassVar = "NS510"
    severity: ClassVar = Severity.WARNING

    split: str
    count: int
    samples: int

    def diagnose(self) -> Diagnostic:
        verb = "is equal to a training sample" if self.count == 1 else "are equal to training samples"
        return self.report(
            f"{self.count:_} of {counted(self.samples, f'{self.split} sample')} {verb}",
            help="remove the copies before the data is split, or results on that split are too good",
        )


class EqualWithOtherClass(Problem):
    """Equal samples have different classes.

    No network can classify all of them correctly: one label is wrong, or the inputs don't tell the classes apart. A
    picture that was copied into the folders of two classes does it. Samples are compared as they come from the source,
    over all splits.
    """

    code: ClassVar = "NS511"
    severity: ClassVar = Severity.WARNING

    count: int
    samples: int
    one: str
    other: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"{self.count:_} of {counted(self.samples, 'sample')} are equal to a sample of another class, "
            f"such as one of `{self.one}` and one of `{self.other}`",
            help="correct the labels, or remove the copies",
        )


class ColumnTellsTarget(Problem):
    """A column of a table alone determines the target.

    Such a column is mostly another form of the target, or known only after it: a code of the class, a price in another
    currency, the amount of a refund where refunds are predicted. The network learns to read it and nothing else, and
    is of no use for new samples, for which it isn't known. Leave the column out, in tables with `ignore`. If the column
    is known in time, a network isn't needed.

    Columns are examined in tables of at least 50 training samples. For classes, each value of the column must stand
    for one class, or a threshold must separate two classes, in 99.9 % of the samples of each class; and it must hold in
    the other splits. For numbers, the correlation must be above 0.9999.
    """

    code: ClassVar = "NS512"
    severity: ClassVar = Severity.WARNING

    column: str
    reason: str

    def diagnose(self) -> Diagnostic:
        return self.report(
            f"the column `{self.column}` alone determines the target: {self.reason}",
            help="leave the column out if it is known only together with the target",
        )
