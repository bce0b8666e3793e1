"""What environments cost: by hand, how estimates move when files change, and what is said of a file."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs import cost_report, estimate
from costs.difference import differences
from costs.prices import PRICE_BOOK
from costs.prices import azure as azure_prices
from costs.prices.book import Price, Unknown
from costs.usage import USAGE
from environments import Environment, load_environment, load_environments
from flowwise.tables.project import CLOUDS
from flowwise.tables.sizes import DATABASE_SIZES, LEAST_BROKER_STORAGE_GB, NODE_SIZES
from operations.cost_summary import changes, details, overview
from tests.costs.test_bills import from_document, whole
from tests.environments.texts import NAMED_SIZES, WHOLE, environment_text, with_named_sizes
from tests.operations.operated import Operated
from tests.workspace import REPOSITORY

ENVIRONMENTS = REPOSITORY / "environments"
Json = dict[str, Any]


def environment(tmp_path: Path, text: str, name: str = "dev") -> Environment:
    file = tmp_path / f"{name}.toml"
    file.write_text(text)
    return load_environment(file)


# --- by hand ----------------------------------------------------------------------------------------------------------

# A month has 730 hours. Least and most of what the whole environment of the tests, which is small and for development,
# costs on each cloud, by service: from the price lists with a pocket calculator.
BY_HAND = {
    "azure": {
        # Free tier; two pools of D2ds_v5 at 0.18, one node each at least, two and three at most; 2 to 15 GB of logs at
        # 4.60: 131.40 + 131.40 + 9.20, and 262.80 + 394.20 + 69.00
        "k8s-cluster": ("272.00", "726.00"),
        # NAT 32.85 and 0.45 to 4.50; address 3.65; four zones 2.00
        "network": ("38.95", "43.00"),
        # balancer 18.25; its data 0.005 (a cent) to 0.25; out 0.181 to 9.05
        "api-gateway": ("18.44", "27.55"),
        "gateway-address": ("3.65", "3.65"),
        # 365/12 days of 1.6666 are 50.69; endpoint 7.30 and 0.05 to 0.50; logs 2.30 to 9.20, 59 more days 0.19 to 0.78
        "container-registry": ("60.53", "68.47"),
        # four keys in an HSM 20.00; operations 0.15 to 3.00; logs 2.30 to 9.20
        "encryption": ("22.45", "32.20"),
        # operations 0.03 to 0.30; endpoint 7.30 and 0.05 to 0.50; logs 2.30 to 9.20
        "secret-store": ("9.68", "17.30"),
        # B2s 102.20; 32 GB 6.99; no paid backups; logs 2.30 to 9.20
        "postgres-db": ("111.49", "118.39"),
        # B1 32.85; endpoint 7.30 and 0.05 to 0.50; logs 2.30 to 9.20
        "redis": ("42.50", "49.85"),
        # 10 GB are an E3
        "rabbitmq": ("3.36", "3.36"),
    },
    "aws": {
        # cluster 73.00; m7i.large 117.27 (117.2745) each, and 100 GB of gp3 15.20 each; 2 to 15 GB of logs at 0.90, and
        # kept for 30 days 0.08 to 0.60: 73 + (117.27 + 15.20) + (117.27 + 15.20) + 1.80 + 0.08, and
        # 73 + (234.55 + 30.40) + (351.82 + 45.60) + 13.50 + 0.60
        "k8s-cluster": ("339.82", "749.47"),
        # three gateways 203.67 and 0.93 to 9.30; three addresses 10.95; fifteen endpoints 229.95 and 0.05 to 0.50; a
        # key 1.00; 2 to 20 GB of flow logs 1.80 to 18.00, and kept for a year 0.98 to 9.79
        "network": ("449.33", "483.16"),
        # balancer 24.82; units 0.60 to 6.02 (6.0225); out 0.15 to 7.50
        "api-gateway": ("25.57", "38.34"),
        # in three zones
        "gateway-address": ("10.95", "10.95"),
        "container-registry": ("0.50", "5.00"),
        "encryption": ("5.00", "5.00"),
        # of two microservices for database and broker, the administrator's, and that of who reads metrics: six
        "secret-store": ("2.40", "2.40"),
        # t4g.medium 100.01; 32 GB 7.01 (7.008); logs 0.45 to 1.80 and 0.02 to 0.08
        "postgres-db": ("107.49", "108.90"),
        # t4g.small 35.62 (35.624); logs 0.45 to 1.80 and 0.02 to 0.08
        "redis": ("36.09", "37.50"),
        "rabbitmq": ("1.52", "1.52"),
    },
    "google": {
        # cluster 73.00; e2-standard-2 77.65 each and 100 GB 15.00 each; no logs above 50 GB:
        # 73 + 92.65 + 92.65, and 73 + (155.30 + 30.00) + (232.95 + 45.00)
        "k8s-cluster": ("258.30", "536.25"),
        # NAT 2.04 (2.044) for two machines, 5.11 for five at most; 0.45 to 4.50; address 3.65; logs
        # 0.50 to 5.00
        "network": ("6.64", "18.26"),
        # rules 27.74; data 0.01 to 0.60; out 0.19 to 9.50
        "api-gateway": ("27.94", "37.84"),
        # images 0.50 to 5.00; scans 2.60 to 26.00
        "container-registry": ("3.10", "31.00"),
        "encryption": ("5.00", "25.00"),
        "secret-store": ("0.36", "0.36"),
        # a processor 0.062 and 3.75 GB 0.039375 an hour: 74.00 (74.00375); 32 GB 8.16; backups of 3.2 to 32 GB, 0.38 to
        # 3.84
        "postgres-db": ("82.54", "86.00"),
        "redis": ("36.87", "36.87"),
        "rabbitmq": ("1.50", "1.50"),
    },
}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_estimate_is_what_a_pocket_calculator_says(cloud: str, tmp_path: Path) -> None:
    found = estimate(environment(tmp_path, environment_text(cloud, "shared", "dev")))
    assert {name: (str(usd.low), str(usd.high)) for name, usd in found.by_service.items()} == BY_HAND[cloud]
    assert found.usd.low == sum(Decimal(low) for low, _ in BY_HAND[cloud].values())
    assert found.usd.high == sum(Decimal(high) for _, high in BY_HAND[cloud].values())


# --- how estimates move -----------------------------------------------------------------------------------------------

SIZES = st.sampled_from(list(NODE_SIZES))


@st.composite
def documents(draw: st.DrawFn) -> Json:
    document = whole(draw(st.sampled_from(CLOUDS)))
    for pool in (document["cluster"]["system_pool"], document["cluster"]["node_pools"]["general"]):
        pool["size"] = draw(SIZES)
        pool["min_nodes"] = draw(st.integers(1, 20))
        pool["max_nodes"] = draw(st.integers(pool["min_nodes"], 30))
    size = draw(SIZES)
    available = draw(st.booleans()) and DATABASE_SIZES[size][document["cloud"]].high_availability
    document["postgres"] |= {
        "size": size,
        "high_availability": available,
        "topology": draw(st.sampled_from(["shared", "dedicated"])),
        "storage_gb": draw(st.sampled_from([32, 64, 128])),
    }
    document["redis"] |= {"size": draw(SIZES), "high_availability": draw(st.booleans())}
    storage = draw(st.integers(LEAST_BROKER_STORAGE_GB, 128))
    document["rabbitmq"] |= {"high_availability": draw(st.booleans()), "storage_gb": storage}
    document["network"]["zones"] = draw(st.integers(2 if document["redis"]["high_availability"] else 1, 3))
    document["deletion_protection"] = draw(st.booleans())
    return document


def usd(document: Json) -> tuple[Decimal, Decimal]:
    found = estimate(from_document(document)).usd
    return found.low, found.high


@given(documents())
def test_no_amount_is_negative_and_the_least_is_no_more_than_the_most(document: Json) -> None:
    found = estimate(from_document(document))
    for item in found.items:
        assert item.usd is not None and 0 <= item.usd.low <= item.usd.high, item.line
    assert sum(usd.high for usd in found.by_service.values()) == found.usd.high
    assert max(Counter((item.line.resource, item.line.meter) for item in found.items).values()) == 1


@given(documents(), st.sampled_from(["system_pool", "general"]))
def test_one_node_more_costs_what_a_node_costs(document: Json, pool: str) -> None:
    cloud = document["cloud"]
    nodes = (
        document["cluster"]["system_pool"] if pool == "system_pool" else document["cluster"]["node_pools"]["general"]
    )
    low, high = usd(document)
    nodes["max_nodes"] += 1
    prices = PRICE_BOOK[cloud]
    node = price(cloud, NODE_SIZES[nodes["size"]][cloud]) * 730
    disk = {"azure": Decimal(0), "aws": price("aws", "EBS gp3") * 100, "google": price("google", "Balanced disk") * 100}
    nat = prices.get("NAT gateway, each machine")
    extra = node + disk[cloud] + (nat.usd * 730 if isinstance(nat, Price) else 0)
    assert usd(document)[0] == low
    assert abs(usd(document)[1] - high - extra) <= Decimal("0.03")  # three items, each to the cent


def price(cloud: str, meter: str) -> Decimal:
    found = PRICE_BOOK[cloud][meter]
    assert isinstance(found, Price)
    return found.usd


@given(documents(), st.data())
def test_more_of_anything_costs_no_less(document: Json, data: st.DataObject) -> None:
    """More nodes, larger sizes, larger disks, standbys, zones, microservices."""
    before = usd(document)
    order = list(NODE_SIZES)

    def larger(size: str) -> str:
        return data.draw(st.sampled_from(order[order.index(size) :]))

    match data.draw(st.sampled_from(["pool", "postgres", "redis", "disk", "standby", "broker", "zones", "service"])):
        case "pool":
            pool = document["cluster"]["node_pools"]["general"]
            pool["size"] = larger(pool["size"])
            pool["min_nodes"] += 1
            pool["max_nodes"] += data.draw(st.integers(1, 5))
        case "postgres":
            document["postgres"]["size"] = larger(document["postgres"]["size"])
        case "redis":
            document["redis"]["size"] = larger(document["redis"]["size"])
        case "disk":
            document["postgres"]["storage_gb"] *= 2
        case "standby":
            document["redis"]["high_availability"] = True
            document["network"]["zones"] = max(document["network"]["zones"], 2)
            size = document["postgres"]["size"]
            document["postgres"]["high_availability"] = DATABASE_SIZES[size][document["cloud"]].high_availability
        case "broker":
            document["rabbitmq"]["high_availability"] = True
        case "zones":
            document["network"]["zones"] = 3
        case "service":
            document["services"]["relatorios"] = {"uses": ["postgres"]}
    after = usd(document)
    assert after[0] >= before[0] and after[1] >= before[1]


@given(documents(), st.integers(1, 100))
def test_more_replicas_cost_nothing_on_the_same_nodes(document: Json, replicas: int) -> None:
    """Whether these are enough is for `make sizing` to say."""
    before = usd(document)
    document["services"]["lancamentos"] |= {"min_replicas": replicas, "max_replicas": replicas}
    assert usd(document) == before


def test_a_standby_in_the_same_zone_costs_what_another_does(tmp_path: Path) -> None:
    text = environment_text("azure", "dedicated", "prod")
    beside = text.replace("[redis]", "same_zone = true\n\n[redis]")
    assert estimate(environment(tmp_path, beside)) == estimate(environment(tmp_path, text))


def test_another_cloud_changes_every_price_but_nothing_else_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(WHOLE)
    (cost,) = cost_report(tmp_path).environments
    for cloud in CLOUDS:
        moved = estimate(environment(tmp_path / "..", environment_text(cloud, "shared", "dev"), f"moved{cloud}"))
        assert cost.estimates[cloud] == moved


# --- what is said of a file -------------------------------------------------------------------------------------------


def findings(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "dev.toml").write_text(text)
    return [str(finding).replace(f"{tmp_path.name}/", "") for finding in cost_report(tmp_path).findings]


def test_above_its_budget_an_environment_is_told_what_weighs_most(tmp_path: Path) -> None:
    text = WHOLE.replace("monthly_usd = 900", "monthly_usd = 1089")
    assert findings(tmp_path, text) == [
        "dev.toml: budget.monthly_usd: 1,089 US dollars a month, but the environment may cost 583.05 to 1,089.77. What "
        "weighs most: cluster.node_pools.general (Standard_D2ds_v5) 394.20, cluster.system_pool (Standard_D2ds_v5) "
        "262.80, postgres.size (B_Standard_B2s) 102.20. Make these smaller, or the budget 1090"
    ]
    assert findings(tmp_path, text.replace("1089", "1090")) == []


def test_a_missing_price_is_said_with_the_key_that_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = WHOLE.replace("monthly_usd = 900", "monthly_usd = 1095")
    cut = {meter: price for meter, price in azure_prices.PRICES.items() if meter != "Balanced_B1"}
    monkeypatch.setitem(PRICE_BOOK, "azure", cut)
    assert findings(tmp_path, text) == [
        "dev.toml: redis.size: no price is known for Balanced_B1 on azure, and the estimate leaves it out (the price "
        "book has no row for it)"
    ]
    (cost,) = cost_report(tmp_path).environments
    assert cost.own and str(cost.own.usd.low) == "550.20"  # 32.85 less


def test_an_unknown_price_is_said_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = WHOLE.replace("monthly_usd = 900", "monthly_usd = 1095")
    unknown = Unknown("hour", "not on the pricing page of 2026-11-27")
    monkeypatch.setitem(PRICE_BOOK, "azure", {**azure_prices.PRICES, "Standard_D2ds_v5": unknown})
    said = f"no price is known for Standard_D2ds_v5 on azure, and the estimate leaves it out ({unknown.looked})"
    pools = ("cluster.system_pool", "cluster.node_pools.general")
    assert findings(tmp_path, text) == [f"dev.toml: {key}: {said}" for key in pools]
    (cost,) = cost_report(tmp_path).environments
    assert ["730 to 1,460", "unknown", "", "", "cluster.system_pool"] in [row[2:] for row in rows(details(cost))]
    assert cost.as_json()["estimates"]["azure"]["services"][0]["unknown"] == 2


def test_a_region_without_prices_is_said_once(tmp_path: Path) -> None:
    text = WHOLE.replace('"brazil"', '"usa"')
    assert findings(tmp_path, text) == [
        'dev.toml: region: there are prices for "brazil" alone, so nothing is estimated'
    ]


def test_a_shared_key_is_looked_for_where_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "shared.toml"
    shared.write_text('region = "usa"\n')
    (finding,) = findings(tmp_path, WHOLE.replace('region              = "brazil"\n', ""))
    assert finding.startswith("shared.toml: region:")


def test_where_an_environment_cannot_be_is_said_with_the_reason(tmp_path: Path) -> None:
    """A small database may have a standby on AWS, and on Azure not."""
    text = environment_text("aws", "shared", "dev").replace("high_availability = false", "high_availability = true")
    (tmp_path / "dev.toml").write_text(text)
    (cost,) = cost_report(tmp_path).as_json()["environments"]
    assert cost["estimates"]["azure"] == {
        "possible": False,
        "reason": 'postgres.high_availability would have to be false with size "small", or true with size "medium", '
        '"large" or "xlarge"',
    }
    assert cost["estimates"]["google"]["possible"]


def test_the_committed_environments_are_within_their_budgets_and_all_priced() -> None:
    assert [str(finding) for finding in cost_report(ENVIRONMENTS).findings] == []


def test_the_budget_of_the_cloud_is_the_file_s() -> None:
    for asked in load_environments(ENVIRONMENTS):
        if asked.budget:
            root = (REPOSITORY / "infra" / "environments" / asked.name / "main.tf").read_text()
            assert re.findall(r"monthly_usd += (\d+)", root) == [str(asked.budget.monthly_usd)]


# --- as people and machines read it -----------------------------------------------------------------------------------


def rows(markdown: str) -> list[list[str]]:
    """Every row of every table, by its cells."""
    lines = (line for line in markdown.splitlines() if line.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_markdown_and_json_agree_to_the_cent() -> None:
    report = cost_report(ENVIRONMENTS)
    table = {row[0]: row for row in rows(overview(report).replace(",", ""))}
    for cost, described in zip(report.environments, report.as_json()["environments"], strict=True):
        if described["cloud"] is None:
            assert cost.environment.name not in table
            continue
        cells = table[cost.environment.name]
        estimates = described["estimates"]
        own = estimates[described["cloud"]]
        assert cells[2:5] == [own["low"], own["high"], str(described["budget_usd"])]
        assert cells[5:] == [f"{estimates[cloud]['low']} to {estimates[cloud]['high']}" for cloud in CLOUDS]
        in_detail = rows(details(cost).replace(",", ""))
        assert [row[4:] for row in in_detail if len(row) == 7 and row[0].startswith("`")] == [
            [line["low"], line["high"], line["key"]] for line in own["lines"]
        ]
        for service in own["services"]:
            assert [service["service"], service["low"], service["high"]] in in_detail
        assert sum(Decimal(line["high"]) for line in own["lines"]) == Decimal(own["high"])


@pytest.mark.parametrize(("readme", "separators"), [("README.md", ",."), ("README.pt-BR.md", ".,")])
def test_the_readmes_quote_what_is_estimated(readme: str, separators: str) -> None:
    written = str.maketrans(",.", separators)
    table = [
        [cost.environment.name, *(number.translate(written) for number in (f"{own.usd.low:,}", f"{own.usd.high:,}"))]
        for cost in cost_report(ENVIRONMENTS).environments
        if (own := cost.own)
    ]
    assert [row[:3] for row in rows((REPOSITORY / readme).read_text()) if row[0] in {row[0] for row in table}] == table


def test_a_difference_has_what_changed_and_by_how_much(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(WHOLE)
    (tmp_path / "old.toml").write_text(WHOLE.replace("10.10", "10.20").replace("api.dev", "api.old"))
    before = cost_report(tmp_path).as_json()
    (tmp_path / "dev.toml").write_text(WHOLE.replace("max_nodes = 3", "max_nodes = 5"))
    (tmp_path / "new.toml").write_text(WHOLE.replace("10.10", "10.30").replace("api.dev", "api.new"))
    (tmp_path / "old.toml").unlink()
    found = list(differences(before, cost_report(tmp_path).as_json()))
    assert [difference.environment for difference in found] == ["dev", "new", "old"]
    dev, new, old = found
    assert [(change.meter, change.after.high - change.before.high) for change in dev.changes] == [
        ("Standard_D2ds_v5", Decimal("262.80"))
    ]
    assert new.before is None and old.after is None
    assert "old: no longer here, and nothing of that is saved until it is destroyed" in changes(found, "main")
    said = rows(changes(found, "main"))
    assert ["dev", "583.05", "583.05", "1,089.77", "1,352.57", "+262.80"] in said
    assert ["old", "583.05", "0.00", "1,089.77", "0.00", "-1,089.77"] in said
    assert list(differences(before, before)) == []
    assert changes([], "main") == "### Change of costs\n\nThe environments cost what they did at main.\n"


def test_usage_grows_from_development_to_production() -> None:
    for name, usage in USAGE.items():
        for low, high in (usage.dev, usage.prod):
            assert 0 < Decimal(low) < Decimal(high), name


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Operated:
    """A repository of its own, with one environment committed."""
    folder = tmp_path_factory.mktemp("operated")
    found = Operated.with_environments(folder, {"dev": WHOLE.replace("= 900", "= 1200")})
    (folder / ".gitignore").write_text((REPOSITORY / ".gitignore").read_text())
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "."],
        ["-c", "user.name=Test", "-c", "user.email=test@flowwise.example", "commit", "--quiet", "--message=All"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    return found


@pytest.mark.slow
def test_the_command_compares_with_a_revision_by_that_revision_s_own_code(operated: Operated) -> None:
    file = operated.environment_file("dev")
    committed = file.read_text()
    file.write_text(committed.replace("max_nodes = 3", "max_nodes = 4"))
    prices = operated.folder / "costs" / "prices" / "azure.py"
    written = prices.read_text()
    prices.write_text(written.replace('price("0.045", HOUR, _API, note=_PER_NODE)', 'price("0.055", HOUR, _API)'))
    try:
        result = operated.run("cost", BASE="main")
        for_machines = operated.run("cost", BASE="main", ENV="dev", FORMAT="json")
    finally:
        file.write_text(committed)
        prices.write_text(written)
    assert result.returncode == 1, result.stderr  # 1,228.47 is above 1,200
    said = rows(result.stdout)
    assert ["dev", "583.05", "590.35", "1,089.77", "1,228.47", "+138.70"] in said
    assert ["Balanced_B1", "32.85", "40.15", "32.85", "40.15", "+7.30"] in [row[1:] for row in said]
    (difference,) = json.loads(for_machines.stdout)["differences"]
    assert (difference["environment"], difference["before"]["high"], difference["after"]["high"]) == (
        "dev",
        "1089.77",
        "1228.47",
    )
    assert [change["after"] for change in difference["changes"] if change["meter"] == "Balanced_B1"] == [
        {"low": "40.15", "high": "40.15"}
    ]
    worktrees = subprocess.run(["git", "worktree", "list"], cwd=operated.folder, capture_output=True, text=True)
    assert len(worktrees.stdout.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("base", ["", "main"])
def test_the_budget_gate_says_all_else_that_a_move_wants(base: str, operated: Operated) -> None:
    """Against a revision, and against the tree that nobody has made anew."""
    file = operated.environment_file("dev")
    committed = file.read_text()
    file.write_text(committed.replace('= "azure"', '= "aws"'))
    try:
        result = operated.run("cost", BASE=base)
        for_machines = operated.run("cost", BASE=base, FORMAT="json")
    finally:
        file.write_text(committed)
    assert result.returncode == 1, result.stderr
    assert "(above budget): environments/dev.toml: budget.monthly_usd" in result.stdout
    assert result.stdout.count("dev moves from Azure to AWS. There it needs:") == 1
    assert [what for what in MOVED if f"\n- {what}: " not in result.stdout] == []
    assert json.loads(for_machines.stdout)["environments"]
    assert "moves" not in operated.run("cost", BASE=base).stdout


MOVED = ("Budget", "Account", "Bootstrap", "Administrators", "Certificate", "Quotas", "Images", "Data")


def test_the_command_says_which_environments_and_formats_there_are(operated: Operated) -> None:
    assert operated.run("cost").returncode == 0
    assert operated.run("cost", ENV="dve").stderr == (
        'ENV: there is no environment "dve"; there are "dev". Did you mean "dev"?\n'
    )
    assert operated.run("cost", FORMAT="xml").stderr == 'FORMAT: "xml" is neither "markdown" nor "json".\n'
    assert "Git knows no revision" in operated.run("cost", BASE="nowhere").stderr
    result = operated.run("cost", FORMAT="json", ENV="dev")
    (cost,) = json.loads(result.stdout)["environments"]
    assert (cost["environment"], cost["estimates"]["azure"]["high"]) == ("dev", "1089.77")


@pytest.fixture
def committed(operated: Operated) -> Iterator[Callable[[str, str | None], None]]:
    """Commits another text of a file, or its removal, and leaves the file in the work tree as it is."""

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=Test", "-c", "user.email=test@flowwise.example"]
        subprocess.run(["git", *identity, *arguments], cwd=operated.folder, check=True, capture_output=True)

    def commit(name: str, text: str | None) -> None:
        file = operated.folder / name
        before = file.read_text()
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
        git("commit", "--quiet", "--all", "--message=Another")
        file.write_text(before)

    yield commit
    git("reset", "--quiet", "--hard", "HEAD^")


def test_a_revision_from_before_the_command_is_no_failure(
    operated: Operated, committed: Callable[[str, str | None], None]
) -> None:
    committed("operations/cost.py", None)
    result = operated.run("cost", BASE="main")
    assert result.returncode == 0, result.stderr
    assert result.stdout.endswith("There is nothing to compare with: main is from before `make cost`.\n\n")
    assert json.loads(operated.run("cost", BASE="main", FORMAT="json").stdout)["differences"] is None
    assert "### Costs of the environments" in result.stdout


def test_a_revision_that_cannot_say_its_costs_is_named(
    operated: Operated, committed: Callable[[str, str | None], None]
) -> None:
    committed("costs/usage.py", "raise RuntimeError('no way')\n")
    result = operated.run("cost", BASE="main")
    assert result.returncode == 1
    assert result.stderr == "BASE: main cannot say what it costs: RuntimeError: no way\n"


@pytest.mark.parametrize("cloud", CLOUDS)
def test_what_is_named_itself_has_its_own_price_or_is_unknown(cloud: str, tmp_path: Path) -> None:
    """But never none, nor that of another."""
    cost = environment(tmp_path, with_named_sizes(environment_text(cloud, "shared", "dev"), cloud))
    found = estimate(cost)
    unpriced = {item.line.meter for item in found.unknown}
    pool = NAMED_SIZES[cloud]["cluster.node_pools.general"]
    assert pool in unpriced and pool not in PRICE_BOOK[cloud]
    assert ("HIGHMEM_XLARGE" in unpriced, "P10 LRS disk" in unpriced) == (False, cloud == "azure")
    servers = [item.usd for item in found.items if item.line.meter == "db-custom-6-24576"]
    assert [str(usd.low) for usd in servers if usd] == (["455.52"] if cloud == "google" else [])
