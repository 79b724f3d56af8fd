"""Files that the trained network is exported to."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, create_model

from netspec.catalogue.entry import Example
from netspec.catalogue.export_formats import ExportFormat, export_formats
from netspec.catalogue.sections import Section
from netspec.catalogue.values import Bounds, PositiveInt, Quantity, Share, Text
from netspec.shapes import MisfitError

TRANSFORM = "transform"
"""What `inside` says for the transforms; else it names a last activation."""
Inside = Literal["transform", "softmax", "sigmoid"]
File = Text | None


def _keys() -> dict[str, Any]:
    """A key for each format: the name of its file."""
    return {
        name: (File, Field(default=None, description=f"name of {entry.noun} to write, `NAME{entry.suffix}`"))
        for name, entry in export_formats().items()
    }


# pydantic builds what validates it when it is first asked to: most specs export nothing
_Files: Any = create_model(
    "_Files", __base__=Section, __module__=Section.__module__, __cls_kwargs__={"defer_build": True}, **_keys()
)


class Export(_Files):
    """Files to export the trained network to, for programs without netspec.

    They are written to the folder `export` of the run, after training, and by `netspec export`. Each is loaded again
    and compared with the network on the test split: if its decisions differ, the export fails and leaves no file. Its
    metadata has the names of the classes, how outputs are decided on, the statistics of the transforms and the hash of
    the spec; three samples with their outputs are beside it, in `FILE.samples.safetensors`.

    By default a file takes what the network takes, transformed samples, and outputs what the network outputs. With
    `inside = [transform, softmax]` it takes the samples of the data set, such as the pixels of an image, and outputs
    probabilities. Numbers that were scaled by `target_transform` are in their own units.
    """

    order: ClassVar = 60
    trains: ClassVar = False
    aliases: ClassVar = ("exports", "deploy", "deployment", "output_files")
    examples: ClassVar = (
        Example('export { onnx = "digits.onnx" }'),
        Example('export { onnx = "digits.onnx"\n inside = [transform, softmax]\n batch = 1..64 }'),
        Example('export { pt2 = "digits.pt2"\n safetensors = "digits.safetensors"\n agreement = 99% }'),
    )

    inside: Annotated[
        tuple[Inside, ...],
        Field(
            description="what the file does itself: `transform` applies the transforms of `data`, `softmax` or "
            "`sigmoid` turns outputs into probabilities"
        ),
    ] = ()
    batch: Annotated[
        PositiveInt | Bounds | None,
        Field(description="numbers of samples that the file takes at a time; by default any"),
    ] = None
    size: Annotated[
        Bounds | tuple[Bounds, Bounds] | None,
        Field(
            description="heights and widths of images that the file takes, if the network takes several; by default "
            "those of the data"
        ),
    ] = None
    agreement: Annotated[
        Share,
        Field(description="percentage of test samples for which the file has to decide as the network does"),
    ] = Quantity(99.9, "%")

    @classmethod
    def has_defaults(cls) -> bool:
        """A spec that doesn't have it exports nothing."""
        return False

    @property
    def files(self) -> dict[str, str]:
        """The names of the files that are asked for, by those of their formats."""
        found = {name: getattr(self, name) for name in export_formats()}
        return {name: file for name, file in found.items() if file is not None}

    @property
    def formats(self) -> dict[str, type[ExportFormat]]:
        """The formats that are asked for."""
        return {name: entry for name, entry in export_formats().items() if name in self.files}

    @property
    def activation(self) -> str | None:
        """The last activation that the file has and the network hasn't."""
        return next((name for name in self.inside if name != TRANSFORM), None)

    @property
    def transforms(self) -> bool:
        """Whether the file applies the transforms."""
        return TRANSFORM in self.inside

    @property
    def bounds(self) -> Bounds:
        """The numbers of samples that a file takes at a time."""
        match self.batch:
            case int():
                return Bounds(self.batch, self.batch)
            case None:
                return ANY
            case _:
                return self.batch

    @property
    def sizes(self) -> tuple[Bounds, Bounds] | None:
        """The heights and the widths of images that a file takes; None if only those of the data."""
        return (self.size, self.size) if isinstance(self.size, Bounds) else self.size

    def check(self) -> None:
        for name, file in self.files.items():
            _check_name(name, file)
        if not self.files or any(entry.holds_graph for entry in self.formats.values()):
            return
        for key, given in (("inside", self.inside), ("batch", self.batch), ("size", self.size)):
            if given:
                raise MisfitError(
                    f"`{key}` is for files that hold the network, but a safetensors file holds weights alone",
                    argument=key,
                    help=f'leave out `{key}`, or add `onnx = "network.onnx"`',
                )


ANY = Bounds(1, 2**20)
"""Any number of samples; torch.export wants to know a largest one."""


def _check_name(format: str, file: str) -> None:
    """Refuse what isn't the name of a file of that format: a path would lead out of the run."""
    entry = export_formats()[format]
    stem = file.removesuffix(entry.suffix)
    plain = file.replace("\\", "/").rpartition("/")[2]
    if plain != file or (file.startswith(".") and stem):
        right = plain.lstrip(".") or f"network{entry.suffix}"
        raise MisfitError(
            f'`{format}` takes the name of a file in the folder `export` of the run, not the path "{file}"',
            argument=format,
            help=f'{format} = "{right}"; `netspec export --out` writes to any place',
        )
    if stem == file or not stem:
        name = file.rpartition(".")[0].lstrip(".") or (file if "." not in file else "network")
        raise MisfitError(
            f'"{file}" isn\'t the name of {entry.noun}, which ends with `{entry.suffix}`',
            argument=format,
            help=f'{format} = "{name}{entry.suffix}"',
        )
