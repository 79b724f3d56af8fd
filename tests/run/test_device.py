"""Devices: the one that is asked for is taken or refused, and chance within a block stays there."""

from __future__ import annotations

import pytest
import torch

from netspec.problems import NetspecError
from netspec.runner.machine import device as module
from netspec.runner.machine.device import (
    available,
    free_memory,
    limit_threads,
    named_device,
    reproducible,
    reseed,
    seeded,
)
from netspec.runner.machine.environment import environment
from netspec.source import Source

CPU = torch.device("cpu")


def test_auto_takes_the_first_that_is_there():
    assert named_device("auto").type == available()[0]
    assert available()[-1] == "cpu"


@pytest.mark.parametrize("name", sorted({"cuda", "mps", "xpu"} - set(available())))
def test_a_device_that_is_not_there_is_refused(name: str):
    with pytest.raises(NetspecError, match=f"there is no device `{name}`; this machine has .*cpu") as error:
        named_device(name)
    assert error.value.diagnostics[0].code == "NS705"


@pytest.mark.parametrize("name", sorted({"cuda", "mps", "xpu"} - set(available())))
def test_a_device_of_the_spec_is_a_mistake_in_it_and_another_a_wrong_usage(name: str):
    with pytest.raises(NetspecError) as error:
        named_device(name, Source("a.net", f"train {{ device = {name} }}").span(8, 14))
    assert (error.value.exit_code, error.value.diagnostics[0].help) == (1, "device = auto")
    with pytest.raises(NetspecError) as error:
        named_device(name)
    assert (error.value.exit_code, error.value.diagnostics[0].help) == (2, "--device auto")


def test_chance_in_a_block_follows_from_its_seed_alone():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    with seeded(CPU):
        reseed(CPU, 5)
        first = torch.rand(3)
    assert torch.equal(torch.rand(3), expected)
    with seeded(CPU):
        reseed(CPU, 5)
        assert torch.equal(torch.rand(3), first)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_the_same_holds_for_an_accelerator():
    device = torch.device("cuda")
    with seeded(device):
        reseed(device, 5)
        first = torch.rand(3, device=device)
    with seeded(device):
        reseed(device, 5)
        assert torch.equal(torch.rand(3, device=device), first)


@pytest.mark.parametrize("strict", [False, True])
def test_an_accelerator_is_asked_for_deterministic_kernels_within_the_block(strict: bool):
    with reproducible(torch.device("cuda"), strict):
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.is_deterministic_algorithms_warn_only_enabled() == (not strict)
    assert not torch.are_deterministic_algorithms_enabled()


def test_of_an_apple_gpu_is_to_spare_what_it_recommends_but_for_what_is_taken(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 1000)
    for taken, left in ((400, 600), (1200, 0)):
        monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda taken=taken: taken)
        assert free_memory(torch.device("mps")) == left


def test_the_environment_is_text_by_name():
    found = environment(CPU)
    assert found["torch"] == torch.__version__
    assert found["threads"] == str(torch.get_num_threads())
    assert all(isinstance(value, str) and value for value in found.values())


def test_torch_computes_with_no_more_threads_than_processors(monkeypatch: pytest.MonkeyPatch):
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        monkeypatch.setattr(module, "processors", lambda: 2)
        limit_threads()
        assert torch.get_num_threads() == 2
        monkeypatch.setattr(module, "processors", lambda: 8)
        limit_threads()
        assert torch.get_num_threads() == 2, "fewer were asked for"
    finally:
        torch.set_num_threads(before)
