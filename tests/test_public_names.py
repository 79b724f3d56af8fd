"""What `netspec` offers to Python is what is documented, and it is there."""

import netspec

DOCUMENTED = {"Diagnostic", "NetspecError", "Program", "RunResult", "build", "check", "run"}


def test_the_public_names_are_the_documented_ones() -> None:
    assert set(netspec.__all__) == DOCUMENTED
    assert len(netspec.__all__) == len(DOCUMENTED)


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    undocumented = [name for name in netspec.__all__ if not getattr(netspec, name).__doc__]
    assert undocumented == []


def test_the_names_are_listed_where_people_look_for_them() -> None:
    assert set(dir(netspec)) >= DOCUMENTED
