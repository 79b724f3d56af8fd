"""Studies of functions with a known optimum: found with ten seeds by each method; and killed, joined, damaged.

    python -m tests.campaigns.studies --count 200

kills processes that many times at random moments. A serial study has to end with the same journal to the last bit, one
of four workers of which two are killed with the same trials and results as one that a single process ran.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable
from math import inf
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from netspec.catalogue.values import Quantity
from netspec.problems.base import NetspecError
from netspec.searcher.history import read_history
from netspec.searcher.study import Study, Task
from netspec.searcher.terms import Terms
from netspec.searcher.trials import Outcome
from netspec.searcher.worker import work
from tests.campaigns.campaign import Mismatch
from tests.searcher.journals import damaged, forged
from tests.searcher.optima import OPTIMA, RELIABLE, costs_found
from tests.searcher.toy import MIXED, NUMBERS, begun, bowl, method, stop, studied, terms
from tests.searcher.with_optuna import PAIRS, compare

# ---- kills ----

EPOCHS = 6


def interruptible(task: Task) -> Outcome:
    """A run that keeps its course in its folder, epoch by epoch, and goes on from there."""
    task.folder.mkdir(parents=True, exist_ok=True)
    alone(task.folder)
    saved, cost = task.folder / "course.json", bowl(task.trial.params)
    while True:
        kept = json.loads(saved.read_text()) if saved.exists() else {}
        course = {int(epoch): value for epoch, value in kept.items()}
        # it is asked after every epoch, and again after the one that it was interrupted in
        if course and len(course) < EPOCHS and task.is_hopeless(course):
            return Outcome.stopped(course)
        if len(course) == EPOCHS:
            # every seventh or so fails
            value = inf if round(cost * 1e6) % 7 == 0 else course[EPOCHS]
            return Outcome.of(task.terms.goals, (value,), course)
        time.sleep(0.0004)
        course[len(course) + 1] = cost + 1 / (len(course) + 1)
        (task.folder / "next").write_text(json.dumps(course))
        (task.folder / "next").replace(saved)


def alone(folder: Path) -> None:
    """Make sure that no other process that is alive runs this trial."""
    owner = folder / "owner"
    if owner.exists() and (pid := int(owner.read_text() or 0)) != os.getpid() and is_alive(pid):
        (folder.parent / "doubled").write_text(folder.name)
    owner.write_text(str(os.getpid()))


def is_alive(pid: int) -> bool:
    """Whether a process is there that hasn't ended; one that nobody has waited for has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def searched(seed: int, parallel: int = 1) -> Terms:
    stops = ("median", {"startup_trials": 4}), ("halving", {}), ("hyperband", {"factor": 2})
    methods = ("tpe", MIXED, {"startup_trials": 5}), ("nsga2", MIXED, {"population": 5}), ("cmaes", NUMBERS, {})
    name, params, settings = methods[seed % 3]
    named, arguments = stops[seed // 3 % 3]
    rule = stop(named, after=Quantity(2, "epochs"), **arguments)
    return terms(method(name, trials=30, **settings), params, seed=seed, parallel=parallel, stop=rule, epochs=EPOCHS)


def forked(action: Callable[[], None]) -> int:
    """A process that does something, and ends with 0 if that ends well."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        action()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def go_on(folder: Path, found: Terms, total: int) -> None:
    work(begun(folder, found, total), interruptible, wait=lambda: time.sleep(0.002))


def reap(child: int) -> bool:
    """Wait for a process; whether it was killed."""
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.waitstatus_to_exitcode(status) != 0:
        raise Mismatch("a worker failed by itself", "")
    return os.WIFSIGNALED(status)


def kill_serial(folder: Path, seed: int, kills: int, total: int) -> Counter[str]:
    """One process at a time, killed so many times."""
    found, chance, count = searched(seed), Random(f"serial {seed}"), Counter[str]()
    started = time.perf_counter()
    reap(forked(lambda: go_on(folder / "whole", found, total)))
    seconds = time.perf_counter() - started
    killed = folder / "killed"
    while True:
        child = forked(lambda: go_on(killed, found, total))
        if count["kills"] < kills:
            time.sleep(chance.uniform(0, 2 * seconds / kills))
            os.kill(child, signal.SIGKILL)
        if reap(child):
            count["kills"] += 1
        elif count["kills"] >= kills or is_whole(killed, total):
            break
    ensure_same((folder / "whole" / "journal.jsonl").read_text(), (killed / "journal.jsonl").read_text())
    return count


def kill_workers(folder: Path, seed: int, total: int) -> Counter[str]:
    """Four workers, two of which are killed and don't come back."""
    found, chance, count = searched(seed, parallel=4), Random(f"workers {seed}"), Counter[str]()
    started = time.perf_counter()
    reap(forked(lambda: go_on(folder / "whole", found, total)))
    seconds = time.perf_counter() - started
    joined = folder / "joined"
    begun(joined, found, total)
    children = [forked(lambda: go_on(joined, found, total)) for _ in range(4)]
    for child in children[:2]:
        time.sleep(chance.uniform(0, seconds / 3))
        os.kill(child, signal.SIGKILL)
    count["kills"] = sum(map(reap, children))
    ensure_same(*map(trials_of, (folder / "whole", joined)))
    if (joined / "trials" / "doubled").exists():
        raise Mismatch("two workers ran one trial at once", (joined / "trials" / "doubled").read_text())
    return count


def is_whole(folder: Path, total: int) -> bool:
    history = read_history(folder)
    return len(history.trials) == total and history.known(total)


def trials_of(folder: Path) -> str:
    """All trials of a study with what became of them, in their order."""
    history = read_history(folder)
    return "\n".join(f"{trial} {history.outcome(trial.number)}" for trial in history.trials)


def ensure_same(expected: str, found: str) -> None:
    if expected != found:
        pairs = zip(expected.splitlines(), found.splitlines(), strict=False)
        first = next((f"{mine}\n{its}" for mine, its in pairs if mine != its), "one of them is longer")
        raise Mismatch("the study is another one", first)


# ---- journals from elsewhere ----


def read_hostile(folder: Path, number: int) -> str:
    """Read a journal that was changed: it is refused, or says no more than the one that was written."""
    chance = Random(f"journal {number}")
    found = searched(number % 9)
    source = folder / f"source-{number % 9}"
    if not source.exists():
        studied(source, found, 12, interruptible)
    content = (source / "journal.jsonl").read_bytes()
    other = folder / "changed"
    other.mkdir(exist_ok=True)
    is_forged = chance.random() < 0.6
    changed = (forged if is_forged else damaged)(content, chance)
    (other / "journal.jsonl").write_bytes(changed)
    try:
        history = read_history(other)
        Study(other, found, None)  # type: ignore[arg-type]
    except NetspecError:
        return "refused"
    if not is_forged and not trials_of(source).startswith(trials_of(other).rpartition("\n")[0]):
        raise Mismatch("damage wasn't noticed", changed.decode(errors="replace"))
    return f"read, {'forged' if is_forged else 'cut'}" if history else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="how many kills")
    parser.add_argument("--trials", type=int, default=30, help="how many trials a study has")
    parser.add_argument("--skip-optima", action="store_true", help="leave out the search for the known optimum")
    options = parser.parse_args()
    for name in () if options.skip_optima else OPTIMA:
        found = sorted(costs_found(name, range(10)))
        print(f"{name}: best costs {found[0]:.2g} to {found[-1]:.2g}, within {OPTIMA[name].tolerance}", flush=True)
        if found[RELIABLE - 1] >= OPTIMA[name].tolerance:
            raise SystemExit(f"{name} doesn't find the optimum: {found}")
    started, count, numbers = time.perf_counter(), Counter[str](), 0
    while count["kills"] < options.count:
        with TemporaryDirectory(prefix="studies-") as place:
            kills = min(20, options.count - count["kills"])
            count += kill_serial(Path(place) / "serial", numbers, kills, options.trials)
            count += kill_workers(Path(place) / "workers", numbers, options.trials)
            numbers += 1
    print(f"{count['kills']} kills in {2 * numbers} studies, {time.perf_counter() - started:.0f} s: every end the same")
    stops = Counter({name: sum(compare(name, number) for number in range(options.count)) for name in PAIRS})
    print(f"as Optuna's pruners: {', '.join(f'{name} stopped {times}' for name, times in stops.items())}")
    with TemporaryDirectory(prefix="journals-") as place:
        read = Counter(read_hostile(Path(place), number) for number in range(20 * options.count))
    print(", ".join(f"{times} journals {what}" for what, times in read.most_common()))


if __name__ == "__main__":
    main()
