"""Tensors of a file that don't fit those of the network: which, why, and what to write instead, in words."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.catalogue.init_rules import WHOLE
from netspec.catalogue.timm_names import as_in_torchvision
from netspec.diagnostics import Label, did_you_mean
from netspec.problems.weights import WeightsMismatch
from netspec.program.graph import Graph
from netspec.program.loading import Match, Mismatch
from netspec.source import Span
from netspec.wording import counted, listing

SHOWN = 6
"""The number of tensors of each kind that are listed."""
MANY = 200
"""The number of scopes of a file that are tried."""
FEW_LAYERS = 3
"""The largest number of layers that are proposed as exceptions."""
TORCH_NAMES = {"BF16": "bfloat16", "BOOL": "bool"}


def mismatch(matched: Match, graph: Graph, span: Span | None) -> WeightsMismatch:
    """One problem with all that doesn't fit between a file and a scope."""
    file, on = matched.file.written, _scope(matched)
    help = _help(matched)
    shared = set(matched.loaded.values()) & set(_names(matched))
    if not shared and _names(matched) and not (help or "").startswith(("add `scope", "these")):
        message = f"`{file}` has the weights of another network: none of its {len(_names(matched))} names is in {on}"
    elif len(matched.mismatches) == 1 and (matched.file.quotable or matched.mismatches[0].name):
        message = _sentence(matched.mismatches[0], matched)
    else:
        message = f"`{file}` doesn't fit {on}: {_summary(matched.mismatches)}"
    notes = () if len(matched.mismatches) == 1 and shared else tuple(_notes(matched))
    return WeightsMismatch(span, message, tuple(_labels(matched, graph)), notes, help)


def _scope(matched: Match) -> str:
    return "the network" if matched.rule.on == WHOLE else f"`{matched.rule.on}`"


def _names(matched: Match) -> tuple[str, ...]:
    """The names in the file that aren't left out."""
    return tuple(name for name in matched.file.header.tensors if name not in matched.unused)


def _of(matched: Match, kind: str) -> list[Mismatch]:
    return [item for item in matched.mismatches if item.kind == kind]


def _summary(mismatches: Sequence[Mismatch]) -> str:
    words = {
        "shape": "{} of another shape",
        "dtype": "{} of another type",
        "missing": "{} missing in the file",
        "unused": "{} only in the file",
        "twice": "{} with the same name as another",
    }
    counts = {kind: sum(item.kind == kind for item in mismatches) for kind in words}
    return ", ".join(words[kind].format(counted(count, "tensor")) for kind, count in counts.items() if count)


def _sentence(item: Mismatch, matched: Match) -> str:
    """What is wrong with one tensor."""
    file = matched.file.written
    match item.kind:
        case "shape":
            return f"`{item.source}` in `{file}` is {item.found}, but `{item.name}` is {item.expected}"
        case "dtype":
            found, expected = _type(item.found), _type(item.expected)
            return f"`{item.source}` in `{file}` is {found}, but `{item.name}` is {expected}"
        case "missing":
            return f"`{file}` has no tensor for `{item.name}`{_nearest(item, matched)}"
        case "unused":
            return f"`{item.source}` in `{file}` has no place in {_scope(matched)}"
        case _:
            return f"`{item.expected}` and `{item.found}` in `{file}` are both for `{item.name}`"


def _type(dtype: str) -> str:
    """What torch calls a type of safetensors: `float32` for `F32`."""
    words = {"F": "float", "I": "int", "U": "uint"}
    known = TORCH_NAMES.get(dtype)
    return known or (words[dtype[0]] + dtype[1:] if dtype[1:].isdigit() and dtype[0] in words else dtype.lower())


