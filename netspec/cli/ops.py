"""`netspec ops`: list what a spec may name."""

from __future__ import annotations

import click

from netspec.catalogue.elsewhere import instead
from netspec.catalogue.entry import Entry, entries, find, names
from netspec.catalogue.listing import listed_kinds
from netspec.checker.names.vocabulary import bare, exact, meant
from netspec.cli.options import format_option
from netspec.cli.output import message, show, show_json, show_table
from netspec.diagnostics import did_you_mean
from netspec.render.ops import entry_as_json, render_list, render_pages
from netspec.render.zoo import network_as_json, render_network, render_networks
from netspec.zoo import NAME as ZOO
from netspec.zoo import network as known_network
from netspec.zoo import network_named, networks


@click.command("ops")
@click.argument("name", required=False)
@click.argument("network", required=False)
@click.option("--kind", help="only that kind of thing: layer, loss, optimizer, …")
@format_option()
def command(name: str | None, network: str | None, kind: str | None, form: str) -> int:
    """List what a spec may name; with a NAME, its page: arguments, defaults, documentation and examples. A NAME of
    torch, such as `Conv2d`, gives the page of what it is called here.

    `netspec ops zoo` lists the known networks, and `netspec ops zoo NETWORK` shows one: arguments, size, pretrained
    weights.

    Ends with 1 if there is nothing of that name.
    """
    head, _, rest = (name or "").partition(".")
    if head == ZOO and kind is None:
        return _zoo(network or rest or None, form)
    if network is not None:
        raise click.UsageError(f"Got unexpected extra argument ({network})")
    among = _among(kind)
    found = _named(name, among) if name is not None else [entry for kind in among for entry in entries(kind)]
    if name is not None and not found:
        message(f"there is no {kind or 'entry'} `{name}`; {_hint(bare(name), among)}")
        return 1
    if form == "json":
        show_json([entry_as_json(entry) for entry in found])
    elif name is not None:
        show(render_pages(found))
    else:
        show(render_list({kind.kind: entries(kind) for kind in among}))
    return 0


def _zoo(name: str | None, form: str) -> int:
    """List the networks, or show one."""
    wanted = networks().values() if name is None else [found] if (found := known_network(name)) is not None else []
    if not wanted:
        nearest = network_named(name or "") or did_you_mean(name or "", networks())
        hint = f"did you mean `{nearest}`?" if nearest else f"`netspec ops {ZOO}` lists all that there are"
        message(f"there is no network `{name}`; {hint}")
        return 1
    if form == "json":
        show_json([network_as_json(network) for network in wanted])
    elif name is None:
        show_table(render_networks(wanted))
    else:
        show(render_network(*wanted))
    return 0


def _among(kind: str | None) -> list[type[Entry]]:
    """All kinds or the one asked for."""
    known = {entry.kind_key(): entry for entry in listed_kinds()}
    if kind is None:
        return list(known.values())
    if kind not in known:
        raise click.BadParameter(f"{kind!r} is not one of {', '.join(map(repr, known))}.", param_hint="'--kind'")
    return [known[kind]]


def _named(name: str, among: list[type[Entry]]) -> list[type[Entry]]:
    """The entries of a name, which may be that of torch or of another library too."""
    own = [entry for kind in among if (entry := find(kind, name)) is not None]
    if own:
        return own
    known = ((kind, exact(bare(name), kind)) for kind in among)
    found = (find(kind, guess) for kind, guess in known if guess is not None)
    return [entry for entry in found if entry is not None]


def _hint(name: str, among: list[type[Entry]]) -> str:
    """What helps where nothing has a name."""
    said = instead(name, *(kind.kind for kind in among))
    if said is not None:
        return said
    nearest = meant(name, [known for kind in among for known in names(kind)])
    return f"did you mean `{nearest}`?" if nearest else "`netspec ops` lists all that there is"
