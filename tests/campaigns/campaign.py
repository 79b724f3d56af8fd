"""A campaign: many cases, each made from its number, so that any part of them can be tried again."""

from __future__ import annotations

import argparse
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterable

FAILED = "FAILED"


class Mismatch(AssertionError):  # noqa: N818 - what was found
    """What shouldn't be, and the text that shows it."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason}\n{text}")
        self.reason = reason
        self.text = text


def tally(case: Callable[[int], str], numbers: Iterable[int], report: Callable[[int, str], None]) -> Counter[str]:
    """What became of the cases of those numbers; those that didn't hold are reported and counted as FAILED."""
    found: Counter[str] = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in numbers:
            try:
                found[case(number)] += 1
            except Mismatch as mismatch:
                found[FAILED] += 1
                report(number, str(mismatch))
            except Exception:
                found[FAILED] += 1
                report(number, traceback.format_exc())
    return found


def main(case: Callable[[int], str], about: str | None, kinds: int = 1) -> None:
    """Run the cases that the command line names, as many of each of so many kinds; exit status 1 if one failed."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    of_each = " of each kind" if kinds > 1 else ""
    parser.add_argument("--count", type=int, default=1000, help=f"how many cases{of_each}")
    parser.add_argument("--start", type=int, default=0, help="the number of the first one")
    options = parser.parse_args()

    def report(number: int, text: str) -> None:
        print(f"---- {number}: {text}", flush=True)

    started, total, end = time.perf_counter(), Counter[str](), options.start + options.count * kinds
    for first in range(options.start, end, 1000):
        total += tally(case, range(first, min(first + 1000, end)), report)
        print(f"{total.total()} in {time.perf_counter() - started:.0f} s, {total[FAILED]} failed", flush=True)
    for what, count in total.most_common():
        print(f"{count:>8}  {what}")
    raise SystemExit(1 if total[FAILED] else 0)
