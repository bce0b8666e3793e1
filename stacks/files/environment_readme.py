"""The README of an environment's folder: what the environment has, and where to read on."""

from environments import Environment
from environments.wording import in_a_row
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
    network = environment.network
    there = {"network": network and network.existing, **environment.already.model_dump()}
    names = [f"the {key.replace('_', ' ')}" for key, identifier in there.items() if identifier]
    if not names:
        return "the cluster among it"
    return f"but for {in_a_row(names)}, which {'is' if len(names) == 1 else 'are'} there already"


def graph_section(environment: Environment) -> list[str]:
    """What the environment has, for whichever README is in its folder."""
    return ["## What it has", environment_graph(environment)]
