"""What netspec has of torch and torchvision, class by class: docs/coverage.md, which is written or compared here."""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path

import click

from netspec.catalogue.entry import Entry, Example, entries
from netspec.catalogue.export_formats import export_formats
from netspec.catalogue.layers import Layer
from netspec.catalogue.listing import listed_kinds
from netspec.checker.entries.elaborate import Elaborator
from netspec.checker.names.scope import Scope
from netspec.generate import holds, write
from netspec.generate.markdown import code, table
from netspec.generate.reference import link_to
from netspec.lang.text.parser import parse_expression
from netspec.problems import Problems
from netspec.resources import resource
from netspec.shapes import Shape
from netspec.source import Source
from netspec.zoo import networks

COMMAND = "python -m netspec.generate.coverage"
PAGE = Path("docs", "coverage.md")
ROOT = Path(__file__).parents[2]
REASONS = resource("catalogue", "left_out.toml")


@dataclass(frozen=True)
class Family:
    """The public classes of a module that have one base; `aim` is how many percent of them are to be there."""

    module: str
    base: str
    counted: str
    aim: int

    def classes(self) -> tuple[str, ...]:
        """Their names in full, sorted. Loads the module."""
        module = import_module(self.module)
        base = getattr(module, self.base)
        found = {name for name, item in vars(module).items() if isinstance(item, type) and issubclass(item, base)}
        return tuple(f"{self.module}.{name}" for name in sorted(found) if not name.startswith("_"))


FAMILIES = (
    Family("torch.nn", "Module", "layers, activations and losses", aim=95),
    Family("torch.optim", "Optimizer", "optimizers", aim=100),
    Family("torch.optim.lr_scheduler", "LRScheduler", "schedules of the learning rate", aim=100),
    Family("torchvision.transforms.v2", "Transform", "transforms that make one image of one, of a known size", aim=85),
)


@dataclass(frozen=True)
class LeftOut:
    """Why the classes whose names match have no entry; `counted` says that they could have one."""

    reason: str
    counted: bool
    patterns: tuple[str, ...]

    def __contains__(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.patterns)


@dataclass(frozen=True)
class Coverage:
    """A family's classes: those that have entries, those that are missing, and those that don't count."""

    family: Family
    present: Mapping[str, Sequence[type[Entry]]]
    missing: Mapping[str, str]
    uncounted: Mapping[str, str]

    @property
    def count(self) -> int:
        return len(self.present) + len(self.missing)

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 is all."""
        return 100 * len(self.present) // self.count


def coverage(family: Family) -> Coverage:
    """What the catalogue has of a family. Raises ValueError unless every class has either an entry or a reason."""
    classes, present, reasons = family.classes(), by_torch_name(), left_out()
    because = {name: [left for left in reasons if name in left] for name in classes}
    unclear = [doubt for name in classes if (doubt := _doubt(name, name in present, len(because[name])))]
    if unclear:
        raise ValueError("\n".join(unclear))
    left = {name: found[0] for name, found in because.items() if found}
    return Coverage(
        family,
        {name: present[name] for name in classes if name in present},
        {name: one.reason for name, one in left.items() if one.counted},
        {name: one.reason for name, one in left.items() if not one.counted},
    )


def _doubt(name: str, present: bool, reasons: int) -> str | None:
    if present and reasons:
        return f"{name} has an entry, and {REASONS.name} says why it has none"
    if not present and reasons != 1:
        return f"{name} has no entry and {reasons or 'no'} reason{'s' * (reasons > 1)} in {REASONS.name}"
    return None


def left_out() -> tuple[LeftOut, ...]:
    """The reasons as they are kept beside this module."""
    groups = tomllib.loads(REASONS.read_text(encoding="utf-8"))["group"]
    return tuple(LeftOut(group["reason"], group["counted"], tuple(group["names"])) for group in groups)


def by_torch_name() -> dict[str, list[type[Entry]]]:
    """The entries that stand for each thing of torch."""
    found: defaultdict[str, list[type[Entry]]] = defaultdict(list)
    for kind in listed_kinds():
        for entry in entries(kind):
            for name in entry.torch_names:
                found[name].append(entry)
    return dict(found)


# ---- the page ----


def page() -> str:
    """The text of docs/coverage.md. Loads torch and torchvision."""
    covered = [coverage(family) for family in FAMILIES]
    families = (part for one in covered for part in _family(one))
    return "\n".join([_introduction(), _summary(covered), *families, *_networks(), *_exports()])


def _introduction() -> str:
    return f"""\
# Coverage

