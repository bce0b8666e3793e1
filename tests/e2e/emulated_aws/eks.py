"""What moto's EKS lacks: add-ons, access entries, identities of pods, and newer settings of clusters and nodes."""

import base64
import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from emulated_aws.held import CLUSTERS, HELD, PUBLISHED
from emulated_aws.ssm import newest_image
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.eks import urls
from moto.eks.exceptions import InvalidParameterException, ResourceInUseException, ResourceNotFoundException
from moto.eks.models import Cluster, EKSBackend
from moto.eks.responses import EKSResponse
from moto.logs.models import LogsBackend

_CLUSTER = "{0}/clusters/(?P<name>[^/]+)"
_ARN = "arn:[^/]+/[^/]+"
_PATHS = (
    "{0}/addons/supported-versions$",
    f"{_CLUSTER}/addons$",
    f"{_CLUSTER}/addons/(?P<addonName>[^/]+)$",
    f"{_CLUSTER}/addons/(?P<addonName>[^/]+)/update$",
    f"{_CLUSTER}/access-entries$",
    f"{_CLUSTER}/access-entries/(?P<principalArn>{_ARN})$",
    f"{_CLUSTER}/access-entries/(?P<principalArn>{_ARN})/access-policies$",
    f"{_CLUSTER}/access-entries/(?P<principalArn>{_ARN})/access-policies/(?P<policyArn>{_ARN})$",
    f"{_CLUSTER}/pod-identity-associations$",
    f"{_CLUSTER}/pod-identity-associations/(?P<associationId>[^/]+)$",
    f"{_CLUSTER}/updates/(?P<updateId>[^/]+)$",
    f"{_CLUSTER}/updates$",
    f"{_CLUSTER}/node-groups/(?P<nodegroupName>[^/]+)/update-version$",
)
_MAKING_A_CLUSTER = timedelta(seconds=3)  # AWS takes ten minutes


def complete() -> None:
    Cluster.status = property(_status, lambda self, status: None)
    for path in _PATHS:
        urls.url_paths[path] = EKSResponse.dispatch
    EKSResponse.create_cluster = _with_certificate(_with_newer_settings(EKSResponse.create_cluster))
    EKSResponse.create_nodegroup = _with_template(_with_newer_settings(EKSResponse.create_nodegroup))
    _write_last_lines()
    EKSBackend.update_nodegroup_config = _with_checked_sizes(EKSBackend.update_nodegroup_config)
    for call in _CALLS:
        setattr(EKSResponse, call.__name__, call)


def _with_newer_settings(create: Callable[[EKSResponse], ActionResult]) -> Callable[[EKSResponse], ActionResult]:
    """Keep what moto does not know; what it knows, it has taken and validated."""
    settings = {
        "accessConfig": "access_config",
        "upgradePolicy": "upgrade_policy",
        "zonalShiftConfig": "zonal_shift_config",
        "updateConfig": "update_config",
        "nodeRepairConfig": "node_repair_config",
    }

    def create_with(self: EKSResponse) -> ActionResult:
        result = create(self)
        (made,) = result.result.values()
        for sent, kept in settings.items():
            if sent in _sent(self):
                setattr(made, kept, _sent(self)[sent])
        return result

    return create_with


