"""An environment on AWS that is protected, and what a destroy leaves of it all the same, with the real provider."""

from pathlib import Path

import pytest

from tests.e2e.deployment import ROOTS, Deployment, new_deployment
from tests.e2e.emulator import Emulator
from tests.e2e.files import protected, with_everything, without

pytestmark = [pytest.mark.e2e, pytest.mark.terraform]


def test_a_protected_environment_keeps_its_databases_and_is_made_again(tmp_path: Path, emulator: Emulator) -> None:
    """In one test, because each step begins with what the one before it left, and the first takes two minutes."""
    text = without("redis", protected(with_everything()))  # ElastiCache is waited for as long as RDS
    environment = new_deployment(tmp_path / "repository", emulator, text, attached=True)
    environment.terraform("apply", "-auto-approve")
    does_not_lose_its_databases(environment)
    is_made_again(environment)


def does_not_lose_its_databases(environment: Deployment) -> None:
    """They refuse, and what they do not need is gone."""
    gone = environment.try_terraform("destroy", "-auto-approve")
    assert gone.returncode == 1
    assert "Cannot delete protected DB Instance" in gone.stdout
    assert environment.emulator.clusters() == []


def is_made_again(environment: Deployment) -> None:
    """The next deploy brings back what went, protected no more, and a cache with it."""
    environment.write(with_everything())
    for root in ROOTS.values():
        environment.terraform("apply", "-auto-approve", root=root)
    assert environment.has_no_changes()
