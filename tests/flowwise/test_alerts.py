"""Alerts of the cloud itself: the table says what each cloud is told, and what is made says that."""

import pytest

from flowwise.alerts import KINDS, alerts_of
from flowwise.tables.project import CLOUDS
from tests.offline.mocked_apply import Made, copy_of, mocked_apply


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_table_says_what_a_cloud_can_take(cloud: str) -> None:
    """Azure looks at some windows alone ("Metric alert rules"), and all look at five minutes at a time."""
    alerts = alerts_of(cloud)
    assert {"database", "cache"} <= {alert.of for alert in alerts} <= {*KINDS}
    for alert in alerts:
        assert alert.minutes in (5, 15, 30, 60), alert.name
        assert alert.severity in ("critical", "warning"), alert.name
        assert alert.threshold > 0, alert.name
        assert cloud != "google" or not alert.is_above or alert.threshold <= 100, alert.name


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """By cloud, what the module makes of its examples."""
    tree = copy_of(tmp_path_factory.mktemp("tree"), "modules/alerts")
    return {cloud: mocked_apply(tree, f"modules/alerts/{cloud}") for cloud in CLOUDS}


@pytest.mark.terraform
def test_each_alert_of_what_there_is_is_made(made: dict[str, Made]) -> None:
    alarms = made["aws"]["aws_cloudwatch_metric_alarm", "this"]
    assert {(each["metric_name"], next(iter(each["dimensions"].values()))) for each in alarms} == {
        ("FreeStorageSpace", "postgres-flowwise-dev-lancamentos"),
        ("CPUUtilization", "postgres-flowwise-dev-lancamentos"),
        ("FreeStorageSpace", "postgres-flowwise-dev-consolidacao"),
        ("CPUUtilization", "postgres-flowwise-dev-consolidacao"),
        ("DatabaseMemoryUsagePercentage", "flowwise-dev-redis-001"),
        ("EngineCPUUtilization", "flowwise-dev-redis-001"),
    }
    disks = [each for each in alarms if each["metric_name"] == "FreeStorageSpace"]
    assert {each["comparison_operator"] for each in disks} == {"LessThanThreshold"}
    assert {each["dimensions"]["DBInstanceIdentifier"]: each["threshold"] for each in disks} == {
        "postgres-flowwise-dev-lancamentos": 0.15 * 32 * 1024**3,
        "postgres-flowwise-dev-consolidacao": 0.15 * 512 * 1024**3,
    }
    rules = made["azure"]["azurerm_monitor_metric_alert", "this"]
    assert {each["name"] for each in rules} == {f"database-{what}-shared" for what in ("disk", "cpu", "down")}
    (down,) = [each for each in rules if each["name"] == "database-down-shared"]
    assert (down["severity"], down["window_size"], down["criteria"][0]["operator"]) == (1, "PT5M", "LessThan")
    conditions = {
        each["display_name"]: each["conditions"][0]["condition_threshold"][0]
        for each in made["google"]["google_monitoring_alert_policy", "this"]
    }
    disk_there = conditions["flowwise-dev-database-disk-shared"]
    assert disk_there["threshold_value"] == 0.85
    assert 'resource.labels.database_id="flowwise-project:postgres-flowwise-dev-shared"' in disk_there["filter"]
    assert 'resource.labels.cluster_name="gke-flowwise-dev"' in conditions["flowwise-dev-nodes-cpu-cluster"]["filter"]
