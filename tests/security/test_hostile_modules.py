"""Modules of torch whose names are made to break out of the spec that is written of them.

Whatever a name is, the module is refused, or its spec is that of the same module with plain names, token by token, but
for names, labels and strings.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from netspec import api
from netspec.api.importing import Input, import_torch
from netspec.checker.tokens import tokens_of
from netspec.importer.imported import imported, incoming
from netspec.lang.lexical import RESERVED
from netspec.problems import NetspecError
from netspec.source import Source
from netspec.writer.errors import CannotTranslate
from netspec.writer.steps import PLAIN, fresh
from tests.cli.conftest import Netspec
from tests.importer.test_weights import VECTOR, stored
from tests.security.hostile import CODE

PLAIN_NAME = "wide"
HOSTILE = {
    **{f"code {number}": code for number, code in enumerate(CODE)},
    **{f"the word {word}": word for word in (*sorted(RESERVED), "reuse", "zoo", "linear", "input", "output", "model")},
    "a quote": 'a"',
    "a string that ends": 'a", "b") } model { linear(2)',
    "a label": "a: linear(9)",
    "a body that ends": "} train { epochs = 1 }",
    "a new line": "a\n}\nblock b { linear(1)",
    "a return": "a\rassert false",
    "a line of Unicode": "a\u2028assert false",
    "a comment": "# allow NS401: because",
    "a hole": "{i}",
    "a param": "${HOME}",
    "a backslash": 'a\\"',
    "from right to left": "a\u202eb",
    "not to be seen": "a\u200bb",
    "letters that look alike": "lineаr",
    "combining": "e\u0301",
    "digits of another script": "\u0664\u0662",
    "half a pair": "\ud800",
    "a zero": "a\0b",
    "colors": "\x1b[31ma\x1b[0m",
    "a bell": "a\x07",
    "markup": "<img src=x onerror=alert(1)>",
    "markup of rich": "[bold red]a[/]",
    "a path up": "../x",
    "a path of the system": "/etc/passwd",
    "a dot alone": ".",
    "nothing": "",
    "a blank": " ",
    "long": "x" * 10_000,
    "long, with a number": "9" * 5000,
    "a number": "1e9",
    "a minus": "-1",
    "a percentage": "5%",
    "of Python": "__class__",
}


class Small(nn.Module):
    """Two layers, whatever they are called."""

    def __init__(self, first: str = "first", last: str = "last") -> None:
        super().__init__()
        self._modules.update({first: nn.Linear(6, 6), last: nn.Linear(6, 3)})

    def forward(self, x: Tensor) -> Tensor:
        first, last = self._modules.values()
        assert first is not None and last is not None
        return last(F.relu(first(x)))


class Holds(nn.Module):
    """A tensor of its own below a name, a scope, or what is given for it."""

    def __init__(self, name: str, *, buffer: bool) -> None:
        super().__init__()
        self.linear1 = nn.Linear(6, 3)
        table = self._buffers if buffer else self._parameters
        table[name] = torch.randn(3) if buffer else nn.Parameter(torch.randn(3))  # pyright: ignore[reportArgumentType]
        self.own = table

    def forward(self, x: Tensor) -> Tensor:
        (tensor,) = self.own.values()
        assert tensor is not None
        return self.linear1(x) + tensor


def of_class(name: str) -> tuple[nn.Module, nn.Module]:
    class Part(Small):
        pass

    Part.__name__ = Part.__qualname__ = name.replace("\0", "").encode(errors="ignore").decode()
    Part.__doc__ = Part.__module__ = name
    return Part(), Part()


class Twice(nn.Module):
    """Two scopes of a class that has the name, so that there is a block of it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.one, self.two = of_class(name)
        self.mid = nn.Linear(3, 6)

    def forward(self, x: Tensor) -> Tensor:
        return self.two(self.mid(self.one(x)))


class Gives(nn.Module):
    """A dict with the name as a key."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.a, self.b = nn.Linear(6, 3), nn.Linear(6, 2)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        return {self.name: self.a(x), f"{self.name}_": self.b(x)}


class Takes(nn.Module):
    """Two inputs, of which one is said to have the name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.a = nn.Linear(6, 2)
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters = [inspect.Parameter(each, kind) for each in ("x", "y")]
        parameters[0]._name = name
        self.forward.__func__.__signature__ = inspect.Signature([inspect.Parameter("self", kind), *parameters])

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.a(x) - self.a(y)


def _scoped(name: str) -> nn.Module:
    whole = nn.Sequential(Small(), nn.Linear(3, 2))
    whole._modules = {name: whole._modules["0"], "end": whole._modules["1"]}
    return whole


PLACES: dict[str, Callable[[str], nn.Module]] = {
    "a layer": lambda name: Small(last=name),
    "a layer that is plainly called after it": lambda name: Small(first=name, last=f"{name}_"),
    "a scope": _scoped,
    "a parameter": lambda name: Holds(name, buffer=False),
    "a buffer": lambda name: Holds(name, buffer=True),
    "a class": Twice,
    "an output": Gives,
    "an input": Takes,
}


