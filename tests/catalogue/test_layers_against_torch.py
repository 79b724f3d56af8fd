"""Every layer's rules, of shapes, parameters, buffers and operations, and what it computes, against torch itself."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
import torchvision
from hypothesis import given, settings
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from netspec.catalogue.entry import names
from netspec.catalogue.layers import Layer
from netspec.shapes import MisfitError, Shape
from tests.catalogue.layer_cases import CASES, Case, entry, made

Sizes = tuple[int, ...]

BATCHES = (1, 11)
"""What fits, fits every batch; no size of a sample is 11, so none is taken for the batch."""

pytestmark = [
    # torch warns that an even kernel may copy its input under padding=same, once in a process
    pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning"),
    # and of what its encoder does faster where it can
    pytest.mark.filterwarnings("ignore:enable_nested_tensor:UserWarning"),
    # and of projections, which are computed in another way
    pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning"),
    # and of devices that it isn't built for, when a flag is set
    pytest.mark.filterwarnings("ignore:TF32 acceleration:UserWarning"),
]


def _operator(apply: Callable[[Any, Any], Tensor]) -> Callable[..., Tensor]:
    def compute(layer: Any, *x: Tensor) -> Tensor:
        operands = [*x, *([] if layer.other is None else [layer.other])]
        if len(operands) != 2 or (layer.reflected and len(x) == 2):
            raise ValueError("two operands, of which a number may be the first")
        return apply(*(reversed(operands) if layer.reflected else operands))

    return compute


def _concat(layer: Any, *x: Tensor) -> Tensor:
    batch = max(len(value) for value in x)
    return torch.cat([value.expand(batch, *value.shape[1:]) for value in x], layer.dim)


def _function(name: str) -> Callable[..., Tensor]:
    """torch's function of that name with the layer's arguments."""
    return lambda layer, x: getattr(torch, name)(x, **dict(layer))


def _with_open(sizes: tuple[int | str, ...]) -> list[int]:
    return [-1 if size == "_" else int(size) for size in sizes]


def _slice(layer: Any, x: Tensor) -> Tensor:
    return x.index_select(layer.dim, torch.arange(x.shape[layer.dim])[layer.start : layer.stop : layer.step])


def _upsample(layer: Any, x: Tensor) -> Tensor:
    linear = {3: "linear", 4: "bilinear", 5: "trilinear"}[x.dim()]
    mode = linear if layer.mode == "linear" else layer.mode
    factors = layer.scale_factor and torch.tensor(layer.scale_factor).tolist()
    align = layer.align_corners if layer.align_corners or mode != "nearest" else None
    return nn.functional.interpolate(x, layer.size, factors, mode, align)


def _max_pool(layer: Any, x: Tensor) -> Tensor | tuple[Tensor, ...]:
    pool = {3: nn.functional.max_pool1d, 4: nn.functional.max_pool2d, 5: nn.functional.max_pool3d}[x.dim()]
    result = pool(x, layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.ceil_mode, True)
    if torch.isneginf(result[0]).any():
        raise ValueError("a window sees nothing but padding; torch's backward pass writes beyond the tensor")
    return result if layer.return_indices else result[0]


def _clamp(layer: Any, x: Tensor) -> Tensor:
    if layer.min is not None and layer.max is not None and layer.min > layer.max:
        raise ValueError("torch makes every number the largest")
    return torch.clamp(x, layer.min, layer.max)


def _instance_norm(layer: Any, x: Tensor) -> Tensor:
    nn.functional.instance_norm(x)  # training refuses a channel of one number, evaluation may not
    return layer.build(Shape.of(*x.shape[1:])).eval()(x)


def _fractional_max_pool(layer: Any, x: Tensor) -> Tensor | tuple[Tensor, ...]:
    if (layer.output_size is None) == (layer.output_ratio is None) or x.dim() == 3:
        raise ValueError("torch takes the size of both, and has no pooling of sequences")
    pool = {4: nn.FractionalMaxPool2d, 5: nn.FractionalMaxPool3d}[x.dim()]
    return pool(layer.kernel_size, layer.output_size, layer.output_ratio, layer.return_indices)(x)


def _max_unpool(layer: Any, x: Tensor, indices: Tensor) -> Tensor:
    unpool = {3: nn.MaxUnpool1d, 4: nn.MaxUnpool2d, 5: nn.MaxUnpool3d}[x.dim()]
    size = layer.output_size
    if isinstance(size, int):
        size = (size,) * (x.dim() - 2)
    return unpool(layer.kernel_size, layer.stride, layer.padding)(x, indices, size)


def _of_pairs(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def compute(layer: Any, x: Tensor, y: Tensor) -> Tensor:
        if x.dim() != y.dim() and x.shape[:1] == y.shape[:1] == BATCHES[-1:]:
            raise ValueError("torch would align the batch of one with a size of the other")
        return function(x, y, **dict(layer))

    return compute


def _pad(layer: Any, x: Tensor) -> Tensor:
    each: Any = (layer.padding,) * (x.dim() - 2) if isinstance(layer.padding, int) else layer.padding
    if len(each) != x.dim() - 2:
        raise ValueError("one for each spatial dimension")
    ends = [end for added in reversed(each) for end in ((added, added) if isinstance(added, int) else added)]
    return nn.functional.pad(x, ends, layer.mode, layer.value if layer.mode == "constant" else None)


def _recurrent(module: Callable[..., nn.Module]) -> Callable[..., Tensor]:
    def compute(layer: Any, x: Tensor) -> Tensor:
        own = ("hidden_size", "output")
        arguments = {name: value for name, value in layer if name not in own}
        outputs, state = module(x.shape[-1], layer.hidden_size, batch_first=True, **arguments)(x)
        last = state[0] if isinstance(state, tuple) else state
        if layer.output == "sequence":
            return outputs
        return torch.cat((last[-2], last[-1]), dim=-1) if layer.bidirectional else last[-1]

    return compute


def _attention(layer: Any, *x: Tensor) -> Tensor:
    query, key, value = x if len(x) == 3 else (x[0], x[-1], x[-1])
    heads = nn.MultiheadAttention(
        query.shape[-1], layer.num_heads, bias=layer.bias, kdim=key.shape[-1], vdim=value.shape[-1], batch_first=True
    )
    mask = None
    if layer.causal:
        if query.shape[1] != key.shape[1]:
            raise ValueError("torch lets later queries see no key, or hides keys from all of them")
        mask = torch.ones(query.shape[1], query.shape[1], dtype=torch.bool).triu(1)
    return heads(query, key, value, attn_mask=mask)[0]


def _transformer(module: Callable[..., nn.Module], target: str) -> Callable[..., Tensor]:
    """A layer of torch's, with a mask made by hand where it is causal."""

    def compute(layer: Any, x: Tensor, *memory: Tensor) -> Tensor:
        arguments = {name: value for name, value in layer if name != "causal"}
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1) if layer.causal else None
        return module(x.shape[-1], **arguments, batch_first=True).eval()(x, *memory, **{f"{target}_mask": mask})

    return compute


