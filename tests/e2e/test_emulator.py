"""What is asked again is done once, as an SDK expects that lost an answer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.emulator import Emulator, emulated_aws

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "aws.log") as emulator:
        yield emulator


def test_what_is_asked_again_is_made_once(aws: Emulator) -> None:
    before = aws.encryption_keys()
    with ThreadPoolExecutor(8) as clients:
        made = set(clients.map(lambda _: aws.create_encryption_key("one"), range(16)))
    assert len(made) == 1
    assert aws.create_encryption_key("another") not in made
    assert len(aws.encryption_keys()) == len(before) + 2


def test_it_tells_what_is_under_way(aws: Emulator) -> None:
    assert aws.is_idle()
    with ThreadPoolExecutor(8) as clients:
        asked = [clients.submit(aws.create_encryption_key, str(each)) for each in range(64)]
        assert any(not aws.is_idle() for _ in range(64))
        assert len({each.result() for each in asked}) == 64
    assert aws.is_idle()