def _with_checked_sizes(update: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """AWS takes no limits that the present number of nodes is outside of."""

    def update_with(self: EKSBackend, cluster_name: str, nodegroup_name: str, **settings: Any) -> dict[str, Any]:
        group = self.clusters[cluster_name].nodegroups[nodegroup_name]
        sizes = {**group.scaling_config, **(settings.get("scaling_config") or {})}
        least, desired, most = (int(sizes[size]) for size in ("minSize", "desiredSize", "maxSize"))
        fault = None
        if least > desired:
            fault = f"Minimum capacity {least} can't be greater than desired size {desired}"
        if desired > most:
            fault = f"desired capacity {desired} can't be greater than max size {most}"
        if fault:
            raise InvalidParameterException(message=fault)
        return update(self, cluster_name, nodegroup_name, **settings)

    return update_with


def _write_last_lines() -> None:
    """EKS writes to its log after the end, and makes the group for it where there is none."""
    delete_cluster, delete_group = EKSBackend.delete_cluster, LogsBackend.delete_log_group
    ended: set[str] = set()

    def delete_noted(self: EKSBackend, name: str) -> Cluster:
        ended.add(f"/aws/eks/{name}/cluster")
        return delete_cluster(self, name)

    def delete_in_vain(self: LogsBackend, name: str) -> None:
        delete_group(self, name)
        if name in ended:
            ended.discard(name)
            self.create_log_group(name, {})

    EKSBackend.delete_cluster, LogsBackend.delete_log_group = delete_noted, delete_in_vain


def _with_certificate(create: Callable[[EKSResponse], ActionResult]) -> Callable[[EKSResponse], ActionResult]:
    """In PEM and in base64, as clients decode it; moto's is letters without a meaning."""

    def create_with(self: EKSResponse) -> ActionResult:
        result = create(self)
        content = base64.encodebytes(result.result["cluster"].name.encode()).decode()
        pem = f"-----BEGIN CERTIFICATE-----\n{content}-----END CERTIFICATE-----\n"
        result.result["cluster"].certificate_authority = {"data": base64.b64encode(pem.encode()).decode()}
        return result

    return create_with


def _with_template(create: Callable[[EKSResponse], ActionResult]) -> Callable[[EKSResponse], ActionResult]:
    """What a launch template decides is not said of the group itself; moto makes up a machine and a way in."""

    def create_with(self: EKSResponse) -> ActionResult:
        result = create(self)
        if "launchTemplate" in _sent(self):
            for sent, kept in {"instanceTypes": "instance_types", "diskSize": "disk_size"}.items():
                setattr(result.result["nodegroup"], kept, _sent(self).get(sent))
            result.result["nodegroup"].remote_access = None
        return result

    return create_with


def _status(cluster: Cluster) -> str:
    is_being_made = CLUSTERS in HELD or utcnow() - cluster.created_at < _MAKING_A_CLUSTER
    return "CREATING" if is_being_made else "ACTIVE"


def _sent(response: EKSResponse) -> dict[str, Any]:
    return json.loads(response.body or "{}")


def _in_path(response: EKSResponse, name: str) -> str:
    return unquote(response.uri_match[name])


def _cluster(response: EKSResponse) -> Cluster:
    return response.eks_backend.describe_cluster(_in_path(response, "name"))


def _kept(response: EKSResponse, kind: str) -> dict[str, dict[str, Any]]:
    """All of a kind that a cluster has; they live and go with it."""
    return _cluster(response).__dict__.setdefault(f"kept_{kind}", {})


def _one(response: EKSResponse, kind: str, key: str) -> dict[str, Any]:
    kept = _kept(response, kind)
    if key not in kept:
        raise ResourceNotFoundException(message=f"No {kind} found for {key}.")
    return kept[key]


def _keep(response: EKSResponse, kind: str, key: str, made: dict[str, Any]) -> None:
    if key in _kept(response, kind):
        raise ResourceInUseException(message=f"{key} is among the {kind} already.")
    _kept(response, kind)[key] = made


def _arn(response: EKSResponse, kind: str, name: str) -> str:
    cluster = _cluster(response)
    return f"{cluster.arn.rpartition(':')[0]}:{kind}/{cluster.name}/{name}/{uuid.uuid4()}"


def _new(response: EKSResponse, kind: str, name: str) -> dict[str, Any]:
    now = utcnow()
    sent = {key: value for key, value in _sent(response).items() if key != "clientRequestToken"}
    return {"clusterName": _cluster(response).name, "tags": {}, "createdAt": now, "modifiedAt": now, **sent}


def _update(id_: str) -> ActionResult:
    return ActionResult({"update": {"id": id_, "status": "Successful", "errors": []}})


def describe_update(self: EKSResponse) -> ActionResult:
    """Changes are done at once, so whichever is asked about has succeeded."""
    return _update(_in_path(self, "updateId"))


def update_cluster_version(self: EKSResponse) -> ActionResult:
    """One minor version at a time, and none back."""
    cluster, wanted = _cluster(self), _sent(self)["version"]
    if _minor(wanted) != _minor(cluster.version) + 1:
        fault = f"Unsupported Kubernetes minor version update from {cluster.version} to {wanted}"
        raise InvalidParameterException(message=fault)
    cluster.version = wanted
    return _update(str(uuid.uuid4()))


def update_nodegroup_version(self: EKSResponse) -> ActionResult:
    """To the newest image, unless one is named; of no newer Kubernetes than the cluster's, nor of an older than now."""
    cluster = _cluster(self)
    group, sent = cluster.nodegroups[_in_path(self, "nodegroupName")], _sent(self)
    version = sent.get("version", group.version)
    if not _minor(group.version) <= _minor(version) <= _minor(cluster.version):
        fault = f"Nodes of {group.version} cannot be of {version} in a cluster of {cluster.version}."
        raise InvalidParameterException(message=fault)
    release = sent.get("releaseVersion") or newest_image(version)
    if not release.startswith(f"{version}."):
        raise InvalidParameterException(message=f"Requested release version {release} is not valid for {version}.")
    group.version, group.release_version = version, release
    group.launch_template = {**(group.launch_template or {}), **sent.get("launchTemplate", {})}
    return _update(str(uuid.uuid4()))


def _minor(version: str) -> int:
    return int(version.split(".")[1])


def describe_addon_versions(self: EKSResponse) -> ActionResult:
    compatible = {"clusterVersion": self._get_param("kubernetesVersion"), "defaultVersion": True}
    newest = f"v{self._get_param('kubernetesVersion')}.{len(PUBLISHED)}-eksbuild.1"
    version = {"addonVersion": newest, "compatibilities": [compatible]}
    return ActionResult({"addons": [{"addonName": self._get_param("addonName"), "addonVersions": [version]}]})


def create_addon(self: EKSResponse) -> ActionResult:
    name = _sent(self)["addonName"]
    addon = _new(self, "addon", name) | {"addonArn": _arn(self, "addon", name), "status": "ACTIVE", "health": {}}
    associations = addon.pop("podIdentityAssociations", [])
    addon["podIdentityAssociations"] = [
        _associate(self, {"namespace": "kube-system", **each})["associationArn"] for each in associations
    ]
    _keep(self, "addons", name, addon)
    return ActionResult({"addon": addon})


def describe_addon(self: EKSResponse) -> ActionResult:
    return ActionResult({"addon": _one(self, "addons", _in_path(self, "addonName"))})


def update_addon(self: EKSResponse) -> ActionResult:
    addon = _one(self, "addons", _in_path(self, "addonName"))
    addon.update({key: _sent(self)[key] for key in ("addonVersion", "configurationValues") if key in _sent(self)})
    return _update(str(uuid.uuid4()))


def delete_addon(self: EKSResponse) -> ActionResult:
    addon = _one(self, "addons", _in_path(self, "addonName"))
    associations = _kept(self, "associations")
    for arn in addon["podIdentityAssociations"]:
        del associations[arn.rpartition("/")[2]]
    return ActionResult({"addon": _kept(self, "addons").pop(addon["addonName"])})


def create_access_entry(self: EKSResponse) -> ActionResult:
    principal = _sent(self)["principalArn"]
    entry = _new(self, "access-entry", principal)
    entry |= {"accessEntryArn": _arn(self, "access-entry", principal), "username": principal}
    _keep(self, "entries", principal, entry)
    return ActionResult({"accessEntry": entry})


def describe_access_entry(self: EKSResponse) -> ActionResult:
    return ActionResult({"accessEntry": _one(self, "entries", _in_path(self, "principalArn"))})


def delete_access_entry(self: EKSResponse) -> EmptyResult:
    principal = _in_path(self, "principalArn")
    _one(self, "entries", principal)
    del _kept(self, "entries")[principal]
    return EmptyResult()


def associate_access_policy(self: EKSResponse) -> ActionResult:
    entry = _one(self, "entries", _in_path(self, "principalArn"))
    now = utcnow()
    policy = _sent(self) | {"associatedAt": now, "modifiedAt": now}
    entry.setdefault("policies", {})[policy["policyArn"]] = policy
    return ActionResult({"principalArn": entry["principalArn"], "associatedAccessPolicy": policy})


def list_associated_access_policies(self: EKSResponse) -> ActionResult:
    entry = _one(self, "entries", _in_path(self, "principalArn"))
    return ActionResult({"associatedAccessPolicies": list(entry.get("policies", {}).values())})


def disassociate_access_policy(self: EKSResponse) -> EmptyResult:
    entry = _one(self, "entries", _in_path(self, "principalArn"))
    del entry["policies"][_in_path(self, "policyArn")]
    return EmptyResult()


def create_pod_identity_association(self: EKSResponse) -> ActionResult:
    return ActionResult({"association": _associate(self, _new(self, "podidentityassociation", ""))})


def _associate(response: EKSResponse, sent: dict[str, Any]) -> dict[str, Any]:
    id_ = f"a-{uuid.uuid4().hex[:17]}"
    cluster = _cluster(response)
    arn = f"{cluster.arn.rpartition(':')[0]}:podidentityassociation/{cluster.name}/{id_}"
    association = {"clusterName": cluster.name, **sent, "associationId": id_, "associationArn": arn}
    _kept(response, "associations")[id_] = association
    return association


def describe_pod_identity_association(self: EKSResponse) -> ActionResult:
    return ActionResult({"association": _one(self, "associations", _in_path(self, "associationId"))})


def list_pod_identity_associations(self: EKSResponse) -> ActionResult:
    return ActionResult({"associations": list(_kept(self, "associations").values())})


def delete_pod_identity_association(self: EKSResponse) -> ActionResult:
    association = _one(self, "associations", _in_path(self, "associationId"))
    return ActionResult({"association": _kept(self, "associations").pop(association["associationId"])})


_CALLS = (
    describe_update,
    update_cluster_version,
    update_nodegroup_version,
    update_addon,
    describe_addon_versions,
    create_addon,
    describe_addon,
    delete_addon,
    create_access_entry,
    describe_access_entry,
    delete_access_entry,
    associate_access_policy,
    list_associated_access_policies,
    disassociate_access_policy,
    create_pod_identity_association,
    describe_pod_identity_association,
    list_pod_identity_associations,
    delete_pod_identity_association,
)
