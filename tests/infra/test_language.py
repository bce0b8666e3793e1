"""Terraform and OpenTofu of which version take infra/: its constructs, by the table in language.toml."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flowwise.tables.providers import TERRAFORM
from tests.infra.language import constructs, constructs_of_files, hcl_below
from tests.workspace import INFRA, REPOSITORY

ROWS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("language.toml").read_text())["since"]
TABLE: Mapping[str, dict[str, Any]] = {construct: row for row in ROWS for construct in row["constructs"]}
READMES = {"en": "README.md", "pt-BR": "README.pt-BR.md"}


def beyond_the_table(used: Mapping[str, Path]) -> list[str]:
    return [f"{file}: {construct}" for construct, file in used.items() if construct not in TABLE]


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


@pytest.fixture(scope="module")
def used() -> dict[str, Path]:
    return constructs_of_files(hcl_below(INFRA))


def test_nothing_beyond_the_table_is_used(used: dict[str, Path]) -> None:
    """Who needs more looks up since when each tool takes it, and gives it a line in language.toml."""
    assert beyond_the_table(used) == []


def test_no_construct_stands_twice() -> None:
    assert len(TABLE) == sum(len(row["constructs"]) for row in ROWS)


def test_the_version_that_every_folder_asks_for_takes_what_is_used(used: dict[str, Path]) -> None:
    """And asks for none newer: both tools read required_version as their own."""
    for tool in ("terraform", "opentofu"):
        of_language = [TABLE[construct][tool] for construct in used if not TABLE[construct].get("opentofu_crashes")]
        newest = max(of_language, key=version)
        assert TERRAFORM.partition(",")[0] == f">= {newest}"
    asked = re.compile(r"required_version = (.*)")
    folders = {file.parent for file in hcl_below(INFRA) if file.name == "main.tf"}
    assert folders
    for folder in folders:
        assert asked.findall((folder / "versions.tf").read_text()) == [f'"{TERRAFORM}"']


@pytest.mark.parametrize("language", READMES)
def test_the_readmes_have_the_table(language: str) -> None:
    rows = [f"| {row[language]} | {row['terraform']} | {row['opentofu']} |" for row in ROWS]
    assert "\n".join(rows) in (REPOSITORY / READMES[language]).read_text()


def test_make_wants_the_opentofu_that_runs_the_tests() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    (crashing,) = [row for row in ROWS if "opentofu_crashes" in row]
    assert f"TOFU_WANTED      := {crashing['opentofu']}\n" in makefile
    assert f"TOFU_UNFIT       := {' '.join(crashing['opentofu_crashes'])} " in makefile


TEXT = """
# } a comment
variable "size" {
  type = object({ name = string, most = optional(number, 3) }) # {

  validation {
    condition     = length(var.size.name) < 9 || var.other == "}"
    error_message = "It is ${upper(var.size.name)}, %{if can(var.size.most)}longer%{endif} than strlen() allows {"
  }

  validation {
    condition     = alltrue([for local_name in [var.size.name] : (local_name) != ""])
    error_message = <<-EOT
      } not_a_function(1) ${trimspace(var.size.name)}
    EOT
  }
}

resource "kubernetes_deployment" "this" {
  count = 1
  data_wo = ephemeral.random_password.this.result
  name    = provider::aws::arn_parse(terraform.applying ? "a" : path.root)

  spec {
    count = 2
    lifecycle {
      pre_stop = "one"
    }
    dynamic "port" {
      for_each = each.value.terraform.ports
      content {
        version = max(1, 2)
      }
    }
  }

  lifecycle { ignore_changes = [spec] }
}

terraform {
  backend "s3" { use_lockfile = true }
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
"""


def test_reads_the_languages_own_words_and_no_others() -> None:
    assert sorted(constructs(TEXT)) == sorted(
        [
            *("block variable", "argument variable.type", "function object", "function optional"),
            *("block variable.validation", "argument variable.validation.condition"),
            *("block variable.validation", "argument variable.validation.condition"),
            *("argument variable.validation.error_message", "argument variable.validation.error_message"),
            *("validation by other values", "function length", "function upper", "function can"),
            *("function alltrue", "function trimspace"),
            *("block resource", "argument resource.count", "argument that is written only", "function of a provider"),
            *("value terraform.applying", "value path.root", "block block of a provider.dynamic"),
            *("argument dynamic.for_each", "function max", "block resource.lifecycle"),
            "argument resource.lifecycle.ignore_changes",
            *("block terraform", "block terraform.backend", "block terraform.backend.s3"),
            *("argument terraform.backend.s3.use_lockfile", "block terraform.required_providers"),
        ]
    )


@pytest.mark.parametrize(
    "text",
    ["locals {", "locals {\n  a = (1\n}\n", "locals {}\n}\n", 'locals {\n  a = "\n}\n', "locals {\n  = 1\n}\n", "a"],
)
def test_what_is_no_hcl_is_not_passed_over(text: str) -> None:
    with pytest.raises(ValueError, match=r"after|neither|closed"):
        list(constructs(text))
