"""What follows from a change of an environment's file, all at once: of more size, more copies, a vendor, or what goes.

A change is one since the last commit: it is told at each synthesis, until it is committed. A move to another cloud is
told by `operations/moving.py`.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from costs import estimate
from environments import Environment, EnvironmentFileErrors, load_environments
from environments.own_secrets import own_secrets
from flowwise.tables.vendor_keys import API_KEY, APPLICATION_KEY, RUNNER_KEY
from operations.failure import OperationError
from operations.git import changed_files, git
from operations.moving import budget_words, quota_words
from quotas import needs_of
from sizing import size_of

_FOLDER = "environments"
_LAST_COMMIT = "HEAD"


@dataclass(frozen=True)
class Following:
    """What an environment needs that was something else at the last commit."""

    before: Environment
    now: Environment

    def __str__(self) -> str:
        """All that is needed, a line each; nothing if nothing is."""
        lines = [f"- {need}\n" for need in self._needs()]
        return f"{self.now.name} is not as it was committed. Its change needs:\n\n{''.join(lines)}" if lines else ""

    def _needs(self) -> Iterator[str]:
        yield from self._anew()
        if self.before.has_public_address and not self.now.has_public_address:
            name = self.now.name
            yield (
                f"Order: {name}-workloads and then {name}, for no cloud takes an address from a load balancer that has "
                f"it. Run Deploy by hand with workloads_first: {name}; the run of the merge fails at the address, and "
                "may be cancelled."
            )
        yield from self._room()
        yield from self._keys()
        yield from self._bill()
        yield from self._gone()

    def _anew(self) -> Iterator[str]:
        """What a cloud does not change in place, `force_new` in its provider."""
        before, now = self.before.redis, self.now.redis
        if self.now.cloud == "azure" and before and now and before.high_availability != now.high_availability:
            yield "Made anew: the cache, which is empty then, for Azure gives or takes a replica in no other way."
        yield from self._nodes_anew()

    def _nodes_anew(self) -> Iterator[str]:
        before, now = self.before.cluster, self.now.cluster
        if before is None or now is None or not (self.before.makes_cluster and self.now.makes_cluster):
            return
        if self.now.cloud == "azure" and bool(before.public_access_cidrs) != bool(now.public_access_cidrs):
            yield (
                "Made anew: the cluster, without all that was in it, for on Azure an API server does not go from "
                "public to private, or back. Workloads are deployed again after it."
            )
        for name, pool in now.node_pools.items():
            if name in before.node_pools and before.node_pools[name].spot != pool.spot:
                yield (
                    f"Made anew: the nodes of {name}, which go before others come, for a pool is of spot nodes from "
                    "its beginning. Another pool beside it, of another name, keeps microservices running."
                )

    def _room(self) -> Iterator[str]:
        if not self.now.in_cloud:
            return
        before, now = (estimate(each).usd for each in (self.before, self.now))
        if now.high > before.high or self.now.budget != self.before.budget:
            yield f"Budget: {budget_words(self.now)} It was {before.low:,.2f} to {before.high:,.2f}."
        most = {need.quota.words: need.most for need in needs_of(self.before)}
        if any(need.most > most.get(need.quota.words, 0) for need in needs_of(self.now)):
            yield f"Quotas: {quota_words(self.now)}"
        for finding in size_of(self.now).findings:
            if finding.severity == "fault":
                yield f"Room: {finding.key}: {finding.text}"

    def _keys(self) -> Iterator[str]:
        names = [*self._vendors_keys(), *self._own_secrets(), *self._runners_key()]
        if not names:
            return
        name, given = self.now.name, ", ".join(f'"{secret}": "..."' for secret in names)
        variable = f"Key: `TF_VAR_secret_values='{{{given}}}'`"
        if not self.now.in_cloud:
            yield f"{variable} for `cdktf deploy {name}`, and for every plan of Terraform. It is in the cluster alone."
            return
        pods = "" if names == [RUNNER_KEY] else f", and then {name}-workloads hands it out"
        yield (
            f"{variable} for `make apply STACK={name}`, or in GitHub the secret SECRET_VALUES of the environment "
            f"{name}. Terraform by itself wants it for every plan. The platform stores it{pods}."
        )

    def _vendors_keys(self) -> Iterator[str]:
        before, now = self.before.observability, self.now.observability
        if now.backend not in ("none", before.backend) or now.key_version > before.key_version:
            yield API_KEY
        if (now.application_key_version or 0) > (before.application_key_version or 0):
            yield APPLICATION_KEY

    def _own_secrets(self) -> Iterator[str]:
        before = own_secrets(self.before)
        return (name for name, version in own_secrets(self.now).items() if version > before.get(name, 0))

    def _runners_key(self) -> Iterator[str]:
        before, now = self.before.runner, self.now.runner
        if now and (before is None or now.key_version > before.key_version):
            yield RUNNER_KEY

    def _bill(self) -> Iterator[str]:
        backend = self.now.observability.backend
        if backend not in ("none", self.before.observability.backend):
            yield f"Bill: what {backend.capitalize()} asks is in no estimate here, and in no budget."

    def _gone(self) -> Iterator[str]:
        left = self.now.deployed_services
        for made_by in self.before.deployed_services:
            if made_by not in left:
                yield (
                    f"Data: no microservice is `{made_by}` any more, so its namespace, secrets, identity, images and "
                    "database go with the next deploys, and what was in them. If it has another name now, say "
                    f'`was = "{made_by}"` in its table; if it is to go, docs/runbook.md, Remove a microservice, says '
                    "what comes first."
                )


@dataclass(frozen=True)
class Gone:
    """An environment in a cloud that had a file at the last commit."""

    name: str

    def __str__(self) -> str:
        """What becomes of what it made."""
        return (
            f"{self.name} has no file any more. What it made goes on running, and costing, until it is destroyed: "
            "docs/runbook.md, Remove an environment. It can have no other name: all that it made has this one, and so "
            "has the storage of its state.\n"
        )


def followings(repository: Path) -> Iterator[Following | Gone]:
    """The environments that are another than at the last commit, on the same cloud, and those that are no more.

    None where Git does not know.
    """
    try:
        changed = changed_files(repository, _LAST_COMMIT, _FOLDER)
        if not any(path.endswith(".toml") for path in changed):
            return
        before, now = _committed(repository), _by_name(repository / _FOLDER)
    except (OperationError, EnvironmentFileErrors):  # of faults, the synthesis tells
        return
    yield from (Gone(name) for name, environment in before.items() if name not in now and environment.in_cloud)
    for name, environment in now.items():
        if name in before and before[name] != environment and before[name].cloud == environment.cloud:
            yield Following(before[name], environment)


def _committed(repository: Path) -> Mapping[str, Environment]:
    with tempfile.TemporaryDirectory() as scratch:
        for path in git(repository, "ls-tree", "--name-only", _LAST_COMMIT, f"{_FOLDER}/").splitlines():
            if path.endswith(".toml"):
                (Path(scratch) / Path(path).name).write_text(git(repository, "show", f"{_LAST_COMMIT}:{path}"))
        return _by_name(Path(scratch))


def _by_name(folder: Path) -> dict[str, Environment]:
    return {environment.name: environment for environment in load_environments(folder)}
