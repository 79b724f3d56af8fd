"""Random networks in which each operation is replaced by itself: the program stays the same, in both forms.

python -m tests.campaigns.replacements --count 1000 --start 0
"""

from __future__ import annotations

import re
from random import Random

from netspec.api.syntax import text_of, tree_of
from netspec.program.written import written
from netspec.source import Source
from tests.campaigns.campaign import Mismatch, main
from tests.campaigns.generate import generate
from tests.specs import check

PATH = re.compile(r"[\w.]+")
"""The path of what is no operator."""
EACH = 2
"""How many operations of a network are replaced, one at a time."""
NOT_ALONE = "NS231"
"""What takes several values, or none, isn't replaced by itself."""


def try_one(number: int) -> str:
    """What happened to the network of that number. Raises Mismatch."""
    text = generate(number).text
    program = check(text).program
    if program is None:
        return "refused"
    start, _, end = text.rpartition("}")
    kept = 0
    nodes = [node for node in program.graph.modules if PATH.fullmatch(node.path) and len(node.inputs) == 1]
    for node in Random(number).sample(nodes, min(len(nodes), EACH)):
        line = f'replace("{node.path}") {{ {written(node.layer)} }}'
        changed = f"{start}\n{line}\n}}{end}"
        converted = text_of(tree_of(Source("spec.net", changed)), as_json=True)
        for checked in (check(changed), check(converted, "spec.json")):
            if [item.code for item in checked.diagnostics if item.is_error] == [NOT_ALONE]:
                continue
            if checked.program is None or checked.program.hash != program.hash:
                said = [item.message for item in checked.diagnostics]
                raise Mismatch(f"{line} changes the program: {said}", changed)
            kept += 1
    return "replaced" if kept else "nothing to replace"


if __name__ == "__main__":
    main(try_one, __doc__)
