"""The processes of a deploy, and the step of the pipeline that starts one."""

import re
import subprocess
from pathlib import Path

import yaml

from tests.workspace import REPOSITORY

# How GitHub's runner cancels a step: the process that it started gets these, and no other does (ProcessInvoker.cs).
SECONDS_TO_SIGTERM, SECONDS_TO_SIGKILL = 7.5, 2.5
Tree = dict[int, tuple[int, str]]


def step(repository: Path) -> list[str]:
    """The command by which GitHub's runner starts the pipeline's step, which is in a file."""
    action = yaml.safe_load((REPOSITORY / ".github/actions/stack/action.yml").read_text())
    (script,) = [each["run"] for each in action["runs"]["steps"] if each.get("id") == "target"]
    file = repository / "step.sh"
    file.write_text(script)
    return ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(file)]


def descendants(ancestor: int) -> Tree:
    """The parent and the command line of each process below one, the nearest first."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    everything = {int(line.split()[0]): (int(line.split()[1]), line.split(None, 2)[2]) for line in listed.splitlines()}
    found: Tree = {}
    nearest = [ancestor]
    while nearest:
        nearest = [pid for pid, (parent, _) in everything.items() if parent in nearest]
        found |= {pid: everything[pid] for pid in nearest}
    return found


def process_of(program: str, process: subprocess.Popen[bytes]) -> int:
    """The first of this program's processes, the started one among them."""
    tree = descendants(process.pid)
    return next(pid for pid, (_, args) in tree.items() if re.match(rf"(\S*/)?{program}( |$)", args))
