"""`netspec ops`: the catalogue, in the words of a spec."""

from __future__ import annotations

import json
import re

import pytest

from netspec.catalogue.entry import Entry, entries
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.slots import slots
from netspec.render.ops import signature
from netspec.zoo import networks
from tests.cli.conftest import Netspec

ALL = [entry for kind in listed_kinds() for entry in entries(kind)]


def test_the_list_has_a_line_for_everything(netspec: Netspec) -> None:
    lines = netspec("ops").out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [kind.kind for kind in listed_kinds()]
    listed = [tuple(line.split(maxsplit=1)) for line in lines if line.startswith("  ")]
    assert listed == [(entry.name(), entry.summary()) for entry in ALL]


def test_one_kind_alone(netspec: Netspec) -> None:
    assert netspec("ops", "--kind", "stop").out.splitlines()[0] == "stop"
    assert "linear" not in netspec("ops", "--kind", "stop").out


def test_a_page_says_how_it_is_written_and_what_each_argument_is(netspec: Netspec) -> None:
    page = netspec("ops", "conv").out
    assert page.startswith("layer conv\n\n  conv(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1,")
    words = " ".join(page.split())
    assert "stride a whole number above 0 or a list 1 distance between two places of the" in words
    assert "conv(16, 5) [3, 32, 32] -> [16, 28, 28]" in words


def test_a_page_says_what_is_unlike_torch_but_not_what_is_so_in_all_of_its_kind(netspec: Netspec) -> None:
    words = " ".join(netspec("ops", "embedding_bag").out.split())
    assert "unlike torch max_norm: `constraints = max_norm(…)` in `train` norm_type:" in words
    assert "train.device" not in words
    assert "unlike torch" not in netspec("ops", "relu").out


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("relu", "relu"),
        ("linear", "linear(out_features, bias=true)"),
        ("mnist_sample", "mnist_sample()"),
        ("csv", 'csv(path, target=…, separator=",")'),
        ("concat", "first -> concat(second, …, dim=1)"),
        ("attention", "query -> attention([key], [value], num_heads=…, dropout=0, bias=true, causal=false)"),
        ("every", "every(interval=1 epoch, keep=2)"),
        ("train", "train { … }"),
    ],
)
def test_signatures(name: str, written: str) -> None:
    # a schedule may have a layer's name
    entry = min((entry for entry in ALL if entry.name() == name), key=lambda entry: entry.kind != "layer")
    if name == "csv":
        assert signature(entry).startswith("csv(")
    else:
        assert signature(entry) == written


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: f"{entry.kind} {entry.name()}")
def test_every_entry_has_a_page(netspec: Netspec, entry: type[Entry]) -> None:
    words = " ".join(netspec("ops", entry.name(), "--kind", entry.kind_key()).out.split())
    assert words.startswith(f"{entry.kind} {entry.name()} ")
    assert " ".join(entry.documentation().split()) in words
    assert all(f" {name} " in words for name in slots(entry))
    assert all(" ".join(example.text.split()) in words for example in entry.examples)


def test_a_page_as_json(netspec: Netspec) -> None:
    (page,) = json.loads(netspec("ops", "linear", "--kind", "layer", "--format", "json").out)
    assert page["kind"] == "layer" and page["signature"] == "linear(out_features, bias=true)"
    first, second = page["arguments"]
    assert (first["name"], first["required"], first["default"], first["by_place"]) == ("out_features", True, None, True)
    assert (second["name"], second["required"], second["default"]) == ("bias", False, "true")
    assert len(json.loads(netspec("ops", "--format", "json").out)) == len(ALL)


@pytest.mark.parametrize(("name", "said"), [("cros_entropy", "cross_entropy"), ("sgdd", "sgd")])
def test_a_misspelt_name_is_answered_with_the_right_one(netspec: Netspec, name: str, said: str) -> None:
    ended = netspec("ops", name)
    assert (ended.exit_code, ended.out) == (1, "")
    assert f"there is no entry `{name}`; did you mean `{said}`?" in ended.err


@pytest.mark.parametrize(
    ("name", "page"), [("dense", "linear"), ("nn.Conv2d", "conv"), ("BCELoss", "binary_cross_entropy")]
)
def test_the_name_of_another_library_gives_the_page(netspec: Netspec, name: str, page: str) -> None:
    assert re.search(rf"^\w+ {page}$", netspec("ops", name).out, re.MULTILINE)


@pytest.mark.parametrize(("name", "said"), [("dice", "not available"), ("int4", "cannot quantize")])
def test_what_is_not_there_is_said(netspec: Netspec, name: str, said: str) -> None:
    ended = netspec("ops", name)
    assert (ended.exit_code, ended.out) == (1, "")
    assert said in ended.err


def test_a_name_of_another_kind_and_a_kind_that_is_none(netspec: Netspec) -> None:
    assert netspec("ops", "linear", "--kind", "loss").exit_code == 1
    ended = netspec("ops", "--kind", "layers")
    assert ended.exit_code == 2 and "'layer'" in ended.err


def test_the_zoo_is_listed_and_a_network_shown_with_its_weights(netspec: Netspec) -> None:
    lines = netspec("ops", "zoo").out.splitlines()
    assert [line.split()[0] for line in lines if "zoo." in line] == [f"zoo.{name}" for name in networks()]
    page = netspec("ops", "zoo", "googlenet").out
    assert "zoo.googlenet(classes=1000, dropout_p=0.2)" in page and "Going Deeper with Convolutions" in page
    assert "IMAGENET1K_V1 (default)" in page and "224 of 256, bilinear" in page
    assert netspec("ops", "zoo.googlenet").out == page
    (record,) = json.loads(netspec("ops", "zoo", "resnet50", "--format", "json").out)
    assert record["parameters"] == 25_557_032 and set(record["weights"]) == {"IMAGENET1K_V1", "IMAGENET1K_V2"}


def test_a_network_that_isnt_there_is_answered_with_the_nearest(netspec: Netspec) -> None:
    ended = netspec("ops", "zoo", "resnet5")
    assert ended.exit_code == 1 and "did you mean `resnet50`?" in ended.err
    assert netspec("ops", "linear", "conv").exit_code == 2
