"""The runners on AWS: an auto scaling group, whose machines end when they turn themselves off, and are replaced."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from cdk.aws import (
    AutoscalingGroup,
    AutoscalingGroupLaunchTemplate,
    DataAwsAmi,
    DataAwsAmiFilter,
    IamInstanceProfile,
    IamRole,
    LaunchTemplate,
    LaunchTemplateBlockDeviceMappings,
    LaunchTemplateBlockDeviceMappingsEbs,
    LaunchTemplateIamInstanceProfile,
    LaunchTemplateMetadataOptions,
    SecurityGroup,
    VpcSecurityGroupEgressRule,
)
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module, dynamic
from flowwise.aws.policies import BOUNDARY, add_account, trust
from flowwise.encryption import EncryptionKey
from flowwise.runner import RUNNER, RunnerInputs, RunnerOutputs
from flowwise.runner.script import add_script
from flowwise.tables.naming import resource_name
from flowwise.tables.runner import AWS_CLI, AWS_IMAGE, DISK_GB, SIZE
from flowwise.tables.sizes import NODE_SIZES

_CANONICAL = "099720109477"  # whose images they are ("Find Ubuntu images with the AWS CLI")
_KEY = "arn:aws:kms:sa-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"


class AwsRunner(Module[RunnerInputs, RunnerOutputs]):
    """One auto scaling group over all zones."""

    contract = RUNNER
    path = "modules/runner/aws"
    examples: ClassVar[Mapping[str, Any]] = {
        "region": "sa-east-1",
        "network_id": "vpc-0123456789abcdef0",
        "subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "endpoint_subnet_ids": ["subnet-0123456789abcdef2"],
        "secret_store_address": "sa-east-1",
        "secret_name": "flowwise-dev/runner-20260101000000000000000001",
        "state_storage": None,
        "encryption_key": EncryptionKey(id=_KEY, resource_id=_KEY),
    }

    def build(self, inputs: RunnerInputs) -> RunnerOutputs:
        """Add the module's resources. The state's bucket has no firewall, so nothing leads to it but the way out."""
        add_account(self)
        self.comment("Its one right, to read a secret, is the secret's to give.")
        role = self.resource(
            IamRole,
            "this",
            name=resource_name("iam_role", "runner"),
            assume_role_policy=trust("ec2.amazonaws.com"),
            permissions_boundary=BOUNDARY,
            tags=inputs.tags,
        )
        profile = self.resource(
            IamInstanceProfile,
            "this",
            name=resource_name("iam_instance_profile", "runner"),
            role=role.name,
            tags=inputs.tags,
        )
        template = self._template(profile, self._firewall(inputs), inputs)
        self.comment(
            "A change reaches the machines that are made after it, and stops none at work: the one that applies it may "
            "be among them."
        )
        group = self.resource(
            AutoscalingGroup,
            "this",
            name=resource_name("auto_scaling_group", "runner"),
            min_size=inputs.machines,
            max_size=inputs.machines,
            desired_capacity=inputs.machines,
            vpc_zone_identifier=inputs.subnet_ids,
            health_check_type="EC2",
            launch_template=AutoscalingGroupLaunchTemplate(
                id=template.id, version=text("aws_launch_template.this.latest_version")
            ),
        )
        dynamic(
            group,
            "tag",
            for_each=f'merge(var.tags, {{ Name = "{resource_name("auto_scaling_group", "runner")}" }})',
            content={"key": text("tag.key"), "value": text("tag.value"), "propagate_at_launch": True},
        )
        return RunnerOutputs(principal_id=role.arn)

    def _firewall(self, inputs: RunnerInputs) -> SecurityGroup:
        self.comment(
            "Nothing comes in. What goes out is HTTPS: to GitHub, and inside the network to the API server and to "
            "AWS's endpoints."
        )
        guard = self.resource(
            SecurityGroup,
            "this",
            name=resource_name("security_group", "runner"),
            description="HTTPS from the runners, and nothing to them.",
            vpc_id=inputs.network_id,
            tags=inputs.tags,
        )
        self.resource(
            VpcSecurityGroupEgressRule,
            "this",
            security_group_id=guard.id,
            description="HTTPS to GitHub, AWS and the API server.",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            tags=inputs.tags,
        )
        return guard

    def _template(self, profile: IamInstanceProfile, guard: SecurityGroup, inputs: RunnerInputs) -> LaunchTemplate:
        image = self.resource(
            DataAwsAmi,
            "ubuntu",
            owners=[_CANONICAL],
            filter=[DataAwsAmiFilter(name="name", values=[AWS_IMAGE])],
        )
        settings = {"AWS_CLI_VERSION": AWS_CLI.version, "AWS_CLI_SHA256": AWS_CLI.sha256}
        script = add_script(self, settings, "power.sh", "aws.sh")
        template = self.resource(
            LaunchTemplate,
            "this",
            name=resource_name("machine_template"),
            image_id=image.id,
            instance_type=NODE_SIZES[SIZE]["aws"],
            instance_initiated_shutdown_behavior="terminate",
            update_default_version=True,
            user_data=text(f"base64encode({script[2:-1]})"),
            vpc_security_group_ids=[guard.id],
            iam_instance_profile=LaunchTemplateIamInstanceProfile(arn=profile.arn),
            metadata_options=LaunchTemplateMetadataOptions(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            block_device_mappings=[
                LaunchTemplateBlockDeviceMappings(
                    device_name="/dev/sda1",
                    ebs=LaunchTemplateBlockDeviceMappingsEbs(
                        volume_type="gp3",
                        volume_size=DISK_GB,
                        encrypted="true",
                        kms_key_id=text("var.encryption_key.id"),
                        delete_on_termination="true",
                    ),
                )
            ],
            tags=inputs.tags,
        )
        dynamic(
            template,
            "tag_specifications",
            # EC2 refuses a specification without tags.
            for_each=f"length(var.tags) > 0 ? {json.dumps(['network-interface', 'volume'])} : []",
            content={"resource_type": text("tag_specifications.value"), "tags": inputs.tags},
        )
        return template
