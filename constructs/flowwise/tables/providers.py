"""The Terraform versions that the modules admit: one table for versions.tf, the tests and the offline providers.

Lower bounds are what the modules need; upper bounds exclude the next major version. The versions in use are those of
the prebuilt bindings, pinned in pyproject.toml; `random` has none. What a bound is for that is above its binding's
version, synthesis/schemas/newer_arguments.py says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

TERRAFORM = ">= 1.11, < 2.0"  # 1.11: write-only arguments


@dataclass(frozen=True)
class Provider:
    """A Terraform provider: its registry address and the range of versions admitted."""

    source: str
    constraint: str


PROVIDERS = {
    "aws": Provider("hashicorp/aws", ">= 5.100, < 7.0"),
    "azurerm": Provider("hashicorp/azurerm", ">= 4.61, < 5.0"),
    "google": Provider("hashicorp/google", ">= 7.12, < 8.0"),
    "helm": Provider("hashicorp/helm", ">= 3.1, < 4.0"),
    "kubernetes": Provider("hashicorp/kubernetes", ">= 2.38, < 4.0"),
    "random": Provider("hashicorp/random", ">= 3.7.1, < 4.0"),  # 3.7.1: ephemeral passwords
}


def versions(names: Iterable[str]) -> dict[str, Any]:
    """The content of a `terraform` block that requires these providers."""
    return {"required_version": TERRAFORM, "required_providers": required_providers(names)}


def required_providers(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """The content of a `required_providers` block, by provider."""
    return {name: {"source": PROVIDERS[name].source, "version": PROVIDERS[name].constraint} for name in sorted(names)}
