"""Tables in text files."""

from __future__ import annotations

from typing import ClassVar

from netspec.catalogue.entry import Example
from netspec.catalogue.python import Python
from netspec.catalogue.sources import DataFolders
from netspec.catalogue.sources._tabular import Tabular
from netspec.catalogue.sources._text_layout import TextLayout
from netspec.catalogue.types import DataType


class Csv(TextLayout, Tabular):
    """A table in a text file: a header line, then a row for each sample, the cells separated by commas.

    The column that `target` names is what to predict. `target=class("quality")` takes its values as classes, whatever
    they are, and `target=number("quality")` as numbers to predict. If the spec has only the name, strings are classes,
    in alphabetical order. Integers are whatever the loss and the metrics of the spec are for. If it names none, they
    are classes, in their order, if they are 0 to k - 1, or if there are at most 20 different ones, each of them twice
    on average; more than 20 from 0 on are classes too if they repeat as often. All other numbers are numbers to
    predict. `netspec plan` says what was taken. A column of targets has at least two different values.

    Every other column holds numbers, unless it is in `categories`: then each of its texts, in alphabetical order, is an
    input that is 1 where it stands and 0 elsewhere, so that a linear layer behind it learns a vector for each. `1.0` is
    the category `1`. A text that only `test`, `validation` or a file to predict has makes all of these inputs 0, with a
    warning. A cell may be empty or hold `NA`, `NaN`, `null`, `?` or one of `missing` if `fill_missing` is the first
    transform.

    Columns of `test` and `validation` are found by their names, and their other columns are ignored. A column without a
    name that numbers the rows or is empty is ignored, with a warning; any other is `Unnamed: 0`, by its index.

    The file is UTF-8, or UTF-16 with a byte order mark, unless `encoding` names another encoding. It may be compressed
    with gzip, bzip2 or xz, or be the only file in a ZIP archive. It has at most 256 MiB of text. Empty lines are
    skipped.
    """

    examples: ClassVar = (
        Example('csv("animals.csv", target="is_cat")'),
        Example('csv("train.csv", target="price", validation="val.csv", test="test.csv")'),
        Example('csv("wine.csv", target=number("quality"))'),
        Example('csv("visits.csv", target=class("readmitted", names=["no", "yes"]))'),
        Example('csv("titanic.csv", target="survived", categories=["sex", "port"], ignore=["name"])'),
        Example('csv("wein.csv", target="note", separator=";", decimal=",", missing=["-"])'),
        Example('csv("iris.data", target="kind", columns=["length", "width", "kind"])'),
    )

    def python(self, folders: DataFolders, type: DataType) -> Python | None:
        from netspec.catalogue.sources._python_table import python_table  # a check doesn't need it

        return python_table(self, type, self._tables(folders))
