"""The verbs of the front end: what they print, where, and with which exit code they end."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from netspec.problems import all_problems
from tests.cli.conftest import Netspec
from tests.specs import SPECS

SPEC = "specs/mnist_fc.net"
PARAMETERS = {"mnist_fc": 235_914, "cifar10_fc": 3_809_034, "cifar10_gap": 16_022, "logistic_regression": 5}


@pytest.fixture
def broken(folder: Path) -> Path:
    path = folder / "broken.net"
    path.write_text((folder / SPEC).read_text().replace("linear(256)", "linaer(256)").replace("3 epochs", "3"))
    return path


# ---- check ----


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_the_specs_that_come_with_netspec_are_good(netspec: Netspec, path: Path) -> None:
    ended = netspec("check", f"specs/{path.name}")
    assert (ended.exit_code, ended.err) == (0, "")
    assert ended.out.startswith(f"specs/{path.name}: good; ")


def test_a_check_says_all_that_is_wrong_and_where(netspec: Netspec, broken: Path) -> None:
    ended = netspec("check", "broken.net")
    assert ended.exit_code == 1
    assert "--> broken.net:13:8" in ended.out and "--> broken.net:22:65" in ended.out
    assert ended.out.endswith("2 errors\n")


def test_one_bad_spec_among_good_ones_is_enough(netspec: Netspec, broken: Path) -> None:
    ended = netspec("check", SPEC, "broken.net")
    assert ended.exit_code == 1
    assert f"{SPEC}: good" in ended.out


def test_a_check_as_json(netspec: Netspec, broken: Path) -> None:
    ended = netspec("check", "--format", "json", "broken.net", SPEC, "nothing.net")
    found = json.loads(ended.out)
    assert [item["code"] for item in found] == ["NS201", "NS221", "NS001"]
    assert found[0]["place"] == {"file": "broken.net", "line": 13, "column": 8, "end_line": 13, "end_column": 14}
    assert found[0]["fix"]["edits"][0]["text"] == "linear"
    assert ended.exit_code == 5


def test_the_fixes_that_are_offered_make_it_good(netspec: Netspec, broken: Path, folder: Path) -> None:
    assert netspec("check", "--fix", "broken.net").exit_code == 0
    assert broken.read_text() == (folder / SPEC).read_text()


@pytest.mark.parametrize(
    ("name", "content", "exit_code", "said"),
    [
        ("nothing.net", None, 5, "there is no file `nothing.net`"),
        ("specs", None, 5, "it is a folder"),
        ("spec.txt", b"", 2, "neither `.net` nor `.json`"),
        ("latin.net", b"data { source = mnist_s\xe9mple() }", 1, "byte 0xe9 isn't UTF-8"),
        ("large.net", b"a" * 10_485_760, 1, "10_485_760 bytes"),
        ("deep.net", b"model { " + b"(" * 10_000, 1, "nested deeper than 64"),
        ("empty.net", b"", 1, "no section `data`"),
        ("empty.json", b"", 1, "JSON"),
        (
            "table.net",
            b'data { source = csv("t.csv", target="x") }\nmodel { linear(1) }',
            3,
            "there is no file `t.csv`",
        ),
    ],
)
def test_what_is_no_spec(
    netspec: Netspec, folder: Path, name: str, content: bytes | None, exit_code: int, said: str
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    ended = netspec("check", name)
    assert ended.exit_code == exit_code
    assert said in ended.out


def test_a_misspelt_file_is_answered_with_the_right_one(netspec: Netspec) -> None:
    assert "did you mean `specs/mnist_fc.net`?" in netspec("check", "specs/mnist_cf.net").out


@pytest.mark.parametrize("ending", [b"\r\n", b"\n"])
def test_a_byte_order_mark_tabs_and_line_endings_change_nothing(netspec: Netspec, folder: Path, ending: bytes) -> None:
    text = (folder / SPEC).read_bytes().replace(b"  ", b"\t").replace(b"\n", ending)
    (folder / "windows.net").write_bytes(b"\xef\xbb\xbf" + text)
    assert netspec("check", "windows.net").exit_code == 0
    (folder / "windows.net").write_bytes(b"\xef\xbb\xbf" + text.replace(b"fc3: linear", b"fc3: linaer"))
    assert "windows.net:15:7" in netspec("check", "windows.net").out


# ---- fmt ----


def test_fmt_writes_the_layout_and_then_finds_nothing_to_do(netspec: Netspec, folder: Path) -> None:
    wild = folder / "wild.net"
    wild.write_text((folder / SPEC).read_text().replace("  ", "      ").replace(" = ", "="))
    assert netspec("fmt", "--check", "wild.net").exit_code == 1
    assert netspec("fmt", "wild.net") == (0, "", "")
    assert wild.read_text() == (folder / SPEC).read_text()
    assert netspec("fmt", "--check", "wild.net").exit_code == 0


def test_fmt_shows_what_would_change(netspec: Netspec, folder: Path) -> None:
    (folder / "wild.net").write_text("model{flatten}\n")
    ended = netspec("fmt", "--diff", "wild.net")
    assert "-model{flatten}\n+model {\n+  flatten\n+}\n" in ended.out
    assert (folder / "wild.net").read_text() == "model{flatten}\n"


def test_fmt_leaves_what_it_does_not_understand(netspec: Netspec, folder: Path) -> None:
    (folder / "wild.net").write_text("model{ flatten linear(10) }")
    ended = netspec("fmt", "wild.net")
    assert ended.exit_code == 1 and "NS101" in ended.err
    assert (folder / "wild.net").read_text() == "model{ flatten linear(10) }"


# ---- plan ----


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_plan_counts_the_parameters(netspec: Netspec, path: Path) -> None:
    ended = netspec("plan", "--format", "json", f"specs/{path.name}")
    assert json.loads(ended.out)["parameters"] == PARAMETERS[path.stem]
    shown = f"{PARAMETERS[path.stem]:,}".replace(",", " ")
    assert (
        f"total {shown}" in " ".join(netspec("plan", f"specs/{path.name}").out.split()) or PARAMETERS[path.stem] < 9999
    )


def test_a_plan_has_every_setting_with_its_origin(netspec: Netspec) -> None:
    plan = json.loads(netspec("plan", "--format", "json", SPEC).out)
    settings = {item["path"]: (item["value"], item["origin"]) for item in plan["settings"]}
    assert settings["train.epochs"] == ("5", "line 21")
    assert settings["train.seed"] == ("0", "default")
    assert plan["splits"] == {"train": 54_000, "validation": 6_000, "test": 10_000}
    assert (plan["steps_per_epoch"], plan["steps"]) == (844, 4_220)


def test_a_plan_of_a_broken_spec_says_what_is_wrong(netspec: Netspec, broken: Path) -> None:
    ended = netspec("plan", "broken.net")
    assert (ended.exit_code, ended.out) == (1, "")
    assert "2 errors" in ended.err


# ---- explain, schema, the command itself ----


def test_every_problem_is_explained(netspec: Netspec) -> None:
    listed = netspec("explain").out
    for code, problem in all_problems().items():
        assert code in listed
        assert netspec("explain", code.lower()).out.startswith(f"{code}: {problem.title()}")


def test_an_unknown_code_is_wrong_usage(netspec: Netspec) -> None:
    ended = netspec("explain", "NS20l")
    assert ended.exit_code == 2
    assert "NS20l" in ended.err and "Did you mean NS2" in ended.err


def test_the_schema_is_printed_as_it_is_committed(netspec: Netspec) -> None:
    assert json.loads(netspec("schema").out)["title"] == "netspec"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc", SPEC], "Did you mean 'check'?"),
        ([SPEC], f"Did you mean 'netspec run {SPEC}'?"),
        (["check"], "Missing argument"),
        (["check", "--formt", "json", SPEC], "--format"),
        (["plan", "--format", "xml", SPEC], "'xml' is not one of"),
    ],
)
def test_wrong_usage_is_answered_with_the_right_one(netspec: Netspec, arguments: list[str], said: str) -> None:
    ended = netspec(*arguments)
    assert ended.exit_code == 2
    assert said in ended.err


def test_help_names_every_verb(netspec: Netspec) -> None:
    ended = netspec("--help")
    assert ended.exit_code == 0
    assert all(f"\n  {verb} " in ended.out for verb in ("check", "fmt", "plan", "run", "explain", "schema", "doctor"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_spec_that_may_not_be_read(netspec: Netspec, folder: Path) -> None:
    (folder / SPEC).chmod(0)
    assert netspec("check", SPEC).exit_code == 5
