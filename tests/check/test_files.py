"""Specs made of several files: `from … import`, `extends`, and values from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec.api.specs import convert
from netspec.checker import Checked, check_file

BLOCKS = """\
param unit = 8
block dense(width) { linear(width) -> relu }
"""
BASE = """\
from "blocks.net" import dense, unit
param width = 16 in [16, 32]
data { source = mnist_sample() }
model { flatten -> dense(width) -> dense(unit) -> linear(10) }
train { epochs = 3 }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "blocks.net").write_text(BLOCKS)
    (tmp_path / "base.net").write_text(BASE)
    return tmp_path


def check(folder: Path, text: str, **overrides: str) -> Checked:
    (folder / "spec.net").write_text(text)
    return check_file(folder / "spec.net", overrides)


def codes(checked: Checked) -> list[str]:
    return [diagnostic.code for diagnostic in checked.diagnostics]


def widths(checked: Checked) -> list[int]:
    return [node.shape.last for node in checked.require().graph.nodes if node.layer.name() == "linear"]


# ---- imports ----


def test_a_block_and_a_param_are_taken_from_another_file(folder: Path) -> None:
    assert widths(check_file(folder / "base.net")) == [16, 8, 10]


def test_a_name_that_the_file_does_not_declare_is_reported_with_the_nearest(folder: Path) -> None:
    found = check(folder, BASE.replace("import dense,", "import dens,"))
    assert codes(found) == ["NS215"]
    assert any(d.fix is not None and "dense" in d.fix.title for d in found.diagnostics)


def test_an_import_that_nothing_uses_is_a_warning(folder: Path) -> None:
    found = check(folder, BASE.replace("dense(unit)", "dense(8)"))
    assert codes(found) == ["NS207"]


@pytest.mark.parametrize("path", ["/etc/passwd", "C:/x.net", "blocks.txt", "missing.net", "../missing.net", "a\\n.net"])
def test_a_file_that_is_none_is_refused(folder: Path, path: str) -> None:
    assert codes(check(folder, BASE.replace("blocks.net", path))) == ["NS214"]


def test_files_that_ask_for_one_another_are_refused(folder: Path) -> None:
    (folder / "a.net").write_text('from "b.net" import two\nblock one { relu }\n')
    (folder / "b.net").write_text('from "a.net" import one\nblock two { one }\n')
    found = check(folder, 'from "a.net" import one\n' + BASE.replace("flatten ->", "flatten -> one ->"))
    assert codes(found) == ["NS214"]


def test_a_mistake_in_the_other_file_is_shown_there(folder: Path) -> None:
    (folder / "blocks.net").write_text(BLOCKS.replace("linear", "linaer"))
    (found,) = check_file(folder / "base.net").diagnostics
    assert found.span is not None and found.span.source.name.endswith("blocks.net") and found.span.line == 2


def test_a_file_of_blocks_alone_is_good_and_can_not_be_run(folder: Path) -> None:
    checked = check_file(folder / "blocks.net")
    assert checked.diagnostics == () and checked.program is None


# ---- extends ----


def test_sections_replace_key_by_key_and_the_model_as_a_whole(folder: Path) -> None:
    found = check(folder, 'extends "base.net"\ntrain { seed = 7 }\n').require()
    assert (found.train.epochs, found.train.seed) == (3, 7)
    found = check(folder, 'extends "base.net"\nmodel { flatten -> linear(10) }\n')
    assert widths(found) == [10]


def test_a_param_of_the_file_takes_the_place_of_the_other_one(folder: Path) -> None:
    assert widths(check(folder, 'extends "base.net"\nparam width = 32\n')) == [32, 8, 10]


@pytest.mark.parametrize("section", ["data { batch_size = 8 }", "train { seed = 7 }", "evaluate { per_class = false }"])
def test_a_section_with_some_of_its_keys_is_the_same_as_json(folder: Path, section: str) -> None:
    program = check(folder, f'extends "base.net"\n{section}\n').require()
    (folder / "spec.json").write_text(convert(folder / "spec.net"))
    assert check_file(folder / "spec.json").require().hash == program.hash


def test_a_section_without_what_it_needs_is_an_error_as_json_where_nothing_is_extended(folder: Path) -> None:
    (folder / "spec.json").write_text('{"netspec": 1, "data": {"batch_size": 8}, "model": [{"op": "flatten"}]}')
    assert codes(check_file(folder / "spec.json")) == ["NS223"]


def test_what_was_replaced_is_remembered(folder: Path) -> None:
    program = check(folder, 'extends "base.net"\ntrain { epochs = 9 }\n').require()
    origin = program.origins["train.epochs"]
    assert origin.overrode is not None and origin.overrode.span is not None
    assert origin.overrode.span.source.name.endswith("base.net")


def test_a_file_can_not_extend_itself(folder: Path) -> None:
    assert codes(check(folder, 'extends "spec.net"\n' + BASE)) == ["NS214"]


def test_mistakes_are_listed_file_by_file_the_checked_one_first(folder: Path) -> None:
    # a mistake in a param is found before those in sections, and its offset is between theirs
    (folder / "blocks.net").write_text(BLOCKS.replace("unit = 8", "unit = eight"))
    (folder / "base.net").write_text(BASE.replace("epochs", "epochz"))
    below = "\n" * 200
    found = check(folder, f'extends "base.net"\ntrain {{ sead = 1 }}{below}evaluate {{ metric = [accuracy] }}\n')
    assert [(Path(d.span.source.name).name, d.code) for d in found.diagnostics if d.span is not None] == [
        ("spec.net", "NS203"),
        ("spec.net", "NS203"),
        ("blocks.net", "NS206"),
        ("base.net", "NS203"),
    ]


# ---- values from outside ----


def test_a_value_from_outside_takes_the_place_of_a_param(folder: Path) -> None:
    assert widths(check(folder, BASE, width="32")) == [32, 8, 10]


@pytest.mark.parametrize(
    ("overrides", "code"),
    [({"width": "48"}, "NS228"), ({"widht": "32"}, "NS206"), ({"width": "3 +"}, "NS101"), ({"width": "wide"}, "NS206")],
)
def test_a_value_from_outside_that_is_wrong_is_reported(folder: Path, overrides: dict[str, str], code: str) -> None:
    assert code in codes(check(folder, BASE, **overrides))


def test_the_value_in_the_file_has_to_be_in_the_domain_too(folder: Path) -> None:
    assert codes(check(folder, BASE.replace("width = 16", "width = 17"))) == ["NS228"]
