"""What the runbook has people do after a deploy was killed, done on the small platform."""

import json
import re

from tests.e2e.deployment import NAME, Deployment, succeeded
from tests.e2e.runbook import run
from tests.operations.test_runbook import blocks_below

_HEADING = "Recover a locked state"
_MODULES = "module.platform.module"


def recover(deployment: Deployment) -> None:
    """Give the lock back, import what AWS has and no state knows, and complete the deploy; all of it is known then."""
    unlock(deployment)
    known = deployment.state()
    missing = {address: id_ for address, id_ in found(deployment).items() if f'"{id_}"' not in known}
    imports = deployment.root / "recovered.tf"
    imports.write_text(
        "".join(f'import {{\n  to = {address}\n  id = "{id_}"\n}}\n\n' for address, id_ in missing.items())
    )
    completed = deployment.terraform("apply", "-auto-approve")
    assert f"Resources: {len(missing)} imported," in completed or not missing, completed
    imports.unlink()
    assert deployment.has_no_changes()
    known = deployment.state()
    there = found(deployment)
    assert {address for address, id_ in there.items() if f'"{id_}"' in known} == there.keys()


def unlock(deployment: Deployment) -> None:
    """Give the lock back if there is one, by what Terraform says of it."""
    if not any(name.endswith(".tflock") for name in deployment.states()):
        return
    refused = deployment.try_terraform("plan")
    assert "Error acquiring the state lock" in refused.stdout, refused.stdout
    (lock,) = re.findall(r"ID: +(\S+)", refused.stdout)
    (command,) = [block for block in blocks_below(_HEADING) if "force-unlock" in block]
    succeeded(deployment.shell(command.replace("/dev ", f"/{NAME} "), LOCK_ID=lock))


def found(deployment: Deployment) -> dict[str, str]:
    """What AWS has of the small platform, by its address: the id by which it is imported. Each is there once."""
    aws = deployment.emulator
    (commands,) = [block for block in blocks_below(_HEADING) if "resourcegroupstaggingapi" in block]
    (listing,) = [line for line in commands.splitlines() if line.startswith("aws ")]
    arns = json.loads(run(aws, listing.replace("Values=dev", f"Values={NAME}")))
    purposes = {id_: purpose for purpose, id_ in aws.encryption_keys()}
    aliases = [each["AliasName"] for each in aws.ask("kms", "TrentService.ListAliases")["Aliases"]]
    registry = "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories"
    repositories = [each["repositoryName"] for each in aws.ask("ecr", registry)["repositories"]]  # untagged in moto
    addresses = [
        *(
            (f'{_MODULES}.encryption.aws_kms_key.this["{purposes[id_]}"]', id_)
            for arn in arns
            for id_ in re.findall(r":key/(.*)", arn)
        ),
        *(
            (f'{_MODULES}.secret_store.aws_secretsmanager_secret.this["{name}"]', arn)
            for arn in arns
            for name in re.findall(rf":secret:flowwise-{NAME}/([a-z]+)-", arn)
        ),
        *(
            (f'{_MODULES}.encryption.aws_kms_alias.this["{purpose}"]', alias)
            for alias in aliases
            for purpose in re.findall(rf"^alias/flowwise-{NAME}-(.*)", alias)
        ),
        *(
            (f'{_MODULES}.container_registry.aws_ecr_repository.this["{service}"]', repository)
            for repository in repositories
            for service in re.findall(rf"^images/flowwise-{NAME}-(.*)", repository)
        ),
    ]
    assert len(dict(addresses)) == len(addresses), f"there twice: {addresses}"
    return dict(addresses)
