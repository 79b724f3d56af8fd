"""The map in ARCHITECTURE.md has every package and module."""

from pathlib import Path

import pytest

from netspec.generate.file_map import file_map, job, with_file_map

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "netspec"


def test_the_map_is_up_to_date() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert page == with_file_map(page, PACKAGE), "run `python -m netspec.generate`"


def test_every_module_says_its_job_in_a_sentence() -> None:
    silent = [
        str(module.relative_to(ROOT)) for module in sorted(PACKAGE.rglob("*.py")) if not job(module).endswith(".")
    ]
    assert silent == [], "the first line of a module's docstring is a sentence that says its job"


def test_the_page_is_short() -> None:
    assert (ROOT / "ARCHITECTURE.md").stat().st_size <= 15 * 1024


def test_the_map_shows_a_package_then_its_modules_then_the_packages_in_it(tmp_path: Path) -> None:
    house = tmp_path / "house"
    (house / "attic").mkdir(parents=True)
    (house / "__init__.py").write_text('"""A house."""')
    (house / "kitchen.py").write_text('"""Food is made here."""')
    (house / "bath.py").write_text('"""Somebody sings."""')
    (house / "attic" / "__init__.py").write_text('"""What nobody needs.\n\nAnd more about it."""')
    (house / "attic" / "trunk.py").write_text("# it says nothing")
    (house / "cellar").mkdir()  # no module in it

    assert file_map(house) == (
        "house/  A house.\n"
        "  bath · kitchen\n"
        "  attic/  What nobody needs.\n"
        "    trunk"
    )  # fmt: skip


def test_the_map_leaves_kinds_and_their_entries_to_the_reference(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue"
    (catalogue / "layers").mkdir(parents=True)
    for name in ("__init__.py", "entry.py", "layers/__init__.py", "layers/linear.py"):
        (catalogue / name).write_text('"""Something."""')

    assert file_map(catalogue) == "catalogue/  Something."


def test_the_map_is_written_between_its_markers_only(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text('"""A house."""')
    page = "above\n<!-- file map -->\nold\n<!-- /file map -->\nbelow\n"

    once = with_file_map(page, tmp_path)

    assert once.startswith("above\n<!-- file map -->\n```\n")
    assert once.endswith("\n```\n<!-- /file map -->\nbelow\n")
    assert "old" not in once
    assert with_file_map(once, tmp_path) == once


def test_a_page_without_markers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").touch()
    with pytest.raises(ValueError, match="no <!-- file map -->"):
        with_file_map("a page\n", tmp_path)
