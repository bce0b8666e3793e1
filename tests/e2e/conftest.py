"""What the end-to-end tests need: the real provider, and an emulated AWS of each file's own."""

from collections.abc import Iterator

import pytest

from flowwise.tables.providers import PROVIDERS
from tests.e2e.emulator import Emulator, emulated_aws
from tests.offline.real_providers import find_real_provider


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    if find_real_provider(PROVIDERS["aws"]) is None:
        pytest.skip("no real AWS provider is at hand: a stand-in talks to no AWS, emulated or not")
    with emulated_aws(tmp_path_factory.mktemp("emulator") / "aws.log") as emulator:
        yield emulator
