"""The verbs of the front end: what they print, where, and with which exit code they end."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from netspec.cli.main import VERBS
from netspec.problems import all_problems
from netspec.render.words import count
from tests.cli.conftest import Netspec
from tests.specs import ROOT, SPECS

SPEC = "specs/mnist_fc.net"
WHOLE = [str(path.relative_to(ROOT)) for path in SPECS if path.parent.name != "blocks"]
"""The specs that come with netspec, without those that hold nothing but parts of others."""
PARAMETERS = {"mnist_fc": 235_914, "cifar10_fc": 3_809_034, "cifar10_gap": 16_022, "logistic_regression": 5}


@pytest.fixture
def broken(folder: Path) -> Path:
    path = folder / "broken.net"
    path.write_text((folder / SPEC).read_text().replace("linear(256)", "linaer(256)").replace("3 epochs", "3"))
    return path


# ---- check ----


@pytest.mark.parametrize("spec", WHOLE)
def test_the_specs_that_come_with_netspec_are_good(netspec: Netspec, spec: str) -> None:
    ended = netspec("check", spec)
    assert (ended.exit_code, ended.err) == (0, "")
    assert ended.out.startswith(f"{spec}: good; ")


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


def test_a_check_for_code_hosts(netspec: Netspec, broken: Path) -> None:
    ended = netspec("check", "--format", "github", "broken.net", SPEC, "nothing.net")
    first, second, third = ended.out.splitlines()
    assert first.startswith("::error file=broken.net,line=13,endLine=13,col=8,endColumn=14,title=NS201::there is no")
    assert "title=NS221::" in second and third.startswith("::error title=NS001::there is no file")
    assert ended.exit_code == 5

    log = json.loads(netspec("check", "--format", "sarif", "broken.net", SPEC).out)
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["NS201", "NS221"]
    assert json.loads(netspec("check", "--format", "sarif", SPEC).out)["runs"][0]["results"] == []


def test_the_fixes_that_are_offered_make_it_good(netspec: Netspec, broken: Path, folder: Path) -> None:
    ended = netspec("check", "--fix", "broken.net")
    assert ended.exit_code == 0
    assert "broken.net:13:8: fixed [NS201] there is no layer `linaer`" in ended.err
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


@pytest.mark.parametrize("ending", [b"\r\n", b"\n", b"\r"])
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


@pytest.mark.parametrize("text", ["model{flatten}\n", "# é\nmodel { fc: linear(10) }"])
def test_fmt_and_the_byte_order_mark(netspec: Netspec, folder: Path, text: str) -> None:
    wild = folder / "wild.net"
    wild.write_text(text)
    netspec("fmt", "wild.net")
    right = wild.read_bytes()
    for wrong in (b"\xef\xbb\xbf" + right, right.replace(b"\n", b"\r\n"), right.replace(b"\n", b"\r")):
        wild.write_bytes(wrong)
        assert netspec("fmt", "--check", "wild.net").exit_code == 1
        assert f"\n+{text[0]}" in netspec("fmt", "--diff", "wild.net").out
        assert netspec("fmt", "wild.net") == (0, "", "")
        assert wild.read_bytes() == right


def test_fmt_keeps_permissions_and_links(netspec: Netspec, folder: Path) -> None:
    (folder / "real.net").write_text("model{flatten}\n")
    (folder / "real.net").chmod(0o640)
    (folder / "link.net").symlink_to("real.net")
    assert netspec("fmt", "link.net").exit_code == 0
    assert (folder / "link.net").is_symlink()
    assert (folder / "real.net").read_text() == "model {\n  flatten\n}\n"
    assert stat.S_IMODE((folder / "real.net").stat().st_mode) == 0o640
    assert sorted(path.name for path in folder.iterdir()) == ["link.net", "real.net", "specs"]


def test_fmt_of_a_file_with_the_longest_name(netspec: Netspec, folder: Path) -> None:
    path = folder / ("é" * 125 + ".net")
    path.write_text("model{flatten}\n")
    assert netspec("fmt", path.name).exit_code == 0
    assert path.read_text() == "model {\n  flatten\n}\n"


FAULTS = ["EFBIG", "ENOSPC", "EDQUOT", "EACCES", "EROFS", "EIO", "EPERM"]


@pytest.mark.parametrize("arguments", [("fmt",), ("check", "--fix")], ids=" ".join)
@pytest.mark.parametrize("call", ["fsync", "chmod", "replace", "open"])
@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_written_stays_as_it_was(
    netspec: Netspec, broken: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str], call: str, fault: str
) -> None:
    before = broken.read_bytes() + b"\n\n"
    broken.write_bytes(before)

    def failing(*_: object, **__: object) -> None:
        raise OSError(getattr(errno, fault), os.strerror(getattr(errno, fault)))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, failing)
        ended = netspec(*arguments, "broken.net")
    assert ended.exit_code == 5
    assert f"can't write `broken.net`: {os.strerror(getattr(errno, fault))}" in ended.out + ended.err
    assert broken.read_bytes() == before
    assert not list(broken.parent.glob(".tmp-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="limits")
@pytest.mark.parametrize("arguments", ["fmt", "check --fix"])
def test_a_limit_of_the_size_of_files_costs_no_spec(broken: Path, folder: Path, arguments: str) -> None:
    before = broken.read_bytes() + b"\n\n" + b"# much\n" * 2000
    broken.write_bytes(before)
    # blocks of 512 or 1024 bytes, as the shell has it
    command = f"ulimit -f 4; exec {sys.executable} -m netspec {arguments} broken.net"
    ended = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 5
    assert "can't write `broken.net`: File too large" in ended.stdout + ended.stderr
    assert broken.read_bytes() == before
    assert not list(folder.glob(".tmp-*"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everything")
def test_a_spec_that_may_not_be_written_is_not_replaced(netspec: Netspec, folder: Path) -> None:
    (folder / "wild.net").write_text("model{flatten}\n")
    (folder / "wild.net").chmod(0o444)
    assert netspec("fmt", "wild.net").exit_code == 5
    assert (folder / "wild.net").read_text() == "model{flatten}\n"


def test_a_file_name_does_not_steer_the_terminal(netspec: Netspec, folder: Path) -> None:
    name = "\x1b[31mred\u202e.net"
    (folder / name).write_text("model { linaer(10) }\n\n")
    verbs = ("check", "fmt --check", "fmt --diff", "plan", "check --fix", "graph", f"diff {SPEC}", "why")
    for verb in verbs:
        ended = netspec(*verb.split(), name, *(["fc1"] if verb == "why" else []))
        assert "\ufffd[31mred\ufffd.net" in ended.out + ended.err
        assert "\x1b" not in ended.out + ended.err and "\u202e" not in ended.out + ended.err


# ---- plan ----


@pytest.mark.parametrize(("name", "parameters"), PARAMETERS.items())
def test_a_plan_counts_the_parameters(netspec: Netspec, name: str, parameters: int) -> None:
    ended = netspec("plan", "--format", "json", f"specs/{name}.net")
    assert json.loads(ended.out)["parameters"] == parameters
    assert f"total {count(parameters)}" in " ".join(netspec("plan", f"specs/{name}.net").out.split())


def test_a_plan_has_every_setting_with_its_origin(netspec: Netspec) -> None:
    plan = json.loads(netspec("plan", "--format", "json", SPEC).out)
    settings = {item["path"]: (item["value"], item["origin"]) for item in plan["settings"]}
    assert settings["train.epochs"] == ("5", "line 21")
    assert settings["train.seed"] == ("0", "default")
    assert plan["splits"] == {"train": 54_000, "validation": 6_000, "test": 10_000}
    assert (plan["steps_per_epoch"], plan["steps"]) == (844, 4_220)


def test_a_fix_may_bring_another_mistake_to_light(netspec: Netspec, folder: Path) -> None:
    text = (folder / SPEC).read_text()
    (folder / "many.net").write_text(
        text.replace("fc3: linear(10)", "fc3 = linaer(10)").replace("patience=3 ", "patience=3 x")
    )
    assert netspec("check", "--fix", "many.net").exit_code == 0
    assert (folder / "many.net").read_text() == text


def test_a_plan_of_a_broken_spec_is_json_too(netspec: Netspec, broken: Path) -> None:
    ended = netspec("plan", "--format", "json", "broken.net")
    assert ended.exit_code == 1
    assert [item["code"] for item in json.loads(ended.out)["diagnostics"]] == ["NS201", "NS221"]


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
    assert "NS20l" in ended.err and "Did you mean NS" in ended.err


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
    assert all(f"\n  {verb} " in ended.out for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_how_it_is_used(netspec: Netspec, verb: str) -> None:
    ended = netspec(verb, "--help")
    assert ended.exit_code == 0
    assert ended.out.startswith(f"Usage: netspec {verb} [OPTIONS]")


@pytest.mark.parametrize("arguments", [["graph"], ["diff", SPEC], ["why"]], ids=" ".join)
def test_of_a_broken_spec_what_is_wrong_is_said(netspec: Netspec, broken: Path, arguments: list[str]) -> None:
    ended = netspec(*arguments, "broken.net", *(["train.epochs"] if arguments == ["why"] else []))
    assert (ended.exit_code, ended.out) == (1, "")
    assert ended.err.endswith("2 errors\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_spec_that_may_not_be_read(netspec: Netspec, folder: Path) -> None:
    (folder / SPEC).chmod(0)
    assert netspec("check", SPEC).exit_code == 5


# ---- interruptions and what can't be printed ----


WAITING = """
import sys, time

