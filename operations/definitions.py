"""Prints what upgrades the definitions of resources that Helm installs once and leaves as they are ever after."""

import shlex
import sys
from collections.abc import Iterator, Mapping

from flowwise.tables.charts import CHARTS, Chart
from operations.failure import exit_status

# By the server, for they are too large for the annotation that kubectl would keep; and over whoever had their fields,
# which is Helm.
_APPLY = "kubectl apply --server-side --force-conflicts --filename -"


def upgrades(charts: Mapping[str, Chart] = CHARTS) -> Iterator[str]:
    """A line of shell for each chart that keeps definitions where Helm does not upgrade them."""
    for chart in charts.values():
        if not chart.keeps_definitions_apart:
            continue
        is_oci = chart.repository.startswith("oci://")
        where = [f"{chart.repository}/{chart.name}"] if is_oci else [chart.name, "--repo", chart.repository]
        yield f"{shlex.join(['helm', 'show', 'crds', *where, '--version', chart.version])} | {_APPLY}"


def main() -> int:
    """Print the lines, to be read and then run: `make definitions | sh -eux`."""
    print("\n".join(upgrades()))
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(main))