def _nearest(item: Mismatch, matched: Match) -> str:
    """The tensor of the file that was likely meant for one of the network."""
    if item.name is None or not matched.file.quotable or len(_of(matched, "missing")) > SHOWN:
        return ""
    left = [other.source for other in _of(matched, "unused") if other.source is not None]
    nearest = did_you_mean(item.name.removeprefix(matched.rule.prefix), left)
    return f"; the nearest is `{nearest}`" if nearest else ""


def _notes(matched: Match) -> list[str]:
    """The tensors that don't fit, some of each kind."""
    found: list[str] = []
    for kind in ("shape", "dtype", "twice", "missing", "unused"):
        items = _of(matched, kind)
        if kind == "unused" and items:
            # names of a file from elsewhere aren't shown: a spec may name any file
            names = [f"`{item.source}`" for item in items]
            shown = listing(names, SHOWN) if matched.file.quotable else f"{counted(len(names), 'tensor')}"
            found.append(f"only in the file: {shown}")
        elif kind == "missing" and len(items) > 1:
            names = [f"`{item.name}`{_nearest(item, matched)}" for item in items[:SHOWN]]
            found.append(f"missing in the file: {', '.join(names)}{', …' if len(items) > SHOWN else ''}")
        else:
            found += [_sentence(item, matched) for item in items[:SHOWN]]
            found += [f"and {len(items) - SHOWN} more"] if len(items) > SHOWN else []
    return found


def _labels(matched: Match, graph: Graph) -> list[Label]:
    """The layer of the first tensor that has another shape, or is missing."""
    for item in (*_of(matched, "shape"), *_of(matched, "missing")):
        for node in graph.modules:
            if item.name in node.parameters or item.name in node.buffers:
                sizes = f" {item.expected}" if item.expected else ""
                return [Label(node.span, f"`{item.name}`{sizes}")]
    return []


def _help(matched: Match) -> str | None:
    """What to write instead."""
    missing = [item.name for item in _of(matched, "missing") if item.name is not None]
    wanted = {name.removeprefix(matched.rule.prefix) for name in (*matched.loaded, *missing)}
    names = list(matched.file.header.tensors)
    if not names or not wanted:
        return None
    if matched.file.quotable and (scope := _better_scope(names, wanted, len(matched.loaded))):
        return f'add `scope="{scope}"`, with which names in the file begin'
    if len({as_in_torchvision(name) for name in names} & wanted) > len(matched.loaded):
        return "these are timm's names: add `names=timm`"
    if {item.found for item in _of(matched, "dtype")} == {"F64"}:
        return f"convert it to float32: netspec import weights {matched.file.written}"
    layers = dict.fromkeys(_layer(item, matched) for item in matched.mismatches)
    fitting = len(matched.loaded) - len(_of(matched, "shape")) - len(_of(matched, "dtype"))
    if len(layers) <= FEW_LAYERS and fitting > 0 and matched.file.quotable:
        listed = ", ".join(f'"{layer}"' for layer in layers)
        return f"add `except=[{listed}]` if that is meant: what the network has of it keeps its initial values"
    return "use a file of the same network, or name what differs in `except`"


def _layer(item: Mismatch, matched: Match) -> str:
    """The layer of a tensor, or the tensor if it is in none, without the scope of the rule."""
    name = item.name.removeprefix(matched.rule.prefix) if item.name else matched.rule.local_name(item.source or "")
    return (name or "").rpartition(".")[0] or name or ""


def _better_scope(names: Sequence[str], wanted: set[str], fitting: int) -> str | None:
    """The start of names in a file without which more of them are those of the network."""
    scopes = {name[:place] for name in names[:MANY] for place, sign in enumerate(name) if sign == "."}
    hits = {scope: sum(name.removeprefix(f"{scope}.") in wanted for name in names) for scope in sorted(scopes)[:MANY]}
    best = max(hits, key=hits.__getitem__, default=None)
    if best is None or hits[best] <= fitting:
        return None
    # the scope of another layer has a `weight` and a `bias` too
    return best if 2 * hits[best] > sum(name.startswith(f"{best}.") for name in names) else None
