"""The `netspec` command: it imports the chosen verb, and turns errors into messages and exit codes."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import click

from netspec.cli.output import message, show_error
from netspec.diagnostics import did_you_mean
from netspec.files import not_written
from netspec.interruption import Terminated
from netspec.problems import NetspecError

# pydantic would look through all that is installed for plugins, and import them; set before any verb imports it
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

VERBS = {
    "check": "say everything that is wrong with specs",
    "fmt": "lay specs out in the one format",
    "plan": "say what a run would do, without doing it",
    "data": "say what the data is, and show what training makes of it",
    "run": "train, judge and report",
    "search": "search for good values of params, one training after another",
    "lr-find": "try learning rates, and say which one to begin with",
    "eval": "evaluate the weights of a run on a split",
    "predict": "say what the network of a run makes of files",
    "demo": "try the network of a run on a page in the browser",
    "compress": "prune, fine-tune and quantize the network of a run",
    "export": "write the network of a run to files for other programs",
    "report": "write the report of a run anew",
    "runs": "list the runs, with what they came to",
    "compare": "say what runs did otherwise, and which came out best",
    "verify-resume": "prove that a resumed run ends with the same bits",
    "why": "say where a value comes from",
    "graph": "draw the network",
    "diff": "say what differs between two specs",
    "weights": "list, download and remove pretrained weights",
    "convert": "say a spec in the other form, .net or JSON",
    "new": "begin a spec from a template",
    "import": "make a spec of a module of torch, or safetensors of a file of torch.save",
    "try": "apply operations to a picture or to numbers",
    "ops": "list all that a spec may name, or show one of them",
    "explain": "explain a problem by its code",
    "schema": "print the JSON Schema of the JSON form",
    "doctor": "look at the installation and the devices",
}
NO_MEMORY, NO_FOLDER = 1, 5
INTERRUPTED = 130
TERMINATED = 143


OTHER_NAMES = {
    **dict.fromkeys(("train", "fit", "start", "learn", "execute"), "netspec run"),
    **dict.fromkeys(("resume", "continue"), "netspec run --resume"),
    **dict.fromkeys(("test", "evaluate", "score", "val"), "netspec eval"),
    **dict.fromkeys(("infer", "inference", "classify"), "netspec predict"),
    **dict.fromkeys(("validate", "lint", "verify"), "netspec check"),
    **dict.fromkeys(("fix",), "netspec check --fix"),
    **dict.fromkeys(("format",), "netspec fmt"),
    **dict.fromkeys(("summary", "show", "describe", "info"), "netspec plan"),
    **dict.fromkeys(("draw", "plot", "visualize"), "netspec graph"),
    **dict.fromkeys(("init", "create", "template"), "netspec new"),
    **dict.fromkeys(("tune", "optimize", "hpo", "study", "sweep"), "netspec search"),
    **dict.fromkeys(("list", "layers", "catalogue", "catalog"), "netspec ops"),
    **dict.fromkeys(("history", "ls"), "netspec runs"),
    **dict.fromkeys(("prune", "quantize", "quantise", "finetune", "distill", "shrink"), "netspec compress"),
    **dict.fromkeys(("onnx", "deploy", "save"), "netspec export"),
    **dict.fromkeys(("find-lr", "lr", "lr-finder"), "netspec lr-find"),
    **dict.fromkeys(("to-json",), "netspec convert"),
    **dict.fromkeys(("serve", "app", "ui", "gradio"), "netspec demo"),
}
"""What other programs call the verbs, and the command here."""


class Verbs(click.Group):
    """The verbs by their names; each is the function `command` of the module `netspec.cli.<verb>`, with `_` for `-`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"netspec.cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            nearest = OTHER_NAMES.get(args[0].replace("_", "-")) or did_you_mean(args[0], VERBS)
            hint = f"netspec run {args[0]}" if args[0].endswith((".net", ".json")) else nearest
            if hint is None:
                raise
            raise click.UsageError(f"{error.message} Did you mean '{hint}'?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # the one-line helps stand here, so that none of the verbs is imported for it
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"netspec {version('netspec-lang')}")
        ctx.exit()


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="print the version")
def cli() -> None:
    """Declare a network and its training in a small file; check it, plan it, run it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code: 0 good, 1 problems in the spec, 2 wrong usage, 3 data,
    4 numbers, 5 files and disk, 6 busy, 7 assertions on results and exports, 130 or 143 interrupted."""
    # a verb of the front end is over before there is anything to collect; `run` turns it on again
    gc.disable()
    sys.exit(_exit_code(sys.argv[1:] if arguments is None else list(arguments)))


