"""Passwords made anew: nothing starts with one that is on its way out, however late the new one comes."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.flowwise.postgres import new_job, running_server
from tests.kubernetes.objects import KubernetesObject
from tests.kubernetes.plans import objects_of
from tests.kubernetes.roots import roots
from tests.kubernetes.secrets import NotYetError, Secrets, copied, copied_again, mounted, start
from tests.workspace import copy_of_infra

pytestmark = pytest.mark.terraform

SECRETS = (
    *("lancamentos-postgres", "lancamentos-rabbitmq", "consolidacao-postgres", "consolidacao-rabbitmq"),
    *("postgres-administrator", "postgres-watcher", "rabbitmq-administrator", "broker"),
    "lancamentos-partner-api-key",
)
MADE_BY_OPERATORS = ("rabbitmq-default-user", "rabbitmq-tls", "flowwise-ca")
OLD, NEW = ({name: f"{name} {age}" for name in SECRETS} for age in ("old", "new"))


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, list[KubernetesObject]]:
    """All objects of a cluster whose secrets are in a store, for two versions of the secrets."""
    infra = copy_of_infra(tmp_path_factory.mktemp("rotation"))
    (root,) = [each for each in roots() if each.name == "kubernetes"]
    given = root.variables
    return {version: objects_of(infra / root.folder, {**given, "secret_version": version}) for version in (1, 2)}


def secrets_of(objects: list[KubernetesObject], store: Mapping[str, str]) -> Secrets:
    """Those of the store once they are copied, and those that operators make, such as the broker's own user."""
    of_operators = dict.fromkeys(("username", "password", "ca.crt"), "an operator's")
    namespaces = {found.name for found in objects if found.kind == "Namespace"}
    made = {(namespace, name): of_operators for namespace in namespaces for name in MADE_BY_OPERATORS}
    return made | copied(objects, store)


def users_of_secrets(objects: list[KubernetesObject]) -> list[KubernetesObject]:
    """What runs pods where there are secrets of the store."""
    namespaces = {found.namespace for found in objects if found.kind == "ExternalSecret"}
    return [found for found in objects if found.kind in ("Job", "Deployment") and found.namespace in namespaces]


def test_nothing_starts_before_its_version_is_there(versions: Mapping[int, list[KubernetesObject]]) -> None:
    started = users_of_secrets(versions[2])
    assert {found.kind for found in started} == {"Job", "Deployment"}
    for found in started:
        with pytest.raises(NotYetError, match="-v2"):
            start(found, secrets_of(versions[1], OLD))
        with pytest.raises(NotYetError, match="-v2"):
            start(found, secrets_of(versions[1], NEW))
        assert start(found, secrets_of(versions[2], NEW)) > 0


def test_what_runs_goes_on_with_its_own_version(versions: Mapping[int, list[KubernetesObject]]) -> None:
    """The store has new values for hours before the workloads are told: a pod that starts anew gets the old ones."""
    secrets = copied_again(versions[1], NEW, copied(versions[1], OLD))
    assert {value.split()[-1] for keys in secrets.values() for value in keys.values()} == {"old"}


@pytest.mark.slow
def test_a_job_whose_secret_is_late_gives_the_role_the_new_password(
    versions: Mapping[int, list[KubernetesObject]], tmp_path: Path
) -> None:
    """The job of PostgreSQL, with the files that the kubelet gives it, against a real server."""
    jobs = {
        version: found
        for version, objects in versions.items()
        for found in objects
        if found.kind == "Job" and found.name.startswith("database-bootstrap")
    }
    assert jobs[1].name != jobs[2].name, "a job that is done does not run again"
    with running_server("18") as server:
        job = new_job(server, tmp_path)

        def run(version: int, secrets: Secrets) -> None:
            files = mounted(jobs[version], "secrets", secrets)
            (job.secrets / "users" / "lancamentos").write_text(files["users/lancamentos"])
            job.succeed()

        def signs_in(password: str) -> bool:
            try:
                return server.query("SELECT 1", user="lancamentos", password=password, database="lancamentos") == "1"
            except PermissionError:
                return False

        run(1, secrets_of(versions[1], OLD))
        with pytest.raises(NotYetError):
            run(2, secrets_of(versions[1], OLD))
        assert signs_in(OLD["lancamentos-postgres"]), "whoever runs still works"
        run(2, secrets_of(versions[2], NEW))
        assert (signs_in(OLD["lancamentos-postgres"]), signs_in(NEW["lancamentos-postgres"])) == (False, True)
