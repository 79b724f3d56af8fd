"""The networks of the zoo are torchvision's: the same tensors by name, so that its weights load, and equal outputs."""

from __future__ import annotations

import statistics
import time

import pytest
import torchvision

from netspec.api.specs import fmt
from netspec.zoo import library_files, networks
from tests.campaigns import zoo
from tests.campaigns.campaign import FAILED, tally
from tests.specs import rendered
from tests.zoo.originals import NAMES, checked, original, without_numbers

SMALL = ("alexnet", "mnasnet0_5", "mobilenet_v3_small", "regnet_y_400mf", "shufflenet_v2_x0_5", "squeezenet1_1")
"""Networks that are computed in the tests; `python -m tests.campaigns.zoo` computes all of them."""

LARGE = (
    "convnext_large",
    "densenet201",
    "efficientnet_b6",
    "efficientnet_b7",
    "efficientnet_v2_l",
    "efficientnet_v2_m",
    "regnet_y_128gf",
    "regnet_y_1_6gf",
    "resnet152",
    "vit_h_14",
)
"""Networks whose check takes longest."""


@pytest.mark.parametrize("name", NAMES)
def test_a_network_has_the_tensors_of_torchvision_s_below_its_label(name: str) -> None:
    found = checked(name)
    assert rendered(found) == "good"
    graph = found.require().graph
    with without_numbers():
        theirs = original(name)
    expected = [(f"body.{key}", tuple(tensor.shape)) for key, tensor in theirs.state_dict().items()]
    assert sorted((tensor.name, tensor.sizes) for tensor in graph.state_tensors) == sorted(expected)
    assert graph.parameter_count == sum(tensor.numel() for tensor in theirs.parameters())


@pytest.mark.parametrize("name", SMALL)
def test_torchvision_s_weights_load_and_give_the_same_outputs(name: str) -> None:
    failures: list[str] = []
    found = tally(zoo.try_one, [NAMES.index(name)], lambda _, text: failures.append(text))
    assert not found[FAILED], failures


def test_all_of_torchvision_s_networks_are_there_but_those_with_windows() -> None:
    missing = set(torchvision.models.list_models(module=torchvision.models)) - set(NAMES)
    assert missing == {"maxvit_t", "swin_b", "swin_s", "swin_t", "swin_v2_b", "swin_v2_s", "swin_v2_t"}


def test_the_last_layer_has_as_many_outputs_as_there_are_classes() -> None:
    from tests.specs import check

    data = "data { source = synthetic(image=[3, 224, 224], classes=7) }"
    for name in NAMES:
        graph = check(f"{data}\nmodel {{ body: zoo.{name}(classes=7) }}\n").require().graph
        assert graph.output.dims == (7,), name


def test_library_files_are_formatted_and_short() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in library_files()}
    assert {path.name for path in library_files() if fmt(path) != texts[path.name]} == set()
    assert statistics.median(text.count("\n") for text in texts.values()) < 60
    assert {name for name, text in texts.items() if any(len(line) > 120 for line in text.splitlines())} == set()


def test_a_network_is_checked_in_under_a_second() -> None:
    def seconds(name: str) -> float:
        start = time.process_time()
        checked(name)
        return time.process_time() - start

    slow = {name: min(seconds(name) for _ in range(2)) for name in LARGE}
    assert max(slow.values()) < 1, slow


def test_every_network_has_a_paper_and_weights() -> None:
    for name, network in networks().items():
        assert network.source[-4:].isdigit(), name
        assert network.default_weights is not None, name
        for weights in network.weights.values():
            assert weights.sha256_prefix in weights.url, name
