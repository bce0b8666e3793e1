"""Writes report.html, at the repository's root, and says where it is and how big."""

import sys
from datetime import UTC, datetime

from costs import cost_report
from costs.exchange_rate import ExchangeRateError, exchange_rate
from environments import EnvironmentFileErrors, load_environments
from environments.promotion import side_by_side
from operations.deployable import REPOSITORY
from operations.failure import OperationError
from operations.git import git
from operations.policies import KEPT
from report.page import Commit, Facts, page
from report.review import kept
from sizing import size_of


def main() -> int:
    """Write the page; gives the exit status."""
    folder = REPOSITORY / "environments"
    try:
        environments, rate = side_by_side(load_environments(folder)), exchange_rate()
    except (EnvironmentFileErrors, ExchangeRateError) as faults:
        print(faults, file=sys.stderr)
        print("report.html is as it was.", file=sys.stderr)
        return 1
    facts = Facts(
        environments,
        cost_report(folder).as_json(),
        [size_of(environment).as_json() for environment in environments],
        REPOSITORY,
        rate,
        kept(KEPT, REPOSITORY / "infra"),
        _commit(),
        datetime.now(UTC).date(),
    )
    file = REPOSITORY / "report.html"
    file.write_text(page(facts), encoding="utf-8", newline="\n")
    print(f"{file}: {file.stat().st_size / 1_000_000:.1f} MB")
    return 0


def _commit() -> Commit | None:
    try:
        name = git(REPOSITORY, "rev-parse", "--short", "HEAD").strip()
        return Commit(name, bool(git(REPOSITORY, "status", "--porcelain")))
    except (OperationError, OSError):
        return None


if __name__ == "__main__":
    sys.exit(main())