def _exit_code(arguments: list[str]) -> int:
    try:
        return _ended(arguments)
    except (MemoryError, ImportError) as error:
        if not _is_out_of_memory(error):
            raise
        # numpy's message is a page, with the reason in its last line
        reason = str(error).strip().rpartition("\n")[2].removeprefix("Original error was: ")
        # without rich, for which there may be no memory either
        sys.stderr.write(f"the memory that this process may have is too small: {reason or 'it is full'}\n")
        return NO_MEMORY


def _ended(arguments: list[str]) -> int:
    """Run a command and show its errors; returns its exit code."""
    if not _has_current_folder():
        message("there is no current folder any more: it was removed; `cd` leads to another one")
        return NO_FOLDER
    if not os.environ.get("COLUMNS", "1").strip("0"):
        del os.environ["COLUMNS"]  # in no columns nothing would be shown
    try:
        with _termination():
            result: Any = cli.main(args=arguments, prog_name="netspec", standalone_mode=False)
            sys.stdout.flush()
    except NetspecError as error:
        show_error(error)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        return _interrupted(error)
    except BrokenPipeError:
        # the reader of our output has gone; what it wanted it has
        _drop_output()
        return 0
    except OSError as error:
        if error.errno is None:  # not from the system
            raise
        if error.filename is None:
            _drop_output()
        problem = not_written(str(error.filename or "standard output"), error)
        show_error(problem)
        return problem.exit_code
    return result if isinstance(result, int) else 0


def _has_current_folder() -> bool:
    """Whether the current folder is there; torch's libraries end the process where it isn't."""
    try:
        Path.cwd()
    except OSError:
        return False
    return True


def _is_out_of_memory(error: Exception) -> bool:
    """Whether the memory is full, also where it has no room for a library."""
    texts = ("failed to map segment", "annot allocate memory")
    return isinstance(error, MemoryError) or any(text in str(error) for text in texts)


def process() -> None:
    """`main` as all that its process does: once it is over the process ends at once.

    Python would give back all that torch holds piece by piece, which takes 0.4 to 0.8 s while the user waits for the
    prompt. Under a debugger or a profiler it ends in Python's own way, since those have something left to say.
    """
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:  # closed by who started us
            setattr(sys, stream, Path(os.devnull).open("w"))  # noqa: SIM115
    code: int | None = None

    def end() -> None:
        if code is None:
            return
        with suppress(OSError):  # nobody reads any more, and Python says so
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    atexit.register(end)  # the first to come is the last to be called
    try:
        main()
    except SystemExit as left:
        if isinstance(left.code, int) and not (sys.gettrace() or sys.getprofile()):
            code = left.code
        raise


@contextmanager
def _termination() -> Generator[None]:
    """Within it, SIGTERM raises Terminated, once; what is to be ended by force anyway follows with SIGKILL."""

    def terminate(number: int, frame: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Terminated

    if current_thread() is not main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _interrupted(error: BaseException) -> int:
    """Say it in a line, with what the run has to add, and give the exit code."""
    # click puts its own error around the one that has the notes
    cause = error if isinstance(error, KeyboardInterrupt) else error.__cause__
    message("; ".join(["interrupted", *getattr(cause, "__notes__", ())]))
    return TERMINATED if isinstance(cause, Terminated) else INTERRUPTED


def _drop_output() -> None:
    """Nothing more can be written: what is still to be goes nowhere, quietly."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
