"""Takes the definitions of a project's custom resources from a checkout of it, for `custom_resources.py` to check with.

    git clone --branch v2.20.2 https://github.com/kedacore/keda
    python -m tests.kubernetes.take_crds keda

For each kind it writes `.cache/crds/<project>/<kind>.json`: the project, its version, the path of the definition, and
the schema of each version that is served, without descriptions. Any clone will do that has the tag which
`custom_resources.py` names, a bare one too. The project is the one that has the paths named there.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from tests.kubernetes.custom_resources import FOLDER, PROJECTS, Project

Json = Any


def take(checkout: Path) -> list[Path]:
    """Write the files of the project that a checkout is of. Raises LookupError if it is of none that we know."""
    project, paths = _project_of(checkout)
    folder = FOLDER / project.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return [_write(folder, project, path, crd) for path in paths for crd in _definitions(checkout, project, path)]


def _project_of(checkout: Path) -> tuple[Project, list[str]]:
    for project in PROJECTS:
        found = subprocess.run(
            ["git", "-C", checkout, "ls-tree", "-r", "--name-only", project.tag], capture_output=True, text=True
        )
        paths = [path for path in found.stdout.splitlines() if any(_matches(path, each) for each in project.paths)]
        if paths:
            return project, paths
    raise LookupError(f"{checkout} has no tag and definitions of any project that custom_resources.py names")


def _matches(path: str, pattern: str) -> bool:
    """Whether a file is directly in the pattern's folder, and has such a name."""
    return PurePosixPath(path).parent == PurePosixPath(pattern).parent and PurePosixPath(path).match(pattern)


def _definitions(checkout: Path, project: Project, path: str) -> Iterator[Json]:
    text = subprocess.run(
        ["git", "-C", checkout, "show", f"{project.tag}:{path}"], capture_output=True, text=True, check=True
    ).stdout
    for document in yaml.safe_load_all(text):
        is_definition = document and document.get("kind") == "CustomResourceDefinition"
        if is_definition and document["spec"]["group"] in project.groups:
            yield document["spec"]


def _write(folder: Path, project: Project, path: str, crd: Json) -> Path:
    schemas = {
        version["name"]: _without_descriptions(version["schema"]["openAPIV3Schema"])
        for version in crd["versions"]
        if version["served"]
    }
    about = {"project": project.repository, "version": project.tag, "path": path}
    facts = {"group": crd["group"], "kind": crd["names"]["kind"], "scope": crd["scope"], "schemas": schemas}
    file = folder / f"{crd['names']['kind']}.json"
    file.write_text(json.dumps({**about, **facts}, indent=1) + "\n")
    return file


def _without_descriptions(schema: Json, is_names: bool = False) -> Json:
    """Leave out what is for readers; `is_names` where the keys are names of fields, which may be "description" too."""
    if isinstance(schema, list):
        return [_without_descriptions(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_descriptions(value, is_names=key == "properties" and not is_names)
        for key, value in schema.items()
        if is_names or key != "description"
    }


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        for written in take(Path(argument)):
            print(written)
