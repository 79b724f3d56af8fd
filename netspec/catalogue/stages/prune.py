"""Removal of what matters least in a trained network: whole filters, or single weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.constraints import Constraint
from netspec.catalogue.constraints.keep_zeros import KeepZeros
from netspec.catalogue.constraints.sparsify import Sparsify
from netspec.catalogue.entry import Example
from netspec.catalogue.stages import Stage
from netspec.catalogue.values import Epochs, Quantity, Selectors, Share, Text
from netspec.shapes import MisfitError

PATTERN = re.compile(r"([1-9]\d?):([1-9]\d?)", re.ASCII)
FILTERS, BATCH_NORM = "filters", "batch_norm"


class Prune(Stage):
    """Remove filters, so that the network gets smaller and faster, or set weights to zero.

    A filter is what computes one output channel of a convolution, or one output of a linear layer. With it go its bias,
    its place in norms, and the inputs of all layers that read the channel. Channels that are added or multiplied belong
    together and are removed together; what can't be removed is listed in the plan with the reason. The network that is
    left is a new spec with new widths: `spec.net` in the folder of the stage.

    With `of = weights`, the weights with the smallest absolute values become zero and stay zero in the stages that
    follow. Zeros are stored and multiplied as any other number, so this network is neither smaller nor faster, unless
    what runs it makes use of zeros: a `pattern` such as "2:4", two of every four weights kept along the inputs, is what
    GPUs with sparse tensor cores need.
    """

    positional: ClassVar = ("amount",)
    aliases: ClassVar = ("pruning", "sparsify", "slim", "prune_filters", "prune_channels", "structured_pruning")
    torch_names: ClassVar = (
        "torch.nn.utils.prune.global_unstructured",
        "torch.nn.utils.prune.l1_unstructured",
        "torch.nn.utils.prune.ln_structured",
    )
    examples: ClassVar = (
        Example("prune(50%)"),
        Example('prune(30%, by=batch_norm, scope=layer, keep="head")'),
        Example("prune(90%, of=weights, over=3 epochs)"),
        Example('prune(of=weights, pattern="2:4")'),
    )

    amount: Annotated[
        Share | None,
        Field(
            description="how many of the filters, or of the weights, that can be removed; a `pattern` says it itself"
        ),
    ] = None
    of: Annotated[Literal["filters", "weights"], Field(description="what is removed")] = "filters"
    by: Annotated[
        Literal["l1", "l2", "batch_norm", "gradient"],
        Field(
            description="what tells how much a filter matters: the norm of its weights, the scale of the batch norm "
            "behind it, or how much the loss on training samples would change without it, by its gradient"
        ),
    ] = "l1"
    scope: Annotated[
        Literal["global", "layer"],
        Field(description="whether the smallest of all layers go, or as many of each layer"),
    ] = "global"
    pattern: Annotated[
        Text | None, Field(description='of weights: how many are kept of how many that follow each other, "2:4"')
    ] = None
    over: Annotated[
        Epochs | None,
        Field(
            description="of weights: the epochs of the `finetune` behind it in which they become zero, more and more"
        ),
    ] = None
    keep: Annotated[
        Selectors, Field(description='the layers whose filters or weights stay: `"head"` is all of that name or scope')
    ] = ()

    def check(self) -> None:
        if self.of == FILTERS:
            for name in ("pattern", "over"):
                if getattr(self, name) is not None:
                    raise MisfitError(
                        f"`{name}` is for weights, but filters are removed", argument=name, help="add `of=weights`"
                    )
        elif self.by != "l1":
            raise MisfitError(
                f"`by={self.by}` ranks filters, but single weights are ranked by their absolute values",
                argument="by",
                help=f"leave out `by`, or remove filters: `prune(50%, by={self.by})`",
            )
        if self.pattern is None:
            if self.amount is None:
                raise MisfitError(f"`prune` doesn't say how many {self.of} go", help="`prune(50%)`")
            return
        self._check_pattern(self.pattern)

    def _check_pattern(self, pattern: str) -> None:
        found = PATTERN.fullmatch(pattern)
        if found is None or int(found[1]) >= int(found[2]):
            raise MisfitError(
                f'"{pattern}" isn\'t a pattern: it says how many weights are kept of how many',
                argument="pattern",
                help='pattern = "2:4"',
            )
        for name, given in (("amount", self.amount), ("over", self.over)):
            if given is not None:
                raise MisfitError(
                    f'`{name}` doesn\'t go with `pattern`: "{pattern}" sets {int(found[2]) - int(found[1])} of '
                    f"{found[2]} weights to zero, all at once",
                    argument=name,
                    help=f"leave out `{name}`",
                )
        if self.scope != "global":
            raise MisfitError(
                "`scope` doesn't go with `pattern`, which is the same in each layer",
                argument="scope",
                help="leave out `scope`",
            )

    @property
    def removes(self) -> Literal["filters", "weights"]:
        return self.of

    @property
    def spared(self) -> Selectors:
        return self.keep

    @property
    def needed_layer(self) -> str | None:
        return self.by if self.by == BATCH_NORM else None

    def between(self, before: Sequence[Stage], after: Sequence[Stage]) -> None:
        super().between(before, after)
        if self.over is None:
            return
        tuned = after[0].trained_epochs if after else 0
        if tuned < self.over.number:
            behind = f"`{after[0].name()}`" if after else "nothing"
            raise MisfitError(
                f"`over = {self.over}` are epochs of the `finetune` behind it, but "
                + (f"that has {Quantity(tuned, 'epochs')}" if tuned else f"behind it is {behind}"),
                help=f"`prune({self.amount}, of=weights, over={self.over}) -> finetune({self.over})`",
            )

    def constraints(self, on: Selectors) -> tuple[Constraint, ...]:
        """What keeps the weights zero in all trainings behind it; `on` are the weights, () for all that it may be."""
        return (KeepZeros(on=on),)

    def gradual(self, on: Selectors) -> tuple[Constraint, ...]:
        """What makes the weights zero in the training behind it, if they become so over some epochs."""
        if self.over is None or self.amount is None:
            return ()
        return (Sparsify(amount=self.amount, over=self.over, scope=self.scope, on=on),)

    @property
    def kept_of(self) -> tuple[int, int] | None:
        found = PATTERN.fullmatch(self.pattern or "")
        return (int(found[1]), int(found[2])) if found else None
