"""Has Checkov review infra/, prints what it finds, keeps the result for the report, and fails if anything is found."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from flowwise.tables.project import CLOUDS, IN_CLUSTER
from operations.deployable import REPOSITORY
from operations.failure import OperationError, exit_status
from operations.markdown import document, table
from report.review import Counts, Review, digest, keep

CHECKOV = REPOSITORY / ".cache" / "checkov" / "bin" / "checkov"
KEPT = REPOSITORY / ".cache" / "policies.json"
_RESULTS = ("passed", "failed", "skipped")
_ROOTS = "roots"


def results_of(infra: Path) -> Mapping[str, Any]:
    """Checkov's report of a generated tree, as its JSON has it. Raises OperationError if it gives none."""
    result = subprocess.run(
        [CHECKOV, "--directory", infra, "--framework", "terraform", "--skip-download", "--output", "json"],
        capture_output=True,
        text=True,
    )
    try:
        report: dict[str, Any] = json.loads(result.stdout)
    except ValueError:
        raise OperationError(f"Checkov gave no report: {result.stderr.strip() or 'it said nothing'}") from None
    if report["summary"]["parsing_errors"]:
        raise OperationError(f"Checkov could not read {report['summary']['parsing_errors']} files of {infra}.")
    return report


def main() -> int:
    """Review the committed tree; 1 if a check fails."""
    infra = REPOSITORY / "infra"
    report = results_of(infra)
    counts = {
        name: Counts(*(len(_of(report, result, name)) for result in _RESULTS)) for name in (*CLOUDS, IN_CLUSTER, _ROOTS)
    }
    counts = {name: found for name, found in counts.items() if found.passed or found.failed or found.skipped}
    day = datetime.now(UTC).date().isoformat()
    keep(Review(digest(infra), report["summary"]["checkov_version"], day, counts), KEPT)
    rows = [[name, *(str(getattr(found, result)) for result in _RESULTS)] for name, found in counts.items()]
    failed = report["results"]["failed_checks"]
    lines = [f"- {check['check_id']} ({check['check_name']}): {check['resource']}" for check in failed]
    print(document("Policies", table(["", *_RESULTS], rows), *(["\n".join(lines)] if lines else [])))
    return int(bool(failed))


def _of(report: Mapping[str, Any], result: str, folder: str) -> Sequence[Any]:
    """The checks with a result, of files in the folder of a cloud, such as modules/network/azure."""
    return [check for check in report["results"][f"{result}_checks"] if _folder(check) == folder]


def _folder(check: Mapping[str, Any]) -> str:
    parts = PurePosixPath(check["file_path"]).parts
    return next((name for name in (*CLOUDS, IN_CLUSTER) if name in parts), _ROOTS)


if __name__ == "__main__":
    sys.exit(exit_status(main))
