"""Whatever `catalogue/elsewhere.toml` advises to write instead is right: it is checked in a minimal spec."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from netspec.catalogue.entry import entries, find
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.sections import Section, sections
from netspec.catalogue.slots import slots
from netspec.cli.main import cli
from tests.specs import ROOT, check

TABLES: dict[str, dict[str, str]] = tomllib.loads((ROOT / "netspec/catalogue/elsewhere.toml").read_text("utf-8"))
CODE = re.compile(r"`([^`]*)`")
FRAGMENTS = sorted({code for rows in TABLES.values() for words in rows.values() for code in CODE.findall(words)})
GAPS = {
    "amax(dim=…)": "amax(dim=1)",
    "amin(dim=…)": "amin(dim=1)",
    'csv(…, categories=["color"])': 'csv("file.csv", target="label", categories=["color"])',
    'csv(…, ignore=["id"])': 'csv("file.csv", target="label", ignore=["id"], categories=["color"])',
    "embedding(…, padding_idx=0)": "embedding(20, 4, padding_idx=0)",
    "for i in 1..3 { … }": "for i in 1..3 { relu }",
    "model { flatten -> … }": "model { flatten -> linear(10) }",
    "repeat 3 { … }": "repeat 3 { linear(8) }",
    "reshape([…])": "reshape([8, 1])",
    "table([…], lr=[…])": "table([2 epochs, 5 epochs], lr=[0.1, 0.01])",
}
"""Fragments with dots, as somebody would write them."""

IMAGES = "source = synthetic(image=[1, 28, 28], classes=10, samples=100)"
FEATURES = "source = synthetic(features=8, classes=10, samples=100)"
TOKENS = "source = synthetic(tokens=8, vocabulary=20, classes=10, samples=100)"
NUMBERS = 'source = csv("file.csv", target="price")'
KNOWN = "data { source = synthetic(image=[3, 64, 64], classes=9) }\nmodel { body: zoo.resnet18 -> linear(9) }\n"
"""A network that has pretrained weights."""
INPUTS = ((IMAGES, ""), (FEATURES, ""), (TOKENS, "embedding(20, 8)"), (TOKENS, ""), (NUMBERS, ""))
"""Data of all kinds, with what brings it to the network."""
SEARCHED = "train { optimizer = adamw(lr=lr, weight_decay=decay) }\n"
SPACES = (
    f"param lr = 1e-3 in log(1e-4, 1e-1)\nparam decay = 0.01 in log(1e-4, 1e-1)\n{SEARCHED}",
    f"param lr = 1e-3 in [1e-3, 1e-2]\nparam decay = 0.01 in [0, 0.01]\n{SEARCHED}",
)
"""Params that can be searched, numbers and lists of them."""
NEEDED = {
    "search": {"method": "random(trials=4)", "maximize": "validation.accuracy"},
    "export": {"onnx": '"network.onnx"'},
}
"""The keys that sections need."""
VALUES = ("a", "b", "x", "query", "memory", "scale", "se")
"""Values of the network that fragments speak of."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that fragments name."""
    folder = tmp_path_factory.mktemp("advice")
    rows = "".join(f"{n},{n % 7}.5,{n % 3},{n * 0.37:.3f},{n % 10}\n" for n in range(100))
    (folder / "file.csv").write_text(f"id,x,color,price,label\n{rows}")
    np.savez(folder / "file.npz", x=np.zeros((20, 3), np.float32), y=np.arange(20) % 2)
    for name in ("cat", "dog"):
        (folder / "path" / name).mkdir(parents=True)
        Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(folder / "path" / name / "1.png")
    return folder


@cache
def names() -> frozenset[str]:
    """What may be named alone: entries, sections, keys, arguments, and choices of arguments."""
    found = {"->", "model", "input", "param", "auto"}
    for kind in listed_kinds():
        for entry in entries(kind):
            found |= {entry.name(), *entry.model_fields}
            found |= {choice for slot in slots(entry).values() for choice in slot.choices}
    for section in sections():
        found |= {section.name(), *section.model_fields}
        found |= {choice for slot in slots(section).values() for choice in slot.choices}
    return frozenset(found)


