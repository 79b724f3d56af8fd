"""A spec with another network says the same of data and training, and stands in one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec.checker import check_file
from netspec.program.program import Program
from netspec.program.shrinking import shrunk
from netspec.pruner.pruned import channels_of
from netspec.writer.spec import respecified
from tests.specs import SPECS, check

DATA = "data { source = synthetic(image=[3, 8, 8], classes=5) }\n"


def smaller(program: Program, every: int = 2) -> str:
    """The text of a program without each second group of channels."""
    channels = channels_of(program)
    removed = [group.number for group in channels.groups[1::every]]
    return respecified(program, shrunk(channels, removed)).text


def written(text: str, every: int = 2) -> str:
    return smaller(check(text).require(), every)


def test_widths_are_written_out_and_labels_stay() -> None:
    text = written(DATA + "model {\nstem: conv(4, 3) -> batch_norm -> relu\nflatten -> head: linear(5)\n}")
    assert "stem: conv(2, 3) -> batch_norm -> relu" in text
    assert "head: linear(5)" in text


def test_a_param_that_only_the_network_used_is_gone_and_others_stay() -> None:
    text = written(
        "param width = 4\nparam rate = 0.1  # fast\n"
        + DATA
        + "model {\nconv(2 * width, 3)\nflatten -> linear(5)\n}\ntrain { optimizer = sgd(lr=rate) }"
    )
    assert "width" not in text
    assert "param rate = 0.1  # fast" in text
    assert "conv(4, 3)" in text


def test_a_value_from_outside_stands_in_the_text(tmp_path: Path) -> None:
    path = tmp_path / "spec.net"
    path.write_text(f"param rate = 0.1\n{DATA}model {{ flatten -> linear(5) }}\ntrain {{ optimizer = sgd(lr=rate) }}\n")
    text = smaller(check_file(path, {"rate": "0.25"}).require())
    assert "param rate = 0.25" in text


def test_an_extended_file_is_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "base.net").write_text(
        f"param rate = 0.1\n{DATA}model {{ conv(4, 3) -> flatten -> linear(5) }}\n"
        "train {\n  optimizer = sgd(lr=rate)\n  epochs = 2  # few\n}\n"
    )
    (tmp_path / "spec.net").write_text('extends "base.net"\nparam rate = 0.2\ntrain { epochs = 7 }\n')
    text = smaller(check_file(tmp_path / "spec.net").require())
    found = check(text).require()
    assert "extends" not in text
    assert (found.train.epochs, found.params["rate"]) == (7, "0.2")
    assert text.count("train {") == text.count("data {") == 1


def test_assertions_that_the_smaller_network_breaks_are_left_out_and_told() -> None:
    program = check(
        DATA + "model { conv(4, 3) -> flatten -> linear(5) }\nassert parameters==837\nassert flops > 0"
    ).require()
    channels = channels_of(program)
    found = respecified(program, shrunk(channels, [channels.groups[0].number]))
    assert found.dropped == ("parameters == 837",)
    assert "assert flops > 0" in found.text


def test_a_search_and_what_it_is_over_are_left_out() -> None:
    text = written(
        "param width = 4 in [4, 8]\nparam rate = 0.1 in log(0.01, 1)\n"
        "data {\n  source = synthetic(image=[3, 8, 8], classes=5)\n  validation = 20%\n}\n"
        "model { conv(width, 3) -> flatten -> linear(5) }\ntrain { optimizer = sgd(lr=rate) }\n"
        "search {\n  method = random(trials=2)\n  maximize = validation.accuracy\n}"
    )
    assert "search" not in text
    assert "param rate = 0.1\n" in text


def test_initial_values_give_way_to_the_weights_that_belong_to_it() -> None:
    program = check(
        DATA
        + "model { a: conv(4, 3) -> flatten -> linear(5) }\n"
        + 'train {\n  epochs = 3\n  init = [init("a:weight", zeros)]\n}'
    ).require()
    found = respecified(program, program.graph, "weights.safetensors")
    assert "zeros" not in found.text
    assert 'init   = [from_file("*", "weights.safetensors")]' in found.text


def test_statistics_of_pretrained_weights_become_numbers() -> None:
    text = written(
        "data {\n  source = synthetic(image=[3, 64, 64], classes=10)\n"
        "  transform = resize(32) -> normalize(pretrained)\n}\n"
        'model { body: zoo.resnet18(classes=10) }\ntrain { init = [pretrained("body", except=["fc"])] }'
    )
    assert "normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])" in text
    assert "block basic " in text, "blocks have the names of the blocks that they come from"


def test_a_block_whose_sizes_follow_from_a_param_is_written_with_its_new_sizes() -> None:
    text = written(
        "block bottle(width) {\n  x = conv(2 * width, 1) -> relu -> conv(input.channels, 1)\n  x + input\n}\n"
        f"{DATA}model {{\nconv(6, 3)\nbottle(2)\nbottle(3)\nflatten -> linear(5)\n}}",
        3,
    )
    assert "2 * width" not in text
    assert "block bottle(channels)" in text


def test_a_loop_of_blocks_with_equal_sizes_stays_a_loop() -> None:
    program = check(f"{DATA}model {{\nrepeat 3 {{ conv(4, 3, padding=1) -> relu }}\nflatten -> linear(5)\n}}").require()
    assert "repeat 2 {" in respecified(program, program.graph).text


def test_a_scope_that_is_applied_twice_is_written_once() -> None:
    text = written(
        f"{DATA}model {{\nconv(4, 3, padding=1)\nx = t: {{ conv(6, 1) -> relu -> conv(4, 1) }}\n"
        "x -> reuse(t) -> flatten -> linear(5)\n}"
    )
    assert text.count("conv(") == 3
    assert "reuse(t)" in text


@pytest.mark.parametrize("path", [path for path in SPECS if path.parent.name != "zoo"], ids=lambda path: path.stem)
def test_a_spec_of_the_repository_is_written_without_each_second_group_and_keeps_its_settings(path: Path) -> None:
    program = check_file(path).require()
    found = check(smaller(program), folder=path.parent).require()
    expected = dict(program.sections) | {"train": program.train.model_copy(update={"init": ()})}
    # a search is over params of the network that is gone, and the stages and the exports are of the run that it is from
    for name in ("search", "compress", "export"):
        expected.pop(name, None)
    assert {name: section for name, section in found.sections.items() if name != "search"} == expected
