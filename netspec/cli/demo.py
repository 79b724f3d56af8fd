"""`netspec demo`: try the network of a run on a page in the browser."""

from __future__ import annotations

import gc
import sys
import webbrowser
from pathlib import Path
from threading import Event

import click

from netspec import api
from netspec.api.saved_runs import Weights
from netspec.cli.options import run_argument, weights_option
from netspec.cli.output import message
from netspec.interruption import stop_on_signal


@click.command("demo")
@run_argument
@weights_option
@click.option("--port", type=click.IntRange(1, 65535), help="port of the page; by default any free one")
@click.option(
    "--browser/--no-browser", default=None, help="whether to open the page in the browser; by default on a terminal"
)
def command(run: Path, weights: Weights | None, port: int | None, browser: bool | None) -> None:
    """Serve a page to try the network of RUN: drop an image, draw one, or fill in a row of a table.

    The page shows the prediction with the probabilities of the classes, the most similar training samples, and for
    convolutional networks where the network looks (Grad-CAM). Samples are read and transformed as by netspec predict.
    Prints the address of the page, which only this machine can open, and runs until Ctrl-C.

    RUN is a run folder, which contains the spec and the weights; or a spec, for its newest run. The training samples
    are loaded from where the spec says; without them the page predicts all the same.
    """
    gc.enable()
    ended = Event()
    with api.demo(run, weights, port=port or 0) as page, stop_on_signal(ended.set):
        click.echo(page.url)
        if sys.stdout.isatty() if browser is None else browser:
            _open(page.url)
        message("press Ctrl-C to end")
        while not ended.wait(timeout=1):  # without a timeout Windows doesn't hear Ctrl-C
            pass
    message("the page has ended")


def _open(url: str) -> None:
    """Open a page in the browser; a browser for terminals would take this one over."""
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return
    if type(found) is not webbrowser.GenericBrowser:
        found.open(url)
