"""Kinds of cells that hold no number: what they are called, and what a spec can do about them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from netspec.formats.layout import THOUSANDS, Layout
from netspec.immutable import immutable

MOST_OFFERED = 50
"""The most different texts of a column for which categories are offered."""
IMAGES = r"jpe?g|png|bmp|gif|tiff?|webp|dcm"
FILES = rf"{IMAGES}|csv|tsv|txt|json|xml|pdf|wav|mp3|flac|mp4|avi|npy|npz|zip|gz"
CURRENCIES = r"[$€£¥₹₽₩₺฿]|USD|EUR|GBP|CHF|JPY|INR|Rs\.?"
AMOUNT = r"\d[\d.,' _\u00a0\u202f]*"
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"


@immutable
class Kind:
    """A kind of cells: `noun` is what one is called, `help` what to do if a column has them. In the help `{column}` is
    the column's name and `{cell}` the first of the cells."""

    noun: str
    pattern: str
    help: str


OR_OUT = ", or {leave_out}"
DAY = r"\d{1,2}"
DATE = (
    rf"\d{{4}}[-/.]{DAY}([-/.]{DAY})?([T ].*)?|{DAY}[-/.]{DAY}[-/.](\d{{4}}|\d\d)( .*)?"
    rf"|{DAY}[-. ]*{MONTH}[-,. ]*(\d\d|\d{{4}})?( .*)?|({MONTH}|[a-z]+day),? .*\d.*"
)
MISSING = 'set `missing=["{cell}"]` if it is a missing value, with `fill_missing(median)` as the first transform'
WITH_IMAGES = 'use `image_table(…, image="{column}")` to learn from the images, or '
KINDS = (
    Kind("a placeholder", r"[-–—.*…_/]+|#.*[!?]|n\.?[ak]\.?|unknown|missing|not available|tbd|nil|void", MISSING),
    Kind("a date", DATE, "write dates as numbers, such as a year" + OR_OUT),
    Kind("a time", rf"{DAY}:\d\d(:\d\d([.,]\d+)?)?( ?[ap]\.?m\.?)?|\d+ days?,? .*", "write times as numbers" + OR_OUT),
    Kind(
        "an amount of money",
        rf"[-+(]?\s*(?:{CURRENCIES})\s*[-+]?{AMOUNT}[kmb]?\)?|[-+(]?{AMOUNT}\s*(?:{CURRENCIES})\)?",
        "write amounts of money as plain numbers, without the currency" + OR_OUT,
    ),
    Kind("a percentage", rf"[-+]?{AMOUNT}\s*%", "write percentages as plain numbers, without `%`" + OR_OUT),
    Kind("a number in brackets", rf"\({AMOUNT}\)", "write negative numbers with `-`" + OR_OUT),
    Kind("a number with the minus sign `−`", r"[−–]\s*[\d.,]+", "write negative numbers with `-`" + OR_OUT),
    Kind("a fraction", r"\d+ ?/ ?\d+", "write fractions as decimal numbers" + OR_OUT),
    Kind(
        "a range",
        r"\d[\d.,]*\s*(?:-|–|to)\s*\d[\d.,]*|[<>≤≥]=?\s*[\d.,]+|\d+\+",
        "write a number in place of each range" + OR_OUT,
    ),
    Kind("a truth value", r"true|false|yes|no|[tfyn]|on|off", "{categories}"),
    Kind("the name of an image file", rf".*\.(?:{IMAGES})", WITH_IMAGES + "{leave_out}"),
    Kind("the name of a file", rf"[^ ]+\.(?:{FILES})|(?:[a-z]:)?[\\/].+[\\/].*", "{leave_out}"),
    Kind("an address", r"https?://.*|www\..*|[^ @]+@[^ @]+\.[a-z]+", "{leave_out}"),
    Kind("a list", r"[\[({].*[\])}]", "write a column for each number of the lists" + OR_OUT),
    Kind("a hexadecimal number", r"0x[0-9a-f]+", "write decimal numbers" + OR_OUT),
    Kind(
        "a number with a unit",
        r"[-+]?\d[\d.,]* ?(?:[a-zµ°²³/\"']{1,6}|[a-z]+/[a-z]+)",
        "write numbers without their unit" + OR_OUT,
    ),
    Kind("a sentence", r"(?:\S+\s+){3,}\S+.*|.{60,}", "{leave_out}"),
)
"""The kinds that are looked for, in this order."""


