"""What the rules of `train.init` load from which file: the tensors of a network against those of the file's header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

from netspec.catalogue.init_rules import Loads
from netspec.formats.safetensors import Header, TensorInfo
from netspec.formats.weights_file import WeightsFile
from netspec.program.graph import Graph, Tensor
from netspec.program.loading import Match, Mismatch
from netspec.program.selectors import select
from netspec.program.training import Claim, local_tensors, why_left_out

WIDENED = {"F16": "float16", "BF16": "bfloat16"}
"""The types that become float32 without a change of any number."""
FLOAT, INTEGER = "F32", "I64"


def match(claim: Claim, rule: Loads, file: WeightsFile, graph: Graph) -> Match:
    """What a rule loads from a file."""
    return _Matching(claim, rule, file, graph).result()


class _Matching:
    """Names are local here: below the scope of the rule."""

    def __init__(self, claim: Claim, rule: Loads, file: WeightsFile, graph: Graph) -> None:
        self.claim, self.rule, self.file = claim, rule, file
        self.prefix = rule.prefix
        self.graph = graph
        self.tensors = {tensor.name: tensor for tensor in local_tensors(rule, graph)}
        self.sources, self.outside, self.twice = _local(rule, file.header)
        # of a tensor that only the file has the operation is unknown
        others = (Tensor(name, name.rpartition(".")[2], "", ()) for name in self.sources if name not in self.tensors)
        patterns = (*self.tensors.values(), *others)
        chosen = select(patterns, rule.excepted)
        self.excepted, self.idle = set(chosen.names), chosen.idle

    def result(self) -> Match:
        header = self.file.header
        kept = {name: reason for name in self.tensors if (reason := self._why_kept(name))}
        wanted = [name for name in self.tensors if name not in kept]
        loaded = {name: self.sources[name] for name in wanted if name in self.sources}
        unused = dict.fromkeys(self.outside, "outside of `scope`")
        unused |= {self.sources[name]: reason for name in self.sources if (reason := self._why_unused(name))}
        mismatches = (*self.twice, *self._mismatches(wanted, header))
        return Match(
            self.claim.path,
            self.rule,
            self.file,
            {self.prefix + name: source for name, source in loaded.items()},
            {self.prefix + name: reason for name, reason in kept.items()},
            unused,
            _widened(header.tensors[source] for source in loaded.values()),
            mismatches,
            self.idle,
            sum(prod(self.tensors[name].sizes) for name in loaded),
        )

    def _why_kept(self, name: str) -> str | None:
        """Why a tensor of the network isn't loaded."""
        if reason := self._why_unused(name):
            return reason
        # files of torch before 0.4.1 don't count batches
        return "not in the file" if self.tensors[name].counts and name not in self.sources else None

    def _why_unused(self, name: str) -> str | None:
        """Why a tensor of the file isn't loaded, though nothing is wrong with that."""
        if name in self.excepted:
            return "by `except`"
        if reason := why_left_out(self.prefix + name, self.graph):
            return reason
        taken = name in self.tensors and self.prefix + name not in self.claim.names
        return "by an earlier rule" if taken else None

    def _mismatches(self, wanted: Iterable[str], header: Header) -> Iterator[Mismatch]:
        wanted = list(wanted)
        for name in wanted:
            tensor, source = self.tensors[name], self.sources.get(name)
            if source is None:
                yield Mismatch("missing", self.prefix + name, None)
                continue
            info = header.tensors[source]
            expected = INTEGER if tensor.counts else FLOAT
            if not self.rule.fits(tensor.sizes, info.shape):
                yield Mismatch("shape", self.prefix + name, source, _sizes(tensor.sizes), _sizes(info.shape))
            elif info.dtype != expected and not (expected == FLOAT and info.dtype in WIDENED):
                yield Mismatch("dtype", self.prefix + name, source, expected, info.dtype)
        for name, source in self.sources.items():
            if name not in self.tensors and not self._why_unused(name):
                yield Mismatch("unused", None, source)


def _local(rule: Loads, header: Header) -> tuple[dict[str, str], list[str], list[Mismatch]]:
    """The file's names by what the network calls them below the scope; those outside; those that are one to it."""
    sources: dict[str, str] = {}
    outside: list[str] = []
    twice: list[Mismatch] = []
    for name in header.tensors:
        local = rule.local_name(name)
        if local is None:
            outside.append(name)
        elif local in sources:
            twice.append(Mismatch("twice", local, name, sources[local], name))
        else:
            sources[local] = name
    return sources, outside, twice


def _widened(infos: Iterable[TensorInfo]) -> tuple[str, ...]:
    return tuple(sorted({WIDENED[info.dtype] for info in infos if info.dtype in WIDENED}))


def _sizes(sizes: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, sizes))}]"
