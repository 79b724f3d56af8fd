"""What keeps the code open: nobody outside the catalogue asks which entry it has, and names are the field's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "netspec"
CATALOGUE = PACKAGE / "catalogue"
MODULES = sorted(PACKAGE.rglob("*.py"))
OUTSIDE = [path for path in MODULES if CATALOGUE not in path.parents]
KINDS = {path.parent.relative_to(CATALOGUE).as_posix() for path in CATALOGUE.glob("*/**/__init__.py")} - {"."}

RETIRED = {
    "chances": "probabilities",
    "divide": "split",
    "divided": "splits",
    "doubtful": "tainted",
    "glance": "interval",
    "glances": "interval",
    "judge": "evaluate",
    "judged": "evaluation",
    "judgement": "evaluation",
    "misfits": "mismatch",
    "range_test": "lr_finder",
    "rehearsal": "dry_run",
    "rehearse": "dry_run",
    "remedies": "fixes",
    "remedy": "fix",
    "retold": "reload",
    "silencer": "suppression",
    "silencers": "suppressions",
    "tally": "epoch_stats",
    "told_apart": "roc_curves",
    "untaken": "unreached",
}
"""Words that were names here, with those of the field."""


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in MODULES:
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def is_single_entry(module: str) -> bool:
    """Whether a module is that of an entry, or shared by entries of a kind, and not that of a kind."""
    path = module.removeprefix("netspec.catalogue.").replace(".", "/")
    return module.startswith("netspec.catalogue.") and path not in KINDS and "/" in path


def is_counterpart(path: Path, module: str) -> bool:
    """Whether a module carries out the entry of its name: `experiments/stages/prune.py` does `stages/prune.py`."""
    return module == f"netspec.catalogue.{path.parent.name}.{path.stem}"


def test_outside_the_catalogue_nobody_imports_a_single_entry_but_the_sections() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {module}"
        for path, tree in trees()
        if path in OUTSIDE
        for module in imported(tree)
        if is_single_entry(module) and not module.startswith("netspec.catalogue.sections.")
        if not is_counterpart(path, module)
    ]
    assert found == [], "what depends on an entry is a method or an attribute of its kind"


@pytest.mark.parametrize("kind", ["targets", "fields"])
def test_only_targets_and_fields_ask_which_one_they_have(kind: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {ast.unparse(node)}"
        for path, tree in trees()
        if CATALOGUE / kind not in path.parents
        for names in [imported_from(tree, f"netspec.catalogue.{kind}")]
        for node in ast.walk(tree)
        if asks(node, names)
    ]
    assert found == [], "a method or an attribute of the target or the field says what depends on it"


def imported_from(tree: ast.Module, package: str) -> set[str]:
    """The names that a module has from a package."""
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {
        alias.asname or alias.name
        for node in froms
        if node.module and f"{node.module}.".startswith(f"{package}.")
        for alias in node.names
    }


def asks(node: ast.AST, names: set[str]) -> bool:
    """Whether it is `isinstance(…, Classes)`, `type(target) is …`, or a pattern for one of these classes."""
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, classes]):
            return any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(classes))
        case ast.MatchClass(cls=ast.Name(id=name)):
            return name in names
        case ast.Compare(left=ast.Call(func=ast.Name(id="type"), args=[of]), comparators=[*others]):
            return ends_in(of, ("target", "field")) or any(ends_in(other, tuple(names)) for other in others)
        case ast.Compare(left=ast.Call(func=ast.Attribute(value=of, attr="name"), args=[])):
            return ends_in(of, ("target", "field"))
        case _:
            return False


def ends_in(node: ast.AST, names: tuple[str, ...]) -> bool:
    return ast.unparse(node).rpartition(".")[2] in names


def test_what_would_ask_is_found() -> None:
    names = {"Classes", "Target"}
    for text in (
        "isinstance(x, Classes)",
        "isinstance(x.target, Number | Classes)",
        "type(x.target) is y",
        "x.target.name() == 'classes'",
    ):
        assert any(asks(node, names) for node in ast.walk(ast.parse(text))), text
    assert not any(asks(node, names) for node in ast.walk(ast.parse("isinstance(x, Linear)")))


def defined(tree: ast.Module) -> Iterator[str]:
    """The names that a module gives: classes, functions, arguments, variables and attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case _:
                pass


def words(name: str) -> str:
    """A name in snake case, between underscores: `DataUsed` becomes `_data_used_`."""
    return f"_{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', name).strip('_').lower()}_"


def test_the_words_that_were_given_up_stay_away() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {name}: {RETIRED[word]}"
        for path, tree in trees()
        for name in dict.fromkeys((path.stem, path.parent.name, *defined(tree)))
        for word in RETIRED
        if f"_{word}_" in words(name)
    ]
    assert found == [], "the field has a word for it"


def test_frozen_dataclasses_with_slots_are_immutable_ones_that_are_cheap_to_define() -> None:
    assert [str(path) for path in MODULES if "@dataclass(frozen=True, slots=True)" in path.read_text("utf-8")] == []
