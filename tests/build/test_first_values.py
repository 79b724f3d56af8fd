"""First values are those of torch.nn.init, and each parameter's are its own affair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netspec.builder import build
from netspec.builder.freeze import freeze
from netspec.catalogue.entry import entries
from netspec.catalogue.init_rules.init import Init
from netspec.catalogue.initializers import Initializer
from netspec.catalogue.initializers.constant import Constant
from netspec.catalogue.initializers.dirac import Dirac
from netspec.catalogue.initializers.kaiming_normal import KaimingNormal
from netspec.catalogue.initializers.kaiming_uniform import KaimingUniform
from netspec.catalogue.initializers.normal import Normal
from netspec.catalogue.initializers.ones import Ones
from netspec.catalogue.initializers.orthogonal import Orthogonal
from netspec.catalogue.initializers.truncated_normal import TruncatedNormal
from netspec.catalogue.initializers.uniform import Uniform
from netspec.catalogue.initializers.xavier_normal import XavierNormal
from netspec.catalogue.initializers.xavier_uniform import XavierUniform
from netspec.catalogue.initializers.zeros import Zeros
from netspec.catalogue.layers import Layer
from netspec.catalogue.layers.batch_norm import BatchNorm
from netspec.catalogue.layers.conv import Conv
from netspec.catalogue.layers.dropout import Dropout
from netspec.catalogue.layers.flatten import Flatten
from netspec.catalogue.layers.linear import Linear
from netspec.program.freezing import frozen as frozen_names
from netspec.program.program import Program
from netspec.program.randomness import generator
from netspec.shapes import MisfitError, Shape
from netspec.source import Source
from tests.graphs import chain

SPAN = Source("test.net", "").whole()
LAYERS: tuple[tuple[str, Layer], ...] = (
    ("conv", Conv(out_channels=4, kernel_size=3)),
    ("bn", BatchNorm()),
    ("drop", Dropout()),
    ("flatten", Flatten()),
    ("fc", Linear(out_features=5)),
)

BY_TORCH: list[tuple[Initializer, Callable[[Tensor, torch.Generator], Any]]] = [
    (KaimingUniform(), lambda t, g: nn.init.kaiming_uniform_(t, generator=g)),
    (KaimingUniform(a=5**0.5), lambda t, g: nn.init.kaiming_uniform_(t, a=5**0.5, generator=g)),
    (
        KaimingNormal(mode="fan_out", nonlinearity="relu"),
        lambda t, g: nn.init.kaiming_normal_(t, mode="fan_out", nonlinearity="relu", generator=g),
    ),
    (XavierUniform(), lambda t, g: nn.init.xavier_uniform_(t, generator=g)),
    (XavierNormal(gain=0.5), lambda t, g: nn.init.xavier_normal_(t, gain=0.5, generator=g)),
    (Orthogonal(gain=2.0), lambda t, g: nn.init.orthogonal_(t, gain=2.0, generator=g)),
    (TruncatedNormal(std=0.02), lambda t, g: nn.init.trunc_normal_(t, std=0.02, generator=g)),
    (Normal(mean=1.0, std=0.5), lambda t, g: nn.init.normal_(t, 1.0, 0.5, generator=g)),
    (Uniform(a=-0.1, b=0.1), lambda t, g: nn.init.uniform_(t, -0.1, 0.1, generator=g)),
    (Constant(val=0.3), lambda t, g: nn.init.constant_(t, 0.3)),
    (Zeros(), lambda t, g: nn.init.zeros_(t)),
    (Ones(), lambda t, g: nn.init.ones_(t)),
    (Dirac(groups=2), lambda t, g: nn.init.dirac_(t, groups=2)),
]


@pytest.fixture
def program(make_program) -> Callable[..., Program]:
    def make(layers: Sequence[tuple[str, Layer]] = LAYERS, **train: Any) -> Program:
        made = make_program(graph=chain(Shape.of(3, 6, 6), layers, SPAN))
        return made.with_sections(made.train.model_copy(update=train))

    return make


def test_every_initializer_is_compared() -> None:
    assert {type(initializer) for initializer, _ in BY_TORCH} == set(entries(Initializer))


@pytest.mark.parametrize(("initializer", "by_torch"), BY_TORCH, ids=[type(item).__name__ for item, _ in BY_TORCH])
def test_a_parameter_gets_what_torch_gives_it(program, initializer: Initializer, by_torch) -> None:
    network = build(program(init=(Init(on=":conv:weight", to=initializer),)))
    expected = torch.empty(4, 3, 3, 3)
    by_torch(expected, generator(0, "init", "conv.weight"))
    assert torch.equal(network.get_parameter("conv.weight"), expected)


@pytest.mark.parametrize("initializer", [item for item, _ in BY_TORCH], ids=lambda item: type(item).__name__)
@pytest.mark.parametrize("sizes", [(), (4,), (4, 6), (4, 6, 3), (4, 6, 3, 3), (4, 6, 3, 3, 3), (4, 2, 1, 1, 1, 1)])
def test_what_fits_is_filled_and_what_does_not_is_refused_as_torch_refuses_it(
    initializer: Initializer, sizes: tuple[int, ...]
) -> None:
    tensor = torch.full(sizes, torch.nan)
    try:
        initializer.fits(sizes)
    except MisfitError:
        with pytest.raises(ValueError, match="dimension"):
            initializer.fill(tensor, generator(0))
    else:
        initializer.fill(tensor, generator(0))
        assert tensor.isfinite().all()


def test_the_rest_is_what_it_is_without_rules(program) -> None:
    without = build(program()).state_dict()
    ruled = build(program(init=(Init(on="fc", to=Normal()),))).state_dict()
    assert {name for name in without if not torch.equal(without[name], ruled[name])} == {"fc.weight", "fc.bias"}


def test_what_is_drawn_follows_from_the_seed_and_the_name_alone(program) -> None:
    rule = Init(on="fc:weight", to=Normal())
    first = build(program(init=(rule,)))
    again = build(program(init=(Init(on=("conv:weight", "fc:weight"), to=Normal()),)))
    other = build(program(init=(rule,), seed=1))
    assert torch.equal(first.get_parameter("fc.weight"), again.get_parameter("fc.weight"))
    assert not torch.equal(first.get_parameter("fc.weight"), other.get_parameter("fc.weight"))


def test_the_first_rule_that_selects_a_parameter_fills_it(program) -> None:
    network = build(program(init=(Init(on="fc:bias", to=Ones()), Init(on="*:bias", to=Zeros()))))
    sums = {name: float(tensor.detach().sum()) for name, tensor in network.named_parameters() if name.endswith("bias")}
    assert sums == {"conv.bias": 0, "bn.bias": 0, "fc.bias": 5}


def test_first_values_leave_the_chance_of_the_process_alone(program) -> None:
    before = torch.random.get_rng_state()
    build(program(init=(Init(on="*:weight", to=Normal()),)))
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize(
    ("pattern", "learned", "still"),
    [
        ((), {"conv.weight", "conv.bias", "bn.weight", "bn.bias", "fc.weight", "fc.bias"}, []),
        (("*", "!fc"), {"fc.weight", "fc.bias"}, ["conv", "bn"]),
        # a layer of which something is still learned works as in training
        ("*:weight", {"conv.bias", "bn.bias", "fc.bias"}, []),
        # so does one whose running mean and variance may still change
        (("bn", "!bn.running_*"), {"conv.weight", "conv.bias", "fc.weight", "fc.bias"}, []),
        (":batch_norm", {"conv.weight", "conv.bias", "fc.weight", "fc.bias"}, ["bn"]),
    ],
)
def test_what_is_frozen_takes_no_part(program, pattern, learned: set[str], still: list[str]) -> None:
    frozen = program(freeze=pattern)
    network = build(frozen)
    found = freeze(network, frozen.graph, frozen_names(frozen.train, frozen.graph))
    assert {name for name, tensor in network.named_parameters() if tensor.requires_grad} == learned
    assert [name for name, module in network.named_modules() if module in found] == still
