"""A job in the cluster that runs a script of ours: once, and again for every change of what it reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from cdk.core import Precondition, TerraformResourceLifecycle
from cdk.kubernetes import (
    ConfigMapV1,
    ConfigMapV1Metadata,
    JobV1,
    JobV1Metadata,
    JobV1Spec,
    JobV1SpecTemplate,
    JobV1SpecTemplateMetadata,
    JobV1SpecTemplateSpec,
    JobV1SpecTemplateSpecContainer,
    JobV1SpecTemplateSpecContainerEnv,
    JobV1SpecTemplateSpecContainerResources,
    JobV1SpecTemplateSpecContainerSecurityContext,
    JobV1SpecTemplateSpecContainerSecurityContextCapabilities,
    JobV1SpecTemplateSpecContainerVolumeMount,
    JobV1SpecTemplateSpecSecurityContext,
    JobV1SpecTemplateSpecSecurityContextSeccompProfile,
    JobV1SpecTemplateSpecVolume,
    JobV1SpecTemplateSpecVolumeConfigMap,
    JobV1SpecTemplateSpecVolumeProjected,
    JobV1Timeouts,
)
from flowwise.authoring.expressions import string_map, text
from flowwise.authoring.module import Module
from flowwise.pods.operators import add_labels
from flowwise.pods.requests import PASSING
from flowwise.tables.charts import Image

SCRIPTS = "/etc/flowwise/bootstrap"
"""Where the container has the files, bootstrap.sh among them."""

SECRETS = "/etc/flowwise/secrets"
"""Where it has the files of `local.secrets`."""


def add_bootstrap_job(
    module: Module[Any, Any],
    *,
    image: Image,
    user: str,
    files: Mapping[str, str],
    environment: Mapping[str, str],
    preconditions: Sequence[Precondition] = (),
) -> JobV1:
    """Add a config map of `files`, and the job that runs bootstrap.sh, one of them, with `environment`; gives the job.

    `user` is the number of the image's user. The module has the variables namespace, service_account_name, revision and
    labels, and a local value `secrets`: a list of objects, whose key `key` of the Kubernetes secret `secret_name` the
    script finds in the file `path` of the folder that the environment variable SECRETS names.
    """
    service = module.contract.service
    add_labels(module)
    labels = string_map("local.labels")
    scripts = module.resource(
        ConfigMapV1,
        "this",
        metadata=ConfigMapV1Metadata(name=service, namespace=text("var.namespace"), labels=labels),
        data=dict(files),
        lifecycle=TerraformResourceLifecycle(precondition=list(preconditions)) if preconditions else None,
    )
    read = "substr(sha256(jsonencode(kubernetes_config_map_v1.this.data)), 0, 8)"
    module.comment(
        "A job cannot be changed, so its name tells what it ran: another revision, or another word in its files, is "
        "another job. It stays when it is done, as Terraform would make a job that is gone anew."
    )
    job = module.resource(
        JobV1,
        "this",
        metadata=JobV1Metadata(
            name=f"{service}-${{var.revision}}-${{{read}}}",
            namespace=text("var.namespace"),
            labels=labels,
        ),
        wait_for_completion=True,
        spec=JobV1Spec(
            # What it needs may come up while it tries: six times, after pauses of 10 s, 20 s, 40 s and so on.
            backoff_limit=6,
            active_deadline_seconds=900,
            template=JobV1SpecTemplate(
                metadata=JobV1SpecTemplateMetadata(labels=labels),
                spec=_pod(scripts, image, user, environment),
            ),
        ),
        # Longer than the deadline, so that it is the job that tells why it failed.
        timeouts=JobV1Timeouts(create="20m"),
    )
    job.add_override(
        "spec.template.spec.volume.1.projected.0.dynamic.sources",
        {
            "for_each": text("local.secrets"),
            "content": {
                "secret": {
                    "name": text("sources.value.secret_name"),
                    "items": {"key": text("sources.value.key"), "path": text("sources.value.path")},
                }
            },
        },
    )
    return job


def _pod(scripts: ConfigMapV1, image: Image, user: str, environment: Mapping[str, str]) -> JobV1SpecTemplateSpec:
    return JobV1SpecTemplateSpec(
        service_account_name=text("var.service_account_name"),
        automount_service_account_token=False,
        enable_service_links=False,
        restart_policy="Never",
        security_context=JobV1SpecTemplateSpecSecurityContext(
            run_as_non_root=True,
            run_as_user=user,
            run_as_group=user,
            # Lets the user read the secrets, which belong to root.
            fs_group=user,
            seccomp_profile=JobV1SpecTemplateSpecSecurityContextSeccompProfile(type="RuntimeDefault"),
        ),
        container=[
            JobV1SpecTemplateSpecContainer(
                name="bootstrap",
                image=image.reference,
                image_pull_policy="IfNotPresent",
                command=["/bin/sh", f"{SCRIPTS}/bootstrap.sh"],
                env=[
                    JobV1SpecTemplateSpecContainerEnv(name=name, value=value)
                    for name, value in {"SECRETS": SECRETS, **environment}.items()
                ],
                resources=JobV1SpecTemplateSpecContainerResources(
                    requests=PASSING["bootstrap"].kept, limits=PASSING["bootstrap"].limits
                ),
                security_context=JobV1SpecTemplateSpecContainerSecurityContext(
                    allow_privilege_escalation=False,
                    read_only_root_filesystem=True,
                    capabilities=JobV1SpecTemplateSpecContainerSecurityContextCapabilities(drop=["ALL"]),
                ),
                volume_mount=[
                    JobV1SpecTemplateSpecContainerVolumeMount(name="scripts", mount_path=SCRIPTS, read_only=True),
                    JobV1SpecTemplateSpecContainerVolumeMount(name="secrets", mount_path=SECRETS, read_only=True),
                ],
            )
        ],
        volume=[
            JobV1SpecTemplateSpecVolume(
                name="scripts", config_map=JobV1SpecTemplateSpecVolumeConfigMap(name=scripts.metadata.name)
            ),
            JobV1SpecTemplateSpecVolume(
                name="secrets",
                # The sources are dynamic.
                projected=[JobV1SpecTemplateSpecVolumeProjected(default_mode="0440", sources=[])],
            ),
        ],
    )
