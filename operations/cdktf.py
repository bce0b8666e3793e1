"""Runs the CDKTF CLI so that an interrupt ends in good order. scripts/cdktf calls it.

CDKTF's CLI by itself interrupts Terraform and goes, without what Terraform still says; the terminal in which it ran
Terraform goes too, which ends Terraform before it has written its state. CDK Terrain's lets Terraform go on to its end.
So signals go to Terraform, past the CLI, that then tells its end; and nothing here ends before Terraform does.
"""

import os
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from operations.signals import PassedOn, Send, taken_by
from operations.tool import program
from operations.unsaved_state import tell_of_unsaved_states

_REPOSITORY = Path(__file__).parents[1]
_NODE = ".venv/bin/node"
# CDKTF's, or CDK Terrain's: what set-up has installed.
_CLIS = ("node_modules/cdktf-cli/bundle/bin/cdktf", "node_modules/cdktn-cli/bundle/bin/cdktn.js")
_NAME = "TERRAFORM_BINARY_NAME"  # by which the CLI finds Terraform


def main(arguments: list[str]) -> int:
    """Run the CLI with these arguments; gives its exit status, or that of a signal which came."""
    clis = (_REPOSITORY / cli for cli in _CLIS)
    with tempfile.TemporaryDirectory() as running:
        ours = {
            _NAME: str(_REPOSITORY / "scripts/terraform"),
            "CDKTF_TERRAFORM": os.environ.get(_NAME) or program(),
            "CDKTF_RUNNING": running,
        }
        cli: subprocess.Popen[bytes] | None = None
        passed_on = PassedOn(lambda: _terraforms(Path(running)) or ([cli.send_signal] if cli else []))
        with taken_by(passed_on.take):
            cli = subprocess.Popen(
                [str(_REPOSITORY / _NODE), next(str(cli) for cli in clis if cli.exists()), *arguments],
                env=os.environ | ours,
                start_new_session=True,
            )
            passed_on.send()
            cli.wait()
            while _terraforms(Path(running)):
                time.sleep(0.1)
    tell_of_unsaved_states(Path.cwd())
    return 128 + passed_on.came[0] if passed_on.came else cli.returncode


def _terraforms(running: Path) -> list[Send]:
    """What sends a signal to each Terraform that has not ended, by the process ids that scripts/terraform noted."""
    return [partial(_send, pid) for pid in (int(file.name) for file in running.iterdir()) if _is_running(pid)]


def _send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _is_running(pid: int) -> bool:
    """Whether it has not ended, and does not wait either for somebody to ask how it did, as below a careless init."""
    try:
        os.kill(pid, 0)
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # no Linux, or gone meanwhile: the next look tells
        return True
