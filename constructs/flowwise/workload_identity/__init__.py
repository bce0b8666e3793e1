"""Identities in the cloud for what runs in the cluster: microservices and operators, told apart by service account."""

from flowwise.authoring import common_variables
from flowwise.authoring.contract import Contract, Inputs, Object, Outputs, Validation, attribute, output, variable
from flowwise.authoring.rules import PREFIX
from flowwise.tables.naming import MAX_SUFFIX_LENGTH, NAME_PATTERN


class ServiceAccount(Object):
    """A Kubernetes service account: what a workload is known as inside the cluster."""

    namespace: str = attribute("Namespace of the service account.")
    name: str = attribute("Name of the service account.")


class WorkloadIdentityInputs(Inputs):
    """What the identities are made from."""

    name: str = variable("Prefix of every name.", example="flowwise-dev", validations=[PREFIX])
    region: str = variable("Region, by the cloud's own code.", example="brazilsouth")
    oidc_issuer_url: str = variable(
        "Issuer of the service accounts' tokens: what the cluster says it is.",
        example="https://brazilsouth.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/",
    )
    workloads: dict[str, ServiceAccount] = variable(
        "Service account of each workload that is to have an identity.",
        example={
            "lancamentos": ServiceAccount(namespace="lancamentos", name="lancamentos"),
            "consolidacao": ServiceAccount(namespace="consolidacao", name="consolidacao"),
        },
        validations=[
            Validation(
                "alltrue([for name in keys(self) : "
                f'can(regex("^{NAME_PATTERN}$", name)) && length(name) <= {MAX_SUFFIX_LENGTH}])',
                f"workloads must have names of at most {MAX_SUFFIX_LENGTH} lower-case letters, digits and single "
                "hyphens, which start with a letter and do not end with a hyphen.",
                rejects={"Lançamentos": ServiceAccount(namespace="lancamentos", name="lancamentos")},
            ),
            Validation(
                'length(distinct([for account in values(self) : join("/", [account.namespace, account.name])])) '
                "== length(self)",
                "No two of workloads may have the same service account: they could not be told apart.",
                rejects={
                    "lancamentos": ServiceAccount(namespace="default", name="default"),
                    "consolidacao": ServiceAccount(namespace="default", name="default"),
                },
            ),
        ],
    )
    tags: dict[str, str] = common_variables.tags()


class WorkloadIdentityOutputs(Outputs):
    """What those who give rights, and those who deploy the workloads, need to know."""

    principal_ids: dict[str, str] = output("Identifier by which the cloud gives each workload its rights.")
    client_ids: dict[str, str] = output("Name that each workload asks the cloud for tokens with.")
    service_account_annotations: dict[str, dict[str, str]] = output(
        "Annotations that the service account of each workload has to carry."
    )
    pod_labels: dict[str, str] = output(
        "Labels that a pod has to carry to be given the identity of its service account."
    )


WORKLOAD_IDENTITY = Contract(
    "workload-identity",
    "An identity in the cloud for each workload of the cluster, which no key or password stands for.",
    WorkloadIdentityInputs,
    WorkloadIdentityOutputs,
)
