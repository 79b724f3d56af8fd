"""Assertions on the results of a run: what each names before the run, and whether it holds after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite, nan
from typing import Any

from netspec.immutable import immutable

SIZE, SECONDS = "size", "seconds"
"""The bytes of the weights as they are saved, and the time of the run."""
COMPRESS, PARAMETERS, LATENCY = "compress", "parameters", "latency"
EXPORT, AGREEMENT, DIFFERENCE = "export", "agreement", "difference"
FIGURES = (AGREEMENT, DIFFERENCE, SIZE)
"""What is measured of an exported file: the share of samples on which it decides as the network does, the largest
difference of its outputs from the network's, and its bytes."""


@immutable
class Assertion:
    """An assertion as it is written, and the results that it names: `test.accuracy`, `seconds`.

    `condition` says whether it holds for the values of those; None if it can't be computed of them.
    """

    text: str
    names: tuple[str, ...]
    condition: Callable[[Mapping[str, float]], bool | None]

    def is_on(self, *sections: str) -> bool:
        """Whether it names a result of one of those sections: `export.onnx.size` is one of `export`."""
        return any(name.partition(".")[0] in sections for name in self.names)

    def evaluate(self, results: Mapping[str, float]) -> AssertionResult:
        """Whether it holds for the results of a run. It doesn't if one that it names isn't a number."""
        values = {name: float(results.get(name, nan)) for name in self.names}
        holds = all(map(isfinite, values.values())) and self.condition(values) is True
        return AssertionResult(self.text, holds, values)


@immutable
class AssertionResult:
    """An assertion after a run: whether it holds, and the values of the results that it names, NaN where there is no
    number."""

    text: str
    holds: bool
    values: Mapping[str, float]

    def record(self) -> dict[str, Any]:
        """The assertion as JSON data."""
        values = {name: value if isfinite(value) else None for name, value in self.values.items()}
        return {"assert": self.text, "holds": self.holds, "values": values}

    @classmethod
    def of(cls, record: Any) -> AssertionResult:
        """The assertion of a record. Raises KeyError, TypeError, ValueError or AttributeError for another one."""
        values = {str(name): nan if value is None else float(value) for name, value in record["values"].items()}
        if not isinstance(record["holds"], bool):
            raise TypeError("holds")
        return cls(str(record["assert"]), record["holds"], values)


def evaluate_all(assertions: tuple[Assertion, ...], results: Mapping[str, float]) -> tuple[AssertionResult, ...]:
    """All assertions, assertion_results by the results of a run."""
    return tuple(assertion.evaluate(results) for assertion in assertions)


def of_export(format: str, figure: str) -> str:
    """The name of a figure of an exported file: `export.onnx.size`."""
    return f"{EXPORT}.{format}.{figure}"


def of_compress(figure: str) -> str:
    """The name of a figure of the network after the last stage: `compress.accuracy`."""
    return f"{COMPRESS}.{figure}"


def of_class(split: str, name: str, metric: str) -> str:
    """The name of the result of a class: `test.classes.cat.recall`."""
    return f"{split}.classes.{name}.{metric}"