@immutable
class BadCells:
    """The cells of a column that hold no number.

    `texts` are the different ones, as far as they were collected; `numbers` is the count of the cells that hold a
    number, `rows` that of all cells. The column may be `alone` as an input.
    """

    column: str
    alone: bool
    first: str
    count: int
    texts: Sequence[str]
    numbers: int
    rows: int

    def reason(self) -> str:
        """What the first cell is, as the end of a sentence, and how many cells are numbers, if most are."""
        if (number := _number_kind(self.first)) is not None:
            what = f"is {number}"
        else:
            kind = kind_of(self.first)
            what = "is not a number" if kind is None else f"is {kind.noun}, not a number"
        if self.numbers <= self.count:
            return what
        return f"{what}: all but {self.count} of {self.numbers + self.count} cells are numbers"

    def help(self, layout: Layout, other_arguments: bool) -> str | None:
        """What to write in the spec, or to do with the file. `other_arguments` says whether the source has more than
        `categories` and `ignore`."""
        leave_out = f'set `ignore=["{self.column}"]` to leave the column out'
        if self.alone:
            leave_out = "add a column of numbers, since the table has no other input"
        categories = f'`categories=["{self.column}"]` makes an input of each text'
        if other_arguments and (found := _separators(self.first, layout)):
            return found
        kind = _commonest(self.texts)
        if kind is not None and (other_arguments or "missing=" not in kind.help):
            few = self.categories_fit()
            text = kind.help.replace("{categories}", categories if few else leave_out)
            return text.replace("{leave_out}", leave_out).replace("{cell}", self.first).replace("{column}", self.column)
        if self.numbers > self.count:
            return f"correct {'it' if self.count == 1 else 'them'} in the file, or {leave_out}"
        return categories if self.categories_fit() else leave_out

    def categories_fit(self) -> bool:
        """Whether the column has few different texts, each of them in several rows."""
        return self.count > self.numbers and len(self.texts) <= min(MOST_OFFERED, max(self.count // 2, 1) + 1) \
            and len(self.texts) < self.count  # fmt: skip


def kind_of(cell: str) -> Kind | None:
    """The kind of a cell; None for other texts."""
    return next((kind for kind in KINDS if re.fullmatch(kind.pattern, cell, re.IGNORECASE)), None)


def _commonest(cells: Iterable[str]) -> Kind | None:
    return Counter(map(kind_of, cells)).most_common(1)[0][0]


def _number_kind(cell: str) -> str | None:
    """What a number with other signs in it is called."""
    if re.fullmatch(r"[-+]?\d*,\d+(?:e[-+]?\d+)?", cell, re.IGNORECASE) or re.fullmatch(
        r"[-+]?\d{1,3}(?:[.' \u00a0\u202f]\d{3})+,\d+", cell
    ):
        return "a number with a decimal comma" if _thousands(cell) is None else "a number with a comma"
    return "a number with separators of thousands" if _thousands(cell) is not None else None


def _thousands(cell: str) -> str | None:
    """The sign that separates the thousands of a number with a decimal point."""
    signs = (sign for sign in THOUSANDS if sign != ".")
    return next((s for s in signs if re.fullmatch(rf"[-+]?\d{{1,3}}(?:{re.escape(s)}\d{{3}})+(?:\.\d*)?", cell)), None)


def _separators(cell: str, layout: Layout) -> str | None:
    """The arguments that read a number with a decimal comma or with separators of thousands."""
    kind = _number_kind(cell)
    if kind is None or not layout.plain:
        return None
    sign = _thousands(cell)
    if sign == "," and "." not in cell and cell.count(",") == 1:
        return (
            f'set `thousands=","` if it is {cell.replace(",", "")}, or `decimal=","` if it is {cell.replace(",", ".")}'
        )
    if sign is not None:
        return f'set `thousands="{sign}"`'
    between = next((found for found in THOUSANDS if found != "," and found in cell), None)
    return 'set `decimal=","`' + (f' and `thousands="{between}"`' if between else "")
