"""Writes which providers each stack takes, by version and checksum, for all platforms that people and pipelines have.

It asks the registry, so it is run where one is at hand, and what it writes is committed. Beside the code, `terraform
init` writes a lock too, of one platform and of whatever stands in for a provider: hence a folder of its own, from which
`make plan` and the others take it (operations/terraform.py).
"""

import shutil
import sys
import tempfile
from pathlib import Path

from operations.deployable import REPOSITORY, Stack, deployable_stacks
from operations.failure import exit_status
from operations.terraform import LOCK, Terraform, kept_lock

PLATFORMS = ("linux_amd64", "linux_arm64", "darwin_arm64", "windows_amd64")


def main() -> int:
    """Write the locks of all stacks, and remove those of stacks that are gone."""
    stacks = deployable_stacks()
    kept = {kept_lock(stack): _resolved(stack) for stack in stacks}
    for file in (REPOSITORY / "locks").glob("*.hcl"):
        if file not in kept:
            file.unlink()
    for file, text in kept.items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        print(file.relative_to(REPOSITORY))
    return 0


def _resolved(stack: Stack) -> str:
    """The lock of the newest providers that a stack takes. What is beside the code stays as it is."""
    terraform = Terraform.of(stack)
    with tempfile.TemporaryDirectory() as scratch:
        own, aside = terraform.folder / LOCK, Path(scratch, LOCK)
        if own.exists():
            shutil.move(own, aside)
        try:
            terraform.run("providers", "lock", *(f"-platform={platform}" for platform in PLATFORMS))
            return own.read_text()
        finally:
            own.unlink(missing_ok=True)
            if aside.exists():
                shutil.move(aside, own)


if __name__ == "__main__":
    sys.exit(exit_status(main))
