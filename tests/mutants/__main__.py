"""Breaks the product in many ways, each in a copy, and says which test notices: `make mutants`.

    python -m tests.mutants                    all of them
    python -m tests.mutants "comments are lost"    those with this name

A mutant is code with one thing wrong (mutants.toml). Where it can change infra/, that is made anew first, as whoever
changes the code does, so what has to notice is a test that knows better. The status is 1 if one survives unexpectedly,
is caught unexpectedly, cannot be applied, or breaks the tests instead of failing one.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.mutant import Mutant, all_mutants
from tests.mutants.workbench import Outcome, Result, Workbench
from tests.offline import provider_origins

_GOOD = {False: (Outcome.CAUGHT, Outcome.REFUSED, Outcome.LEFT_OUT), True: (Outcome.SURVIVED, Outcome.LEFT_OUT)}
"""What may become of a mutant, by whether it is known to survive."""
_SECONDS_WITHOUT_MUTANT = 900


def main() -> int:
    """Put the mutants to the test; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Break the product in many ways.")
    parser.add_argument("name", nargs="*", help="of a mutant; without any, all are tried")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (2)")
    asked = parser.parse_args()
    listed = all_mutants()
    unknown = set(asked.name) - {mutant.name for mutant in listed}
    if unknown:
        parser.error(f"there is no mutant called {', '.join(sorted(unknown))}")
    chosen = [mutant for mutant in listed if not asked.name or mutant.name in asked.name]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(asked.jobs) as pool:
        workbenches = [Workbench(Path(scratch) / str(number)) for number in range(asked.jobs)]
        possible = [mutant for mutant in chosen if _is_possible(mutant)]
        if not all(pool.map(_passes, workbenches, _shares(possible, asked.jobs))):
            print("Tests that fail without any mutant prove nothing: nothing was tried.")
            return 1
        print(f"All their tests pass without a mutant ({time.monotonic() - began:.0f} s).\n", flush=True)
        free: SimpleQueue[Workbench] = SimpleQueue()
        for workbench in workbenches:
            free.put(workbench)
        results = list(pool.map(lambda mutant: _tried(mutant, free), chosen))
    print(f"\n{_table(chosen, results)}\n\n{time.monotonic() - began:.0f} seconds")
    return int(not all(_is_good(mutant, result) for mutant, result in zip(chosen, results, strict=True)))


def _is_possible(mutant: Mutant) -> bool:
    return not mutant.needs or provider_origins()[mutant.needs].startswith("real")


def _shares(mutants: Sequence[Mutant], jobs: int) -> list[list[str]]:
    """All their tests, each once, in as many parts; tests of one file, which may share fixtures, in one of them."""
    targets = sorted({target for mutant in mutants for target in mutant.caught_by})
    files = sorted({target.partition("::")[0] for target in targets})
    # A file as a whole runs its tests by itself.
    kept = [target for target in targets if "::" not in target or target.partition("::")[0] not in targets]
    return [
        [target for target in kept if files.index(target.partition("::")[0]) % jobs == number] for number in range(jobs)
    ]


def _passes(workbench: Workbench, targets: Sequence[str]) -> bool:
    """Whether these tests pass as things are; what pytest says is printed otherwise."""
    workbench.restore()
    if not targets:
        return True
    tests = workbench.run_tests(targets, seconds=_SECONDS_WITHOUT_MUTANT)
    if tests.status != 0:
        print(tests.output)
    return tests.status == 0


def _tried(mutant: Mutant, free: SimpleQueue[Workbench]) -> Result:
    """Try it on the workbench that is free next, and print what came of it."""
    began = time.monotonic()
    if _is_possible(mutant):
        workbench = free.get()
        try:
            result = workbench.put_to_the_test(mutant)
        finally:
            free.put(workbench)
    else:
        result = Result(Outcome.LEFT_OUT, f"the real provider {mutant.needs} is not at hand")
    note = ""
    if mutant.survives and result.outcome is Outcome.SURVIVED:
        note = f" (known: {mutant.missing})"
    elif not _is_good(mutant, result):
        note = " (it was said to survive: take the flag away)" if mutant.survives else " !"
    seconds = time.monotonic() - began
    print(f"{seconds:5.1f} s  {result.outcome.value}: {mutant.name}\n         {result.words}{note}", flush=True)
    return result


def _is_good(mutant: Mutant, result: Result) -> bool:
    return result.outcome in _GOOD[mutant.survives]


def _table(mutants: Sequence[Mutant], results: Sequence[Result]) -> str:
    counts = Counter(result.outcome for result in results)
    lines = [f"{outcome.value:<22}{counts[outcome]:>4}" for outcome in Outcome if counts[outcome]]
    bad = [
        f"not as it should be: {mutant.name}"
        for mutant, result in zip(mutants, results, strict=True)
        if not _is_good(mutant, result)
    ]
    return "\n".join([*lines, f"{'in all':<22}{len(results):>4}", *bad])


if __name__ == "__main__":
    sys.exit(main())
