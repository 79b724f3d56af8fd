"""Other specs that a spec names: found beside it, read, and never asked for in a circle."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from netspec.diagnostics import Label
from netspec.lang import tree
from netspec.lang.read import read_tree
from netspec.lang.source_file import read_source
from netspec.problems import NetspecError, Problems
from netspec.problems.files import FileNotRead
from netspec.problems.reading import SpecNotReadable
from netspec.source import Source

SUFFIXES = (".net", ".json")
FILES = 64


class Files:
    """Reads each file once. `open` are the files that are being read, the outermost first.

    Where `texts` are given they are the files that there are, by their paths: nothing is read from the disk.
    """

    def __init__(self, source: Source, texts: Mapping[Path, str] | None = None) -> None:
        self.texts = texts
        self.open: list[tuple[Path, tree.Text | None]] = [(_absolute(source.path), None)] if source.path else []
        self.trees: dict[Path, tree.Tree] = {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """All files that were read, in their order."""
        return tuple(spec.source for spec in self.trees.values())

    @contextmanager
    def opened(self, file: tree.Text, problems: Problems) -> Generator[tree.Tree | None]:
        """The tree of a file while it is gone through; None after reporting why it can't be had."""
        path = self._path(file, problems)
        spec = self._tree(path, file, problems) if path is not None else None
        if path is None or spec is None:
            yield None
            return
        self.open.append((_absolute(path), file))
        try:
            yield spec
        finally:
            self.open.pop()

    def _path(self, file: tree.Text, problems: Problems) -> Path | None:
        written = PurePosixPath(file.value.replace("\\", "/"))
        base = file.span.source.path
        if written.is_absolute() or ":" in file.value or not file.value.isprintable() or base is None:
            help = "name it by a path from this file's folder"
            problems.add(FileNotRead(file.span, f'"{file.value}" isn\'t a relative path', help=help))
            return None
        if written.suffix not in SUFFIXES:
            problems.add(FileNotRead(file.span, f'"{file.value}" doesn\'t end in {" or ".join(SUFFIXES)}'))
            return None
        return base.parent / written

    def _tree(self, path: Path, file: tree.Text, problems: Problems) -> tree.Tree | None:
        absolute = _absolute(path)
        circle = [asked for known, asked in self.open if known == absolute]
        if circle:
            labels = tuple(Label(asked.span, "asked for here") for _, asked in self.open if asked is not None)
            problems.add(FileNotRead(file.span, f'"{file.value}" asks for itself', labels))
            return None
        if absolute not in self.trees:
            if len(self.trees) == FILES:
                problems.add(FileNotRead(file.span, f"a spec is made of at most {FILES} files"))
                return None
            try:
                source = read_source(path) if self.texts is None else self._kept(path, self.texts)
            except NetspecError as error:
                reason = error.diagnostics[0]
                problems.add(FileNotRead(file.span, reason.message, help=reason.help))
                return None
            found = Problems()
            self.trees[absolute] = read_tree(source, found)
            problems.extend(found)
            if found.fatal:
                return None
        return self.trees[absolute]

    def _kept(self, path: Path, texts: Mapping[Path, str]) -> Source:
        text = texts.get(_absolute(path))
        if text is None:
            raise NetspecError.of(SpecNotReadable(None, str(path), "it wasn't kept"))
        return Source(str(path), text, path)


def _absolute(path: Path) -> Path:
    # links may lead in a circle that the paths as written don't show
    return path.resolve()
