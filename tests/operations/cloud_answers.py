"""What the clouds' tools say of an account in which everything is ready, cut down to what is of interest.

Shapes are those of the tools' references. Each is of an environment `dev` as tests/environments has it.
"""

from typing import Any

from flowwise.azure.namespaces import NAMESPACES
from flowwise.google.services import FIRST
from flowwise.tables.accounts import ACCOUNTS
from tests.operations.recorded import Answers, fails

SUBSCRIPTION, ACCOUNT, PROJECT = (ACCOUNTS[cloud].example for cloud in ("azure", "aws", "google"))


def usage(name: str, limit: int, used: int = 0) -> dict[str, Any]:
    """Of Azure's lists; numbers are texts in some of them, as az prints them."""
    return {"currentValue": str(used), "limit": str(limit), "name": {"localizedValue": name, "value": name}}


def machine(name: str, zones: list[str], restrictions: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Of `az vm list-skus`."""
    return {
        "family": "standardDDSv5Family",
        "locationInfo": [{"location": "brazilsouth", "zoneDetails": [], "zones": zones}],
        "locations": ["brazilsouth"],
        "name": name,
        "resourceType": "virtualMachines",
        "restrictions": restrictions or [],
    }


def capabilities(modes: list[str], **changes: Any) -> list[dict[str, Any]]:
    """Of `az postgres flexible-server list-skus`."""
    general = [
        {"name": name, "supportedHaMode": modes, "vCores": 2} for name in ("Standard_D2ds_v5", "Standard_D4ds_v5")
    ]
    burstable = [{"name": "Standard_B2s", "supportedHaMode": [], "vCores": 2}]
    here = {
        "name": "FlexibleServerCapabilities",
        "reason": None,
        "restricted": "Disabled",
        "supportedServerEditions": [
            {"name": "Burstable", "supportedServerSkus": burstable},
            {"name": "GeneralPurpose", "supportedServerSkus": general},
        ],
        "supportedServerVersions": [{"name": version} for version in ("16", "17", "18")],
        "zoneRedundantHaSupported": "Enabled",
    }
    return [here | changes]


def azure() -> Answers:
    return {
        "az account show": {
            "id": SUBSCRIPTION,
            "name": "Flow Wise",
            "state": "Enabled",
            "user": {"name": "ana@flowwise.example", "type": "user"},
        },
        "az role assignment list": [{"roleDefinitionName": "Owner", "scope": f"/subscriptions/{SUBSCRIPTION}"}],
        "az provider list": [{"namespace": name, "registrationState": "Registered"} for name in NAMESPACES],
        "az feature show": {"name": "Microsoft.Compute/EncryptionAtHost", "properties": {"state": "Registered"}},
        "az vm list-skus": [machine(f"Standard_D{vcpus}ds_v5", ["3", "1", "2"]) for vcpus in (2, 4)]
        + [machine("Standard_D2ds_v5_Promo", [])],
        "az postgres flexible-server list-skus": capabilities(["SameZone", "ZoneRedundant"]),
        "az vm list-usage": [usage("cores", 100), usage("standardDDSv5Family", 100), usage("lowPriorityCores", 100)],
        "az network list-usages": [usage("StandardSkuPublicIpAddresses", 20, 3)],
        "az rest --method get": {
            "value": [
                {"currentValue": 0, "limit": 100, "name": {"value": name}, "unit": "Count"}
                for name in ("cores", "standardBSFamily", "standardDDSv5Family")
            ]
        },
        "az resource list": [],
        **{
            f"az {service} check-name": {"message": None, "nameAvailable": True, "reason": None}
            for service in ("storage account", "keyvault", "acr")
        },
    }


def quota(value: float) -> dict[str, Any]:
    """Of `aws service-quotas get-service-quota`."""
    return {"Quota": {"Adjustable": True, "GlobalQuota": False, "Unit": "None", "Value": value}}


def offerings(name: str, zones: list[str]) -> dict[str, Any]:
    """Of `aws ec2 describe-instance-type-offerings`."""
    return {
        "InstanceTypeOfferings": [
            {"InstanceType": name, "Location": zone, "LocationType": "availability-zone-id"} for zone in zones
        ]
    }


def orderable(version: str, *, several_zones: bool) -> dict[str, Any]:
    """Of `aws rds describe-orderable-db-instance-options`."""
    return {
        "OrderableDBInstanceOptions": [
            {"Engine": "postgres", "EngineVersion": version, "MultiAZCapable": several_zones, "StorageType": "gp3"}
        ]
    }


ZONES = ["sae1-az1", "sae1-az2", "sae1-az3"]
_AWS_MACHINES = "aws ec2 describe-instance-type-offerings --location-type availability-zone-id --filters"


def aws() -> Answers:
    return {
        "aws sts get-caller-identity": {
            "Account": ACCOUNT,
            "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Administrators_0123/ana",
            "UserId": "AROA:ana",
        },
        "aws iam get-role": {"Role": {"Arn": f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso/AWSReservedSSO_0123"}},
        "aws iam simulate-principal-policy": {
            "EvaluationResults": [{"EvalActionName": "kms:CreateKey", "EvalDecision": "allowed"}]
        },
        "aws iam list-open-id-connect-providers": {"OpenIDConnectProviderList": []},
        **{
            f"{_AWS_MACHINES} Name=instance-type,Values={name} ": offerings(name, ZONES)
            for name in ("m7i.large", "m7i.xlarge")
        },
        "aws rds describe-orderable-db-instance-options": orderable("17.6", several_zones=True),
        "aws mq describe-broker-instance-options": {"BrokerInstanceOptions": [{"HostInstanceType": "mq.m7g.medium"}]},
        "aws service-quotas get-service-quota": quota(100.0),
        "aws ec2 describe-instances": {
            "Reservations": [
                {
                    "Instances": [
                        {"CpuOptions": {"CoreCount": 1, "ThreadsPerCore": 2}, "InstanceType": "t3.micro"},
                        {
                            "CpuOptions": {"CoreCount": 2, "ThreadsPerCore": 2},
                            "InstanceLifecycle": "spot",
                            "InstanceType": "m7i.xlarge",
                        },
                        {"CpuOptions": {"CoreCount": 48, "ThreadsPerCore": 2}, "InstanceType": "p4d.24xlarge"},
                    ]
                }
            ]
        },
        "aws ec2 describe-addresses": {"Addresses": []},
        "aws ec2 describe-vpcs": {"Vpcs": [{"IsDefault": True, "VpcId": "vpc-1"}]},
        "aws ec2 describe-volumes": {"Volumes": [{"Size": 512, "VolumeType": "gp3"}]},
        "aws rds describe-db-instances": {"DBInstances": []},
        "aws s3api head-bucket": fails("An error occurred (404) when calling the HeadBucket operation: Not Found"),
        "aws secretsmanager list-secrets": {"SecretList": []},
    }


def metric(name: str, limit: float, used: float = 0) -> dict[str, Any]:
    """Of what Compute Engine says of a region or a project."""
    return {"limit": limit, "metric": name, "usage": used}


def google() -> Answers:
    regional = ("CPUS", "INSTANCES", "STATIC_ADDRESSES", "IN_USE_ADDRESSES")
    zones = "https://www.googleapis.com/compute/v1/projects/flowwise-project/zones/southamerica-east1-"
    return {
        "gcloud auth list": [{"account": "ana@flowwise.example", "status": "ACTIVE"}],
        "gcloud config get-value project": PROJECT,
        "gcloud projects describe": {"lifecycleState": "ACTIVE", "projectNumber": "123", "projectId": PROJECT},
        "gcloud billing projects describe": {"billingAccountName": "billingAccounts/0A-1B-2C", "billingEnabled": True},
        "gcloud projects get-ancestors-iam-policy": [
            {
                "id": PROJECT,
                "policy": {"bindings": [{"members": ["user:ana@flowwise.example"], "role": "roles/owner"}]},
                "type": "project",
            }
        ],
        "gcloud services list": [{"config": {"name": f"{name}.googleapis.com"}, "state": "ENABLED"} for name in FIRST],
        "gcloud compute machine-types list": [
            {"name": name, "zone": f"{zones}{zone}"} for name in ("e2-standard-2", "e2-standard-4") for zone in "abc"
        ],
        "gcloud compute regions describe southamerica-east1": {
            "name": "southamerica-east1",
            "quotas": [*(metric(name, 100) for name in regional), metric("SSD_TOTAL_GB", 5000)],
        },
        "gcloud compute project-info describe": {"quotas": [metric("CPUS_ALL_REGIONS", 100), metric("NETWORKS", 5, 1)]},
        "gcloud storage buckets describe": fails("ERROR: gs://tfstate-flowwise-dev-184ce0 not found: 404."),
    }


READY = {"azure": azure, "aws": aws, "google": google}
