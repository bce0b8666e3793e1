"""The workloads' identities on Google Cloud: a service account for each, which its pods act as."""

from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.google import ServiceAccount, ServiceAccountIamMember
from flowwise.authoring.expressions import anything, for_each, string_map, text
from flowwise.authoring.module import Module
from flowwise.tables.naming import shortened
from flowwise.workload_identity import WORKLOAD_IDENTITY, WorkloadIdentityInputs, WorkloadIdentityOutputs

_MAX_ID_LENGTH = 30


class GoogleWorkloadIdentity(Module[WorkloadIdentityInputs, WorkloadIdentityOutputs]):
    """One service account of IAM for each workload, without any key."""

    contract = WORKLOAD_IDENTITY
    path = "modules/workload-identity/google"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "southamerica-east1",
        "oidc_issuer_url": (
            "https://container.googleapis.com/v1/projects/flowwise-project/locations/southamerica-east1"
            "/clusters/gke-flowwise-dev"
        ),
    }

    def build(self, inputs: WorkloadIdentityInputs) -> WorkloadIdentityOutputs:
        """Add the module's resources. Service accounts belong to no region and carry no labels."""
        self.comment(
            "Of 6 to 30 characters. What would be longer ends in a digest, so the workload comes before the "
            "environment. The beginning sets workloads apart from all other service accounts."
        )
        self.local("names", text('{ for workload in keys(var.workloads) : workload => "wi-${workload}-${var.name}" }'))
        self.local(
            "account_ids",
            text(f"{{\n  for workload, name in local.names :\n  workload => {shortened('name', _MAX_ID_LENGTH)}\n}}"),
        )
        self.comment(
            "Google trusts the clusters of a project as one, without regard to which of them a token is from: their "
            "pool is named after the project, which the issuer's address tells."
        )
        issuer = "^https://container[.]googleapis[.]com/v1/projects/([^/]+)/"
        self.local("pool", text(f'regex("{issuer}", var.oidc_issuer_url)[0]') + ".svc.id.goog")
        self.resource(
            ServiceAccount,
            "this",
            for_each=for_each("var.workloads"),
            account_id=text("local.account_ids[each.key]"),
            display_name="Workload ${each.key} of ${var.name}",
            description="Who the pods of ${each.value.namespace}/${each.value.name} are to Google Cloud.",
        )
        self.resource(
            ServiceAccountIamMember,
            "this",
            for_each=for_each("var.workloads"),
            service_account_id=text("google_service_account.this[each.key].name"),
            role="roles/iam.workloadIdentityUser",
            member="serviceAccount:${local.pool}[${each.value.namespace}/${each.value.name}]",
        )
        accounts = "for name, account in google_service_account.this : name =>"
        return WorkloadIdentityOutputs(
            principal_ids=string_map(f"{{ {accounts} account.member }}"),
            client_ids=string_map(f"{{ {accounts} account.email }}"),
            service_account_annotations=anything(
                f'{{ {accounts} {{ "iam.gke.io/gcp-service-account" = account.email }} }}'
            ),
            pod_labels={},
        )
