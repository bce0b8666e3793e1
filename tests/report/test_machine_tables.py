"""The table of machines: what each size is on each cloud, and where one is sold that is named itself."""

from pathlib import Path

import pytest

from environments import load_environments
from flowwise.tables.project import CLOUDS
from report.machine_tables import machines_table
from report.words import Code, Said, Texts
from tests.environments.texts import NAMED_SIZES, environment_text, with_named_sizes, with_own_server


@pytest.mark.parametrize("cloud", CLOUDS)
def test_machines_that_are_named_are_shown_where_they_are_sold(cloud: str, tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(with_named_sizes(environment_text(cloud, "shared", "dev"), cloud))
    table = machines_table(load_environments(tmp_path), Texts())
    assert table is not None
    shown = {
        heading.en: [cell.text if isinstance(cell, Code) else None for cell in cells[: len(CLOUDS)]]
        for heading, *cells in table.rows
        if isinstance(heading, Said)
    }
    node, database, cache = NAMED_SIZES[cloud].values()
    for heading, name in (
        (f"Node, {node}: 8 vCPU, 64 GiB", node),
        (f"PostgreSQL, {database}", database),
        (f"Redis, {cache}", cache),
    ):
        assert shown[heading] == [name if each == cloud else None for each in CLOUDS]
    assert shown["Node, small: 2 vCPU, 8 GiB"] == ["Standard_D2ds_v5", "m7i.large", "e2-standard-2"]


def test_servers_of_a_size_of_their_own_are_shown(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(with_own_server(environment_text("aws", "dedicated", "dev")))
    table = machines_table(load_environments(tmp_path), Texts())
    assert table is not None
    headings = {heading.en for heading, *_ in table.rows if isinstance(heading, Said)}
    assert {heading for heading in headings if "PostgreSQL" in heading} == {
        "PostgreSQL, small",
        "PostgreSQL, extra large",
    }
