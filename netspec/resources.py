"""Files that come with netspec beside its modules: the grammar, the JSON Schema, the sample data."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str, package: Path = PACKAGE) -> Path:
    """The file or folder at `parts`: `resource("grammar", "netspec.lark")`.

    A wheel holds everything in the package. In a checkout, be it installed as editable or not, `grammar/`
    stands beside the package. Raises FileNotFoundError if netspec was built without it.
    """
    packaged = package.joinpath(*parts)
    if packaged.exists():
        return packaged
    # site-packages may hold a `grammar` of somebody else's; only beside pyproject.toml is it ours
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and checkout.joinpath(*parts).exists():
        return checkout.joinpath(*parts)
    raise FileNotFoundError(f"netspec was built without {'/'.join(parts)}; install it again")
