"""Names of results in assertions: what a run measures, and conditions in which it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from netspec.catalogue.entry import find
from netspec.catalogue.export_formats import export_formats
from netspec.catalogue.metrics import Metric, called
from netspec.catalogue.sections.data import Data
from netspec.catalogue.sections.evaluate import Evaluate
from netspec.catalogue.sections.export import Export
from netspec.catalogue.targets import Target
from netspec.catalogue.types import DataType
from netspec.catalogue.values import BYTES, UNITS, Quantity, number_text
from netspec.catalogue.values import SECONDS as UNIT_SECONDS
from netspec.checker.names.scope import Scope
from netspec.immutable import immutable
from netspec.lang import tree
from netspec.problems import Problem
from netspec.problems.names import UnknownResult
from netspec.problems.values import Conflict
from netspec.program.assertion import (
    AGREEMENT,
    COMPRESS,
    EXPORT,
    FIGURES,
    LATENCY,
    PARAMETERS,
    SECONDS,
    SIZE,
    of_class,
    of_compress,
    of_export,
)

SPLITS = ("test", "validation")
SUPPORT = "support"
ALIKE = 0.88
"""How alike a name that was meant is to the one that was written, as difflib measures it."""
DECIMAL = re.compile(r"\d+(\.\d+)?")
PLAIN = re.compile(r"[A-Za-z_]\w*")
"""The names of classes that can be written with dots."""


@immutable
class Results:
    """What is measured after a run: the splits, the metrics of each, the classes of the target, and the formats that
    the network is exported to, None if the spec exports nothing; `leaves_test` says that the test split is there, but
    not to be evaluated on, and `compresses` that the network goes through stages."""

    splits: tuple[str, ...]
    metrics: tuple[str, ...]
    classes: tuple[str, ...]
    target: Target
    leaves_test: bool = False
    exports: tuple[str, ...] | None = None
    compresses: bool = False

    @classmethod
    def of(
        cls, data: Data, evaluate: Evaluate, type: DataType, export: Export | None = None, *, compresses: bool = False
    ) -> Results:
        has = {split: bool(getattr(data, split) is not None or getattr(type, split)) for split in SPLITS}
        leaves_test = has["test"] and not evaluate.test
        metrics = tuple(metric.key() for metric in evaluate.metrics_for(type.target))
        classes = type.target.labels if evaluate.per_class else ()
        return cls(
            tuple(split for split in SPLITS if has[split] and not (split == "test" and leaves_test)),
            ("loss", *metrics),
            classes,
            type.target,
            leaves_test,
            None if export is None else tuple(export.files),
            compresses,
        )

    def names(self) -> Iterator[str]:
        """The names of all results; the classes are those of the split that is evaluated at the end."""
        for split in self.splits:
            yield from (f"{split}.{metric}" for metric in self.metrics)
        for split in self.splits[:1]:
            reported = (*self.target.reported, SUPPORT)
            yield from (of_class(split, name, metric) for name in self.classes for metric in reported)
        if self.compresses:
            measured = self.metrics if self.splits else ()
            yield from map(of_compress, (*measured, PARAMETERS, SIZE, LATENCY))
        yield from (of_export(format, figure) for format in self.exports or () for figure in FIGURES)
        yield from (SIZE, SECONDS)


def asks_for_result(name: str, scope: Scope) -> bool:
    """Whether a name is that of a result; a param of the same name comes first."""
    head, dot, _ = name.partition(".")
    return scope.owner(head) is None and (
        (bool(dot) and head in (*SPLITS, "train", EXPORT, COMPRESS)) or name in (SIZE, SECONDS)
    )


def result_names(condition: tree.Expression, scope: Scope) -> tuple[tree.Name, ...]:
    """The names of results in a condition that `plain` made."""
    names = (node for node in tree.walk(condition) if isinstance(node, tree.Name))
    return tuple(name for name in names if asks_for_result(name.id, scope))


def plain(node: tree.Node) -> tree.Node:
    """A condition with numbers for percentages and times, and a name for `test.recall("a class")`."""
    match node:
        case tree.Quantity():
            number = plain_number(Quantity(node.number.value, UNITS.get(node.unit, "")))
            return node if number is None else tree.Number(node.span, repr(float(number)))
        case tree.Call(function=function, arguments=(tree.Argument(name=None, value=tree.Text(value=name)),)):
            split, _, metric = function.id.partition(".")
            return tree.Name(node.span, of_class(split, name, metric)) if split in SPLITS and metric else node
        case _:
            return tree.rebuild(node, plain)


def plain_number(quantity: Quantity) -> float | None:
    """A percentage as a fraction of 1, a time in seconds, a size in bytes; None for other units."""
    if quantity.unit == "%":
        return quantity.share
    if quantity.unit in BYTES:
        return quantity.bytes
    return quantity.seconds if quantity.unit in UNIT_SECONDS else None


def check_result(node: tree.Name, results: Results, known: Mapping[str, None]) -> Problem | None:
    """What is wrong with the name of a result; None if it is measured."""
    split, _, rest = node.id.partition(".")
    if node.id in known:
        return None
    if split == "test" and results.leaves_test:
        help = "leave out `test = false`"
        return Conflict(node.span, f"`{node.id}` isn't measured, because `evaluate` has `test = false`", help=help)
    if split == EXPORT and (unexported := _unexported(node, rest, results)) is not None:
        return unexported
    if split == COMPRESS and not results.compresses:
        message = f"`{node.id}` needs a section `compress`, but the spec has none"
        return Conflict(node.span, message, help="compress { stages = quantize(int8) }")
    if split in SPLITS and split not in results.splits:
        help = f"data {{ {split} = 20% }}"
        return Conflict(node.span, f"`{node.id}` needs a {split} split, but `data` has none", help=help)
    if rest.startswith("classes.") and not results.classes:
        return Conflict(node.span, f"`{node.id}` isn't measured: there are no results of single classes")
    if rest.startswith("classes.") and split != results.splits[0]:
        message = f"`{node.id}` isn't measured: at the end classes are evaluated on the {results.splits[0]} split"
        return Conflict(node.span, message)
    if (metric := find(Metric, rest)) is not None and results.target.is_a(metric.of):
        return Conflict(node.span, f"`{node.id}` isn't measured", help=f"add `{rest}` to `metrics` in `evaluate`")
    of_classes = rest.startswith("classes.")
    near = [name for name in known if name.startswith(f"{split}.") and (".classes." in name) == of_classes]
    near = near or [name for name in known if ".classes." not in name]
    # of `test.` alone much is alike
    nearest = next(iter(get_close_matches(node.id, near, 1, ALIKE)), None)
    return UnknownResult(node.span, written(node.id), nearest and written(nearest), tuple(map(written, near)))


def _unexported(node: tree.Name, rest: str, results: Results) -> Problem | None:
    """What is wrong with the name of a figure of a file that isn't exported."""
    format = rest.partition(".")[0]
    known = export_formats()
    file = f'{format} = "network{known[format].suffix}"' if format in known else 'onnx = "network.onnx"'
    if results.exports is None:
        message = f"`{node.id}` needs a section `export`, but the spec has none"
        return Conflict(node.span, message, help=f"export {{ {file} }}")
    if format in known and format not in results.exports:
        return Conflict(node.span, f"`{node.id}` isn't measured: `export` names no file for `{format}`", help=file)
    return None


