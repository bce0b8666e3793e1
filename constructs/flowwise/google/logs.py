"""Logs of a module on Google Cloud: what is recorded, a bucket in the region, and the sink that fills it."""

from typing import Any

from cdk.google import (
    LoggingProjectBucketConfig,
    LoggingProjectSink,
    ProjectIamAuditConfig,
    ProjectIamAuditConfigAuditLogConfig,
)
from flowwise.authoring.module import Module
from flowwise.google.lasting_names import MADE_AT, keep_name
from flowwise.google.project import PROJECT
from flowwise.tables.naming import resource_name


def keep_logs(
    module: Module[Any, Any],
    purpose: str,
    *,
    of: str,
    region: str,
    retention_days: int,
    filter: str,
    why: str = "",
) -> None:
    """Add what keeps the logs that the filter lets through. `of` says whose they are, as in "of the cluster".

    `why` is one sentence or more, with a blank behind.
    """
    module.comment(
        f"In the region, where the project's own bucket of logs need not be. {why}Deleted, it keeps its name for a "
        "week: hence the time of its making."
    )
    bucket = module.resource(
        LoggingProjectBucketConfig,
        "this",
        project=PROJECT,
        location=region,
        bucket_id=f"{resource_name('log_bucket', purpose)}-{MADE_AT}",
        description=f"Logs {of}.",
        retention_days=retention_days,
        lifecycle=keep_name("google_logging_project_bucket_config"),
    )
    module.resource(
        LoggingProjectSink,
        "this",
        project=PROJECT,
        name=resource_name("log_sink", purpose),
        description=f"Keeps the logs {of}.",
        destination=f"logging.googleapis.com/{bucket.id}",
        filter=filter,
        unique_writer_identity=True,
    )


def record_access(module: Module[Any, Any], service: str, *types: str) -> None:
    """Have the audit logs of access to data, DATA_READ or DATA_WRITE, kept of all that the project has of a service."""
    module.resource(
        ProjectIamAuditConfig,
        "this",
        project=PROJECT,
        service=service,
        audit_log_config=[ProjectIamAuditConfigAuditLogConfig(log_type=type_) for type_ in types],
    )
