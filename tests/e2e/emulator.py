"""An emulated AWS of a file's tests: moto's server, completed, in a process of its own."""

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from flowwise.tables.runner import AWS_IMAGE
from tests.free_port import free_port
from tests.workspace import REPOSITORY

REGION = "sa-east-1"
ACCOUNT = "123456789012"  # whoever signs in, this is where they are
PYTHON = REPOSITORY / ".cache/moto/bin/python"
_SERVER = {
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",  # AWS's own: only those that exist can be attached
    "EMULATED_IMAGE": AWS_IMAGE,
}
_S3 = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass(frozen=True)
class Emulator:
    """Where it listens, and what a test asks it besides what Terraform does."""

    url: str

    def environment(self) -> dict[str, str]:
        """The variables that send the AWS provider and the state backend here."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "emulated",
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CA_BUNDLE": "",  # a provider that is configured again does not take a second one
            "AWS_MAX_ATTEMPTS": "2",  # what is not emulated fails at once, and not after minutes of trying
        }

    def create_bucket(self, name: str) -> None:
        region = (
            f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
        )
        self._call(f"/{name}", "PUT", headers={"Content-Type": "application/xml"}, body=region.encode())

    def create_policy(self, name: str) -> None:
        """A policy of IAM that allows everything."""
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        self.query("iam", "CreatePolicy", Version="2010-05-08", PolicyName=name, PolicyDocument=json.dumps(document))

    def create_public_zone(self, domain: str) -> None:
        """A zone of Route 53."""
        namespace = "https://route53.amazonaws.com/doc/2013-04-01/"
        body = f"<Name>{domain}</Name><CallerReference>{domain}</CallerReference>"
        request = f'<CreateHostedZoneRequest xmlns="{namespace}">{body}</CreateHostedZoneRequest>'
        headers = {"Content-Type": "application/xml"}
        self._call("/2013-04-01/hostedzone", "POST", "route53", headers, request.encode())

    def names(self, bucket: str) -> set[str]:
        """What a bucket's objects are called."""
        listed = ET.fromstring(self._call(f"/{bucket}?list-type=2"))
        return {key.text or "" for key in listed.iter(f"{_S3}Key")}

    def objects(self, bucket: str) -> dict[str, bytes]:
        """All that a bucket holds, while nobody writes to it."""
        return {name: self._call(f"/{bucket}/{name}") for name in sorted(self.names(bucket))}

    def encryption_keys(self) -> list[tuple[str, str]]:
        """What each encryption key in use is for, and its id, as AWS's own calls tell them."""
        ids = [key["KeyId"] for key in self.ask("kms", "TrentService.ListKeys")["Keys"]]
        found = [self.ask("kms", "TrentService.DescribeKey", KeyId=id_)["KeyMetadata"] for id_ in ids]
        return [(key["Description"].split()[1], key["KeyId"]) for key in found if key["KeyState"] == "Enabled"]

    def clusters(self) -> list[str]:
        """The names of the Kubernetes clusters, those that are being made among them."""
        names: list[str] = json.loads(self._call("/clusters", service="eks"))["clusters"]
        return names

    def secret(self, name: str) -> str:
        """What Secrets Manager holds under a name, which ends in a word of its own."""
        listed = self.ask("secretsmanager", "secretsmanager.ListSecrets", Filters=[{"Key": "name", "Values": [name]}])
        (found,) = listed["SecretList"]
        value: str = self.ask("secretsmanager", "secretsmanager.GetSecretValue", SecretId=found["ARN"])["SecretString"]
        return value

    def database_passwords(self) -> list[str]:
        """The administrator's password on each database server, which AWS itself tells nobody."""
        passwords: list[str] = json.loads(self._call("/emulator/database-passwords"))
        return passwords

    def cluster(self, name: str) -> dict[str, Any]:
        """What EKS says of a cluster."""
        found: dict[str, Any] = json.loads(self._call(f"/clusters/{name}", service="eks"))["cluster"]
        return found

    def is_idle(self) -> bool:
        """No request waits for its answer."""
        return self._call("/emulator/requests-under-way") == b"0"

    def hold(self, what: str) -> None:
        """Have it take its time for `keys` or `clusters`, until they are released."""
        self._call(f"/emulator/hold/{what}")

    def release(self, what: str) -> None:
        """Have it go on."""
        self._call(f"/emulator/release/{what}")

    def clear(self) -> None:
        """Have moto's own part of it, which has neither clusters nor caches, be empty again."""
        self._call("/moto-api/reset", "POST")

    def publish(self) -> None:
        """Have newer images of nodes and newer add-ons come out."""
        self._call("/emulator/publish")

    def tagged(self, environment: str) -> list[str]:
        """The ARN of everything that has an environment's tag."""
        wanted = [{"Key": "environment", "Values": [environment]}]
        found: list[str] = []
        more = {"PaginationToken": ""}
        while "PaginationToken" in more:
            page = self.ask("tagging", "ResourceGroupsTaggingAPI_20170126.GetResources", TagFilters=wanted, **more)
            found += [resource["ResourceARN"] for resource in page["ResourceTagMappingList"]]
            more = {"PaginationToken": page["PaginationToken"]} if page.get("PaginationToken") else {}
        return found

    def query(self, service: str, action: str, **parameters: str) -> bytes:
        """A call of a service that speaks in forms and XML. Raises HTTPError for what it refuses."""
        form = urlencode({"Action": action, "Version": "2014-10-31", **parameters}).encode()
        return self._call("/", "POST", service, {"Content-Type": "application/x-www-form-urlencoded"}, form)

    def ask_eks(self, path: str, request: Mapping[str, Any]) -> Any:
        """A call of EKS that makes or changes something. Raises HTTPError for what it refuses."""
        body = json.dumps(request).encode()
        return json.loads(self._call(path, "POST", "eks", {"Content-Type": "application/json"}, body))

    def create_encryption_key(self, invocation: str) -> str:
        """Make a key by a request of this id, which an SDK keeps when it asks again; gives the key's id."""
        made = self.ask("kms", "TrentService.CreateKey", invocation, Description="for tests")
        id_: str = made["KeyMetadata"]["KeyId"]
        return id_

    def ask(self, service: str, target: str, invocation: str = "", **request: Any) -> Any:
        """A call of a service that speaks JSON. Raises HTTPError for what it refuses."""
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}
        if invocation:
            headers["Amz-Sdk-Invocation-Id"] = invocation
        return json.loads(self._call("/", "POST", service, headers, json.dumps(request).encode()) or b"{}")

    def _call(
        self,
        path: str,
        method: str = "GET",
        service: str = "s3",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> bytes:
        # It says which service and region is meant; no signature is checked.
        signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential=emulated/20260101/{REGION}/{service}/aws4_request"}
        request = Request(self.url + path, data=body, headers=signed | dict(headers or {}), method=method)
        with urlopen(request, timeout=30) as answer:
            content: bytes = answer.read()
        return content


@contextmanager
def emulated_aws(log: Path, latency: float = 0) -> Iterator[Emulator]:
    """Start an empty AWS on a free port, whose answers take these seconds, and end it."""
    emulator = Emulator(f"http://127.0.0.1:{free_port()}")
    with log.open("w") as output:
        server = subprocess.Popen(
            [PYTHON, "-m", "emulated_aws", emulator.url.rpartition(":")[2]],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parent), "EMULATED_LATENCY": str(latency), **_SERVER},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(emulator, server, log)
        yield emulator
    finally:
        server.terminate()
        server.wait()
        print(*_gaps(log), sep="\n", file=sys.stderr)


def _wait_for(emulator: Emulator, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            emulator.encryption_keys()
        except URLError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(log.read_text())


def _gaps(log: Path) -> list[str]:
    """What the emulator failed to answer: the first place to look when a test fails."""
    return sorted({line for line in log.read_text().splitlines() if "Error: " in line})
