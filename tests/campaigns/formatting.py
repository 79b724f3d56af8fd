"""Generated specs of the whole language, written untidily and with comments everywhere, through the formatter and
through the JSON form.

Each is laid out the same way twice, keeps its comments and says the same as before, in either form.

    python -m tests.campaigns.formatting --count 10000 --start 0
"""

from __future__ import annotations

import re
from difflib import unified_diff
from random import Random

from netspec.api.syntax import text_of, tree_of
from netspec.problems import NetspecError
from netspec.source import Source
from tests.campaigns.campaign import Mismatch, main
from tests.campaigns.generate import generate
from tests.specs import check

TRAIN = (
    "train { optimizer = adam(lr=1e-3), epochs = 3 }",
    "train {\n  optimizer = sgd(lr=rate, momentum=0.9)\n  seed = 3\n}\nparam rate = 1e-2 in log(1e-4, 1e-1)",
    'train { optimizer = adamw(lr=1e-3, groups=[group(":batch_norm", weight_decay=0)])\n clip = clip_norm(1) }',
    "train { schedule = warmup(1 epoch) -> cosine\n epochs = 4\n  stop = early_stopping(monitor=validation.loss) }",
    "evaluate { metrics = [accuracy, f1], per_class = true }",
    "assert parameters < 1_000_000 and 2 ** 3 == 8",
    "netspec 1",
    "",
)
WORD = re.compile(r'"[^"\n]*"|\d+(?:\.\d+)?e-?\d+|\w+(?:\.\w+)*|->|\.\.|[=!<>]=|\*\*|//|\n|[^\w\s]')


def untidy(chance: Random, text: str, *, within: bool) -> tuple[str, list[str]]:
    """The same words with other gaps and with comments, also `within` expressions; what the comments say too."""
    said: list[str] = []

    def comment() -> str:
        said.append(f"said {len(said)}")
        return chance.choice(("# ", "#", "## ", "#   ")) + said[-1]

    parts: list[str] = []
    depth = 0
    for word in WORD.findall(text):
        if word == "\n":
            ending = f"  {comment()}" if chance.random() < 0.15 else chance.choice(("", " ", "\t"))
            own = f"\n{comment()}" if chance.random() < 0.1 else "\n" * (chance.random() < 0.2)
            parts.append(f"{ending}\n{own.removeprefix(chr(10))}{chr(10) * bool(own)}")
            continue
        free = depth > 0 or word == "->"
        depth += (word in "([") - (word in ")]")
        gap = " " * chance.randint(1, 2)
        if free and chance.random() < 0.05:
            gap = f" {comment()}\n" if within and chance.random() < 0.5 else "\n"
        parts.append(gap + word)
    return "".join(parts), said


def spec(number: int) -> tuple[str, list[str]]:
    """The spec of that number, and what its comments say."""
    chance = Random(f"formatting {number}")
    more = chance.choice(TRAIN)
    text = generate(number).text
    text = f"{more}\n{text}" if more.startswith("netspec") or chance.random() < 0.3 else f"{text}{more}\n"
    return untidy(chance, text, within=bool(number % 2))


def laid_out(text: str, name: str, *, as_json: bool = False) -> str:
    try:
        return text_of(tree_of(Source(name, text)), as_json=as_json)
    except NetspecError as error:
        reasons = "; ".join(diagnostic.message for diagnostic in error.diagnostics)
        raise Mismatch(f"{name} can't be read: {reasons}", text) from None


def settled(number: int, text: str) -> str:
    """The text, without its comments where some were within expressions: in JSON they stand before them."""
    if number % 2 == 0:
        return text
    bare = re.sub(r"#.*", "", re.sub(r"(?m)^\s*#.*\n", "", text))
    return laid_out(re.sub(r"\n\s*\n", "\n", bare), "spec.net")


def comments(text: str) -> list[str]:
    return sorted(re.findall(r"said \d+", text))


def try_one(number: int) -> str:
    text, said = spec(number)
    once = laid_out(text, "spec.net")
    as_json = laid_out(text, "spec.net", as_json=True)
    claims = {
        "laid out again, it changes": (once, laid_out(once, "spec.net")),
        "lines end in blanks": (once, re.sub(r"[ \t]+\n", "\n", once)),
        "comments are lost or doubled": (comments(once), sorted(said)),
        "comments are lost or doubled in JSON": (comments(as_json), sorted(said)),
        "there and back, it changes": (settled(number, once), settled(number, laid_out(as_json, "spec.net.json"))),
        "JSON laid out again changes": (as_json, laid_out(as_json, "spec.net.json", as_json=True)),
    }
    for claim, (before, after) in claims.items():
        if before != after:
            lines = [part.splitlines() if isinstance(part, str) else part for part in (before, after)]
            difference = "\n".join(unified_diff(lines[0], lines[1], lineterm=""))
            raise Mismatch(claim, f"{text}\n====\n{difference}")
    return meaning(text, once, as_json)


def meaning(text: str, once: str, as_json: str) -> str:
    """Compare what the checker makes of the three."""
    found = [check(text), check(once), check(as_json, "spec.net.json")]
    programs = [checked.program.hash if checked.program is not None else None for checked in found]
    said = [sorted(item.code for item in checked.diagnostics) for checked in found]
    if len(set(programs)) > 1:
        raise Mismatch("it means something else", f"{text}\n==== laid out\n{once}\n==== JSON\n{as_json}")
    if said[0] != said[1] or said[0] != said[2]:
        raise Mismatch(f"other diagnostics: {said}", f"{text}\n==== laid out\n{once}\n==== JSON\n{as_json}")
    return "good" if programs[0] is not None else "the same diagnostics"


if __name__ == "__main__":
    main(try_one, __doc__)