def _stack(stack: Callable[..., nn.Module], layer_of: Callable[..., nn.Module], target: str) -> Callable[..., Tensor]:
    """A stack of torch's; its layers and normalisation are made in the order in which ours are."""

    def compute(layer: Any, x: Tensor, *memory: Tensor) -> Tensor:
        arguments = {name: value for name, value in layer if name not in ("causal", "num_layers", "norm")}
        layers = [layer_of(x.shape[-1], **arguments, batch_first=True) for _ in range(layer.num_layers)]
        norm = nn.LayerNorm(x.shape[-1], layer.layer_norm_eps, bias=layer.bias) if layer.norm else None
        module = stack(layers[0], layer.num_layers, norm)
        module.layers = nn.ModuleList(layers)
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1) if layer.causal else None
        return module.eval()(x, *memory, **{f"{target}mask": mask})

    return compute


def _whole_transformer(layer: Any, source: Tensor, target: Tensor) -> Tensor:
    """torch's own with the weights of ours, which have the same names."""
    ours = layer.build(Shape.of(*source.shape[1:]), Shape.of(*target.shape[1:]))
    arguments = {name: value for name, value in layer if name != "causal"}
    module = nn.Transformer(source.shape[-1], **arguments, batch_first=True)
    module.load_state_dict(ours.state_dict())
    mask = torch.ones(target.shape[1], target.shape[1], dtype=torch.bool).triu(1) if layer.causal else None
    return module.eval()(source, target, tgt_mask=mask)


