"""The scheduled job on any Kubernetes cluster."""

from cdk.kubernetes import (
    CronJobV1,
    CronJobV1Metadata,
    CronJobV1Spec,
    CronJobV1SpecJobTemplate,
    CronJobV1SpecJobTemplateMetadata,
    CronJobV1SpecJobTemplateSpec,
    CronJobV1SpecJobTemplateSpecTemplate,
    CronJobV1SpecJobTemplateSpecTemplateMetadata,
)
from flowwise.authoring.expressions import string_map, text
from flowwise.authoring.module import Module
from flowwise.pods.application_pod import add_config_maps, metadata, pod
from flowwise.scheduled_job import SCHEDULED_JOB, ScheduledJobInputs, ScheduledJobOutputs
from flowwise.tables.application import JOB_ATTEMPTS, JOB_HOURS
from flowwise.tables.project import PROJECT

_LATE_SECONDS = 3600
"""After its time, how long a run may still begin: less than 100 runs, at which Kubernetes gives up on the schedule."""

_KEPT_JOBS = 3


class KubernetesScheduledJob(Module[ScheduledJobInputs, ScheduledJobOutputs]):
    """A CronJob. A run that goes on when the next is due has that one left out."""

    contract = SCHEDULED_JOB
    path = "modules/scheduled-job/kubernetes"

    def build(self, inputs: ScheduledJobInputs) -> ScheduledJobOutputs:
        """Add the module's resources."""
        self.local(
            "labels",
            text(
                "merge(var.labels, {\n"
                '  "app.kubernetes.io/name"    = var.name\n'
                f'  "app.kubernetes.io/part-of" = "{PROJECT}"\n'
                "})"
            ),
        )
        configuration, certificates = add_config_maps(self)
        self.comment(
            f"A run that fails is tried {JOB_ATTEMPTS} times in all, each in a pod of its own, and ends after "
            f"{JOB_HOURS} hours, whatever it does: else one that hangs would be the last."
        )
        job = self.resource(
            CronJobV1,
            "this",
            metadata=CronJobV1Metadata(name=inputs.name, namespace=inputs.namespace, labels=string_map("local.labels")),
            spec=CronJobV1Spec(
                schedule=inputs.schedule,
                timezone=inputs.time_zone,
                concurrency_policy="Forbid",
                starting_deadline_seconds=_LATE_SECONDS,
                successful_jobs_history_limit=_KEPT_JOBS,
                failed_jobs_history_limit=_KEPT_JOBS,
                job_template=CronJobV1SpecJobTemplate(
                    metadata=CronJobV1SpecJobTemplateMetadata(labels=string_map("local.labels")),
                    spec=CronJobV1SpecJobTemplateSpec(
                        backoff_limit=JOB_ATTEMPTS - 1,
                        active_deadline_seconds=JOB_HOURS * 3600,
                        template=CronJobV1SpecJobTemplateSpecTemplate(
                            metadata=CronJobV1SpecJobTemplateSpecTemplateMetadata()
                        ),
                    ),
                ),
            ),
        )
        template = "spec.job_template.spec.template"
        job.add_override(f"{template}.metadata", metadata())
        job.add_override(
            f"{template}.spec",
            pod(
                configuration,
                certificates,
                restart_policy="Never",
                termination_grace_period_seconds=text("var.stop_seconds"),
                container={},
            ),
        )
        return ScheduledJobOutputs(job_name=job.metadata.name)
