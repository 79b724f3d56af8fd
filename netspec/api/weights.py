"""Pretrained weights from Python: list, download and remove them, and convert files of torch.save."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from netspec import zoo
from netspec.diagnostics import did_you_mean
from netspec.files import not_written
from netspec.formats.weights_cache import recorded, weights_path
from netspec.immutable import immutable
from netspec.problems import NetspecError
from netspec.problems.reading import NotWritable
from netspec.problems.weights import UnknownWeights
from netspec.program.program import Program
from netspec.wording import either

if TYPE_CHECKING:
    from netspec.weights.convert import Conversion


@immutable
class WeightsFacts:
    """Pretrained weights of a network of the zoo. `path` and `sha256`, that of the download, are None until they are
    downloaded; the latter stays when they are removed. `size` is the bytes that they take in the cache."""

    network: str
    weights: str
    default: bool
    accuracy: float
    url: str
    path: Path | None
    sha256: str | None
    size: int


def list_weights() -> list[WeightsFacts]:
    """All pretrained weights, and which of them are in the cache."""
    return [_facts(network, weights) for network, known in zoo.networks().items() for weights in known.weights]


def fetch_weights(network: str, weights: str | None = None, *, file: str | Path | None = None) -> Path:
    """Download weights of a network of the zoo, by default its default ones, unless they are in the cache; or take them
    from a `file` that was downloaded elsewhere. Returns the path of the safetensors file. Raises NetspecError."""
    from netspec.weights.fetch import fetch

    return fetch(*named_weights(network, weights), file=None if file is None else Path(file))


def fetch_for(program: Program, say: Callable[[str], None]) -> None:
    """Download the weights that a program loads and that aren't in the cache; `say` is called with a line for each.
    Raises NetspecError."""
    from netspec.weights.fetch import fetch

    for matched in program.weights:
        if matched.pending and matched.file.download is not None:
            network, weights = matched.file.download
            say(f"downloading {weights} of `{network}`: {zoo.networks()[network].weights[weights].url}")
            fetch(network, weights)


def remove_weights(network: str, weights: str | None = None) -> int:
    """Remove weights of a network from the cache, by default all of them; returns the bytes that are free now. Raises
    NetspecError."""
    from netspec.weights.fetch import remove

    name, chosen = named_weights(network, weights)
    every = zoo.networks()[name].weights if weights is None else (chosen,)
    return sum(remove(name, each) for each in every)


def import_weights(
    file: str | Path, out: str | Path | None = None, *, key: str | None = None, force: bool = False
) -> Conversion:
    """Convert a file of torch.save to safetensors, running none of its code: to `out`, or to a file beside it.

    `key` chooses one of several maps from names to tensors; `force` overwrites an existing file. Raises NetspecError if
    the file holds more than tensors, or the new one can't be written.
    """
    from netspec.weights.convert import convert_to

    source = Path(file)
    target = Path(out) if out is not None else source.with_suffix(".safetensors")
    if target.exists() and (target.resolve() == source.resolve() or not force):
        raise NetspecError.of(NotWritable(None, str(target), "it is there already", "`--force` writes over it"))
    try:
        return convert_to(source, target, key, force=force)
    except OSError as error:
        raise not_written(str(target), error) from error


def named_weights(network: str, weights: str | None = None) -> tuple[str, str]:
    """The names of a network of the zoo and of its weights. Raises NetspecError if there are none of them."""
    plain = network.removeprefix(f"{zoo.NAME}.")
    found = zoo.network(plain) or zoo.network(zoo.network_named(plain) or "")
    if found is None:
        message, nearest = f"the zoo has no network `{network}`", did_you_mean(plain, zoo.networks())
        raise NetspecError.of(UnknownWeights(None, message, nearest, "`netspec weights list` lists them"))
    chosen = weights or found.default_weights
    if chosen is None or chosen not in found.weights:
        message = f"`{found.name}` has no weights `{chosen}`" if chosen else f"`{found.name}` has no weights"
        known = f"there are {either(list(found.weights))}" if found.weights else None
        raise NetspecError.of(UnknownWeights(None, message, did_you_mean(chosen or "", found.weights), known))
    return found.name, chosen


def _facts(network: str, weights: str) -> WeightsFacts:
    known, path, record = zoo.networks()[network].weights[weights], weights_path(network, weights), None
    record = recorded(network, weights)
    there = record is not None and path.is_file()
    digest = None if record is None else record.sha256
    return WeightsFacts(
        *(network, weights, known.default, known.accuracy, known.url),
        path if there else None,
        digest,
        record.size if record is not None and there else 0,
    )
