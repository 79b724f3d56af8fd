"""What a rule of `train.init` loads from a file of weights, tensor by tensor, and what doesn't fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, field
from typing import Any, Literal

from netspec.catalogue.entry import as_count, as_text
from netspec.catalogue.init_rules import Loads
from netspec.formats.weights_file import WeightsFile
from netspec.immutable import immutable
from netspec.program.selectors import Idle
from netspec.program.written import written

Kind = Literal["shape", "dtype", "missing", "unused", "twice"]


@immutable
class Mismatch:
    """A tensor that can't be loaded: its name in the network and in the file, as far as it is in each, and what each
    has, as far as they differ."""

    kind: Kind
    name: str | None
    source: str | None
    expected: str = ""
    found: str = ""


@immutable
class Match:
    """A rule that loads tensors, and what it loads.

    `loaded` has the file's tensor for each of the network, by their names; `kept` are the tensors below the rule's
    scope that keep their initial values, and `unused` those of the file that aren't loaded, each with the reason.
    `widened` is the type of the file's numbers if it isn't float32. `pending` is whether the file has still to be
    downloaded, so that `loaded` is what is expected of it.
    """

    path: str
    rule: Loads
    file: WeightsFile
    loaded: Mapping[str, str]
    kept: Mapping[str, str] = field(default_factory=dict)
    unused: Mapping[str, str] = field(default_factory=dict)
    widened: tuple[str, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    idle: tuple[Idle, ...] = ()
    elements: int = 0

    @property
    def pending(self) -> bool:
        return self.file.pending

    @property
    def text(self) -> str:
        """The rule as a spec writes it."""
        return written(self.rule)


@immutable
class LoadedWeights:
    """What was loaded from a file: the rule as a spec writes it, the file with the SHA-256 of its content, the numbers
    of tensors and of elements, and the tensors that weren't loaded, each with the reason."""

    rule: str
    file: str
    note: str
    sha256: str
    tensors: int
    elements: int
    kept: tuple[tuple[str, str], ...] = ()
    unused: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, matched: Match, sha256: str) -> LoadedWeights:
        kept, unused = tuple(matched.kept.items()), tuple(matched.unused.items())
        file, note = matched.file.written, matched.file.note
        return cls(matched.text, file, note, sha256, len(matched.loaded), matched.elements, kept, unused)

    def to_json(self) -> dict[str, Any]:
        """The record as JSON data."""
        return {**asdict(self), "kept": dict(self.kept), "unused": dict(self.unused)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LoadedWeights:
        """The record again. Raises ValueError, TypeError or KeyError if the data isn't that of one."""
        rule, file, note, digest = (as_text(data[name]) for name in ("rule", "file", "note", "sha256"))
        kept, unused = (
            tuple((as_text(name), as_text(reason)) for name, reason in data[key].items()) for key in ("kept", "unused")
        )
        return cls(rule, file, note, digest, as_count(data["tensors"]), as_count(data["elements"]), kept, unused)
