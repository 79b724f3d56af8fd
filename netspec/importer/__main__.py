"""The process that loads the user's code and imports a module of it: `python -m netspec.importer REQUEST ANSWER`.

The request is a JSON file; the answer becomes one. Whatever the user's code prints goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

from netspec.writer.errors import CannotTranslate


def main(request: Path, answer: Path) -> None:
    wanted = json.loads(request.read_text(encoding="utf-8"))
    os.dup2(2, 1)
    sys.path[:] = [str(Path.cwd()), *(entry for entry in sys.path if entry)]
    try:
        found = _imported(wanted)
    except CannotTranslate as error:
        found = {"reason": error.reason, "help": error.help}
    except OSError as error:
        found = {"error": error.strerror or str(error), "errno": error.errno}
    answer.write_text(json.dumps(found), encoding="utf-8")


def _imported(wanted: dict[str, Any]) -> dict[str, Any]:
    from torch import nn

    from netspec.importer.imported import imported, incoming
    from netspec.importer.stored import store

    module = _module(wanted["target"])
    if not isinstance(module, nn.Module):
        raise CannotTranslate(f"it is of the type `{type(module).__name__}`, and a module of torch is wanted")
    remarks = _converted(module)
    spec, weights = Path(wanted["spec"]), wanted["weights"]
    given = [(name, tuple(sizes), whole) for name, sizes, whole in wanted["inputs"]]
    try:
        inputs = incoming(module, given)
        found = imported(module, inputs, wanted["title"], drop_unused=wanted["drop_unused"], weights=weights)
        spec.write_bytes(found.text.encode())
        if weights is not None:
            store(found, module, inputs, spec, spec.with_name(weights))
    except (CannotTranslate, OSError):
        raise
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        sizes = ", ".join(str(list(sizes)) for _, sizes, _ in given)
        reason = f"for an input of {sizes} it ends in {_error(error)}, in {Path(at.filename).name}:{at.lineno}"
        raise CannotTranslate(reason, "`--input 3,224,224` says the sizes, without the batch") from error
    return {"unused": found.unused, "remarks": [*remarks, *found.remarks]}


def _converted(module: Any) -> list[str]:
    """Bring a module to the CPU and to float32; gives remarks on what isn't as it was."""
    import torch

    items = [item for item in (*module.parameters(), *module.buffers()) if item.dtype.is_floating_point]
    others = sorted({str(item.dtype).removeprefix("torch.") for item in items} - {"float32"})
    if any(item.is_complex() for item in (*module.parameters(), *module.buffers())):
        raise CannotTranslate("it has complex tensors, which no spec has")
    try:
        module.to("cpu", torch.float32)
    except Exception as error:
        raise CannotTranslate(f"it can't be brought to the CPU in float32: {_error(error)}") from error
    return [f"numbers in {' and '.join(others)} are float32 in the spec"] if others else []


def _module(target: str) -> Any:
    """What the factory gives, or the module itself."""
    name, _, path = target.partition(":")
    try:
        item: Any = import_module(name)
    except Exception as error:
        raise CannotTranslate(f"`{name}` can't be loaded: {_error(error)}") from error
    for part in path.split("."):
        if not hasattr(item, part):
            raise CannotTranslate(f"`{name}` has no `{path}`")
        item = getattr(item, part)
    from torch import nn

    if isinstance(item, nn.Module) or not callable(item):
        return item
    try:
        return item()
    except Exception as error:
        help = "a factory takes no arguments; a function around it can give them"
        raise CannotTranslate(f"`{path}()` ends in {_error(error)}", help) from error


def _error(error: BaseException) -> str:
    text = str(error).strip().partition("\n")[0][:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
