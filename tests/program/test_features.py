"""Which part of a network is the same for a sample in each epoch, and why it may not be kept."""

from __future__ import annotations

import pytest

from netspec.catalogue.schedules import Clock
from netspec.program import features as module
from netspec.program.features import Features, feature_notes, features
from netspec.program.freezing import frozen, stages
from netspec.program.plan import make_plan
from netspec.program.program import Program
from tests.specs import check

DATA = "data {{ source = synthetic(image=[2, 8, 8], classes=3, samples=160), validation = 20, batch_size = 16 {data} }}"
BODY = "body: { conv(4, 3) -> batch_norm -> relu }"


def program(model: str, train: str = 'freeze = ["body"]', data: str = "") -> Program:
    spec = f"{DATA.format(data=data)}\nmodel {{ {model} }}\ntrain {{ epochs = 6, {train} }}\n"
    return check(spec).require()


def kept(found: Program) -> list[str]:
    """The operations whose values are kept, and the inputs."""
    part = Features.of(found.graph, frozen(found.train, found.graph))
    producers = found.graph.producers
    return [] if part is None else [producers[value].path if value in producers else "input" for value in part.values]


@pytest.mark.parametrize(
    ("model", "freeze", "expected"),
    [
        (f"{BODY} -> flatten -> head: linear(3)", '"body"', ["1"]),
        # what is drawn anew for each batch, and what is behind it, isn't kept
        (f"{BODY} -> dropout(0.2) -> flatten -> head: linear(3)", '"body"', ["body.2"]),
        (f"{BODY} -> stochastic_depth(0.2) -> flatten -> head: linear(3)", '"body"', ["body.2"]),
        (f"{BODY} -> dropout(0) -> flatten -> head: linear(3)", '"body"', ["2"]),
        ("body: { conv(4, 3) -> fractional_max_pool(2, output_size=3) } -> flatten -> linear(3)", '"body"', ["body.0"]),
        # a norm that is learned is in training mode; one without running statistics is always so
        (f"{BODY} -> flatten -> head: linear(3)", '"body.0"', ["body.0"]),
        (f"{BODY} -> flatten -> head: linear(3)", '["body", "!body.1.bias"]', ["body.0"]),
        (
            "body: { conv(4, 3) -> batch_norm(track_running_stats=false) -> relu } -> flatten -> linear(3)",
            '"body"',
            ["body.0"],
        ),
        # a skip takes the input itself, and what is behind it is learned
        (
            "x = input\n a: conv(2, 3, padding=1) -> add(x) -> b: conv(4, 3) -> flatten -> linear(3)",
            '"a"',
            ["1"],
        ),
        (
            "x = input\n a: conv(2, 3, padding=1) -> c: conv(2, 3, padding=1) -> add(x) -> flatten -> linear(3)",
            '"a"',
            ["input", "a"],
        ),
        # a value of a frozen tensor is no sample's
        (
            "scale: parameter([2, 1, 1], value=2)\n input * scale -> a: conv(4, 3) -> flatten -> linear(3)",
            '["scale", "a"]',
            ["2"],
        ),
        (
            "scale: parameter([4, 1, 1], value=2)\n y = input -> a: conv(4, 3)\n y * scale -> flatten -> linear(3)",
            '"a"',
            ["a"],
        ),
        # nothing is saved by what costs next to nothing
        ("norm: batch_norm -> flatten -> linear(3)", '"norm"', []),
    ],
)
def test_what_is_kept_is_the_last_that_is_fixed(model: str, freeze: str, expected: list[str]) -> None:
    assert kept(program(model, f"freeze = {freeze}")) == expected


MODEL = f"{BODY} -> flatten -> head: linear(3)"


@pytest.mark.parametrize(
    ("train", "data", "reason"),
    [
        ('freeze = "body"\n keep_features = false', "", "as declared"),
        ('freeze = "body"\n mix = [mixup(0.2)]', "", "samples are mixed before it"),
        ('freeze = "body"', ", augment = random_horizontal_flip", "samples are augmented before it"),
        ('freeze = freeze("body", until=13 steps)', "", "it is frozen for less than 2 epochs"),
    ],
)
def test_what_is_not_kept_has_a_reason_in_the_plan(train: str, data: str, reason: str) -> None:
    found = program(MODEL, train, data)
    assert any(reason in note for note in make_plan(found).computes)


def test_the_plan_says_what_is_kept_until_when_and_how_much_it_takes() -> None:
    found = program(MODEL, 'freeze = freeze("body", until=2 epochs)')
    # 120 samples of 4 * 6 * 6 numbers of 4 bytes
    size = f"{120 * 144 * 4 / 2**20:.3g} MiB of at most 8 GiB"
    assert list(feature_notes(found, Clock(7, 42))) == [
        f"frozen layers once for each sample until the end of 2 epochs, whose values are kept: {size}"
    ]


def test_what_takes_more_than_the_bound_is_computed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 2**10)
    found, clock = program(MODEL), Clock(7, 42)
    (stage,) = stages(found.train, found.graph, clock)
    assert features(found, stage, clock) == "its values would take 0.0659 MiB, more than 0.000977 MiB"


def test_a_network_of_which_nothing_is_frozen_has_no_notes() -> None:
    assert list(feature_notes(program(MODEL, ""), Clock(7, 42))) == []