def text_of(build: Callable[[str], nn.Module], name: str) -> str:
    module = build(name)
    given = [(None, (6,), False)] * (2 if isinstance(module, Takes) else 1)
    return imported(module, incoming(module, given), "# imported", drop_unused=True, weights="mine.safetensors").text


def tokens(text: str) -> list[tuple[str, str]]:
    """The tokens of a text, with names, labels and strings as one kind: a word that is no name is a label in quotes.

    Without commas: what is in brackets ends with one if it is too long for a line.
    """
    source = Source("imported.net", text)
    found = [(token.kind, text[token.span.start : token.span.end]) for token in tokens_of(source)]
    return [
        ("a name", "") if kind in ("name", "text") else (kind, "" if kind == "comment" else piece)
        for kind, piece in found
        if piece != ","
    ]


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("place", PLACES)
def test_a_name_stays_a_name_or_is_refused(place: str, name: str) -> None:
    torch.manual_seed(0)
    plain = text_of(PLACES[place], PLAIN_NAME)
    try:
        text = text_of(PLACES[place], name)
    except CannotTranslate as refused:
        assert len(refused.reason) < 500
        return
    assert api.fmt(Source("imported.net", text)) == text
    assert tokens(text) == tokens(plain)
    assert text.isascii()
    assert name in text or place in ("a class", "an output", "an input")


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_a_label_may_be_is_not_refused(name: str) -> None:
    if PLAIN.fullmatch(name) and len(name) <= 64:
        assert name in text_of(PLACES["a layer"], name)


def test_a_name_with_dots_is_a_path_as_in_the_state_dict() -> None:
    assert "a: { b: { c: linear(3) } }" in " ".join(text_of(PLACES["a layer"], "a.b.c").split())


def test_a_name_that_is_as_long_as_names_can_be_gets_a_number_all_the_same() -> None:
    assert fresh("x" * 64, {"x" * 64}) == f"{'x' * 56}2"
    assert fresh("x" * 5000, {f"{'x' * 56}2"}) == f"{'x' * 56}3"
    assert fresh("no name", set()) == "x2"


# ---- names of files ----

FILES = {name: text for name, text in HOSTILE.items() if 0 < len(text) < 200 and not {"/", "\0"} & {*text}}


@pytest.mark.parametrize("name", FILES.values(), ids=FILES.keys())
def test_the_name_of_the_file_is_a_string_of_the_spec(name: str, tmp_path: Path) -> None:
    """A spec names the weights that lie beside it, and no others: they are what a run starts from."""
    module, given = Small(), VECTOR
    if not name.isprintable():
        with pytest.raises(NetspecError, match="isn't the name of a"):
            import_torch("mine:net", [Input(None, (6,))], out=tmp_path / f"{name}.net", weights=True)
        assert list(tmp_path.iterdir()) == []
        return
    text = stored(module, given, tmp_path, name).text
    assert tokens(text) == tokens(stored(module, given, tmp_path, "mine").text)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        {f"{each}.{suffix}" for each in (name, "mine") for suffix in ("net", "safetensors")}
    )
    network = api.build(api.check(tmp_path / f"{name}.net"))
    assert torch.equal(network.state_dict()["last.bias"], module.state_dict()["last.bias"])


def test_the_name_of_the_file_is_a_text_of_the_report(tmp_path: Path) -> None:
    stored(Small(), VECTOR, tmp_path, HOSTILE["markup"])
    api.run(api.check(tmp_path / f"{HOSTILE['markup']}.net"), out=tmp_path / "run", device="cpu")
    page = (tmp_path / "run" / "report.html").read_text()
    assert "<img src=x" not in page and "&lt;img src=x" in page


# ---- the command ----

TARGETS = (
    "mine:../../x",
    "../mine:net",
    "mine:net\n",
    "mine:net; import os",
    "mine:__import__('os').system('touch ran')",
    "mine:net\x1b[31m",
    "mine:\u202enet",
    "mine:" + "x" * 5000,
    ":",
    "",
)


@pytest.mark.parametrize("target", TARGETS, ids=repr)
def test_a_factory_that_is_no_name_is_not_looked_for(target: str, netspec: Netspec, folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    ended = netspec("import", "torch", target, "--input", "6", "--weights")
    assert ended.exit_code in (1, 2, 5), ended.err
    assert "Traceback" not in ended.err and "\x1b" not in ended.err
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("out", ["x.json", "x", "x.safetensors", "x.net/y.net", "nowhere/x.net", "x" * 300 + ".net"])
def test_a_place_where_no_spec_can_be_is_said_before_the_code_runs(out: str, netspec: Netspec, folder: Path) -> None:
    (folder / "mine.py").write_text("from pathlib import Path\nPath('ran').touch()\n")
    (folder / "x.net").write_text("mine")
    ended = netspec("import", "torch", "mine:net", "--input", "6", "--weights", "--out", out)
    assert ended.exit_code in (2, 5), ended.err
    assert "Traceback" not in ended.err
    assert not (folder / "ran").exists()
