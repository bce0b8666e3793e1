"""Secrets that others hand out: which of them a plan stores, and whether whoever applies it gives them."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from environments.wording import listed
from operations.failure import OperationError
from operations.planned import Change, Plan

_HOLDERS = ("azurerm_key_vault_secret", "aws_secretsmanager_secret_version", "google_secret_manager_secret_version")
_VARIABLE = "TF_VAR_secret_values"
_FILES = ("terraform.tfvars", "terraform.tfvars.json", "*.auto.tfvars", "*.auto.tfvars.json")
_HOW = f"by the variable secret_values ({_VARIABLE}), or in GitHub by the environment's secret SECRET_VALUES"


def with_secrets_to_come(given: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Environment variables in which these secrets have a value, for modules refuse to plan without.

    So whoever plans needs none, and whoever applies may have them: Terraform wants an ephemeral variable set for a plan
    and for its application, or for neither. What stands in for one is never stored: see `check_given`.
    """
    to_come = dict.fromkeys(names, "given when this is applied")
    text = given.get(_VARIABLE, "{}")
    try:
        values = json.loads(text)
    except ValueError:  # Terraform's own syntax, and whole or refused by Terraform
        return dict(given)
    return {**given, _VARIABLE: json.dumps(to_come | values) if isinstance(values, dict) else text}


def stored_secrets(plan: Plan, names: Iterable[str]) -> list[str]:
    """Those of these secrets whose values a plan writes to the store: made, made anew, or of a new version."""
    return [
        name
        for name in names
        if any(
            change.type in _HOLDERS and change.address.endswith(f'["{name}"]') and _takes_its_value(change)
            for change in plan.resources
        )
    ]


def wanted(plan: Plan, names: Iterable[str]) -> list[str]:
    """What to tell whoever reads a plan that stores some; nothing of one that stores none."""
    stored = stored_secrets(plan, names)
    return [f"Whoever applies this gives {listed(stored, 'and')}, {_HOW}."] if stored else []


def check_given(plan: Plan, names: Iterable[str], folder: Path) -> None:
    """Raise OperationError if a plan would store a secret that nobody gives: a word of ours would be in its place."""
    texts = list(_given(folder))
    missing = [name for name in stored_secrets(plan, names) if not any(_has_value(text, name) for text in texts)]
    if missing:
        raise OperationError(
            f"The plan stores {listed(missing, 'and')}, to which nobody gives a value. Give it {_HOW}: "
            f'{{"{missing[0]}": "..."}}.'
        )


def _takes_its_value(change: Change) -> bool:
    if change.action == "change":
        return any(attribute.endswith("_wo_version") for attribute in change.attributes)
    return change.action in ("create", "replace", "forget and create")


def _given(folder: Path) -> Iterator[str]:
    """What Terraform reads values of variables from, when it is run in a folder."""
    yield os.environ.get(_VARIABLE, "")
    for pattern in _FILES:
        for file in folder.glob(pattern):
            yield file.read_text()


def _has_value(text: str, name: str) -> bool:
    """Whether JSON or HCL gives a key some text that is not blank."""
    return re.search(rf'(?<![\w-]){re.escape(name)}"?\s*[=:]\s*"\s*[^"\s]', text) is not None
