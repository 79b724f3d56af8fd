"""The reference: a page for each kind, on which every entry stands with all that the catalogue says of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netspec.catalogue.entry import Entry, entries
from netspec.catalogue.listing import listed_kinds
from netspec.catalogue.slots import slots
from netspec.generate.markdown import table
from netspec.generate.reference import INDEX, about, page_of, reference
from netspec.render.ops import example_text, signature
from tests.specs import ROOT
from tests.test_front_end_without_torch import run_without_torch

PAGES = reference()
FOLDER = ROOT / "docs" / "reference"
ALL = [(kind, entry) for kind in listed_kinds() for entry in entries(kind)]
EVERY_ENTRY = pytest.mark.parametrize(
    ("kind", "entry"), ALL, ids=[f"{kind.kind} {entry.name()}" for kind, entry in ALL]
)
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")


def part(kind: type[Entry], name: str) -> str:
    """What a page says of one entry: from its heading to the next."""
    _, _, rest = PAGES[page_of(kind)].partition(f"\n## {name}\n")
    return rest.partition("\n## ")[0]


def anchors(page: str) -> set[str]:
    """What a link may lead to: the headings, as code hosts name them."""
    return {heading.lower().replace(" ", "-") for heading in re.findall(r"^##* (.*)$", page, re.MULTILINE)}


@EVERY_ENTRY
def test_an_entry_is_described_in_full(kind: type[Entry], entry: type[Entry]) -> None:
    said = part(kind, entry.name())
    assert signature(entry) in said
    assert entry.documentation() in said
    assert all(example_text(entry, example) in said for example in entry.examples)
    assert all(f"`{name}`" in said for name in entry.torch_names)
    for name, slot in slots(entry).items():
        assert f"| `{name}` | {slot.words} |" in said
        assert slot.description in said


def test_what_is_unlike_torch_is_said_once_for_all_of_a_kind_and_else_of_the_entry() -> None:
    layers = next(kind for kind in listed_kinds() if kind.kind == "layer")
    assert PAGES[page_of(layers)].count("- `device`: `train.device` is for the whole network\n") == 1
    assert "- `sparse`: optimizers take dense gradients here\n" in part(layers, "embedding_bag")
    assert "Unlike torch" not in part(layers, "relu")


def test_the_shapes_of_a_layer_stand_beside_its_examples() -> None:
    layers = next(kind for kind in listed_kinds() if kind.kind == "layer")
    assert "| `conv(16, 5)` | [3, 32, 32] | [16, 28, 28] |\n" in part(layers, "conv")
    assert "| `concat` | [64, 7, 7], [32, 7, 7] | [96, 7, 7] |\n" in part(layers, "concat")


def test_a_section_is_shown_in_its_layout() -> None:
    sections = next(kind for kind in listed_kinds() if kind.kind == "section")
    assert "```\ndata {\n  source = mnist_sample()\n}\n" in part(sections, "data")


def test_the_index_names_every_entry_and_where_its_kind_stands() -> None:
    index = PAGES[INDEX]
    assert all(f"[`{entry.name()}`]({page_of(kind)}#{entry.name()})" in index for kind, entry in ALL)
    line = "| [optimizers](optimizers.md) | how the weights are updated | `group.optimizer`, `train.optimizer` |"
    assert line in index
    assert all(about(kind) for kind in listed_kinds())


def test_every_link_leads_somewhere() -> None:
    known = {name: anchors(page) for name, page in PAGES.items()}
    for page in PAGES.values():
        for file, anchor in LINK.findall(page):
            assert file in known and (not anchor or anchor in known[file]), f"{file}#{anchor}"


def test_no_page_of_a_kind_that_is_gone_is_left_behind() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)


def test_it_is_made_without_torch(tmp_path: Path) -> None:
    ran = run_without_torch("from netspec.generate.reference import reference; print(len(reference()))", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, f"{len(PAGES)}\n"), ran.stderr


def test_a_bar_in_a_cell_is_no_border() -> None:
    assert table(("what",), [("|x|",)]) == "| what |\n| --- |\n| \\|x\\| |\n"
