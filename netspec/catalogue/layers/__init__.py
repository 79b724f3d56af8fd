"""Layers: what a network is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from netspec.catalogue.channels import Channels, Ties
from netspec.catalogue.entry import Entry
from netspec.immutable import immutable
from netspec.shapes import Dtype, MisfitError, Shape
from netspec.wording import counted

if TYPE_CHECKING:
    from torch import Tensor, nn


@immutable
class Inputs:
    """What an operation takes, by names: the last `optional` of them may be left out; more may follow if `more`."""

    names: tuple[str, ...] = ("input",)
    optional: int = 0
    more: bool = False

    @property
    def least(self) -> int:
        return len(self.names) - self.optional

    @property
    def most(self) -> int | None:
        return None if self.more else len(self.names)


INITIALIZED = 'first values are said in `train`: init = [init("fc1:weight", kaiming_normal)]'


class Layer(Entry):
    """An operation of a network: a shape rule, and the torch module that does it.

    Shapes are those of one sample, without the batch. Every rule is checked against the real module's output. The
    methods take the shapes of the inputs; a subclass names as many of them as `inputs` has.
    """

    kind: ClassVar[str] = "layer"
    unlike_torch: ClassVar[dict[str, str]] = {
        "device": "`train.device` is for the whole network",
        "dtype": "`train.precision` is for the whole network",
        "inplace": "a value may be taken by several lines, so none is overwritten",
        "batch_first": "the batch is always first",
    }
    set_elsewhere: ClassVar[dict[str, str]] = {
        "activation": "it is a step of its own: -> relu",
        "init": INITIALIZED,
        "kernel_initializer": INITIALIZED,
        "name": "a label is written in front: fc1: linear(10)",
    }
    inferred: ClassVar[str | None] = None
    """torch's first argument, where it is the size of what comes in and so isn't written."""
    inputs: ClassVar[Inputs] = Inputs()
    dtypes: ClassVar[tuple[Dtype, ...]] = ("float32",)
    """What kinds of numbers the inputs may hold."""
    takes_unbatched: ClassVar[bool] = False
    """Whether an input may be a value without a batch, such as a learned tensor."""
    attends: ClassVar[bool] = False
    """Whether it computes attention, for which torch has fast kernels."""
    convolves: ClassVar[bool] = False
    """Whether torch computes it faster on images whose channels are last in memory."""
    linear: ClassVar[bool] = False
    """Whether it is a linear function with learned weights, so that two of them in a row are one."""
    elementwise: ClassVar[bool] = False
    """Whether it does the same to every number, or to every value along a dimension."""
    keeps_numbers: ClassVar[bool] = False
    """Whether it leaves every number as it is, and only changes shapes or leaves some out."""
    rectifies: ClassVar[bool] = False
    """Whether it is max(0, x), which does nothing the second time and may change places with a largest value."""
    picks_largest: ClassVar[bool] = False
    """Whether each number of the first output is the largest of some of the input's."""
    no_python: ClassVar[str | None] = None
    """Why a script can't have it; None if it can."""
    index_count: ClassVar[str | None] = None
    """The argument that says how many different indices it takes, where it takes indices."""
    cannot_export: ClassVar[Mapping[str, str]] = {}
    """The formats of `export` that it can't be in, by their names, each with the reason."""

    @property
    def adds_bias(self) -> bool:
        """Whether it adds a learned number to each channel."""
        return False

    @property
    def removes_bias(self) -> bool:
        """Whether it gives the same for any bias that is added to the channels before it."""
        return False

    @property
    def drops(self) -> bool:
        """Whether it sets numbers to 0 at random in training."""
        return False

    def varies(self, *, training: bool) -> bool:
        """Whether what it gives for a sample depends on chance or on the other samples of its batch, in training or in
        evaluation mode."""
        return training and self.drops

    @property
    def normalizes_batch(self) -> bool:
        """Whether it normalizes over the samples of a batch in training, and otherwise in evaluation."""
        return False

    @property
    def rescales(self) -> bool:
        """Whether it brings numbers to another range by a constant that is written."""
        return False

    def does_nothing(self, *x: Any, **_: Any) -> bool:
        """Whether it gives what comes in."""
        return False

    def resized(self, x: Shape, output: Shape) -> Layer | None:
        """The same operation with another size, so that it gives that output; None where there is none."""
        return None

    @classmethod
    def projection(cls, x: Shape, output: Shape) -> Layer | None:
        """The operation with as little as it takes, so that a value of one shape becomes one of another; None where it
        is nothing for that."""
        return None

    def outputs(self, *x: Shape) -> tuple[Shape, ...]:
        """The shapes of what comes out; raises MisfitError where the inputs don't fit."""
        least, most = self.inputs.least, self.inputs.most
        if len(x) < least or (most is not None and len(x) > most):
            count = counted(least, "value") if least == most else f"at least {counted(least, 'value')}"
            if least != most and most is not None:
                count = f"{least} to {counted(most, 'value')}"
            raise MisfitError(f"`{self.name()}` takes {count}, {', '.join(self.inputs.names)}, and gets {len(x)}")
        for shape in x:
            if shape.dtype not in self.dtypes:
                raise MisfitError(f"`{self.name()}` takes {WORDS[self.dtypes[0]]}, not {WORDS[shape.dtype]}: {shape}")
            if not shape.batched and not self.takes_unbatched:
                raise MisfitError(f"`{self.name()}` takes values of samples, and {shape} is one for all of them")
        found = self.infer(*x)
        return found if isinstance(found, tuple) else (found,)

    def infer(self, *x: Any, **_: Any) -> Shape | tuple[Shape, ...]:
        """The shape of what comes out, a tuple of shapes for several; raises MisfitError where the inputs don't fit."""
        raise NotImplementedError

    def build(self, *x: Any, **_: Any) -> nn.Module | Tensor:
        """The torch module for inputs of those shapes; a tensor where the operation is nothing but a value."""
        raise NotImplementedError

    def parameters(self, *x: Any, **_: Any) -> dict[str, tuple[int, ...]]:
        """The learned tensors by their names in the module's state_dict, with their shapes."""
        return {}

    def buffers(self, *x: Any, **_: Any) -> dict[str, tuple[int, ...]]:
        """The tensors of the state_dict that aren't learned."""
        return {}

    def channels(self, ties: Ties, *x: Any, **_: Any) -> Channels | None:
        """How the channels of the values that come in, each a `channels.Value`, of those that come out and of the
        tensors belong together; None if nothing is known, so that none of them can be removed.

        What it says has to be true: with the weights 0 by which a channel is read, the layer that is made of what is
        left gives what is left of what this one gives.
        """
        return None

    def variant(self, *x: Any, **_: Any) -> int:
        """Which of torch's modules it is, if there are several whose tensors have the same sizes."""
        return 0

    def smallest_batch(self, *x: Any, **_: Any) -> int:
        """How many samples a batch of training has at least."""
        return 1

    def not_exported(self, format: str, *x: Any, **_: Any) -> str | None:
        """Why it can't be in a file of that format; None if it can."""
        return self.cannot_export.get(format)

    def deterministic(self, *x: Any, **_: Any) -> bool:
        """Whether torch has gradients of it that are the same bits each time on CUDA; of which it hasn't is listed at
        torch.use_deterministic_algorithms."""
        return True

    def flops(self, *x: Any, **_: Any) -> int:
        """Floating-point operations for one sample, two for each multiply and add, of matrix products and
        convolutions alone, as torch.utils.flop_counter counts them."""
        return 0


WORDS: dict[Dtype, str] = {"float32": "numbers", "int64": "indices"}
"""The kinds of numbers in messages."""