class Input:
    class buffer:
        def read():
            print("ready", flush=True)
            time.sleep(60)

sys.stdin = Input
from netspec.cli import main
main(["fmt", "-"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_who_is_asked_to_end_says_so(folder: Path) -> None:
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", WAITING], cwd=folder, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said.strip()) == (143, "interrupted")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["schema"], ["--help"], ["explain"], ["fmt", "-"]], ids=" ".join)
def test_output_that_cannot_be_written(folder: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "netspec", *arguments]
        ended = subprocess.run(command, cwd=folder, input=b"relu", stdout=full, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 5
    assert b"can't write `standard output`" in ended.stderr and b"Traceback" not in ended.stderr


ENDING = """
import atexit, sys
import netspec.cli.main

class Heavy:
    def __del__(self):
        print("given back")

heavy = Heavy()

def verb():
    atexit.register(print, "tidied up")
    print("done")
    sys.exit(3)

module = sys.modules["netspec.cli.main"]
module.main = verb
module.process()
"""


def test_a_process_that_is_done_ends_without_giving_back_what_it_holds() -> None:
    ended = subprocess.run([sys.executable, "-c", ENDING], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (3, "done\ntidied up\n", "")


def test_a_profiler_has_the_last_word() -> None:
    command = [sys.executable, "-m", "cProfile", "-m", "netspec", "--help"]
    assert "function calls" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a shell that closes streams")
@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "1>&- 2>&-"])
def test_closed_streams_take_nothing_from_the_exit_code(folder: Path, closed: str) -> None:
    for arguments, code in ((f"check {SPEC}", 0), ("check none.net", 5)):
        command = f"{sys.executable} -m netspec {arguments} {closed}"
        ended = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
        assert (ended.returncode, "Traceback" in ended.stderr) == (code, False)


def test_what_has_no_place_in_a_spec_is_placed_at_its_start_for_code_hosts(netspec: Netspec, folder: Path) -> None:
    (folder / "large.net").write_bytes(b"#" * (2**20 + 1))
    (folder / "spec.txt").write_text("")
    (folder / "folder.net").mkdir()
    paths = ["nothing.net", "large.net", "spec.txt", "folder.net"]
    (run,) = json.loads(netspec("check", "--format", "sarif", *paths).out)["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert [place["artifactLocation"]["uri"] for place in places] == paths
    assert all(place["region"]["startLine"] == 1 for place in places)
    assert all(rule["fullDescription"]["text"] for rule in run["tool"]["driver"]["rules"])
