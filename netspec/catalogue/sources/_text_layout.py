"""How a table in a text file is laid out, as a spec says it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from netspec.catalogue.sources import DataSource
from netspec.catalogue.sources._tabular import Names
from netspec.catalogue.values import Text
from netspec.formats.layout import SEPARATORS, THOUSANDS, Layout
from netspec.formats.texts import ENCODINGS
from netspec.shapes import MisfitError


class TextLayout(DataSource):
    """A source whose tables are text files."""

    separator: Annotated[
        Text | None,
        Field(
            description="separator of the cells: a comma, semicolon, bar or tab (`\\t`); by default a comma, or if "
            "the header line has none, the first of the others that it has"
        ),
    ] = None
    decimal: Annotated[Text, Field(description="the decimal sign of numbers, `.` or `,`")] = "."
    thousands: Annotated[Text | None, Field(description="separator of thousands, such as `,`")] = None
    header: Annotated[
        bool, Field(description="whether the file has a header line; if not, the names are `1`, `2`, …")
    ] = True
    columns: Annotated[Names, Field(description="names of all columns, for a file without a header line")] = ()
    missing: Annotated[
        tuple[Text, ...], Field(description="further cells that stand for a missing value, such as `-` or `-999`")
    ] = ()
    encoding: Annotated[Text, Field(description="how the text is encoded, such as `latin-1`")] = "utf-8"

    def check(self) -> None:
        super().check()
        for argument, known in (
            ("separator", tuple(SEPARATORS)),
            ("decimal", (".", ",")),
            ("thousands", THOUSANDS),
            ("encoding", ENCODINGS),
        ):
            value = getattr(self, argument)
            if value is not None and value not in known:
                listed = ", ".join(
                    f"`{one}`" if one != "\t" else "`\\t`" for one in known if one.strip(" ") or one == " "
                )
                raise MisfitError(f"`{value}` is none of {listed}", argument=argument)
        if self.decimal == self.thousands:
            raise MisfitError("the decimal sign and the separator of thousands are the same", argument="thousands")
        if len(set(self.columns)) < len(self.columns):
            raise MisfitError("two columns have the same name", argument="columns")

    def layout(self) -> Layout:
        return Layout(
            self.separator,
            self.decimal,
            self.thousands,
            self.header and not self.columns,
            self.columns,
            self.missing,
            self.encoding,
        )
