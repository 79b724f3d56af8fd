"""A mistake takes nothing away from what doesn't depend on it: shapes of the network stay known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from netspec.checker import Analysis
from netspec.lang import tree
from netspec.shapes import Shape
from netspec.source import Source
from tests.specs import ROOT, SPECS

ZOO = ROOT / "specs" / "zoo"
FEW = [
    ROOT / "specs" / "mnist_fc.net",
    *(ZOO / f"{name}.net" for name in ("resnet18", "unet", "siamese", "googlenet", "fpn", "transformer_classifier")),
]


def analysis(path: Path, text: str) -> Analysis:
    return Analysis(Source(str(path), text, path))


def shapes(found: Analysis) -> dict[str, Shape]:
    """The shapes of the model's lines that are known."""
    assert found.network is not None
    known = zip(keys(found), (found.network.shapes.get(line.span) for line in lines(found)), strict=True)
    return {key: shape for key, shape in known if shape is not None}


def keys(found: Analysis) -> list[str]:
    """The model's lines as they are written, with a number behind those that have come before."""
    texts = [line.span.text for line in lines(found)]
    return [f"{text} #{texts[:index].count(text)}" for index, text in enumerate(texts)]


def lines(found: Analysis) -> Iterator[tree.Line | tree.Setting]:
    """The lines of the model as they are written, those within its blocks aside."""
    (model,) = (item for item in found.tree.statements if isinstance(item, tree.Line) and is_model(item))
    assert model.section is not None
    yield from (item for item in model.section[1].statements if isinstance(item, tree.Line | tree.Setting))


def is_model(line: tree.Line) -> bool:
    return line.section is not None and line.section[0].span.text.startswith("model")


@pytest.mark.parametrize(
    "path", [path for path in SPECS if "model" in path.read_text(encoding="utf-8")], ids=lambda path: path.stem
)
def test_a_wrong_value_in_train_leaves_the_network_whole(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before = analysis(path, text)
    for mistake in (
        "epochs = -1\n",
        "epochs = none, lr = 3\n",
        "optimizer = adam(lr=fast)\n",
        "epochs = \n",
        "loss = (\n",
    ):
        # in the place of the section that is there, or a second one where there is none
        broken = text.replace("train {\n", f"train {{\n  {mistake}", 1)
        broken = broken if broken != text else f"{text}train {{\n  {mistake}}}\n"
        after = analysis(path, broken)
        assert after.program is None and any(item.is_error for item in after.diagnostics)
        assert shapes(after) == shapes(before) != {}
        assert after.network is not None and before.network is not None
        graph = after.network.graph
        assert graph is not None
        assert [node.layer for node in graph.nodes] == [node.layer for node in before.network.graph.nodes]  # pyright: ignore[reportOptionalMemberAccess]


@pytest.mark.parametrize("path", FEW, ids=lambda path: path.stem)
@pytest.mark.parametrize("mistake", ["linear(", "fresh: conv(8,", "relu ->", "= 3", "fresh = linear(", "linear($"])
def test_a_line_that_is_half_typed_takes_nothing_from_those_before_it(path: Path, mistake: str) -> None:
    text = path.read_text(encoding="utf-8")
    whole = analysis(path, text)
    before, written = shapes(whole), [line.span for line in lines(whole)]
    assert before
    for span in written:
        start = text.rindex("\n", 0, span.start) + 1
        broken = analysis(path, f"{text[:start]}  {mistake}\n{text[start:]}")
        after = shapes(broken)
        earlier = dict(zip(keys(whole), (line.span.start < span.start for line in lines(whole)), strict=True))
        for key, shape in before.items():
            # of what follows nothing is said, or the same as without the mistake
            assert after.get(key) == shape or (not earlier[key] and key not in after), (span.line, key)
            if mistake.startswith("fresh ="):
                assert after.get(key) == shape, "what is bound to a name changes nothing else"


BRANCHES = """\
data { source = synthetic(image=[3, 16, 16], classes=4) }
model {
  stem: conv(8, 3, padding=1)
  one = input -> conv(8, 1)
  two = one -> conv(4, 1) -> relu
  HERE
  three = one -> conv(16, 1)
  input -> conv(6, 1)
  relu
  four = relu -> conv(5, 1)
  both: concat(three, one)
  global_avg_pool -> flatten
  fc: linear(4)
}
"""

OF_ONE = ("three = one -> conv(16, 1)", "both: concat(three, one)", "global_avg_pool -> flatten", "fc: linear(4)")
"""The lines that depend on the value `one`."""


@pytest.mark.parametrize(
    ("mistake", "unknown"),
    [
        # a value that isn't known takes with it what is made of it, and the line above is that of before
        ("five = conv(", ()),
        ("one = conv(", OF_ONE),
        # also where nothing at all was read of the line
        ("one = = conv(3, 1)", OF_ONE),
        ("one = @", OF_ONE),
        ("five = linear(3", ()),
        ("two = (", ()),
        # a line that isn't known takes the lines that follow, up to one that begins with a value
        ("conv(", ()),
        ("relu -> $", ()),
        ("if true { conv(", ()),
    ],
)
def test_what_does_not_depend_on_a_mistake_is_known(mistake: str, unknown: tuple[str, ...]) -> None:
    path = Path("spec.net")
    before = shapes(analysis(path, BRANCHES.replace("  HERE\n", "")))
    after = shapes(analysis(path, BRANCHES.replace("HERE", mistake)))
    lost = {key.rpartition(" #")[0] for key in before.keys() - after.keys()}
    assert lost == set(unknown)
    assert all(before[key] == shape for key, shape in after.items() if key in before)


def test_what_follows_a_mistake_is_unknown_until_a_line_begins_with_a_value() -> None:
    text = BRANCHES.replace("  HERE\n", "").replace("  relu\n", "  HERE\n  relu\n")
    path = Path("spec.net")
    before = shapes(analysis(path, text.replace("  HERE\n", "")))
    after = shapes(analysis(path, text.replace("HERE", "conv(")))
    assert {key.rpartition(" #")[0] for key in before.keys() - after.keys()} == {"relu", "four = relu -> conv(5, 1)"}


def test_a_key_that_is_half_typed_is_not_its_default() -> None:
    text = (
        "data { source = synthetic(image=[3, 8, 8], classes=2)\n  transform = resize([4, 4])\n}\nmodel { conv(2, 1) }\n"
    )
    path = Path("spec.net")
    assert [str(shape) for shape in shapes(analysis(path, text)).values()] == ["[2, 4, 4]"]
    broken = analysis(path, text.replace("resize([4, 4])", "resize([4, 4) ->"))
    assert shapes(broken) == {}
    assert [item.code for item in broken.diagnostics if not item.code.startswith("NS1")] == []


def test_one_mistake_is_one_message() -> None:
    for mistake in ("conv(", "one = conv(", "relu ->", "five = (", "= 3"):
        found = analysis(Path("spec.net"), BRANCHES.replace("HERE", mistake)).diagnostics
        assert len([item for item in found if item.is_error]) <= 2, found
        assert {item.span.line for item in found if item.span is not None} <= {6, 7}
