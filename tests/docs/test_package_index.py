"""README.md as a package index shows it: without the files beside it."""

from __future__ import annotations

import re
import tomllib

from tests.specs import ROOT


def description() -> str:
    """README.md with the substitutions that the build makes."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for each in settings["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        text = re.sub(each["pattern"], each["replacement"], text)
    return text


def test_no_link_and_no_image_leads_to_a_file_beside_it() -> None:
    links: list[str] = re.findall(r"\]\(([^)]*)\)|(?:src|href)=\"([^\"]*)\"", description())
    targets = [target for pair in links for target in pair if target]
    assert [target for target in targets if not target.startswith(("https://", "#"))] == []


def test_the_names_of_linked_pages_stay() -> None:
    assert "| `mnist_fc.net`" in description() and "[The guide](" not in description()
    assert "The guide goes through the language" in description()
