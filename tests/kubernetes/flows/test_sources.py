"""What the collector reads in namespaces of others is what flows there: the table of jobs against that of flows."""

from environments import load_environments
from environments.new_environment import FOLDER
from flowwise.observability.sources import SOURCES
from flowwise.tables.workloads import OBSERVABILITY
from stacks.flows import COLLECTOR, Flow, Pods, flows_of
from tests.kubernetes.flows.ends import pods_of


def of_others(flow: Flow) -> bool:
    target = flow.target
    return (
        flow.source == COLLECTOR
        and flow.reason == "metrics"
        and isinstance(target, Pods)
        and not target.namespace.startswith(OBSERVABILITY)
    )


def test_each_job_has_its_flow_and_each_flow_its_job() -> None:
    """In the environment where everything is in the cluster."""
    (local,) = [environment for environment in load_environments(FOLDER) if not environment.in_cloud]
    flows = tuple(filter(of_others, flows_of(local)))
    ends = pods_of(flows, {})
    read = {
        flow.target: [
            source.job
            for source in SOURCES
            if (source.port,) == flow.ports
            and isinstance(flow.target, Pods)
            and source.pods.items() <= ends[flow.target].labels.items()
        ]
        for flow in flows
    }
    assert sorted(job for jobs in read.values() for job in jobs) == sorted(source.job for source in SOURCES)
    assert all(len(jobs) == 1 for jobs in read.values())
