"""Tensors of a file that don't fit those of the network: which, why, and what to write instead, in words."""

from __future__ import annotations

from collections.abc import Sequence

from netspec.catalogue.init_rules import WHOLE
from netspec.catalogue.timm_names import as_in_torchvision
from netspec.diagnostics import Label, did_you_mean
from netspec.problems.weights import WeightsMisfit
from netspec.program.graph import Graph
from netspec.program.loading import Match, Misfit
from netspec.source import Span
from netspec.wording import counted, listing

SHOWN = 6
"""So many tensors of each kind are listed."""
FEW_LAYERS = 3
"""Up to so many layers are proposed as exceptions."""
TORCH_NAMES = {"F64": "float64", "I64": "int64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "U8": "uint8"}


def misfit(matched: Match, graph: Graph, span: Span | None) -> WeightsMisfit:
    """One problem with all that doesn't fit between a file and a scope."""
    file, on = matched.file.written, _scope(matched)
    shared = set(matched.loaded.values()) & set(_names(matched))
    if not shared and _names(matched):
        message = f"`{file}` has the weights of another network: none of its {len(_names(matched))} names is in {on}"
    elif len(matched.misfits) == 1 and (matched.file.quotable or matched.misfits[0].name):
        message = _sentence(matched.misfits[0], matched)
    else:
        message = f"`{file}` doesn't fit {on}: {_summary(matched.misfits)}"
    notes = () if len(matched.misfits) == 1 and shared else tuple(_notes(matched))
    return WeightsMisfit(span, message, tuple(_labels(matched, graph)), notes, _help(matched))


def _scope(matched: Match) -> str:
    return "the network" if matched.rule.on == WHOLE else f"`{matched.rule.on}`"


def _names(matched: Match) -> tuple[str, ...]:
    """The names in the file that aren't left out."""
    return tuple(name for name in matched.file.header.tensors if name not in matched.unused)


def _of(matched: Match, kind: str) -> list[Misfit]:
    return [item for item in matched.misfits if item.kind == kind]


def _summary(misfits: Sequence[Misfit]) -> str:
    words = {
        "shape": "{} of another shape",
        "dtype": "{} of another type",
        "missing": "{} missing in the file",
        "unused": "{} only in the file",
        "twice": "{} with the same name as another",
    }
    counts = {kind: sum(item.kind == kind for item in misfits) for kind in words}
    return ", ".join(words[kind].format(counted(count, "tensor")) for kind, count in counts.items() if count)


def _sentence(item: Misfit, matched: Match) -> str:
    """What is wrong with one tensor."""
    file = matched.file.written
    match item.kind:
        case "shape":
            return f"`{item.source}` in `{file}` is {item.found}, but `{item.name}` is {item.expected}"
        case "dtype":
            found, expected = (TORCH_NAMES.get(name, name.lower()) for name in (item.found, item.expected))
            return f"`{item.source}` in `{file}` is {found}, but `{item.name}` is {expected}"
        case "missing":
            return f"`{file}` has no tensor for `{item.name}`{_nearest(item, matched)}"
        case "unused":
            return f"`{item.source}` in `{file}` has no place in {_scope(matched)}"
        case _:
            return f"`{item.expected}` and `{item.found}` in `{file}` are both for `{item.name}`"


def _nearest(item: Misfit, matched: Match) -> str:
    """The tensor of the file that was likely meant for one of the network."""
    if item.name is None or not matched.file.quotable:
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
    names, local = _names(matched), {name.removeprefix(matched.rule.prefix) for name in matched.loaded}
    if not names or not local:
        return None
    if len({as_in_torchvision(name) for name in names} & local) > max(len(set(names) & local), len(local) // 2):
        return "these are timm's names: add `names=timm`"
    if (scope := _common_scope(names, local)) is not None and matched.file.quotable:
        return f'add `scope="{scope}"`, with which the names begin'
    dtypes = {item.found for item in _of(matched, "dtype")}
    if dtypes:
        return f"convert it: netspec import weights {matched.file.written}" if dtypes == {"F64"} else None
    layers = dict.fromkeys(
        (item.name or matched.rule.prefix + _local(matched, item)).removeprefix(matched.rule.prefix).rpartition(".")[0]
        for item in matched.misfits
    )
    if 0 < len(layers) <= FEW_LAYERS and len(matched.misfits) < len(local) and (matched.file.quotable):
        listed = ", ".join(f'"{layer}"' for layer in layers if layer)
        return f"add `except=[{listed}]` if they are to keep their initial values" if listed else None
    return "use the file of the same network, or name what differs in `except`" if names else None


def _local(matched: Match, item: Misfit) -> str:
    return (matched.rule.local_name(item.source) if item.source else None) or ""


def _common_scope(names: Sequence[str], local: set[str]) -> str | None:
    """What all names in the file begin with, if without it they are those of the network."""
    parts = names[0].split(".")
    for length in range(1, len(parts)):
        scope = ".".join(parts[:length])
        rest = {name.removeprefix(f"{scope}.") for name in names if name.startswith(f"{scope}.")}
        if 2 * len(rest & local) > max(len(local), 2 * len(set(names) & local)):
            return scope
    return None
