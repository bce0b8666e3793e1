"""What an environment that moves to another cloud needs there, all at once, besides the line that moves it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from costs import estimate
from costs.prices import PRICED_REGION
from environments import Environment, EnvironmentFileErrors
from environments.given import given
from environments.shared import read_environment, read_shared
from flowwise.tables.accounts import ACCOUNTS
from flowwise.tables.project import CLOUDS
from flowwise.tables.regions import REGIONS
from operations.backends import cloud_of_backend
from quotas import needs_of

_TITLES = {"azure": "Azure", "aws": "AWS", "google": "Google Cloud"}
_PEOPLE = {
    "azure": "object ids of Microsoft Entra groups",
    "aws": "ARNs of IAM roles or users",
    "google": "e-mail addresses of Google groups",
}


@dataclass(frozen=True)
class Move:
    """An environment whose file names another cloud than before; `environment` is None where the file has faults."""

    name: str
    before: str
    cloud: str
    file: str
    region: str
    has_databases: bool
    account: str | None
    environment: Environment | None

    def __str__(self) -> str:
        """All that is needed, a line each."""
        lines = "\n".join(f"- {need}" for need in self._needs())
        return f"{self.name} moves from {_TITLES[self.before]} to {_TITLES[self.cloud]}. There it needs:\n\n{lines}\n"

    def _needs(self) -> Iterator[str]:
        yield f"Budget: {self._budget()}"
        if account := self._account():
            yield f"Account: {account}"
        yield (
            f"Bootstrap: the first day of infra/bootstrap/{self.cloud}/README.md makes the storage of its state and "
            f"its pipelines' identities, whose variables GitHub's environments {self.name}, {self.name}-plan, "
            f"{self.name}-drift and {self.name}-review get in place of today's."
        )
        yield (
            f"Administrators: `administrators` and `database_readers` by {_PEOPLE[self.cloud]}, in place of "
            f"{_PEOPLE[self.before]}."
        )
        if self.cloud == "azure":
            yield "Addresses: `operator_cidrs`, the public address that Terraform is run from."
        if self.cloud == "aws" and self.has_databases:
            code = REGIONS[self.region]["aws"].code
            yield (
                "Certificate: `database_ca_certificate` of the workloads, from "
                f"https://truststore.pki.rds.amazonaws.com/{code}/{code}-bundle.pem."
            )
        if self.environment:
            yield f"Quotas: {quota_words(self.environment)}"
        yield "Images: pushed to the registry there, and named in `images`."
        yield "Data: docs/runbook.md, Move an environment to another cloud. What is there stays until it is destroyed."

    def _account(self) -> str | None:
        kind = ACCOUNTS[self.cloud]
        wanted = f"the identifier of the {kind.words}, such as {kind.example}"
        if self.account is None:
            return f"{wanted}, as the variable `{kind.variable}` in place of `{ACCOUNTS[self.before].variable}`."
        if re.fullmatch(kind.pattern, self.account):
            return None
        return f"{wanted}, as `account` in {self.file}, which names another cloud's."

    def _budget(self) -> str:
        if self.environment is None:
            return "`make cost` says what it costs, once the faults of its file are mended."
        return budget_words(self.environment)


def budget_words(environment: Environment) -> str:
    """Whether an environment's budget is enough, or what would be."""
    if environment.region != PRICED_REGION:
        return f'nobody knows what it costs: there are prices for "{PRICED_REGION}" alone.'
    usd, budget = estimate(environment).usd, given(environment.budget).monthly_usd
    text = f"it may cost {usd.low:,.2f} to {usd.high:,.2f} US dollars a month"
    if usd.high <= budget:
        return f"{text}, and budget.monthly_usd is {budget:,}: enough."
    return f"{text}, and budget.monthly_usd is {budget:,}: raise it to {int(usd.high) + 1}, or make it smaller."


def quota_words(environment: Environment) -> str:
    """What a new account does not allow an environment, and how to ask one's own."""
    lacking = [
        f"{need.quota.words} {need.least} to {need.most} ({need.quota.new_account})"
        for need in needs_of(environment)
        if need.exceeds_new_account
    ]
    asked = f"`make preflight ENV={environment.name}` asks your account"
    return f"{', '.join(lacking)}, more than a new account has; {asked}." if lacking else f"{asked}."


def clouds_of_tree(infra: Path) -> dict[str, str]:
    """The cloud that each environment is on as the tree has it, by its name."""
    found = {}
    for file in infra.glob("environments/*/backend.tf"):
        if file.is_file() and (cloud := cloud_of_backend(file.read_text())):
            found[file.parent.name] = cloud
    return found


def moves(folder: Path, before: Mapping[str, str]) -> Iterator[Move]:
    """The environments of a folder's files that are on another cloud than before; none of files nobody can read."""
    for name, cloud in sorted(before.items()):
        try:
            document = read_environment(folder / f"{name}.toml", read_shared(folder))
        except EnvironmentFileErrors:
            continue
        whole = document.whole
        now = whole.get("cloud")
        if now in CLOUDS and now != cloud:
            region = str(whole.get("region"))
            yield Move(
                name=name,
                before=cloud,
                cloud=now,
                file=f"{folder.name}/{document.file_of(['account']).name}",
                region=region if region in REGIONS else next(iter(REGIONS)),
                has_databases="postgres" in whole,
                account=str(whole["account"]) if "account" in whole else None,
                environment=_whatever_its_account(name, whole),
            )


def _whatever_its_account(name: str, whole: Mapping[str, Any]) -> Environment | None:
    """The environment, if all but its account is right: that is said besides, and costs nothing."""
    try:
        return Environment.from_document(name, {key: value for key, value in whole.items() if key != "account"})
    except ValidationError:
        return None
