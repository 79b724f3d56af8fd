"""A new layer is one file: every verb, the schema and the reference know it, and nothing else has to name it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.open.extension import COMMAND, REFERENCE, SCHEMA, Extended

LAYER = '''
"""Channels several times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.layers import Layer
from netspec.catalogue.values import PositiveInt
from netspec.shapes import Shape

if TYPE_CHECKING:
    from torch import nn


class Tiled(Layer):
    """Put the channels behind one another several times."""

    positional: ClassVar = ("times",)
    examples: ClassVar = (Example("tiled(2)", into=(3,), out=(6,)),)

    times: Annotated[PositiveInt, Field(description="how often they stand there")]

    def infer(self, x: Shape) -> Shape:
        return Shape((self.times * x.channels, *x.spatial))

    def build(self, x: Shape) -> nn.Module:
        from torch import nn

        class Tile(nn.Module):
            def forward(tile, value):
                return value.repeat(1, self.times)

        return Tile()
'''

SPEC = """\
data  { source = mnist_sample() }
model {
  flatten -> linear(10)
  tiled(3): [30]
  linear(10)
}
"""

BUILT = "import sys, netspec, torch; print(netspec.build(netspec.check(sys.argv[1]))(torch.rand(2, 1, 28, 28)).shape)"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A spec with a layer that stands in a file beside it."""
    (tmp_path / "more" / "catalogue.layers").mkdir(parents=True)
    (tmp_path / "more" / "catalogue.layers" / "tiled.py").write_text(LAYER, encoding="utf-8")
    path = tmp_path / "tiled.net"
    path.write_text(SPEC, encoding="utf-8")
    return path


def said(spec: Path, code: str, *arguments: str, exit_code: int = 0) -> str:
    """What the code writes, all of it, in a netspec that has the layer."""
    return Extended(spec.parent).run(code, *arguments, exit_code=exit_code)


def test_without_its_file_there_is_no_such_layer(spec: Path) -> None:
    (spec.parent / "more" / "catalogue.layers" / "tiled.py").unlink()
    assert "there is no layer `tiled`" in said(spec, COMMAND, "check", spec.name, exit_code=1)


def test_check_knows_its_name_its_arguments_and_its_shape(spec: Path) -> None:
    assert "error" not in said(spec, COMMAND, "check", spec.name)
    spec.write_text(SPEC.replace("tiled(3): [30]", "tilled(3) -> tiled(0)"), encoding="utf-8")
    complaints = said(spec, COMMAND, "check", spec.name, exit_code=1)
    assert "did you mean `tiled`?" in complaints
    assert "`times` takes a whole number above 0" in complaints


def test_it_is_built_in_torch(spec: Path) -> None:
    assert said(spec, BUILT, spec.name) == "torch.Size([2, 10])\n"


def test_it_is_laid_out_and_converted(spec: Path) -> None:
    converted = json.loads(said(spec, COMMAND, "convert", spec.name))
    assert {"op": "tiled", "times": 3} in [
        {key: step[key] for key in ("op", "times") if key in step} for step in converted["model"]
    ]


def test_editors_complete_it_from_the_schema(spec: Path) -> None:
    schema = json.loads(said(spec, SCHEMA))["$defs"]
    assert "tiled" in schema["layer"]["properties"]["op"]["enum"]
    assert schema["layer.tiled"]["properties"]["times"]["description"] == "how often they stand there"
    assert schema["layer.tiled"]["examples"] == [{"op": "tiled", "times": 2}]


def test_ops_lists_it_for_people_and_for_programs(spec: Path) -> None:
    assert "  tiled " in said(spec, COMMAND, "ops")
    (page,) = json.loads(said(spec, COMMAND, "ops", "tiled", "--format", "json"))
    assert (page["kind"], page["signature"]) == ("layer", "tiled(times)")


def test_it_has_its_place_in_the_reference(spec: Path) -> None:
    assert "[`tiled`](layers.md#tiled)" in said(spec, REFERENCE, "README.md")
    page = said(spec, REFERENCE, "layers.md")
    assert "| `times` | a whole number above 0 |  | how often they stand there |" in page
    assert "| `tiled(2)` | [3] | [6] |" in page
