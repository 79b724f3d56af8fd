"""Fixes: an edit is offered only where its meaning is certain, and what is only likely is help."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from netspec import api
from netspec.api.specs import fixable
from netspec.diagnostics import Diagnostic, did_you_mean
from netspec.problems import NetspecError
from netspec.render.diagnostics import apply
from tests.specs import check

MNIST = "data { source = mnist_sample() }\n"
IRIS = "data { source = iris() }\n"
PLAIN = "model { flatten -> linear(10) }\n"


def fixed(text: str) -> str:
    """The text with the fixes made once."""
    checked = check(text)
    return apply(checked.source, [edit for item in fixable(checked) if item.fix for edit in item.fix.edits])


@pytest.mark.parametrize(
    "text",
    [
        f"{IRIS}model {{ linear(3) }}\ntrain {{ optimizer = sgd(0.01, 0.9) }}",
        f"{IRIS}model {{ linear(3) }}\ntrain {{ optimizer = adam(0.01, 0.9, 3) }}",
        "data { source = synthetic(features=4, classes=3)\n sampler = balanced }\nmodel { linear(3) }",
        f"{MNIST}{PLAIN}train {{ save_best = true }}",
        f"{MNIST}{PLAIN}train {{ precision = float16 }}",
        f"{MNIST}{PLAIN}train {{ loss = lambda x: x }}",
        f"{MNIST}{PLAIN}train {{ loss = cross entropy }}",
        f"{MNIST}{PLAIN}train {{ optimizer = adam lr=0.1 }}",
        f"{MNIST}model {{ flatten -> linear(7) }}",
        f"{MNIST}model {{ conv(8, 5) : [8, 28, 28]\n flatten -> linear(10) }}",
        f"{MNIST}model {{ a = conv(8, 3)\n b = conv(4, 3)\n a + b -> flatten -> linear(10) }}",
        f"{MNIST}{PLAIN}train {{ loss = nll }}",
        f"{MNIST}{PLAIN}train {{ loss = dice }}",
        f"{MNIST}model {{ ReflectionPad2d(2) -> flatten -> linear(10) }}",
        f"{MNIST}model {{ flatten -> Dense(10) }}",
        f"{MNIST}param width = 4\nmodel {{ flatten -> linear(width * 1.5) -> linear(10) }}",
        f"{IRIS}model {{ x1 = linear(3)\n x2 = linear(3)\n x1 + x3 }}",
    ],
)
def test_what_is_only_likely_is_not_edited(text: str):
    checked = check(text)
    assert checked.program is None
    assert fixed(text) == text


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("dropout2d(0.2)", "dropout_channels(0.2)"),
        ("nn.Dropout2d(0.2)", "dropout_channels(0.2)"),
        ("torch.nn.ReLU()", "relu()"),
        ("GELU", "gelu"),
        ("rleu", "relu"),
        ("Batch_Norm", "batch_norm"),
    ],
)
def test_a_name_of_torch_or_a_slip_is_edited(text: str, right: str):
    spec = "data {{ source = mnist_sample() }}\nmodel {{ conv(8, 3) -> {} -> flatten -> linear(10) }}\n"
    assert fixed(spec.format(text)) == spec.format(right)


def test_the_loss_of_a_sigmoid_keeps_its_meaning():
    spec = (
        "data {{ source = breast_cancer()\n  test = 20% }}\nmodel {{ linear(1) -> sigmoid }}\ntrain {{ loss = {} }}\n"
    )
    assert fixed(spec.format("BCELoss")) == spec.format("binary_cross_entropy")


def test_a_unit_is_edited_if_there_is_one():
    spec = "data {{ source = mnist_sample()\n validation = 10% }}\nmodel {{ flatten -> linear(10) }}\ntrain {{ {} }}\n"
    stop = "stop = early_stopping(patience={})"
    assert fixed(spec.format(stop.format("3"))) == spec.format(stop.format("3 epochs"))
    schedule = spec.format("schedule = cosine(3)")
    assert fixed(schedule) == schedule
    (found,) = check(schedule).diagnostics
    assert found.help == "write `3 epochs` or `3 steps`"


@pytest.mark.parametrize(
    ("name", "candidates", "guess", "certain"),
    [
        ("linaer", ["linear", "bilinear"], "linear", True),
        ("hidden2", ["hidden1"], "hidden1", False),
        ("wdth", ["width", "wdth_"], "wdth_", True),
        ("left", ["lefts", "lift"], "lefts", False),
        ("confusion_matrx_of", ["confusion_matrix"], "confusion_matrix", False),
    ],
)
def test_a_guess_is_certain_without_a_rival(name: str, candidates: list[str], guess: str, certain: bool):
    found = did_you_mean(name, candidates)
    assert found == guess
    assert found is not None and found.certain == certain


@pytest.mark.parametrize(("name", "other"), [("dice", "slice"), ("randn", "rnn"), ("quantize", "equalize")])
def test_what_is_hardly_alike_is_not_proposed(name: str, other: str):
    assert did_you_mean(name, [other]) is None


def test_fixes_of_a_base_stay_as_they_are_written(tmp_path: Path):
    (tmp_path / "base.net").write_text("data { source = csv(tabel) }\nmodel { linear(3) }\n")
    (tmp_path / "spec.json").write_text('{"extends": "base.net", "model": [{"op": "lineer", "out_features": 3}]}')
    found = {item.code: item.fix for item in api_diagnostics(tmp_path / "spec.json") if item.fix is not None}
    assert {code: [edit.text for edit in fix.edits] for code, fix in found.items()} == {
        "NS220": ['"tabel"'],
        "NS201": ["linear"],
    }


def api_diagnostics(path: Path) -> Sequence[Diagnostic]:
    with pytest.raises(NetspecError) as error:
        api.check(path)
    return error.value.diagnostics


def test_diagnostics_of_files_do_not_interleave(tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.net").write_text(f"block {name}1 {{ unknown1 }}\nblock {name}2 {{ unknown2 }}\n")
    lines = 'from "a.net" import a1, a2\nfrom "b.net" import b1, b2\n'
    (tmp_path / "spec.net").write_text(f"{lines}{IRIS}model {{ a1 -> b1 -> a2 -> b2 -> unknown0 }}\n")
    places = [(item.span.source.name, item.span.start) for item in api_diagnostics(tmp_path / "spec.net") if item.span]
    files = list(dict.fromkeys(name for name, _ in places))
    assert places == sorted(places, key=lambda place: (files.index(place[0]), place[1]))
    assert len(files) == 3


def test_a_link_to_itself_is_a_message(tmp_path: Path):
    (tmp_path / "self.net").symlink_to("self.net")
    (tmp_path / "spec.net").write_text('extends "self.net"\nfrom "self.net" import b\n')
    assert [item.code for item in api_diagnostics(tmp_path / "spec.net")] == ["NS214", "NS214"]


def test_files_of_a_spec_have_a_bound_together(tmp_path: Path):
    for number in range(3):
        (tmp_path / f"f{number}.net").write_text("".join(f"block b{i} {{ relu -> relu }}\n" for i in range(6000)))
    imports = "".join(f'from "f{number}.net" import b{number}\n' for number in range(3))
    (tmp_path / "spec.net").write_text(f"{imports}{IRIS}model {{ b0 -> linear(3) }}\n")
    found = [item.message for item in api_diagnostics(tmp_path / "spec.net") if item.is_error]
    assert found == ["a spec has at most 100_000 words, those of its files included"]


def test_what_follows_from_an_unknown_value_is_not_said():
    block = "block b {\n  p = input.height\n  reshape([4, p, p])\n}\n"
    spec = "data { source = synthetic(image=[4, 8, 8], classes=3) }\n" + block
    spec += "model {\n  linaer(3)\n  b\n  flatten -> linear(3)\n}\n"
    assert [item.message for item in check(spec).diagnostics] == ["there is no layer `linaer`"]


def test_a_list_in_a_message_is_in_the_languages_own_words():
    (found,) = check(f"{MNIST}model {{ flatten -> reshape([none, true, 3]) -> linear(10) }}").diagnostics
    assert found.message.endswith("not [none, true, 3]")
