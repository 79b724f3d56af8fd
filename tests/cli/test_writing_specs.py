"""`netspec convert` and `netspec new`: verbs that write specs, and never over another file unasked."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from netspec.cli.new import templates
from tests.cli.conftest import Netspec
from tests.cli.test_verbs import SPEC
from tests.specs import SPECS

# ---- convert ----


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_there_and_back_is_the_formatted_file(netspec: Netspec, folder: Path, path: Path) -> None:
    (folder / "spec.net").write_bytes(path.read_bytes())
    netspec("fmt", "spec.net")
    assert netspec("convert", "spec.net", "-o", "spec.net.json") == (0, "", "")
    assert netspec("convert", "spec.net.json").out == (folder / "spec.net").read_text()


def test_both_forms_are_one_program(netspec: Netspec, folder: Path) -> None:
    (folder / "a.json").write_text(netspec("convert", SPEC).out)
    assert netspec("diff", SPEC, "a.json") == (0, "the same program\n", "")


def test_converting_writes_over_a_file_only_by_force(netspec: Netspec, folder: Path) -> None:
    (folder / "a.json").write_text("mine")
    ended = netspec("convert", SPEC, "-o", "a.json")
    assert ended.exit_code == 5
    assert "can't write `a.json`: it is there already" in ended.err and "--force" in ended.err
    assert (folder / "a.json").read_text() == "mine"
    assert netspec("convert", SPEC, "-o", "a.json", "--force").exit_code == 0
    assert netspec("check", "a.json").exit_code == 0
    assert netspec("convert", SPEC, "-o", "b.json", "--force").exit_code == 0


def test_the_name_of_the_file_fits_the_form(netspec: Netspec, folder: Path) -> None:
    ended = netspec("convert", SPEC, "-o", "a.net")
    assert ended.exit_code == 2 and ".json" in ended.err
    assert not (folder / "a.net").exists()


def test_what_cannot_be_read_is_said_and_nothing_is_written(netspec: Netspec, folder: Path) -> None:
    (folder / "broken.net").write_text("model { ( }")
    ended = netspec("convert", "broken.net", "-o", "a.json")
    assert ended.exit_code == 1 and "NS1" in ended.err and ended.out == ""
    assert not (folder / "a.json").exists()
    assert netspec("convert", "nothing.net").exit_code == 5


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_file_that_cannot_be_written_whole_is_not_there(
    netspec: Netspec, folder: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = sorted(folder.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(os, call, failing)
        ended = netspec("convert", SPEC, "-o", "a.json")
    assert ended.exit_code == 5 and "can't write `a.json`: No space left on device" in ended.err
    assert sorted(folder.iterdir()) == before


# ---- new ----


def test_the_templates_are_listed_with_what_they_are(netspec: Netspec) -> None:
    lines = netspec("new").out.splitlines()
    assert [line.split()[0] for line in lines] == list(templates()) == ["cnn", "mnist", "table", "text", "transfer"]
    assert all(len(line.split()) > 3 for line in lines)


@pytest.mark.parametrize("name", templates())
def test_a_template_is_a_good_spec_in_the_format_without_any_download(
    netspec: Netspec, folder: Path, name: str
) -> None:
    ended = netspec("new", name)
    assert (ended.exit_code, ended.out) == (0, "")
    assert f"{name}.net: written" in ended.err
    assert netspec("check", f"{name}.net").out.startswith(f"{name}.net: good; ")
    assert netspec("fmt", "--check", f"{name}.net").exit_code == 0
    assert (folder / f"{name}.net").read_text().count("#") > 3, "it is commented"


def test_a_new_spec_takes_no_other_file_s_place(netspec: Netspec, folder: Path) -> None:
    (folder / "mine.net").write_text("mine")
    (folder / "link.net").symlink_to("nowhere")
    for name in ("mine.net", "link.net"):
        ended = netspec("new", "mnist", name)
        assert ended.exit_code == 5 and "it is there already" in ended.err
    assert (folder / "mine.net").read_text() == "mine"
    assert not (folder / "nowhere").exists()


def test_a_misspelt_template_is_answered_with_the_right_one(netspec: Netspec) -> None:
    ended = netspec("new", "mnits")
    assert ended.exit_code == 2 and "Did you mean 'mnist'?" in ended.err
    assert "cnn, mnist, table, text or transfer" in netspec("new", "zzz").err