def specs(fragment: str) -> Iterator[str]:
    """Minimal specs with a fragment at every place where it may stand."""
    if re.fullmatch(r"[a-z]+\.\w+", fragment):
        yield from complete(f"train {{ stop = early_stopping(monitor={fragment}, patience=1 epochs) }}")
    if re.match(r"(data|model|train|evaluate|export) \{|param |block ", fragment):
        yield from complete(fragment)
    if fragment.startswith("search {"):
        yield from (spec for space in SPACES for spec in complete(f"{space}{fragment}"))
    label = "label: linear(8)\n" if "label)" in fragment else ""
    model = label + "\n".join(f"{name} = identity" for name in VALUES if re.search(rf"\b{name}\b(?! *[=:])", fragment))
    for source, first in INPUTS:
        for line in (fragment, f"y = {fragment}\ny"):
            body = "\n".join(filter(None, (first, model, line, "flatten", "linear(10)")))
            yield f"data {{ {source} }}\nmodel {{\n{body}\n}}\n"
    for setting in settings(fragment):
        spaces = SPACES if setting.startswith("search") else ("",)
        yield from (spec for space in spaces for spec in complete(f"{space}{setting}"))


def settings(fragment: str) -> Iterator[str]:
    """A setting in the section that has its key, or a value as the setting of any key."""
    for section in sections():
        if section.name() == "data" and fragment.startswith("source ="):
            yield f"data {{ {fragment} }}"
        elif (key := re.match(r"(\w+) =", fragment)) is not None:
            if key[1] in section.model_fields:
                yield written(section, key[1], fragment)
        else:
            for name in section.model_fields:
                yield from (written(section, name, f"{name} = {form}") for form in (fragment, f"[{fragment}]"))
            if section.name() == "train":
                yield f'train {{ init = init(":linear:weight", {fragment}) }}'


def written(section: type[Section], key: str, setting: str) -> str:
    """A section with a setting, and with the others that it needs."""
    needed = [f"{name} = {value}" for name, value in NEEDED.get(section.name(), {}).items() if name != key]
    return f"{section.name()} {{ {', '.join([setting, *needed])} }}"


def complete(text: str) -> Iterator[str]:
    """A spec with a section or a statement, and with whatever it lacks."""
    if "pretrained" in text:
        yield f"{KNOWN}{text}"
    if not text.startswith("data"):
        for source in (IMAGES, FEATURES, NUMBERS):
            outputs = 1 if source == NUMBERS else 10
            metrics = "evaluate { metrics = [accuracy, f1] }\n" if "validation." in text else ""
            model = "" if text.startswith("model") else f"model {{ flatten -> linear({outputs}) }}\n"
            yield f"{text}\ndata {{ {source}\n validation = 20% }}\n{metrics}{model}"
        return
    for source, outputs in product(("", *(source for source, _ in INPUTS)), (10, 2, 1)):
        given = text if not source or "source =" in text else text.replace("{", f"{{ {source}\n", 1)
        yield f"{given}\nmodel {{ flatten\n linear({outputs}) }}\n"


def is_argument(fragment: str) -> bool:
    """Whether it is an argument of an entry, `name=value`, with a value that parses."""
    name, equals, value = fragment.partition("=")
    known = {field for kind in listed_kinds() for entry in entries(kind) for field in entry.model_fields}
    parsed = not any(item.code < "NS2" for item in check(f"param p = {value}\n").diagnostics)
    return bool(equals) and name in known and parsed


def is_command(fragment: str) -> bool:
    """Whether it is a command that is there, with options that it has."""
    verb, *words = fragment.removeprefix("netspec ").split()
    shown = CliRunner().invoke(cli, [verb, "--help"])
    return shown.exit_code == 0 and all(word in shown.output for word in words if word.startswith("-"))


def is_right(fragment: str, folder: Path) -> bool:
    if fragment in names() or fragment.startswith("--"):
        return True
    if fragment.startswith("netspec "):
        return is_command(fragment)
    if is_argument(fragment):
        return True
    return any(
        not any(diagnostic.is_error for diagnostic in check(spec, folder=folder).diagnostics)
        for spec in specs(GAPS.get(fragment, fragment))
    )


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_what_is_advised_can_be_written(fragment: str, folder: Path) -> None:
    assert is_right(fragment, folder)


@pytest.mark.parametrize(
    "fragment",
    ["linaer", "average = swa(start=5 epochs)", "conv(64, kernel=3)", "train { epoch = 3 }", "netspec trian", "b=a=r",
     "netspec run --never", "flatten -> linear(64", "kfold(1)", 'csv("none.csv", target="label")', "linear(…)"],
)  # fmt: skip
def test_what_cannot_be_written_is_found(fragment: str, folder: Path) -> None:
    assert not is_right(fragment, folder)


def test_all_code_is_in_backquotes() -> None:
    for place, rows in TABLES.items():
        for words in rows.values():
            prose = CODE.sub("code", words)
            assert not re.search(r"\w[(]|[{}=>\[\]]|\b(train|validation)\.", prose), f"{place}: {words}"


def test_an_entry_that_is_named_is_of_some_kind() -> None:
    assert all(find(kind, "linaer") is None for kind in listed_kinds())
    assert len(FRAGMENTS) > 150
