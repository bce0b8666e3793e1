"""How long a full synthesis takes and how much memory: ours against the same app on stock imports (`make bench`).

Each figure is of whole processes, from start to exit: wall time, and the peak of the memory of the process tree
(Python and Node; resident sets added up, sampled every 10 ms). All five provider bindings are loaded each time, used
or not. Both sides have had a run before, and so find their Python modules compiled.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import psutil

from synthesis.tree import write_tree
from tests.environments.texts import WHOLE

REPOSITORY = Path(__file__).parents[1]
RUNS = 5
ENVIRONMENT_COUNTS = (1, 10, 100)


def synthesise(environments: Path, tree: Path) -> None:
    """What is measured, in a process of its own: `python -O -m tests.benchmark <environments> <tree>`."""
    import main  # here, for this takes most of the time

    main.fast_loading.load_all()
    write_tree(tree, main.make_tree(environments))


class Figures(NamedTuple):
    """One run, or the medians of several."""

    seconds: float
    megabytes: float


def run(environments: Path, *, stock_bytecode: Path | None = None) -> Figures:
    """Synthesise environment files into a new, empty tree; on stock imports if there is a folder for their bytecode."""
    variables = dict(os.environ)
    if stock_bytecode:
        variables |= {"FLOWWISE_STOCK_BINDINGS": "1", "PYTHONPYCACHEPREFIX": str(stock_bytecode)}
        variables.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as tree:
        command = [sys.executable, "-O", "-m", "tests.benchmark", str(environments), tree]
        start = time.perf_counter()
        process = psutil.Popen(command, cwd=REPOSITORY, env=variables, stderr=subprocess.PIPE)
        peak = 0
        while process.poll() is None:
            peak = max(peak, _memory(process))
            time.sleep(0.01)
        seconds = time.perf_counter() - start
        if process.returncode:
            sys.exit(process.stderr.read().decode())
    return Figures(seconds, peak / 1e6)


def medians(figures: Iterable[Figures]) -> Figures:
    """The medians of several runs."""
    return Figures(*(statistics.median(column) for column in zip(*figures, strict=True)))


def copies(folder: Path, count: int) -> Path:
    """A folder with `count` copies of a whole environment, each another environment."""
    folder.mkdir()
    for number in range(count):
        text = WHOLE.replace("10.10.0.0/16", f"10.{number}.0.0/16").replace("api.dev.", f"api.copy{number}.")
        (folder / f"copy{number}.toml").write_text(text)
    return folder


def _memory(process: psutil.Process) -> int:
    total = 0
    for member in (process, *_children(process)):
        try:
            total += member.memory_info().rss
        except psutil.Error:  # it ended between the two looks
            continue
    return total


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def measure() -> None:
    """Print the tables that the README quotes."""
    committed = REPOSITORY / "environments"
    with tempfile.TemporaryDirectory() as scratch:
        bytecode = Path(scratch) / "bytecode"
        run(committed)
        run(committed, stock_bytecode=bytecode)
        ours = medians(run(committed) for _ in range(RUNS))
        stock = run(committed, stock_bytecode=bytecode)  # once: it takes the better part of a minute
        print("| Full synthesis, all five bindings loaded | Time | Peak memory |\n| --- | ---: | ---: |")
        for name, figures in (("this project", ours), ("the same app on stock imports", stock)):
            print(f"| {name} | {figures.seconds:.2f} s | {figures.megabytes:.0f} MB |")
        print(f"| ratio | {stock.seconds / ours.seconds:.1f} | {stock.megabytes / ours.megabytes:.1f} |\n")

        print("| Environments | Time | Peak memory | Each further environment |\n| ---: | ---: | ---: | ---: |")
        for count in ENVIRONMENT_COUNTS:
            folder = copies(Path(scratch) / str(count), count)
            figures = medians(run(folder) for _ in range(RUNS))
            each = f"{(figures.seconds - ours.seconds) / (count - 1) * 1000:.0f} ms" if count > 1 else ""
            print(f"| {count} | {figures.seconds:.2f} s | {figures.megabytes:.0f} MB | {each} |")


if __name__ == "__main__":
    if folders := sys.argv[1:]:
        synthesise(*map(Path, folders))
    else:
        measure()
