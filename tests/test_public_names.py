"""What `netspec` offers to Python is what is documented, and it is there."""

from contextlib import suppress
from importlib import import_module
from inspect import isfunction

import pytest

import netspec
from netspec import api

DOCUMENTED = {
    *("Diagnostic", "NetspecError", "Program", "RunResult", "Summary"),
    *("build", "check", "overfit", "resume", "run", "smoke"),
}


def test_the_public_names_are_the_documented_ones() -> None:
    assert set(netspec.__all__) == DOCUMENTED
    assert len(netspec.__all__) == len(DOCUMENTED)


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_a_public_name_is_there_and_says_what_it_is(name: str) -> None:
    assert callable(getattr(netspec, name))
    assert getattr(netspec, name).__doc__


@pytest.mark.parametrize("name", [name for name in api.__all__ if name != "Spec"])
def test_a_function_of_the_api_says_what_it_does(name: str) -> None:
    """No module of the package takes its place, as one of its name would when it is imported."""
    assert isfunction(getattr(api, name))
    assert getattr(api, name).__doc__


@pytest.mark.parametrize("name", ["build", "check", "run"])
def test_a_function_is_not_hidden_by_a_package_of_its_name(name: str) -> None:
    """Python sets a package's name on its parent when it is first imported, which the first call may do."""
    with suppress(ModuleNotFoundError):  # no package of that name, no danger
        import_module(f"netspec.{name}")
    assert callable(getattr(netspec, name))