def out_of_range(node: tree.Expression, results: Results) -> Iterator[Problem]:
    """Comparisons of a metric with a number that it can't reach, such as 98 in place of 98%."""
    for part in tree.walk(node):
        if not isinstance(part, tree.Binary):
            continue
        for side, other in ((part.left, part.right), (part.right, part.left)):
            if not (isinstance(side, tree.Name) and isinstance(other, tree.Number) and side.id.partition(".")[2]):
                continue
            most = _most(side.id.rpartition(".")[2])
            if side.id in results.names() and most is not None and other.value > most:
                message = f"`{written(side.id)}` is at most {number_text(most)}"
                help = (
                    f"write `{other.span.text}%`" if DECIMAL.fullmatch(other.span.text) and other.value <= 100 else None
                )
                yield Conflict(other.span, message, help=help)


def _most(figure: str) -> float | None:
    """The largest value that a metric or a figure can have; None if it may be any number."""
    metric = called(figure)
    return 1.0 if figure == AGREEMENT else None if metric is None else metric.span[1]


def written(name: str) -> str:
    """A result as a spec writes it: of a class whose name isn't a word, `test.recall("a class")`."""
    split, classes, rest = name.partition(".classes.")
    label, _, metric = rest.rpartition(".")
    return f'{split}.{metric}("{label}")' if classes and not PLAIN.fullmatch(label) else name
