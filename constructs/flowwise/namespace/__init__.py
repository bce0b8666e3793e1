"""A namespace for one workload: its service account, its share of the cluster, and whom it may talk to."""

from flowwise.authoring.contract import (
    Contract,
    Inputs,
    Object,
    Outputs,
    Validation,
    attribute,
    one_of,
    output,
    variable,
)
from flowwise.tables.naming import MAX_SUFFIX_LENGTH, NAME_PATTERN

POD_SECURITY_LEVELS = ("restricted", "baseline", "privileged")
"""Of "Pod Security Standards", Kubernetes."""

WORKLOAD_NAME = Validation(
    f'can(regex("^{NAME_PATTERN}$", self)) && length(self) <= {MAX_SUFFIX_LENGTH}',
    f"name must have at most {MAX_SUFFIX_LENGTH} lower-case letters, digits and single hyphens, must start with a "
    "letter and must not end with a hyphen.",
    rejects="Lançamentos",
)


class Peer(Object):
    """Whom a workload talks to: pods of namespaces, or addresses outside the cluster."""

    namespaces: list[str] = attribute("Namespaces whose pods are meant.", default=[])
    pod_labels: dict[str, str] = attribute("Labels of the pods; none for all pods of the namespaces.", default={})
    cidrs: list[str] = attribute("Ranges of addresses that are meant, inside or outside the cluster.", default=[])
    without: list[str] = attribute("Ranges inside every one of cidrs that are not meant.", default=[])
    ports: list[int] = attribute("TCP ports; none for all.", default=[])
    workload_labels: dict[str, str] = attribute(
        "Labels of the pods of the workload that talk to them; none for all of its namespace.", default={}
    )


class Quota(Object):
    """The most that all pods of a namespace may ask for."""

    cpu: str = attribute('Processors, such as "4" or "500m".')
    memory: str = attribute('Memory, such as "8Gi".')
    pods: int = attribute("Pods.")


def _peers(what: str) -> list[Validation]:
    return [
        Validation(
            f'alltrue([for name in keys(self) : can(regex("^{NAME_PATTERN}$", name))])',
            f"{what} must have names of lower-case letters, digits and single hyphens, which start with a letter and "
            "do not end with a hyphen.",
            rejects={"Gateway": Peer(namespaces=["gateway"])},
        ),
        Validation(  # to Kubernetes, a rule for nobody in particular is a rule for everybody
            "alltrue([for peer in values(self) : length(peer.namespaces) + length(peer.cidrs) > 0])",
            f"Each of {what} must name namespaces or cidrs.",
            rejects={"anybody": Peer(ports=[8080])},
        ),
        Validation(
            "alltrue([for range in flatten(values(self)[*].cidrs) : can(cidrhost(range, 0))])",
            f"The cidrs of {what} must be ranges such as 10.20.0.0/16.",
            rejects={"postgres": Peer(cidrs=["10.20.0.4"])},
        ),
    ]


class NamespaceInputs(Inputs):
    """What a namespace is made from."""

    name: str = variable(
        "Name of the namespace and of its service account.",
        example="lancamentos",
        validations=[WORKLOAD_NAME],
    )
    pod_security: str = variable(
        "Pod security standard that the namespace enforces.",
        default="restricted",
        validations=[one_of(POD_SECURITY_LEVELS, "pod_security")],
    )
    service_account_annotations: dict[str, str] = variable(
        "Annotations of the service account, by which the cloud knows its identity.", default={}
    )
    quota: Quota | None = variable(
        "The most that all its pods may ask for. Null for no limit, as for what must run at any price.",
        default=None,
        example=Quota(cpu="4", memory="8Gi", pods=20),
    )
    ingress: dict[str, Peer] = variable(
        "Who may open connections to the pods, by a name that says why. Nobody else may.",
        default={},
        example={"gateway": Peer(namespaces=["gateway"], ports=[8080])},
        validations=_peers("ingress"),
    )
    egress: dict[str, Peer] = variable(
        "Whom the pods may open connections to, besides the cluster's DNS, by a name that says why. Nobody else.",
        default={},
        example={"postgres": Peer(cidrs=["10.20.0.0/16"], ports=[5432])},
        validations=_peers("egress"),
    )
    labels: dict[str, str] = variable("Labels of every object.", default={})


class NamespaceOutputs(Outputs):
    """What those who run in the namespace need to know. Known once the namespace and its rules are there."""

    name: str = output("Name of the namespace.")
    service_account_name: str = output("Name of its service account.")


NAMESPACE = Contract(
    "namespace",
    "A namespace for one workload: pod security, service account, quota, and only such traffic as is declared.",
    NamespaceInputs,
    NamespaceOutputs,
)
