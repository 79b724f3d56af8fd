"""Tables in text files."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._tabular import Tabular


class Csv(Tabular):
    """A table in a text file: a header line, then a row for each sample, the cells separated by commas.

    The column that `target` names is what to predict. `target=class("quality")` takes its values as classes, whatever
    they are, and `target=number("quality")` as numbers to predict. If the spec has only the name, strings are classes,
    in alphabetical order. Integers are whatever the loss and the metrics of the spec are for. If it names none, they
    are classes, in their order, if they are 0 to k - 1, or if there are at most 20 different ones, each of them twice
    on average; more than 20 from 0 on are classes too if they repeat as often. All other numbers are numbers to
    predict. `netspec plan` says what was taken. A column of targets has at least two different values.

    Every other column holds numbers, unless it is in `categories`: then each of its texts, in alphabetical order, is an
    input that is 1 where it stands and 0 elsewhere, so that a linear layer behind it learns a vector for each. A cell
    may be empty or hold `NA`, `NaN`, `null` or `?` where `fill_missing` is the first transform.

    The file is in UTF-8 and has at most 256 MiB; empty lines are skipped.
    """

    examples: ClassVar = (
        Example('csv("animals.csv", target="is_cat")'),
        Example('csv("train.csv", target="price", test="test.csv")'),
        Example('csv("wine.csv", target=number("quality"))'),
        Example('csv("visits.csv", target=class("readmitted", names=["no", "yes"]))'),
        Example('csv("titanic.csv", target="survived", categories=["sex", "port"], ignore=["name"])'),
    )
