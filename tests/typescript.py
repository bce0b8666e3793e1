"""An app in TypeScript that has the resources of our tree, to be timed beside ours.

It is what tsc compiles such an app to, with each resource or data source of each stack, by type and number, and no
arguments: less work than the same tree would be. Its packages are those of npm, which come with the Python bindings and
which jsii has unpacked. With "deep" imports, a type is required from its own file of a binding; with "package" imports,
the whole binding is, as its documentation says.
"""

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

IMPORTS = ("deep", "package")
_UNPACKED = Path(__file__).parents[1] / ".cache" / "jsii"
_BOUND = ("aws", "azurerm", "google", "helm", "kubernetes")
_NODE = Path(__file__).parents[1] / ".venv" / "bin" / "node"
_APP = """
const { App, TerraformStack } = require("cdktf");
const provider = (type) => type.split("_")[0];
const file = (kind, type) =>
  (kind === "data" ? `data_${type}` : type.replace(/^[^_]+_/, "")).replace(/_/g, "-");
const camelCase = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const part = {
  deep: (kind, type) => require(`@cdktf/provider-${provider(type)}/lib/${file(kind, type)}`),
  package: (kind, type) => require(`@cdktf/provider-${provider(type)}`)[camelCase(file(kind, type))],
}[IMPORTS];
const app = new App({ outdir: "out", skipValidation: true });
for (const [name, resources] of Object.entries(STACKS)) {
  const stack = new TerraformStack(app, name);
  for (const [kind, type, count] of resources) {
    const Type = Object.values(part(kind, type)).find((member) => member && member.tfResourceType === type);
    for (let number = 0; number < count; number++) new Type(stack, `${kind}_${type}_${number}`, {});
  }
}
app.synth();
"""


class TypeScriptApp(NamedTuple):
    """Where it is, how to run it, and how many resources and data sources it has."""

    folder: Path
    command: list[str]
    resources: int


def write_app(folder: Path, environments: Path, imports: str) -> TypeScriptApp:
    """Write the app, with `deep` or `package` imports, for the tree of a folder's environment files."""
    stacks = _stacks(environments)
    packages = folder / "node_modules"
    for package in ("cdktf", "constructs", *(f"@cdktf/provider-{name}" for name in _BOUND)):
        (packages / package).parent.mkdir(parents=True, exist_ok=True)
        (packages / package).symlink_to(next((_UNPACKED / package).glob("*/*/package.json")).parent)
    (folder / "main.js").write_text(f"const IMPORTS = {json.dumps(imports)}, STACKS = {json.dumps(stacks)};\n{_APP}")
    command = [str(_NODE), "--preserve-symlinks", "--preserve-symlinks-main", "main.js"]
    return TypeScriptApp(folder, command, sum(count for types in stacks.values() for _, _, count in types))


def _stacks(environments: Path) -> dict[str, list[tuple[str, str, int]]]:
    """By stack: kind, type and number of what the bindings have classes for."""
    import main
    from synthesis.layout import elements

    recipes = main.module_recipes() | main.root_recipes(main.load_environments(environments))
    with main.new_app() as app:
        stacks = [stack(app) for stack in recipes.values()]
        for stack in stacks:
            stack.resolve()
    return {
        stack.id: [
            (kind, type_, count)
            for (kind, type_), count in Counter(
                (kind, labels[0]) for kind, labels, _ in elements(stack.document) if kind in ("data", "resource")
            ).items()
            if type_.split("_")[0] in _BOUND
        ]
        for stack in stacks
    }
