"""`netspec try`: operations on an image or on numbers, without a spec."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from netspec.api import try_operations
from tests.cli.conftest import Netspec


def test_outputs_are_those_of_torch() -> None:
    x = torch.rand(2, 3, 8, 8)
    conv, norm, relu = try_operations("conv(4, 3, padding=1) -> batch_norm -> relu", x, seed=3)
    torch.manual_seed(3)
    expected = nn.Conv2d(3, 4, 3, padding=1)
    assert torch.equal(conv.outputs[0], expected(x)) and conv.parameters == 112
    assert torch.equal(norm.outputs[0], nn.BatchNorm2d(4).eval()(expected(x)))
    assert torch.equal(relu.outputs[0], norm.outputs[0].relu())


def test_dropout_acts_in_training_only() -> None:
    x = torch.ones(1, 1000)
    assert torch.equal(try_operations("dropout(0.5)", x)[0].outputs[0], x)
    dropped = try_operations("dropout(0.5)", x, training=True)[0].outputs[0]
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(dropped, try_operations("dropout(0.5)", x, training=True)[0].outputs[0])


def test_an_operation_may_have_several_outputs() -> None:
    (split,) = try_operations(
        "left, right = chunk(input, 2)\n output = { left = left, right = right }", torch.rand(1, 6)
    )
    assert [tuple(value.shape) for value in split.outputs] == [(1, 3), (1, 3)]


def test_values_are_printed_in_full_if_they_are_few(netspec: Netspec) -> None:
    ended = netspec("try", "max_pool(2)", "--values", "[[[1, 2], [3, 4]]]")
    assert "[1, 2, 2]" in ended.out and "[[[4.]]]" in ended.out


def test_a_picture_is_an_input_and_feature_maps_are_a_picture(netspec: Netspec, folder: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (20, 30, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "photo.png")
    ended = netspec(
        "try", "conv(16, 3, padding=1) -> relu", "--on", "photo.png", "--out", "maps.png", "--format", "json"
    )
    assert [(one["operation"], one["shape"]) for one in json.loads(ended.out)] == [
        ("input", [3, 20, 30]),
        ("conv(16, 3, padding=1)", [16, 20, 30]),
        ("relu", [16, 20, 30]),
    ]
    with Image.open(folder / "maps.png") as maps:
        assert maps.mode == "L" and maps.width > 8 * 64


def test_tokens_are_integers(netspec: Netspec) -> None:
    ended = netspec("try", "embedding(10, 3)", "--values", "[1, 2, 2]", "--format", "json")
    first, second, third = json.loads(ended.out)[1]["values"]
    assert first != second and second == third


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("con(16, 3)", "--shape", "3,8,8"), "did you mean `conv`?"),
        (("conv(16, 33)", "--shape", "3,8,8"), "the kernel reaches over 33, the input has 8"),
        (("conv(16, 3", "--shape", "3,8,8"), "is never closed"),
        (("batch_norm", "--values", "[1, 2]", "--training"), "apply it without training"),
        (("relu",), "--on, --values and --shape"),
        (("relu", "--values", "[1, [2]]"), "lists of equal length"),
        (("relu", "--values", "true"), "lists of equal length"),
        (("relu", "--values", "[" * 5000), "lists of equal length"),
        (("relu", "--shape", "3,0"), "sizes such as 3,32,32"),
        (("relu", "--shape", "99999,99999"), "at most"),
        (("relu", "--on", "nowhere.png"), "there is no file `nowhere.png`"),
        (("linear(3)", "--values", "[1, 2]", "--out", "maps.png"), "--out is for operations on images"),
        (("repeat 1000000 { relu }", "--values", "[1]"), "unrolls to more than"),
    ],
)
def test_what_is_wrong_is_told(netspec: Netspec, arguments: tuple[str, ...], words: str) -> None:
    ended = netspec("try", *arguments)
    assert ended.exit_code != 0 and words in ended.err
