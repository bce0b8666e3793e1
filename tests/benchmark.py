"""How long a synthesis takes, and how much of the machine: ours, on stock imports, and in TypeScript (`make bench`).

Each figure is of whole processes, from start to exit: wall time, CPU time, and the peak of the memory of the process
tree (Python and Node; resident sets added up, sampled every 10 ms). All five provider bindings are loaded each time,
used or not. All sides have had a run before, and so find their Python modules compiled. tests/typescript.py says what
the app in TypeScript is.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from synthesis.tree import write_tree
from tests.environments.texts import WHOLE
from tests.typescript import IMPORTS, write_app

REPOSITORY = Path(__file__).parents[1]
RUNS = 5
MORE_ENVIRONMENTS = (100, 1000)


def synthesise(environments: Path, tree: Path, cache: Path | None = None) -> None:
    """What is measured, in a process of its own: `python -O -m tests.benchmark <environments> <tree> [<cache>]`."""
    import main  # here, for this takes most of the time

    main.fast_loading.load_all()
    folders = main.FolderCache(cache, main.code) if cache else None
    write_tree(tree, main.make_tree(environments, folders))


class Figures(NamedTuple):
    """One run, or the medians of several."""

    seconds: float
    cpu: float
    megabytes: float


def run(environments: Path, *, cache: Path | None = None, stock_bytecode: Path | None = None) -> Figures:
    """Synthesise environment files into a new, empty tree; on stock imports if there is a folder for their bytecode."""
    variables: dict[str, str] = {}
    if stock_bytecode:
        variables = {"FLOWWISE_STOCK_BINDINGS": "1", "PYTHONPYCACHEPREFIX": str(stock_bytecode)}
    with tempfile.TemporaryDirectory() as tree:
        command = [sys.executable, "-O", "-m", "tests.benchmark", str(environments), tree]
        return measured([*command, str(cache)] if cache else command, REPOSITORY, variables)


def measured(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> Figures:
    """Run a command to its end. Its children count, for it waits for them."""
    environment = {**os.environ, **variables}
    for name in ("NODE_OPTIONS", "PYTHONDONTWRITEBYTECODE"):  # what loads bindings fast here is not to do so there
        environment.pop(name, None)
    start, cpu = time.perf_counter(), _cpu_of_children()
    process = psutil.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _memory(process))
        time.sleep(0.01)
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(process.stderr.read().decode())
    return Figures(seconds, _cpu_of_children() - cpu, peak / 1e6)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def medians(figures: Iterable[Figures]) -> Figures:
    """The medians of several runs."""
    return Figures(*(statistics.median(column) for column in zip(*figures, strict=True)))


def copies(folder: Path, count: int) -> Path:
    """A folder with `count` copies of a whole environment, each another environment."""
    folder.mkdir()
    for number in range(count):
        second = number // 4
        # 10.244.0.0/16 and 10.245.0.0/16 are those of pods and of services.
        network = f"10.{second if second < 244 else second + 6}.{number % 4 * 64}.0/18"
        text = WHOLE.replace("10.10.0.0/16", network).replace("api.dev.", f"api.copy{number}.")
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


def edited(environments: Path) -> None:
    """Edit one environment of a folder, each time otherwise."""
    file = environments / "dev.toml"
    file.write_text(f"secret_version = {time.time_ns() % 1000 + 1}\n" + file.read_text().partition("\n")[2])


def looks(environments: Path, tree: Path) -> Iterable[Figures]:
    """What an edit takes where `make preview WATCH=1` runs: no process of its own, and so no memory to tell."""
    import preview

    with tempfile.TemporaryDirectory() as cache:
        folders = preview.FolderCache(Path(cache), lambda: "the code of this process")
        write_tree(tree, preview.main.make_tree(environments, folders))
        for _ in range(RUNS):
            edited(environments)
            start, cpu = time.perf_counter(), _cpu_of_this()
            preview.look(environments, tree, folders)
            yield Figures(time.perf_counter() - start, _cpu_of_this() - cpu, 0)


def _cpu_of_this() -> float:
    """Of this process, and of the Node below it."""
    this = psutil.Process()
    return sum(sum(process.cpu_times()[:2]) for process in (this, *this.children()))


def measure() -> None:
    """Print the tables that the README quotes."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        committed = Path(shutil.copytree(REPOSITORY / "environments", scratch / "environments"))
        _against_others(committed, scratch)
        _edits(committed, scratch)
        _head("Environments", "Each further environment")
        first = copies(scratch / "1", 1)
        one = medians(run(first) for _ in range(RUNS))
        _line("1", one, "")
        for count in MORE_ENVIRONMENTS:
            files = copies(scratch / str(count), count)
            figures = medians(run(files) for _ in range(RUNS if count < 1000 else 1))
            _line(str(count), figures, f"{(figures.seconds - one.seconds) / (count - 1) * 1000:.0f} ms")


def _against_others(committed: Path, scratch: Path) -> None:
    bytecode = scratch / "bytecode"
    run(committed)
    run(committed, stock_bytecode=bytecode)
    ours = medians(run(committed) for _ in range(RUNS))
    stock = run(committed, stock_bytecode=bytecode)  # once: it takes the better part of a minute
    _head("Full synthesis, all five bindings loaded")
    _line("this project", ours)
    _line("the same app on stock imports", stock)
    for imports in IMPORTS:
        app = write_app(scratch / imports, committed, imports)
        measured(app.command, app.folder, {})
        figures = medians(measured(app.command, app.folder, {}) for _ in range(RUNS))
        _line(f"its {app.resources} resources in TypeScript, {imports} imports, compiled", figures)
    print()


def _edits(committed: Path, scratch: Path) -> None:
    cache, tree = scratch / "folders", scratch / "tree"
    _head("One environment edited")

    def made_anew() -> Figures:
        shutil.rmtree(cache, ignore_errors=True)
        return run(committed, cache=cache)

    def made_after_an_edit() -> Figures:
        edited(committed)
        return run(committed, cache=cache)

    rows: dict[str, Callable[[], Figures]] = {
        "nothing in the cache": made_anew,
        "the others in the cache": made_after_an_edit,
        "no edit": lambda: run(committed, cache=cache),
    }
    for name, figures in rows.items():
        _line(name, medians(figures() for _ in range(RUNS)))
    _line("`make preview WATCH=1`", medians(looks(committed, tree)))
    print()


def _head(first: str, *others: str) -> None:
    heads = [first, "Time", "CPU", "Peak memory", *others]
    print(f"| {' | '.join(heads)} |\n| --- |{' ---: |' * (len(heads) - 1)}")


def _line(name: str, figures: Figures, *others: str) -> None:
    memory = f"{figures.megabytes:.0f} MB" if figures.megabytes else ""
    cells = [name, f"{figures.seconds:.2f} s", f"{figures.cpu:.2f} s", memory, *others]
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    if folders := sys.argv[1:]:
        synthesise(*map(Path, folders))
    else:
        measure()
