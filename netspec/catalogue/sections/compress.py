"""How the trained network is made smaller and faster."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from netspec.catalogue.entry import Example
from netspec.catalogue.sections import Section
from netspec.catalogue.stages import Stage
from netspec.catalogue.values import Piped
from netspec.shapes import MisfitError


class Compress(Section):
    """Stages that the trained network goes through, one after the other: pruning, training further, quantization.

    `netspec run` goes through them after the training, and `netspec compress RUN` does so with a run that is finished.
    Each stage is a run in the folder `stages`, with its evaluation; the report has a row for each with the size on the
    disk and the time that one sample takes, both measured. A stage that makes the network neither smaller nor faster is
    a warning.
    """

    order: ClassVar = 55
    trains: ClassVar = False
    aliases: ClassVar = ("compression", "pruning", "quantization", "slim")
    examples: ClassVar = (
        Example("compress { stages = prune(50%) -> finetune(2 epochs) -> quantize(int8) }"),
        Example("compress { stages = quantize(int8, calibrate=1024) }"),
        Example("compress { stages = prune(90%, of=weights, over=2 epochs) -> finetune(3 epochs) }"),
    )

    stages: Annotated[tuple[Stage, ...], Piped(), Field(min_length=1, description="what is done, in this order")]

    def check(self) -> None:
        for place, stage in enumerate(self.stages):
            try:
                stage.between(self.stages[:place], self.stages[place + 1 :])
            except MisfitError as error:
                index = f"[{place}]" if len(self.stages) > 1 else ""
                raise MisfitError(error.reason, argument=f"stages{index}", help=error.help) from error
