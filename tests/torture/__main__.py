"""Publishing, tortured: workers killed at every step, and answers that are lost, late or doubled.

python3 run.py torture                    everything, on every database there is
python3 run.py torture --short            each step that tells once, of a photo
python3 run.py torture --seed 17          one run again, told step by step; or --seed NAME
python3 run.py torture --runs 5000 --from 1000 --database sqlite --doors graph
"""

import argparse
import json
import logging
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator

from tests import postgres
from tests.torture import plans
from tests.torture.checking import tally
from tests.torture.plans import Plan
from tests.torture.runs import Run, go
from tests.torture.steps import makes_a_difference
from tests.torture.world import World, opened

DATABASES = ("sqlite", "postgresql") if postgres.is_here() else ("sqlite",)
SHORT_KINDS = {"sandbox": (), "graph": ("photo",), "instagrapi": ("photo",)}
KINDS = {"sandbox": ("photo",)}  # there all of them take the same steps
SHORT_RUNS = 6
SHORT_DOORS = ("graph", "instagrapi")
RUNS = 500


def main(words: list[str]) -> int:
    logging.disable(logging.INFO)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and the database's server ends too
    wanted = _wanted(words)
    begun = time.monotonic()
    if len(wanted.databases) == 1:
        return _torture(wanted.databases[0], wanted)
    children = [_beside(database, wanted) for database in wanted.databases]
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    print(f"{time.monotonic() - begun:.0f} s in all")
    return max(codes)


def _wanted(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py torture")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seed", help="a number, or the name of a run: one run, told in full")
    parser.add_argument("--runs", type=int, help="random ones")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first seed")
    parser.add_argument("--database", choices=DATABASES)
    parser.add_argument("--doors", help="some of: " + ",".join(plans.DOORS))
    parser.add_argument("--no-steps", action="store_true", help="random ones only")
    wanted = parser.parse_args(words)
    wanted.databases = (wanted.database,) if wanted.database else DATABASES
    wanted.doors = tuple(wanted.doors.split(",")) if wanted.doors else (
        SHORT_DOORS if wanted.short else plans.DOORS
    )  # fmt: skip
    if wanted.runs is None:
        wanted.runs = SHORT_RUNS if wanted.short else RUNS
    return wanted


def _beside(database: str, wanted: argparse.Namespace) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = _torture(database, wanted)
            sys.stdout.flush()
        finally:
            os._exit(code)
    return pid


def _torture(database: str, wanted: argparse.Namespace) -> int:
    with opened(database) as world:
        world.warm_up(wanted.doors)
        if wanted.seed:
            return _told(go(world, plans.of(wanted.seed, wanted.doors)))
        return _all(world, database, wanted)


def _all(world: World, database: str, wanted: argparse.Namespace) -> int:
    begun, failed, total = time.monotonic(), [], 0
    print(f"{database:<44}{'runs':>6}{'killed':>8}{'workers':>9}  posts in the end", flush=True)
    for title, runs in _chapters(world, wanted):
        states: Counter[str] = Counter()
        count = killed = workers = 0
        for run in runs:
            count, workers = count + 1, workers + run.workers
            killed += any("killed" in end for end in run.ends)
            states.update(one.state for one in run.seen)
            if run.wrong:
                failed.append(run)
                _warn(run, database, wanted.doors)
        total += count
        where = f"{database:<12}{title:<32}{count:>6}{killed:>8}{workers:>9}"
        print(f"{where}  {tally(states)}", flush=True)
    seconds = time.monotonic() - begun
    pace = f"{total} runs in {seconds:.0f} s, {total / seconds * 60:.0f} a minute"
    print(f"{database}: {len(failed)} failed of {pace}", flush=True)
    return 1 if failed else 0


def _warn(run: Run, database: str, doors: tuple[str, ...]) -> None:
    print(f"FAILED {run.plan.name}: {'; '.join(run.wrong)}")
    again = f"--database {database} --doors {','.join(doors)} --seed {run.plan.name}"
    print(f"  again: python3 run.py torture {again}", flush=True)


def _chapters(world: World, wanted: argparse.Namespace) -> Iterator[tuple[str, Iterator[Run]]]:
    for door in () if wanted.no_steps else wanted.doors:
        for kind in SHORT_KINDS[door] if wanted.short else KINDS.get(door, plans.KINDS):
            yield f"{door}, {kind}, at every step", _each_step(world, door, kind, wanted.short)
    seeds = range(wanted.first, wanted.first + wanted.runs)
    doors = wanted.doors
    yield "at random", (go(world, plans.random(seed, doors)) for seed in seeds)


def _each_step(world: World, door: str, kind: str, short: bool) -> Iterator[Run]:
    """Killed at each step of a run without any death; and where it was killed around the call that
    publishes, at the steps of those who come after."""
    whole = go(world, Plan(door=door, kinds=(kind,)))
    yield whole
    if whole.wrong:  # the others will not be better
        return
    for step, what in enumerate(whole.steps, 1):
        if not short or makes_a_difference(what):
            yield go(world, Plan(door=door, kinds=(kind,), kills=frozenset({step})))
    for first in () if short else _around_the_call(whole.steps):
        once = go(world, Plan(door=door, kinds=(kind,), kills=frozenset({first})))
        for step in _of_each_name(once.steps, after=first):
            yield go(world, Plan(door=door, kinds=(kind,), kills=frozenset({first, step})))


def _around_the_call(steps: list[str]) -> list[int]:
    """The steps right before and right after it."""
    names = [n for n, step in enumerate(steps, 1) if "media_publish" in step or "configure" in step]
    return [names[0], names[-1]] if names else [len(steps) // 2]


def _of_each_name(steps: list[str], *, after: int) -> list[int]:
    """The first and the last: a doubt is looked into many times, each like the one before."""
    numbers = range(after + 1, len(steps) + 1)
    first = {steps[number - 1]: number for number in reversed(numbers)}
    last = {steps[number - 1]: number for number in numbers}
    return sorted({*first.values(), *last.values()})


def _told(run: Run) -> int:
    print(json.dumps({"plan": str(run.plan), "workers": run.ends}, indent=1))
    for number, step in enumerate(run.steps, 1):
        print(f"{number:>4} {step}{'   <<<' if number in run.plan.kills else ''}")
    for one in run.seen:
        print(one)
    print("; ".join(run.wrong) or "all is well")
    return 1 if run.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
