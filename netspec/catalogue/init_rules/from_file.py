"""Initial weights from a safetensors file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.init_rules import Loads, below
from netspec.catalogue.sources import DataFolders
from netspec.catalogue.timm_names import as_in_torchvision, without_ones
from netspec.catalogue.values import Text
from netspec.formats.files import resolve
from netspec.formats.weights_file import WeightsFile, weights_file


class FromFile(Loads):
    """Load the tensors of a scope or a layer from a safetensors file, by their names.

    `from_file("body", "resnet50.safetensors")` loads `conv1.weight` of the file into `body.conv1.weight`. Names, shapes
    and types are checked before a run, from the file's header alone. A tensor that is only in the network or only in
    the file is an error, unless `except` names it. Numbers in `float16` or `bfloat16` become `float32`.

    The path is relative to the spec's folder. Files of torch.save, such as `.pth`, can run code when they are loaded,
    and are converted once with `netspec import weights`.
    """

    positional: ClassVar = ("on", "file")
    examples: ClassVar = (
        Example('from_file("body", "resnet50.safetensors", except=["fc"])'),
        Example('from_file("*", "whole.safetensors")'),
        Example('from_file("body", "lightning.safetensors", scope="model.encoder")'),
        Example('from_file("body", "vit_base_patch16_224.safetensors", names=timm)'),
    )

    file: Annotated[Text, Field(description="path of the file")]
    scope: Annotated[
        Text | None,
        Field(description="start of the names in the file, without the last dot; others are ignored"),
    ] = None
    names: Annotated[
        Literal["same", "timm"],
        Field(description="`timm` converts the names of timm's networks to those of torchvision, which the zoo has"),
    ] = "same"

    def locate(self, folders: DataFolders, bodies: Mapping[str, str]) -> WeightsFile:
        return weights_file(self.file, resolve(self.file, folders.spec), folders.spec)

    def local_name(self, name: str) -> str | None:
        found = below(self.scope, name)
        return as_in_torchvision(found) if found is not None and self.names == "timm" else found

    def fits(self, sizes: tuple[int, ...], shape: tuple[int, ...]) -> bool:
        return sizes == shape or (self.names == "timm" and without_ones(sizes) == without_ones(shape))