def _positions(layer: Any, x: Tensor) -> Tensor:
    if layer.learned:
        return x + 0.02 * torch.randn(x.shape[1:])
    length, width = x.shape[1:]
    angles = [[place / 10000 ** (feature // 2 * 2 / width) for feature in range(width)] for place in range(length)]
    added = [[(math.cos if at % 2 else math.sin)(angle) for at, angle in enumerate(row)] for row in angles]
    return x + torch.tensor(added)


COMPUTED: dict[str, Callable[..., Any]] = {
    "add": _operator(operator.add),
    "sub": _operator(operator.sub),
    "mul": _operator(operator.mul),
    "div": _operator(operator.truediv),
    "concat": _concat,
    "stack": lambda layer, *x: torch.stack(x, layer.dim),
    "chunk": lambda layer, x: torch.chunk(x, layer.chunks, layer.dim),
    "split": lambda layer, x: torch.split(x, list(layer.split_sizes), layer.dim),
    "reshape": lambda layer, x: x.reshape(len(x), *_with_open(layer.shape)),
    "unflatten": lambda layer, x: x.unflatten(layer.dim, _with_open(layer.unflattened_size)),
    "permute": lambda layer, x: x.permute(0, *layer.dims),
    **{name: _function(name) for name in ("abs", "exp", "log", "sqrt", "pow", "cumsum", "flip", "roll", "tile")},
    "clamp": _clamp,
    "slice": _slice,
    "max_pool": _max_pool,
    "instance_norm": _instance_norm,
    "fractional_max_pool": _fractional_max_pool,
    "max_unpool": _max_unpool,
    "cosine_similarity": _of_pairs(nn.functional.cosine_similarity),
    "pairwise_distance": _of_pairs(nn.functional.pairwise_distance),
    "pad": _pad,
    "upsample": _upsample,
    "lstm": _recurrent(nn.LSTM),
    "gru": _recurrent(nn.GRU),
    "rnn": _recurrent(nn.RNN),
    "attention": _attention,
    "transformer_encoder_layer": _transformer(nn.TransformerEncoderLayer, "src"),
    "transformer_decoder_layer": _transformer(nn.TransformerDecoderLayer, "tgt"),
    "transformer_encoder": _stack(nn.TransformerEncoder, nn.TransformerEncoderLayer, ""),
    "transformer_decoder": _stack(nn.TransformerDecoder, nn.TransformerDecoderLayer, "tgt_"),
    "transformer": _whole_transformer,
    "prepend_class_token": lambda layer, x: nn.functional.pad(x, (0, 0, 1, 0)),
    "positional_encoding": _positions,
}
"""What a layer computes, in torch's own functions and modules, where `build` doesn't simply make one of torch's."""

NUMBER = bool | int | float


def values(shapes: tuple[Shape, ...], batch: int) -> list[Tensor]:
    """Random inputs of those shapes, on the CPU: on the meta device torch skips some of its checks."""
    sizes = [(batch, *shape.dims) if shape.batched else shape.dims for shape in shapes]
    kinds = [shape.dtype == "int64" for shape in shapes]
    return [
        torch.zeros(size, dtype=torch.int64) if whole else torch.rand(size)
        for size, whole in zip(sizes, kinds, strict=True)
    ]


def apply(layer: Layer, shapes: tuple[Shape, ...], inputs: list[Tensor]) -> tuple[Tensor, ...]:
    """What the layer's module gives in evaluation."""
    torch.manual_seed(0)
    built = layer.build(*shapes)
    with torch.inference_mode():
        return several(built.eval()(*inputs) if isinstance(built, nn.Module) else built)


def compute(layer: Layer, shapes: tuple[Shape, ...], inputs: list[Tensor]) -> tuple[Tensor, ...]:
    """What torch itself gives."""
    function = COMPUTED.get(layer.name())
    if function is None:
        return apply(layer, shapes, inputs)
    torch.manual_seed(0)
    with torch.inference_mode():
        return several(function(layer, *inputs))


def several(result: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(result) if isinstance(result, tuple | list) else (result,)


def torch_shapes(layer: Layer, shapes: tuple[Shape, ...]) -> tuple[Sizes, ...] | None:
    """The sizes that torch gives for one sample, the same for every batch; None if it refuses the arguments or the
    inputs, or nothing is left of them."""
    found: set[tuple[Sizes, ...] | None] = set()
    for batch in BATCHES:
        try:
            computed = compute(layer, shapes, values(shapes, batch))
        except (RuntimeError, ValueError, IndexError, TypeError, AssertionError):
            return None
        results = [tuple(result.shape) for result in computed]
        if any(shape.batched for shape in shapes):
            if any(sizes[:1] != (batch,) for sizes in results):
                return None
            results = [sizes[1:] for sizes in results]
        found.add(tuple(results))
    (sizes,) = found if len(found) == 1 else (None,)
    return None if sizes is None or any(0 in result for result in sizes) else sizes


def inferred_shapes(layer: Layer, shapes: tuple[Shape, ...]) -> tuple[Sizes, ...] | None:
    try:
        layer.check()
        return tuple(shape.dims for shape in layer.outputs(*shapes))
    except MisfitError:
        return None


def every_case(name: str, examples: int, check: Callable[[Layer, tuple[Shape, ...]], None]) -> None:
    @settings(max_examples=examples, deadline=None, derandomize=True)
    @given(CASES[name])
    def run(case: Case) -> None:
        check(*case)

    run()


def every_fit(name: str, examples: int, check: Callable[[Layer, tuple[Shape, ...]], None]) -> None:
    def run(layer: Layer, shapes: tuple[Shape, ...]) -> None:
        if inferred_shapes(layer, shapes) is not None:
            check(layer, shapes)

    every_case(name, examples, run)


def test_every_layer_has_its_cases():
    assert set(CASES) == set(names(Layer))


@pytest.mark.parametrize("name", CASES)
def test_a_layer_infers_what_torch_returns_and_refuses_what_torch_refuses(name: str):
    def check(layer: Layer, shapes: tuple[Shape, ...]) -> None:
        assert inferred_shapes(layer, shapes) == torch_shapes(layer, shapes)

    every_case(name, 400, check)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Where indices repeat, max_unpool keeps the value that is written last, and threads write in any order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("name", COMPUTED)
def test_a_layer_computes_what_torch_computes(name: str):
    def check(layer: Layer, shapes: tuple[Shape, ...]) -> None:
        inputs = values(shapes, batch=3)
        for ours, theirs in zip(apply(layer, shapes, inputs), compute(layer, shapes, inputs), strict=True):
            torch.testing.assert_close(ours, theirs, equal_nan=True)

    every_fit(name, 60, check)


def test_a_transformer_starts_as_torch_s_does():
    """Matrices are drawn by Glorot's rule, attentions by themselves; every layer has values of its own."""
    state = made("transformer", num_encoder_layers=2, num_decoder_layers=1).build(*[Shape.of(3, 64)] * 2).state_dict()
    theirs = nn.Transformer(64, num_encoder_layers=2, num_decoder_layers=1, batch_first=True).state_dict()
    for name, weight in theirs.items():
        if weight.dim() > 1:
            assert abs(state[name].std() / weight.std() - 1) < 0.05, name
            assert abs(state[name].abs().max() / weight.abs().max() - 1) < 0.05, name
    biases = [state[f"encoder.layers.{layer}.linear1.bias"] for layer in range(2)]
    assert not torch.equal(*biases)


@pytest.mark.parametrize("name", CASES)
def test_a_layer_s_arguments_are_those_of_its_module(name: str):
    def check(layer: Layer, shapes: tuple[Shape, ...]) -> None:
        built = layer.build(*shapes)
        for key, value in layer:
            kept = getattr(built, key, None)
            if isinstance(value, NUMBER) and isinstance(kept, NUMBER | tuple):
                assert kept in (value, (value,) * len(shapes[0].spatial)), key

    every_fit(name, 30, check)


def tensors(layer: Layer, shapes: tuple[Shape, ...]) -> tuple[dict[str, Sizes], dict[str, Sizes]]:
    """The parameters of what the layer builds, and the rest of its state_dict, in their order."""
    built = layer.build(*shapes)
    if isinstance(built, Tensor):
        return ({"": tuple(built.shape)}, {}) if isinstance(built, nn.Parameter) else ({}, {"": tuple(built.shape)})
    learned = dict(built.named_parameters())
    state = {name: tuple(tensor.shape) for name, tensor in built.state_dict().items()}
    return (
        {name: sizes for name, sizes in state.items() if name in learned},
        {name: sizes for name, sizes in state.items() if name not in learned},
    )


@pytest.mark.parametrize("name", CASES)
def test_a_layer_knows_the_tensors_of_its_module_in_their_order(name: str):
    def check(layer: Layer, shapes: tuple[Shape, ...]) -> None:
        expected = [list(found.items()) for found in tensors(layer, shapes)]
        assert [list(layer.parameters(*shapes).items()), list(layer.buffers(*shapes).items())] == expected

    every_fit(name, 60, check)


@pytest.mark.parametrize("name", sorted(set(CASES) - {"parameter", "buffer"}))
def test_a_layer_counts_operations_as_torch_does(name: str):
    def check(layer: Layer, shapes: tuple[Shape, ...]) -> None:
        if name == "matmul" and any(shape.rank == 1 and not shape.batched for shape in shapes):
            return  # torch doesn't count a product of a matrix and a vector
        module = layer.build(*shapes)
        assert isinstance(module, nn.Module)
        inputs = values(shapes, batch=1)
        # torch counts the matrix products that it sees, and sees none inside of what is fused for the CPU
        counter, plain = FlopCounterMode(display=False), torch.backends.mkldnn.flags(enabled=False)
        with counter, plain, sdpa_kernel(SDPBackend.MATH):
            module.eval()(*inputs)
        assert layer.flops(*shapes) == counter.get_total_flops()

    every_fit(name, 60, check)


@pytest.mark.parametrize("name", ["conv", "conv_transpose", "max_pool", "avg_pool", "pad", "instance_norm", "upsample"])
@pytest.mark.parametrize("x", [Shape.of(784), Shape.of(2, 2, 2, 2, 2)], ids=str)
def test_what_takes_images_refuses_a_vector_and_five_dimensions(name: str, x: Shape):
    arguments = {"out_channels": 4, "kernel_size": 1, "padding": 0, "scale_factor": 2}
    with pytest.raises(MisfitError):
        made(name, **{key: value for key, value in arguments.items() if key in entry(name).model_fields}).outputs(x)


@pytest.mark.parametrize("name", ["lstm", "attention", "transformer_encoder_layer", "positional_encoding"])
@pytest.mark.parametrize("x", [Shape.of(), Shape.of(12), Shape.of(2, 12, 12)], ids=str)
def test_what_reads_sequences_refuses_all_else(name: str, x: Shape):
    """torch would take a batch of vectors for one sequence."""
    arguments = {"hidden_size": 4, "num_heads": 2, "nhead": 2}
    with pytest.raises(MisfitError, match=r"\[sequence, features\]"):
        made(name, **{key: value for key, value in arguments.items() if key in entry(name).model_fields}).outputs(x)


@pytest.mark.parametrize(
    ("layer", "x", "reason"),
    [
        (made("squeeze", dim=1), Shape.of(7), "has 7 places, not 1"),
        (made("layer_norm", dims=2), Shape.of(7), r"\[7\] has 1 dimension, not 2"),
        (made("rms_norm", dims=2), Shape.of(7), r"\[7\] has 1 dimension, not 2"),
        (made("batch_norm"), Shape.of(), "takes 1 to 4 dimensions, not 0"),
        (made("batch_norm"), Shape.of(1, 1, 1, 1, 1), "takes 1 to 4 dimensions, not 5"),
        (made("pixel_shuffle", upscale_factor=2), Shape.of(4, 4, 4, 4), "takes an image"),
        (made("mean", dim=0), Shape.of(7), "`dim=0` is the batch"),
        (made("softmax", dim=-2), Shape.of(7), "`dim=-2` is the batch"),
        (
            made("conv", out_channels=4, kernel_size=(1, 3, 3)),
            Shape.of(3, 32, 32),
            "`kernel_size` has 3 numbers for 2",
        ),
    ],
    ids=lambda item: item.name() if isinstance(item, Layer) else str(item),
)
def test_what_torch_would_take_for_something_else_is_refused(layer: Layer, x: Shape, reason: str):
    with pytest.raises(MisfitError, match=reason):
        layer.outputs(x)


def test_an_operator_says_which_dimensions_differ():
    with pytest.raises(MisfitError) as caught:
        made("add").outputs(Shape.of(32, 14, 14), Shape.of(64, 28, 14))
    assert caught.value.reason == "`+` needs equal shapes: [32, 14, 14] and [64, 28, 14]"
    assert caught.value.help == "channels 32 and 64, height 14 and 28"


def test_stochastic_depth_is_torchvision_s_in_training():
    layer, x = made("stochastic_depth", p=0.4), torch.rand(64, 3, 5)
    module = layer.build(Shape.of(3, 5))
    assert isinstance(module, nn.Module)
    torch.manual_seed(0)
    ours = module.train()(x)
    torch.manual_seed(0)
    assert torch.equal(ours, torchvision.ops.stochastic_depth(x, 0.4, "row", training=True))


def test_a_parameter_starts_around_its_value():
    torch.manual_seed(0)
    tensor = made("parameter", shape=(100, 100), value=3.0, std=0.5).build()
    assert isinstance(tensor, nn.Parameter)
    assert abs(tensor.mean().item() - 3) < 0.05 and abs(tensor.std().item() - 0.5) < 0.05
    assert torch.equal(made("buffer", shape=(2,), value=1.5).build(), torch.tensor([1.5, 1.5]))
