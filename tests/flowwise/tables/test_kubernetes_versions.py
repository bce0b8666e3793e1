"""A new version of Kubernetes reaches the environment that asks for it, and no other."""

import re
import runpy
from pathlib import Path

from flowwise.tables import kubernetes_versions
from tests.workspace import REPOSITORY

TABLE = Path(kubernetes_versions.__file__)
LIST = re.compile(r"\bKUBERNETES_VERSIONS\b")


def test_no_module_looks_at_the_list() -> None:
    readers = [path for room in ("constructs", "stacks") for path in (REPOSITORY / room).rglob("*.py")]
    assert [path for path in readers if LIST.search(path.read_text())] == [TABLE]


def test_a_version_that_is_added_is_nobody_s_default(tmp_path: Path) -> None:
    text, count = re.subn(
        r"^KUBERNETES_VERSIONS = \((.*),\)$", r'KUBERNETES_VERSIONS = (\1, "1.99")', TABLE.read_text(), flags=re.M
    )
    assert count == 1
    (tmp_path / "table.py").write_text(text)
    before, now = runpy.run_path(str(TABLE)), runpy.run_path(str(tmp_path / "table.py"))
    same = ("DEFAULT_KUBERNETES_VERSION", "POD_SECURITY_VERSION")
    assert now["KUBERNETES_VERSIONS"][-1] == "1.99" and [now[name] for name in same] == [before[name] for name in same]
