"""What can be doubtful about the columns of a table."""

from __future__ import annotations

from typing import ClassVar

from netspec.problems.training import Lint


class ColumnIdentifies(Lint):
    """A column identifies rows, or what they are about, and is an input of the network.

    A number that counts the rows, the key of a patient or a name says nothing about new samples. If the rows are
    sorted by class, the number of a row alone gives the class away, and the validation split shows a high accuracy
    that no new data has. `ignore=["Id"]` leaves the column out.
    """

    code: ClassVar = "NS530"


class ColumnLeftOut(Lint):
    """A column isn't read, because it is the index of the table.

    pandas writes the index of a table as a column without a name, and Parquet files declare theirs. Such a column is
    left out if it has no name and numbers the rows or is empty, or if the file says that it is the index. Write the
    table with `index=False`, name the column if it is an input, or suppress the warning.
    """

    code: ClassVar = "NS531"


class CategoryUnseen(Lint):
    """A table to test or to validate on has a text that the table to train on doesn't have in that column.

    The network has no input for it, so all inputs of the column are 0 in these rows. In `predict` it is the same.
    """

    code: ClassVar = "NS532"


COLUMN_PROBLEMS: dict[str, type[Lint]] = {
    "identifier": ColumnIdentifies,
    "left out": ColumnLeftOut,
    "unseen": CategoryUnseen,
}
