"""The README of an environment's folder: what the environment has, and where to read on."""

from environments import Environment
from stacks.files.environment_graph import environment_graph
from stacks.files.tables import table
from synthesis.tree import MARK

_CLUSTER = {True: "the cluster among it", False: "but for the cluster, which is there already"}


def environment_readme(environment: Environment, source: str) -> str:
    """A graph of what the environment has, and its two stacks."""
    name = environment.name
    sections = [
        f"<!-- {MARK} from {source}. Edit that file, not this one. -->",
        f"# {name}",
        table(
            ["Stack", "Folder", "What it is"],
            [
                [f"`{name}`", "this one", f"the platform: what the cloud runs, {_CLUSTER[environment.makes_cluster]}"],
                [f"`{name}-workloads`", "[workloads](workloads/README.md)", "what runs in the cluster, in tables"],
            ],
        ),
        *graph_section(environment),
    ]
    return "\n\n".join(sections) + "\n"


def graph_section(environment: Environment) -> list[str]:
    """What the environment has, for whichever README is in its folder."""
    return ["## What it has", environment_graph(environment)]
