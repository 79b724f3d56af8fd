"""`netspec ops`: list what a spec may name."""

from __future__ import annotations

import click

from netspec.catalogue.entry import Entry, aliases, entries, find, names
from netspec.catalogue.listing import listed_kinds
from netspec.checker.names.vocabulary import meant
from netspec.cli.options import format_option
from netspec.cli.output import message, show, show_json
from netspec.render.ops import entry_as_json, render_list, render_pages


@click.command("ops")
@click.argument("name", required=False)
@click.option("--kind", help="only that kind of thing: layer, loss, optimizer, …")
@format_option()
def command(name: str | None, kind: str | None, form: str) -> int:
    """List what a spec may name; with a NAME, its page: arguments, defaults, documentation and examples.

    Ends with 1 if there is nothing of that name.
    """
    among = _among(kind)
    found = _named(name, among) if name is not None else [entry for kind in among for entry in entries(kind)]
    if not found:
        nearest = meant(
            name or "",
            [known for kind in among for known in names(kind)],
            {alias: own for kind in among for alias, own in aliases(kind).items()},
        )
        hint = f"; did you mean `{nearest}`?" if nearest else "; `netspec ops` lists all that there is"
        message(f"there is no {kind or 'entry'} `{name}`{hint}")
        return 1
    if form == "json":
        show_json([entry_as_json(entry) for entry in found])
    elif name is not None:
        show(render_pages(found))
    else:
        show(render_list({kind.kind: entries(kind) for kind in among}))
    return 0


def _among(kind: str | None) -> list[type[Entry]]:
    """All kinds or the one asked for."""
    known = {entry.kind: entry for entry in listed_kinds()}
    if kind is None:
        return list(known.values())
    if kind not in known:
        raise click.BadParameter(f"{kind!r} is not one of {', '.join(map(repr, known))}.", param_hint="'--kind'")
    return [known[kind]]


def _named(name: str, among: list[type[Entry]]) -> list[type[Entry]]:
    found = (find(kind, name) for kind in among)
    return [entry for entry in found if entry is not None]
