"""How a network is computed changes nothing of what it computes, but for rounding."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from netspec.builder import build
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers.adaptive_max_pool import AdaptiveMaxPool
from netspec.catalogue.layers.add import Add
from netspec.catalogue.layers.attention import Attention
from netspec.catalogue.layers.conv import Conv
from netspec.catalogue.layers.flatten import Flatten
from netspec.catalogue.layers.linear import Linear
from netspec.catalogue.layers.max_pool import MaxPool
from netspec.catalogue.layers.relu import ReLU
from netspec.program.execution import execution_notes, is_channels_last, is_strict
from netspec.program.graph import Graph
from netspec.program.program import Program
from netspec.shapes import Shape
from netspec.source import Source
from tests.graphs import chain, wired

SPAN = Source("test.net", "").whole()
CONVOLUTIONS = (
    ("0", Conv(out_channels=8, kernel_size=3)),
    ("1", ReLU()),
    ("2", MaxPool(kernel_size=3, stride=2)),
    ("3", Flatten()),
    ("4", Linear(out_features=4)),
)
MakeProgram = Callable[..., Program]


def images(channels: int = 3, size: int = 16) -> Tensor:
    # whole numbers, of which many are alike
    return torch.randint(-7, 3, (4, channels, size, size), generator=torch.Generator().manual_seed(0)).float()


def layers(*items: tuple[str, Layer], channels: int = 3, size: int = 16) -> Graph:
    return chain(Shape.of(channels, size, size), items, SPAN)


def by_hand(channels: int = 3) -> nn.Sequential:
    return nn.Sequential(
        *(nn.Conv2d(channels, 8, 3), nn.ReLU(), nn.MaxPool2d(3, stride=2), nn.Flatten(), nn.LazyLinear(4))
    )


def seen(network: nn.Module, path: str, inputs: Tensor) -> Tensor:
    """What the module at a path gives."""
    found: list[Tensor] = []

    def look(_module: nn.Module, _taken: object, given: Tensor) -> None:
        found.append(given)

    hook = network.get_submodule(path).register_forward_hook(look)
    network(inputs)
    hook.remove()
    return found[0]


# ---- memory format ----


@pytest.mark.parametrize("channels", [1, 3])
def test_small_convolutions_of_large_images_are_computed_channels_last(make_program: MakeProgram, channels: int):
    network = build(make_program(graph=layers(*CONVOLUTIONS, channels=channels)))
    assert seen(network, "0", images(channels)).is_contiguous(memory_format=torch.channels_last)


def test_convolutions_with_more_weights_than_a_batch_has_numbers_are_computed_as_they_come(make_program: MakeProgram):
    program = make_program(graph=layers(("0", Conv(out_channels=8, kernel_size=3)), channels=512, size=3))
    program = program.with_sections(program.data.model_copy(update={"batch_size": 2}))
    assert not is_channels_last(program)
    assert seen(build(program), "0", images(512, 3)).is_contiguous()


@pytest.mark.parametrize("channels", [1, 3])
def test_the_memory_format_changes_nothing_but_rounding(make_program: MakeProgram, channels: int):
    network = build(make_program(graph=layers(*CONVOLUTIONS, channels=channels)))
    written, inputs = by_hand(channels), images(channels)
    written(inputs)
    written.load_state_dict(network.state_dict())
    torch.testing.assert_close(network(inputs), written(inputs))
    network(inputs).square().sum().backward()
    written(inputs).square().sum().backward()
    for ours, theirs in zip(network.parameters(), written.parameters(), strict=True):
        assert ours.grad is not None
        torch.testing.assert_close(ours.grad, theirs.grad)
        assert ours.is_contiguous(), "weights lie as torch makes them"


def test_the_plan_says_what_was_decided_and_why(make_program: MakeProgram):
    program = make_program(graph=layers(*CONVOLUTIONS))
    (note,) = execution_notes(program)
    assert note.startswith("images channels last, since a batch has more numbers than its convolutions have weights")
    assert not execution_notes(make_program())


# ---- places ----


def test_a_relu_before_a_max_pooling_is_applied_after_it_with_the_same_bits(make_program: MakeProgram):
    graph = layers(*CONVOLUTIONS[1:])
    network = build(make_program(graph=graph))
    written = nn.Sequential(*(nn.ReLU(), nn.MaxPool2d(3, stride=2), nn.Flatten(), nn.LazyLinear(4)))
    ours, theirs = images().requires_grad_(), images().requires_grad_()
    written(theirs)
    written[3].load_state_dict(network.get_submodule("4").state_dict())
    assert seen(network, "2", ours).min() < 0, "the pooling takes what isn't rectified yet"
    assert torch.equal(network(ours), written(theirs))
    network(ours).square().sum().backward()
    written(theirs).square().sum().backward()
    assert ours.grad is not None
    assert theirs.grad is not None
    assert torch.equal(ours.grad, theirs.grad)
    assert [name for name, _ in network.named_children()] == ["1", "2", "3", "4"], "it is shown as it is written"


def test_a_relu_whose_value_is_taken_elsewhere_too_keeps_its_place(make_program: MakeProgram):
    pool = MaxPool(kernel_size=3, stride=1, padding=1)
    graph = wired(Shape.of(3, 16, 16), [("a", ReLU(), (0,)), ("b", pool, (1,)), ("c", Add(), (1, 2))], SPAN)
    network, inputs = build(make_program(graph=graph)), images()
    assert torch.equal(network(inputs), inputs.relu() + nn.functional.max_pool2d(inputs.relu(), 3, 1, 1))


# ---- precision ----


def test_bfloat16_is_what_autocast_by_hand_gives(make_program: MakeProgram):
    program = make_program(graph=layers(*CONVOLUTIONS))
    program = program.with_sections(program.train.model_copy(update={"precision": "bfloat16"}))
    network, written, inputs = build(program), by_hand(), images()
    written(inputs)
    written.load_state_dict(network.state_dict())
    assert seen(network, "0", inputs).dtype == torch.bfloat16
    given = network(inputs)
    assert given.dtype == torch.float32
    with torch.autocast("cpu", torch.bfloat16):
        expected = written(inputs.contiguous(memory_format=torch.channels_last))
    assert torch.equal(given, expected.float())
    assert {value.dtype for value in network.state_dict().values()} == {torch.float32}


def test_torch_is_strict_where_attention_is_deterministic_only_then(make_program: MakeProgram) -> None:
    attention = ("0", Attention(num_heads=2))
    cases = (
        (("0", ReLU()),),
        (attention,),
        (attention, ("1", AdaptiveMaxPool(output_size=2))),
    )
    found = [is_strict(make_program(graph=chain(Shape.of(6, 4), layers, SPAN))) for layers in cases]
    assert found == [False, True, False]


def test_a_plan_says_which_layers_are_not_deterministic_on_cuda(make_program: MakeProgram) -> None:
    pooled = make_program(graph=layers(*CONVOLUTIONS[:2], ("2", AdaptiveMaxPool(output_size=2))))
    (note,) = (note for note in execution_notes(pooled) if "same bits" in note)
    assert note.endswith("no deterministic gradients of `adaptive_max_pool` there")
    assert not [note for note in execution_notes(make_program()) if "same bits" in note]
