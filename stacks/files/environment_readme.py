"""The README of an environment's folder: what the environment has, and where to read on."""

from environments import Environment
from stacks.files.environment_graph import environment_graph
from stacks.files.tables import table
from synthesis.tree import MARK


def environment_readme(environment: Environment, source: str) -> str:
    """A graph of what the environment has, and its two stacks."""
    name = environment.name
    sections = [
        f"<!-- {MARK} from {source}. Edit that file, not this one. -->",
        f"# {name}",
        table(
            ["Stack", "Folder", "What it is"],
            [
                [f"`{name}`", "this one", f"the platform: what the cloud runs, {_what_of_it(environment)}"],
                [f"`{name}-workloads`", "[workloads](workloads/README.md)", "what runs in the cluster, in tables"],
            ],
        ),
        *graph_section(environment),
    ]
    return "\n\n".join(sections) + "\n"


def _what_of_it(environment: Environment) -> str:
    already, network = environment.already, environment.network
    there = {
        "network": network is not None and network.existing is not None,
        "cluster": already.cluster,
        "registry": already.registry,
        "encryption key": already.encryption_key,
        "log workspace": already.log_workspace,
    }
    *others, last = [f"the {name}" for name, is_there in there.items() if is_there] or [""]
    if not last:
        return "the cluster among it"
    every = f"{', '.join(others)} and {last}" if others else last
    return f"but for {every}, which {'are' if others else 'is'} there already"


def graph_section(environment: Environment) -> list[str]:
    """What the environment has, for whichever README is in its folder."""
    return ["## What it has", environment_graph(environment)]
