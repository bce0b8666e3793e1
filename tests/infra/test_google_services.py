"""Google Cloud does nothing in a project before its service is turned on: each type's is, and no other."""

import re
from pathlib import Path

from flowwise.google.services import AGENTS, ALSO, FIRST, SERVICES
from tests.workspace import INFRA

ROOT = INFRA / "bootstrap/google"
TYPE = re.compile(r'^(?:resource|data) "(google_\w+)"', re.MULTILINE)


def texts(*folders: Path) -> str:
    return "\n".join(file.read_text() for folder in folders for file in folder.glob("**/*.tf"))


def services_of(text: str) -> dict[str, str | None]:
    """The service of each type, by the longest beginning that its name has in the table."""
    found = {}
    for type_ in set(TYPE.findall(text)):
        beginnings = [beginning for beginning in SERVICES if type_.startswith(beginning)]
        found[type_] = SERVICES[max(beginnings, key=len)] if beginnings else None
    return found


def test_every_type_has_a_service_and_every_service_a_type() -> None:
    found = services_of(texts(INFRA))
    assert [type_ for type_, service in found.items() if service is None] == []
    assert set(SERVICES.values()) == set(found.values())


def test_the_first_day_turns_on_all_of_them() -> None:
    (turned_on,) = re.findall(r"for_each = toset\(\[(.*?)\]\)", (ROOT / "main.tf").read_text(), re.DOTALL)
    assert set(re.findall(r'"(\w+)"', turned_on)) | set(FIRST) == {*SERVICES.values(), *ALSO}


def test_the_first_day_itself_uses_what_its_reader_has_turned_on() -> None:
    used = texts(ROOT, INFRA / "modules/pipeline-identity/google", INFRA / "modules/remote-state/google")
    assert set(services_of(used).values()) - {"cloudresourcemanager"} <= set(FIRST)
    readme = (ROOT / "README.md").read_text()
    assert [service for service in FIRST if f"{service}.googleapis.com" not in readme] == []


def test_every_account_of_a_service_that_is_let_use_a_key_is_asked_for() -> None:
    assert set(re.findall(r"gcp-sa-[a-z-]+", texts(INFRA))) == AGENTS.keys()
    (asked,) = re.findall(r"for service in (.*); do\n  gcloud beta", (ROOT / "README.md").read_text())
    assert set(asked.split()) == set(AGENTS.values())


def test_nobody_of_another_organization_is_given_a_right() -> None:
    """Organizations made since May 2024 refuse it: "Restricting identities by domain". Service accounts are exempt."""
    members = re.findall(r"^ +members? += (.*)$", texts(INFRA), re.MULTILINE)
    assert members
    named = [member for member in members if re.search(r'"(user|group|domain):[^$]|allUsers|allAuthenticated', member)]
    assert named == []