What netspec has of the public classes of {versions()}, made from them and from the catalogue by
`{COMMAND}`.

A class counts if an entry of the catalogue could stand for it. Those that don't count are no part of a share: base
classes, containers, lazy layers, what takes functions of Python, what is for several devices or for other data. Each is
named at the end of its part, with the reason. What counts and isn't there is missing.
"""


def versions() -> str:
    """Which torch and torchvision are counted here, without the numbers of repairs, which bring no classes."""
    numbers = {name: import_module(name).__version__ for name in ("torch", "torchvision")}
    return " and ".join(f"{name} {'.'.join(number.split('.')[:2])}" for name, number in numbers.items())


def _summary(covered: Sequence[Coverage]) -> str:
    rows = [
        (
            code(one.family.module),
            one.family.counted,
            f"{len(one.present)} of {one.count}",
            f"{one.percent} %",
            f"{one.family.aim} %",
            str(len(one.uncounted)),
        )
        for one in covered
    ]
    return table(("module", "what counts", "in netspec", "share", "aim", "not counted"), rows)


def _family(one: Coverage) -> Iterator[str]:
    yield f"## {one.family.module}\n"
    rows = {name: ", ".join(link_to(entry, "reference/") for entry in found) for name, found in one.present.items()}
    rows |= {name: f"missing: {reason}" for name, reason in one.missing.items()}
    yield table(("class", "in netspec"), [(code(_short(name)), rows[name]) for name in sorted(rows)])
    yield "Not counted:\n"
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for name, reason in one.uncounted.items():
        by_reason[reason].append(code(_short(name)))
    yield "".join(f"- {', '.join(names)}: {reason}.\n" for reason, names in by_reason.items())


def _networks() -> Iterator[str]:
    """The networks of torchvision that the zoo has, and why it hasn't the others. Raises ValueError for one that is
    neither."""
    known = import_module("torchvision.models").list_models(module=import_module("torchvision.models"))
    groups = tomllib.loads(REASONS.read_text(encoding="utf-8"))["network"]
    reasons = {name: group["reason"] for group in groups for name in group["names"]}
    unclear = [name for name in known if (name in networks()) == (name in reasons)]
    if unclear:
        raise ValueError(f"{', '.join(unclear)}: in the zoo, or in {REASONS.name} with the reason why not")
    yield "## torchvision.models\n"
    count = f"{len(networks())} of {len(known)} networks for classification"
    yield f"{count} are in the zoo; `netspec ops zoo` lists them.\n"
    yield "".join(f"- missing: {', '.join(map(code, one['names']))}: {one['reason']}.\n" for one in groups)


def _exports() -> Iterator[str]:
    """How many layers each export format takes, and the examples of the others with their reasons."""
    layers = [entry for entry in entries(Layer) if entry.examples[0].inputs]
    formats = [entry.name() for entry in export_formats().values() if entry.holds_graph]
    missing = [
        (link_to(entry, "reference/"), code(example.text), code(format), reason)
        for entry in layers
        for example in entry.examples
        for format in formats
        if (reason := _reason_against(example, format)) is not None
    ]
    whole = {format: len({row[0] for row in missing if row[2] == code(format)}) for format in formats}
    yield "## Exports\n"
    counts = " and ".join(f"{len(layers) - whole[format]} to {code(format)}" for format in formats)
    yield f"Of {len(layers)} layers with an input, {counts} can be exported with any arguments. Examples of others:\n"
    yield table(("layer", "for example", "not in", "reason"), missing)


def _reason_against(example: Example, format: str) -> str | None:
    node = parse_expression(Source("example", example.text), Problems())
    assert node is not None, example.text
    layer = Elaborator(Scope(), Problems()).entry(node, Layer, "example")
    shapes = zip(example.inputs, example.whole, strict=True)
    return layer.not_exported(format, *(Shape(sizes, "int64" if whole else "float32") for sizes, whole in shapes))


def _short(name: str) -> str:
    return name.rpartition(".")[2]


@click.command(help="Write docs/coverage.md of this checkout anew; it is counted in the torch that is installed.")
@click.option("--check", is_flag=True, help="Write nothing; fail if the page is stale.")
def main(check: bool) -> None:
    try:
        text = page()
    except ValueError as error:
        sys.exit(f"{error}")
    if holds(ROOT / PAGE, text):
        return
    if check:
        sys.exit(f"{PAGE.as_posix()} is stale; run `{COMMAND}`")
    write(ROOT / PAGE, text)
    click.echo(f"wrote {PAGE.as_posix()}")


if __name__ == "__main__":
    main(prog_name=COMMAND)
