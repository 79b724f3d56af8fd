"""Other specs that a spec names: found beside it, read, and never asked for in a circle."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from netspec.diagnostics import Label
from netspec.lang import tree
from netspec.lang.lexical import WORD_LIMIT
from netspec.lang.read import read_tree
from netspec.lang.source_file import read_source
from netspec.problems import NetspecError, Problems
from netspec.problems.files import FileNotRead
from netspec.problems.reading import SpecNotReadable
from netspec.source import Source
from netspec.zoo import FOLDER, declaring, library_files, library_name, networks

SUFFIXES = (".net", ".json")
FILES = 64
WORD = re.compile(r'"[^"\n]*"|[\w.]+|[^\w\s]')
"""Roughly what counts as a word in either form of a spec."""


class Files:
    """The files that specs may name: those of the `overlay`, by their paths, and then those on the disk.

    A file whose text is still the same keeps its tree, so that the checks of one editor or one run share it. Without
    the `disk` there are none but those of the overlay, library files of the zoo included.
    """

    def __init__(self, overlay: Mapping[Path, str] | None = None, *, disk: bool = True) -> None:
        self.overlay = {absolute(path): text for path, text in (overlay or {}).items()}
        self.disk = disk
        self._trees: dict[Path, tuple[tree.Tree, Problems]] = {}

    def read(self, path: Path) -> Source:
        """The text of a file; raises NetspecError with the reason why it can't be had."""
        name, text = library_name(path) or str(path), self.overlay.get(absolute(path))
        if text is not None:
            return Source(name, text, path)
        if self.disk:
            return Source(name, read_source(path).text, path)
        raise NetspecError.of(SpecNotReadable(None, name, "it wasn't kept"))

    def network(self, name: str) -> Path | None:
        """The library file with the network of that name; None if the zoo has none."""
        return declaring(name, self._library()) if name in networks() or not self.disk else None

    def _library(self) -> Iterator[tuple[Path, str]]:
        paths = library_files() if self.disk else [path for path in self.overlay if path.parent == FOLDER]
        return ((path, self.read(path).text) for path in paths)

    def tree(self, path: Path) -> tuple[tree.Tree, Problems]:
        """The tree of a file and what is wrong with its writing; raises NetspecError if there is no text."""
        source, place = self.read(path), absolute(path)
        known = self._trees.get(place)
        if known is None or known[0].source.text != source.text or known[0].source.name != source.name:
            problems = Problems()
            known = self._trees[place] = read_tree(source, problems), problems
        return known


class Includes:
    """The files that one spec names, each read once. `open` are those that are being read, the outermost first."""

    def __init__(self, source: Source, files: Files) -> None:
        self.files = files
        self.open: list[tuple[Path, tree.Text | None]] = [(absolute(source.path), None)] if source.path else []
        self.trees: dict[Path, tree.Tree] = {}
        self._words = _count_words(source)

    @property
    def sources(self) -> tuple[Source, ...]:
        """All files that were read, in their order."""
        return tuple(spec.source for spec in self.trees.values())

    @contextmanager
    def opened(self, file: tree.Text, problems: Problems, path: Path | None = None) -> Generator[tree.Tree | None]:
        """The tree of a file while it is gone through; None after reporting why it can't be had. Where it lies follows
        from what is written, unless its `path` is given."""
        path = path or self._path(file, problems)
        spec = self._tree(path, file, problems) if path is not None else None
        if path is None or spec is None:
            yield None
            return
        self.open.append((absolute(path), file))
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
        place = absolute(path)
        circle = [asked for known, asked in self.open if known == place]
        if circle:
            labels = tuple(Label(asked.span, "asked for here") for _, asked in self.open if asked is not None)
            problems.add(FileNotRead(file.span, f'"{file.value}" asks for itself', labels))
            return None
        if place not in self.trees and self._words > WORD_LIMIT:
            # that has been said
            return None
        if place not in self.trees:
            if len(self.trees) == FILES:
                problems.add(FileNotRead(file.span, f"a spec is made of at most {FILES} files"))
                return None
            try:
                self._words += _count_words(self.files.read(path))
                if self._words > WORD_LIMIT:
                    message = f"a spec has at most {WORD_LIMIT:_} words, those of its files included"
                    problems.add(FileNotRead(file.span, message))
                    return None
                self.trees[place], found = self.files.tree(path)
            except NetspecError as error:
                reason = error.diagnostics[0]
                problems.add(FileNotRead(file.span, reason.message, help=reason.help))
                return None
            problems.extend(found)
            if found.fatal:
                return None
        return self.trees[place]


def _count_words(source: Source) -> int:
    return sum(1 for _ in WORD.finditer(source.text))


def absolute(path: Path) -> Path:
    # files may name each other in a circle that their paths as written don't show
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        # a link that leads to itself, or a name that is too long: reading it says so
        return path.absolute()
