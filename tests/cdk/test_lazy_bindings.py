"""The Node half of fast loading.

What is not used is not read, what was compiled once is found again, and no token takes down the stack it was made in.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workspace import REPOSITORY

_PRELOAD = REPOSITORY / "constructs/cdk/lazy_bindings.cjs"
_IMPORT_STAR = "var __importStar = (module) => module;\n"
# By which package has it so.
FORMS = {
    "provider-older": ("@cdktf", 'exports.vpc = require("./vpc");'),
    "provider-bridge": ("@cdktn", 'exports.vpc = require("./vpc/index");'),
    "provider-newer": ("@cdktn", 'exports.vpc = __importStar(require("./vpc/index"));'),
}
UNKNOWN = {
    "provider-another-call": 'exports.vpc = __importAll(require("./vpc/index"));',
    "provider-re-export": '__exportStar(require("./vpc"), exports);',
    "provider-constant": 'const vpc = require("./vpc"); exports.vpc = vpc;',
}


def load(folder: Path, scope: str, name: str, line: str, script: str) -> subprocess.CompletedProcess[str]:
    library = folder / "node_modules" / scope / name / "lib"
    (library / "vpc").mkdir(parents=True)
    (library / "index.js").write_text(f'"use strict";\n{_IMPORT_STAR}{line}\n//# sourceMappingURL=data:x\n')
    (library / "vpc" / "index.js").write_text('console.log("read"); exports.Vpc = "a class";\n')
    script = f"const index = require({str(library / 'index.js')!r}); {script}"
    return subprocess.run(
        [Path(sys.executable).with_name("node"), "--require", _PRELOAD, "--eval", script],
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", FORMS)
def test_a_resource_is_read_when_it_is_used(name: str, tmp_path: Path) -> None:
    result = load(tmp_path, *(FORMS[name][0], name, FORMS[name][1]), 'console.log("loaded", index.vpc.Vpc)')
    assert result.stdout == "read\nloaded a class\n", result.stderr
    (tmp_path / "again").mkdir()
    result = load(tmp_path / "again", FORMS[name][0], name, FORMS[name][1], "console.log(Object.keys(index))")
    assert result.stdout == "[ 'vpc' ]\n", "it was read before it was used"


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_index_of_another_form_is_refused(name: str, tmp_path: Path) -> None:
    """It would be read whole: slow, large, and nobody would know why."""
    result = load(tmp_path, "@cdktn", name, UNKNOWN[name], 'console.log("loaded")')
    assert result.returncode != 0 and "loaded" not in result.stdout
    assert f"{name}/lib/index.js reads resources at once, by another form than lazy_bindings.cjs knows" in result.stderr
    assert UNKNOWN[name] in result.stderr


def test_what_packs_assets_is_read_when_there_is_one(tmp_path: Path) -> None:
    packages = tmp_path / "node_modules"
    for folder in ("cdktf/lib/private", "archiver"):
        (packages / folder).mkdir(parents=True)
    private = packages / "cdktf" / "lib" / "private" / "fs.js"
    private.write_text('const archiver = require("archiver");\nexports.archive = () => archiver("zip", {});\n')
    (packages / "archiver" / "index.js").write_text('console.log("read"); module.exports = (format) => format;\n')
    script = f'const files = require("{private}"); console.log("loaded", files.archive());'
    node = Path(sys.executable).with_name("node")
    result = subprocess.run([node, "--require", _PRELOAD, "--eval", script], capture_output=True, text=True)
    assert result.stdout == "read\nloaded zip\n", result.stderr
    script = script.replace("files.archive()", "Object.keys(files)")
    result = subprocess.run([node, "--require", _PRELOAD, "--eval", script], capture_output=True, text=True)
    assert result.stdout == "loaded [ 'archive' ]\n", "it was read before it was used"


def test_no_type_is_described_for_an_assertion_that_holds(tmp_path: Path) -> None:
    counts = tmp_path / "counts.cjs"
    counts.write_text(
        "const util = require('util'); const { inspect } = util; let count = 0;\n"
        "util.inspect = (...values) => { count++; return inspect(...values); };\n"
        "process.on('exit', () => console.log(count));\n"
    )
    environment = os.environ | {
        "NODE_OPTIONS": f'--require "{counts}"',
        "PYTHONPATH": str(REPOSITORY / "constructs"),
    }
    result = subprocess.run([sys.executable, "-O", "-c", _SYNTHESIS], env=environment, capture_output=True, text=True)
    assert result.stdout == "0\n0\n", result.stderr


_SYNTHESIS = """
from cdk import fast_loading
fast_loading.prepare()
from cdk.core import Token
print(len(Token.as_any("${var.name}").creation_stack))
"""


def test_what_was_compiled_is_found_again_and_tokens_take_no_stack_down(tmp_path: Path) -> None:
    """Each start of jsii has its packages in a folder of another name: an entry for each would pile up."""
    packages = Path(os.environ["JSII_RUNTIME_PACKAGE_CACHE_ROOT"])
    (tmp_path / "jsii").symlink_to(packages)
    environment = os.environ | {
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tmp_path / "jsii"),
        "PYTHONPATH": str(REPOSITORY / "constructs"),
    }
    entries = []
    for _ in range(2):
        command = [sys.executable, "-O", "-c", _SYNTHESIS]
        result = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert result.stdout == "0\n", result.stderr
        entries.append({path.name: path.stat().st_mtime_ns for path in (tmp_path / "jsii-compiled").rglob("*")})
    assert len(entries[0]) > 20
    assert entries[0].keys() == entries[1].keys()
