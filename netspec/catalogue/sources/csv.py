"""Tables in text files."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.sources._tabular import Tabular


class Csv(Tabular):
    """A table in a text file: a header line, then a row for each sample, the cells separated by commas.

    The column that `target` names is what to predict. Targets that are texts are classes, in alphabetical order, at
    most 100. Targets that are exactly the whole numbers 0 to k - 1 are k classes, for k up to 20; all other numbers are
    numbers to predict. A column of targets doesn't mix texts and numbers, and has at least two different ones.

    Every other column holds numbers, unless it is in `categories`: then each of its texts, in alphabetical order, is an
    input that is 1 where it stands and 0 elsewhere, so that a linear layer behind it learns a vector for each. A cell
    may be empty or hold `NA`, `NaN`, `null` or `?` where `fill_missing` is the first transform.

    The file is in UTF-8 and has at most 256 MiB; empty lines are skipped.
    """

    examples: ClassVar = (
        Example('csv("animals.csv", target="is_cat")'),
        Example('csv("train.csv", target="price", test="test.csv")'),
        Example('csv("titanic.csv", target="survived", categories=["sex", "port"], ignore=["name"])'),
    )
