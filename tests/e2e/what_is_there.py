"""What an environment has made, looked up as what is there already by the modules that take the place of those."""

import json
from typing import Any

from flowwise.existing_cluster.aws import AwsExistingCluster
from flowwise.existing_key.aws import AwsExistingKey
from flowwise.existing_registry.aws import AwsExistingRegistry
from tests.e2e.deployment import NAME, Deployment
from tests.e2e.emulator import ACCOUNT, REGION

_MODULES = {"cluster": AwsExistingCluster, "key": AwsExistingKey, "registry": AwsExistingRegistry}

_IMAGES = ("lancamentos", "consolidacao")


def plan_on_what_is_there(environment: Deployment) -> str:
    """What Terraform plans in a root that calls them and nothing else."""
    made = _Made(json.loads(environment.state()))
    cluster, group = made.one("aws_eks_cluster", "this"), made.one("aws_eks_node_group", "this", "general")
    for name in _IMAGES:
        call = "AmazonEC2ContainerRegistry_V20150921.CreateRepository"
        environment.emulator.ask("ecr", call, repositoryName=f"shared/{name}")
    inputs: dict[str, dict[str, Any]] = {
        "cluster": {
            "name": f"flowwise-{NAME}-guest",
            "cluster_id": cluster["arn"],
            "kubernetes_version": cluster["version"],
            "network_id": cluster["vpc_config"][0]["vpc_id"],
            "node_subnet_ids": group["subnet_ids"],
            "pod_cidr": "10.244.0.0/16",
            "service_cidr": cluster["kubernetes_network_config"][0]["service_ipv4_cidr"],
            "node_pools": ["general", "spare"],
            "private": False,
            "tags": {},
        },
        "key": {"key_id": made.one("aws_kms_key", "this", "cluster")["arn"], "cache": True, "images": True},
        "registry": {
            "name": f"flowwise-{NAME}-guest",
            "registry_id": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/shared",
            "repositories": list(_IMAGES),
            "endpoint_subnet_ids": [],
            "puller_ids": {},
            "tags": {},
        },
    }
    calls = {
        name: {"source": f"../{module.path}", "region": REGION, **inputs[name]} for name, module in _MODULES.items()
    }
    folder = environment.repository / "infra" / "what-is-there"
    folder.mkdir()
    (folder / "main.tf.json").write_text(json.dumps({"module": calls, "provider": {"aws": {"region": REGION}}}))
    root = f"../../{folder.name}"
    environment.terraform("init", "-backend=false", root=root)
    return environment.terraform("plan", root=root)


class _Made:
    """The resources of a state."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._resources = state["resources"]

    def one(self, type_: str, name: str, key: str | None = None) -> dict[str, Any]:
        """The attributes of a resource, or of the one of a key."""
        (found,) = (
            instance["attributes"]
            for resource in self._resources
            if (resource["mode"], resource["type"], resource["name"]) == ("managed", type_, name)
            for instance in resource["instances"]
            if instance.get("index_key") == key
        )
        return dict(found)
