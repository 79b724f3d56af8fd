"""Files that come with netspec are found where a wheel, an editable install and a checkout have them."""

from pathlib import Path

import pytest

from netspec.resources import resource


@pytest.fixture
def package(tmp_path: Path) -> Path:
    package = tmp_path / "netspec"
    package.mkdir()
    return package


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_grammar_is_found() -> None:
    assert resource("grammar", "netspec.lark").is_file()


def test_a_wheel_has_it_in_the_package(package: Path) -> None:
    grammar = write(package / "grammar" / "netspec.lark", "start:")
    assert resource("grammar", "netspec.lark", package=package) == grammar


def test_a_checkout_has_it_beside_the_package(package: Path) -> None:
    write(package.parent / "pyproject.toml", "")
    grammar = write(package.parent / "grammar" / "netspec.lark", "start:")
    assert resource("grammar", "netspec.lark", package=package) == grammar


def test_a_stranger_beside_an_installed_package_is_not_taken(package: Path) -> None:
    write(package.parent / "grammar" / "netspec.lark", "somebody else's")
    with pytest.raises(FileNotFoundError, match=r"without grammar/netspec\.lark"):
        resource("grammar", "netspec.lark", package=package)
