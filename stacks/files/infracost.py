"""The files that Infracost reads: which roots it prices, and how much each is used.

Paths are relative to the folder that it runs in, which is the repository's. A workloads root lies in its platform's
folder, and `skip_autodetect` keeps Infracost from taking it for a project as well.
Source: internal/config/config.go and internal/hcl/project_locator.go in github.com/infracost/infracost at 95ba4f49.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from costs.infracost import USAGE_FILE, infracost_usage
from environments import Environment
from stacks.environment_stack import EnvironmentStack
from stacks.folder_stack import ENVIRONMENTS
from synthesis.tree import MARK


def config_file(environments: Sequence[Environment]) -> str:
    """The text of infracost.yml, for the environments that are in a cloud."""
    lines = [f"# {MARK} from environments/*.toml. Do not edit.", "version: 0.1", "projects:"]
    for environment in environments:
        folder = f"infra/{ENVIRONMENTS}{environment.name}"
        lines += [
            f"  - path: {folder}",
            f"    name: {environment.name}",
            f"    usage_file: {folder}/{USAGE_FILE}",
            "    skip_autodetect: true",
        ]
    return "\n".join(lines) + "\n"


def usage_file(stack: EnvironmentStack) -> str:
    """The text of a platform's infracost-usage.yml."""
    lines = [
        f"# {MARK} from {stack.source} and costs/usage.py. Edit those files, not this one.",
        "# A busy month, with the most nodes all along: the high end of `make cost`, as for the budget.",
        "version: 0.1",
        "resource_usage:",
    ]
    for address, parameters in infracost_usage(stack.environment).items():
        lines += [f"  {address}:", *_parameters(parameters)]
    return "\n".join(lines) + "\n"


def _parameters(parameters: Mapping[str, Decimal]) -> Iterator[str]:
    """A line each, below a line with the name of its part where it has one."""
    part_before = ""
    for name, number in parameters.items():
        part, _, own = name.rpartition(".")
        if part != part_before:
            yield f"    {part}:"
        yield f"{'      ' if part else '    '}{own}: {number}"
        part_before = part
