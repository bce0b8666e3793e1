"""Serves the emulated AWS on a port of this machine, until it is told to end."""

import sys

from emulated_aws import (
    answers,
    budgets,
    eks,
    elasticache,
    iam,
    images,
    kms,
    launch_templates,
    logs,
    quotas,
    rds,
    requests,
    s3,
    secrets,
    ssm,
)
from moto.server import main

for piece in (
    answers,
    budgets,
    eks,
    elasticache,
    iam,
    images,
    kms,
    launch_templates,
    logs,
    quotas,
    rds,
    requests,
    s3,
    secrets,
    ssm,
):
    piece.complete()
main(["--host", "127.0.0.1", "--port", sys.argv[1]])
