"""The files that cdktf-cli reads: which stacks there are, where they live, what they require.

The CLI runs Terraform in `<output>/<workingDirectory>` of each stack in manifest.json. Since `synthesizedStackPath` is
no `.tf.json`, it reads the JSON at `stackMetadataPath` instead, for the providers that the stack requires.
"""

import json
from collections.abc import Mapping
from typing import Any

from flowwise.tables.providers import required_providers
from stacks.folder_stack import FolderStack
from synthesis.tree import MARK

CDKTF_VERSION = "0.21.0"
MANIFEST = "manifest.json"
METADATA = "metadata.json"


def manifest(roots: Mapping[str, str]) -> str:
    """The text of manifest.json. `roots` maps the name of each deployable stack to its folder, in order.

    A root in a folder of another waits for that one, when both are deployed at once.
    """
    stacks = {
        name: {
            "name": name,
            "constructPath": name,
            "workingDirectory": folder,
            "synthesizedStackPath": f"{folder}/main.tf",
            "stackMetadataPath": f"{folder}/{METADATA}",
            "annotations": [],
            "dependencies": [other for other, parent in roots.items() if folder.startswith(f"{parent}/")],
        }
        for name, folder in roots.items()
    }
    return _json({"//": f"{MARK}. Do not edit.", "version": CDKTF_VERSION, "stacks": stacks})


def metadata(stack: FolderStack, providers: frozenset[str]) -> str:
    """The text of a root's metadata.json. Its outputs are those that the CLI shows after a deployment."""
    outputs = {name: name for name in stack.document.get("output", {})}
    about = {"comment": f"{MARK}. Do not edit.", **stack.document["//"], "outputs": {stack.id: outputs}}
    return _json(
        {
            "//": about,
            "terraform": {
                "required_providers": required_providers(providers),
                "backend": stack.document["terraform"]["backend"],
            },
        }
    )


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
