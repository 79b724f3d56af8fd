"""Types of values that arguments take beside numbers and flags: quantities, names, texts."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from netspec.immutable import immutable

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}
"""How long the units of time are."""
PLURALS = {plural.removesuffix("s"): plural for plural in ("epochs", "steps", *SECONDS)}
BYTES = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
"""How many bytes the units of sizes have."""
UNITS = {**{plural: plural for plural in PLURALS.values()}, **PLURALS, **dict(zip(BYTES, BYTES, strict=True)), "%": "%"}
"""The spellings of the units that a spec may use, and the unit of each."""

QUANTITY = re.compile(r"(\d{1,15}(?:\.\d{1,30})?(?:e-?\d\d?)?) ?(%|[A-Za-z]+)", re.ASCII)
BOUNDS = re.compile(r"(\d{1,10}) ?\.\. ?(\d{1,10})", re.ASCII)


def number_text(number: int | float) -> str:
    """The shortest way to write a number that reads back as the same number: `10` for 10.0, `1e-8`."""
    text = repr(number).removesuffix(".0")
    return re.sub(r"e\+?(-?)0*", r"e\1", text)


@immutable
class Quantity:
    """A number with its unit; the unit is one of the values of `UNITS`."""

    number: int | float
    unit: str

    def __str__(self) -> str:
        number = number_text(self.number)
        if self.unit == "%":
            return f"{number}%"
        one = next((unit for unit, plural in PLURALS.items() if plural == self.unit), self.unit)
        return f"{number} {one if self.number == 1 else self.unit}"

    @property
    def share(self) -> float:
        """A percentage as a fraction of 1."""
        return self.number / 100

    @property
    def seconds(self) -> float:
        """A time in seconds."""
        return self.number * SECONDS[self.unit]

    @property
    def bytes(self) -> float:
        """A size in bytes."""
        return self.number * BYTES[self.unit]


@immutable
class Bounds:
    """The whole numbers from `low` to `high`, both included, as a range says them: `1..64`."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low}..{self.high}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def validate(value: Any) -> Bounds:
            if not isinstance(value, Bounds):
                raise PydanticCustomError("no_range", "a range is expected")
            if not 1 <= value.low <= value.high < 2**31:
                raise PydanticCustomError("range", "the range is empty or out of range")
            return value

        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_plain_validator_function(lambda value: validate(_bounds(value))),
            python_schema=core_schema.no_info_plain_validator_function(validate),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d[\d_]* ?\.\. ?\d[\d_]*$"}


def _bounds(text: Any) -> Any:
    """The range that was written as JSON; anything else as it is."""
    found = BOUNDS.fullmatch(text) if isinstance(text, str) else None
    return text if found is None else Bounds(int(found[1]), int(found[2]))


def _quantity(text: Any) -> Any:
    """The quantity that was written as JSON; anything else as it is."""
    found = QUANTITY.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[2] not in UNITS:
        return text
    return Quantity(int(found[1]) if found[1].isdigit() else float(found[1]), UNITS[found[2]])


class Units:
    """Marks a field that takes a quantity in one of some units."""

    def __init__(self, *units: str, whole: bool = True) -> None:
        self.units = units
        self.whole = whole

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def validate(value: Any) -> Quantity:
            if not isinstance(value, Quantity):
                raise PydanticCustomError("no_unit", "a quantity needs its unit")
            if value.unit not in self.units:
                raise PydanticCustomError("wrong_unit", "the unit is another one")
            if value.number <= 0 or (self.whole and not isinstance(value.number, int)):
                raise PydanticCustomError("quantity_range", "the number is out of range")
            if value.unit == "%" and value.number >= 100:
                raise PydanticCustomError("quantity_range", "the number is out of range")
            return value

        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_plain_validator_function(lambda value: validate(_quantity(value))),
            python_schema=core_schema.no_info_plain_validator_function(validate),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        spellings = [spelling for spelling, unit in UNITS.items() if unit in self.units]
        number = r"\d[\d_]*" if self.whole else r"\d[\d_]*(\.\d+)?"
        return {"type": "string", "pattern": rf"^{number} ?({'|'.join(spellings)})$"}


class AsName:
    """Marks a string that a spec writes without quotes: a name, perhaps with dots."""


class AsText:
    """Marks a string that a spec writes in quotes."""


def _plain(text: str) -> str:
    """Refuse what no name of a file or of a column has: it would be an error of the system, or steer a terminal."""
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise PydanticCustomError("control_character", "a control character is in it")
    return text


Epochs = Annotated[Quantity, Units("epochs")]
Duration = Annotated[Quantity, Units("epochs", "steps")]
"""A part of the training: whole epochs, or steps of the optimizer."""
Pace = Annotated[Quantity, Units("epochs", "steps", "minutes")]
"""How often something is done in a training."""
Time = Annotated[Quantity, Units(*SECONDS, whole=False)]
Share = Annotated[Quantity, Units("%", whole=False)]
Name = Annotated[str, AsName()]
Text = Annotated[str, AsText(), AfterValidator(_plain)]
AnyText = Annotated[str, AsText()]
"""A text out of a data file, which may have any characters."""
Selectors = Text | tuple[Text, ...]
"""Which tensors of a network are meant: a pattern or a list of them, as `program.selectors` reads them."""
PositiveInt = Annotated[int, Field(gt=0, le=2**31 - 1)]
MOST_RUNS = 10_000
"""How many runs a spec may stand for, of seeds, of folds and of both."""
MOST_EPOCHS = 100_000
"""How many epochs a training may have: the numbers of all of them are in each checkpoint."""
NonNegativeInt = Annotated[int, Field(ge=0, le=2**31 - 1)]
Sizes = PositiveInt | tuple[PositiveInt, ...]
"""A size for all spatial dimensions, or a list with one for each."""
Paddings = NonNegativeInt | tuple[NonNegativeInt, ...]
Numbers = Annotated[tuple[float, ...], Field(min_length=1)]


class Summed:
    """Marks a tuple of terms that a spec writes as a sum: `0.7 * cross_entropy + 0.3 * focal`."""


E = TypeVar("E")


@immutable
class Term(Generic[E]):
    """An entry in a sum, and what it is multiplied by."""

    entry: E
    factor: float = 1.0


class Alternatives:
    """Marks a tuple of entries that a spec writes with `or` between them: the first that can be had is taken."""


class Piped:
    """Marks a tuple of entries that a spec writes with `->` between them: each takes what the one before gives."""
