"""What is asked again is done once, as an SDK expects that lost an answer."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

import pytest

from tests.e2e.emulator import REGION, Emulator, emulated_aws

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "aws.log") as emulator:
        yield emulator


def make_key(aws: Emulator, request: str) -> str:
    """As an SDK does, which names each request, and names it the same when it asks again."""
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential=emulated/20260101/{REGION}/kms/aws4_request",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "TrentService.CreateKey",
        "Amz-Sdk-Invocation-Id": request,
    }
    asked = Request(aws.url, data=json.dumps({"Description": "for tests"}).encode(), headers=headers, method="POST")
    with urlopen(asked, timeout=30) as answer:
        made: str = json.loads(answer.read())["KeyMetadata"]["KeyId"]
    return made


def test_what_is_asked_again_is_made_once(aws: Emulator) -> None:
    before = aws.encryption_keys()
    with ThreadPoolExecutor(8) as clients:
        made = set(clients.map(lambda _: make_key(aws, "one"), range(16)))
    assert len(made) == 1
    assert make_key(aws, "another") not in made
    assert len(aws.encryption_keys()) == len(before) + 2
