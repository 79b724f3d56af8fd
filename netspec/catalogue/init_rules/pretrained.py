"""Initial weights that others have trained, for networks of the zoo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from netspec import zoo
from netspec.catalogue.entry import Example
from netspec.catalogue.init_rules import WHOLE, Loads
from netspec.catalogue.sources import DataFolders
from netspec.catalogue.values import Text
from netspec.diagnostics import did_you_mean
from netspec.formats.errors import DataError
from netspec.formats.safetensors import Header
from netspec.formats.weights_cache import recorded, weights_folder, weights_path
from netspec.formats.weights_file import WeightsFile, weights_file
from netspec.shapes import MisfitError
from netspec.wording import either


class Pretrained(Loads):
    """Load torchvision's pretrained weights into a network of the zoo.

    `pretrained("body")` loads the default weights of the network that is labeled `body`; `netspec weights list` lists
    all of them. They are downloaded once, checked against the hash that torchvision gives, and kept in the cache as
    safetensors. Layers that `replace` has put in keep their initial values; others that differ are named in `except`.
    """

    examples: ClassVar = (
        Example('pretrained("body")'),
        Example('pretrained("body", weights="IMAGENET1K_V2", except=["fc"])'),
    )

    weights: Annotated[
        Text | None, Field(description="name of the weights; by default the most accurate ones of torchvision")
    ] = None

    def locate(self, folders: DataFolders, bodies: Mapping[str, str]) -> WeightsFile:
        network, weights = self.of(bodies)
        written, path = f"{network} {weights}", weights_path(network, weights)
        known = recorded(network, weights)
        if known is None or not path.exists():
            return WeightsFile(written, path, Header({}, {}), download=(network, weights), pending=True)
        try:
            file = weights_file(written, path, weights_folder())
        except DataError as error:
            reason = f"the cached weights are damaged: {error.reason}"
            help = f"remove them, and they are downloaded again: netspec weights remove {network}"
            raise DataError("malformed", reason, argument="weights", help=help) from None
        note = known.url.rpartition("/")[2]
        return WeightsFile(written, path, file.header, sha256=known.converted, note=note, download=(network, weights))

    def trained_with(self, bodies: Mapping[str, str]) -> zoo.Weights | None:
        try:
            network, weights = self.of(bodies)
        except MisfitError:
            return None
        return zoo.networks()[network].weights[weights]

    def of(self, bodies: Mapping[str, str]) -> tuple[str, str]:
        """The names of the network and of its weights. Raises MisfitError if there are none."""
        name = bodies.get("" if self.on == WHOLE else self.on)
        network = zoo.network(name) if name is not None else None
        if network is None:
            within = next((body for body in bodies if self.on.startswith(f"{body}.")), None)
            help = f'load "{within}" as a whole, with `except`' if within else f'from_file("{self.on}", …) loads a file'
            raise MisfitError(f"`{self.on}` isn't a network of the zoo", argument="on", help=help)
        known = list(network.weights)
        if not known:
            raise MisfitError(f"there are no pretrained weights for `{network.name}`", argument="on")
        chosen = self.weights or network.default_weights or known[-1]
        if chosen not in known:
            nearest = did_you_mean(chosen, known)
            help = f"did you mean `{nearest}`?" if nearest else f"there are {either(known)}"
            raise MisfitError(f"`{network.name}` has no weights `{chosen}`", argument="weights", help=help)
        return network.name, chosen
