"""The writer's rules, each by the exact text it gives. What Terraform makes of it is in test_hcl_roundtrip.py."""

from textwrap import dedent
from typing import Any

import pytest

from synthesis.hcl.blocks import UnknownArgument, render_block
from synthesis.hcl.expression import Code, literal, literal_value, render_value
from synthesis.hcl.tokens import TemplateError

CLUSTER: dict[str, Any] = {
    "attributes": {
        **{name: {"type": "string", "optional": True} for name in ("name", "location", "sku", "dns_prefix", "kind")},
        "tags": {"type": ["map", "string"], "optional": True},
        "zones": {"type": ["set", "string"], "optional": True},
        "set": {"nested_type": {"nesting_mode": "list", "attributes": {}}, "optional": True},
    },
    "block_types": {
        "features": {"nesting_mode": "list", "block": {}},
        "timeouts": {"nesting_mode": "single", "block": {"attributes": {"create": {}, "delete": {}}}},
        "node_pool": {
            "nesting_mode": "list",
            "block": {
                "attributes": {"name": {}, "count": {}},
                "block_types": {"upgrade": {"nesting_mode": "list", "block": {"attributes": {"max_surge": {}}}}},
            },
        },
        "setting": {"nesting_mode": "map", "block": {"attributes": {"value": {}}}},
    },
}


def resource(body: dict[str, Any], comment: str | None = None) -> str:
    return render_block("resource", ["cloud_cluster", "this"], body, CLUSTER, comment)


def lines(text: str) -> str:
    return dedent(text).lstrip("\n")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${var.name}", "var.name"),
        ("${ var.name }", "var.name"),
        ("${~ var.name ~}", "var.name"),
        ("${\nvar.name\n}", "var.name"),
        ('${module.a["b"].c[0]}', 'module.a["b"].c[0]'),
        ('${"${var.a}}"}', '"${var.a}}"'),
        ("${{ a = 1 }}", "{ a = 1 }"),
        ("${cidrsubnet(var.a,8,1)}", "cidrsubnet(var.a, 8, 1)"),
        ('${regex("^a$",var.a)}', 'regex("^a$", var.a)'),
        ("${var.a}${var.b}", '"${var.a}${var.b}"'),
        ("a-${var.b}", '"a-${var.b}"'),
        ('a "${f("b", "}")}"', '"a \\"${f("b", "}")}\\""'),
        ("%{if var.a}b%{endif}", '"%{if var.a}b%{endif}"'),
        ("$${var.a}", '"$${var.a}"'),
        ('$$${"a"}', '"$$${\\"a\\"}"'),
        ('%%{"a"}', '"%%{\\"a\\"}"'),
        ("%${var.a}", '"%${var.a}"'),
        ("a$", '"a$"'),
        ("100%", '"100%"'),
        ("", '""'),
        ('"\\\n\r\t', '"\\"\\\\\\n\\r\\t"'),
        ("\x00\x1b\x7f\u2028\u202e\ufeff", '"\\u0000\\u001b\\u007f\\u2028\\u202e\\ufeff"'),
        ("ação 中 \U0001f600", '"ação 中 \U0001f600"'),
    ],
)
def test_a_string_is_a_template(value: str, expected: str) -> None:
    assert render_value(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-0.0, "0"),
        (-5, "-5"),
        (2.0, "2"),
        (0.1, "0.1"),
        (1e21, "1e+21"),
        (2**70, "1180591620717411303424"),
        ([], "[]"),
        ({}, "{}"),
        ([1, "a", None, "${var.b}"], '[1, "a", null, var.b]'),
        (Code("var.a"), "var.a"),
        ([Code("var.a")], "[var.a]"),
    ],
)
def test_other_values(value: object, expected: str) -> None:
    assert render_value(value) == expected


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("${var.a", TemplateError),
        ('${f("a}', TemplateError),
        ("${ }", TemplateError),
        ("%{ if a", TemplateError),
        ({"${f(\n)}": 1}, TemplateError),
        ("\ud800", ValueError),
        ({"\ud800": 1}, ValueError),
        (float("nan"), ValueError),
        (float("-inf"), ValueError),
        (b"", TypeError),
        ([{1}], TypeError),
    ],
)
def test_what_cannot_be_written_is_refused(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        render_value(value)


def test_literal_text_is_no_template() -> None:
    assert literal("${a} %{b} $${c} $ %") == "$${a} %%{b} $$${c} $ %"
    assert literal_value({"${k}": ["%{v}", 0, None]}) == {"$${k}": ["%%{v}", 0, None]}


def test_objects_align_what_ends_on_its_line() -> None:
    value = {
        "a": 1,
        "long_name": "x",
        "nested": {"b": False},
        "list": [{"c": []}, {}],
        "text": "one\n  two $${x}\n\nthree\\\n",
        "z": None,
    }
    assert render_value(value, 2) == lines(
        r"""
        {
            a         = 1
            long_name = "x"
            nested = {
              b = false
            }
            list = [
              {
                c = []
              },
              {},
            ]
            text = <<-EOT
              one
                two $${x}

              three\
            EOT
            z    = null
          }"""
    )


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("name", "name"),
        ("cost-center", "cost-center"),
        ("_a1", "_a1"),
        ("in", "in"),
        ("//", '"//"'),
        *((word, f'"{word}"') for word in ("for", "if", "true", "false", "null", "", "1a", "-a", "a b", "a.b/c")),
        ("ação", '"ação"'),
        ("中", '"\\u4e2d"'),
        ("\U0001f600", '"\\U0001f600"'),
        ("$${a}\n", '"$${a}\\n"'),
        ("${var.key}", "(var.key)"),
        ("a-${var.key}", '"a-${var.key}"'),
    ],
)
def test_keys(key: str, expected: str) -> None:
    assert render_value({key: 1}) == f"{{\n  {expected} = 1\n}}"


def test_a_list_is_broken_where_its_line_would_pass_100_columns() -> None:
    fitting = {"zones": ["a" * 41, "b" * 41]}
    line = f'  zones = ["{"a" * 41}", "{"b" * 41}"]'
    assert len(line) == 100
    assert resource(fitting).splitlines()[1] == line
    # The name of a neighbour, or more indentation, pushes it beyond.
    assert resource({**fitting, "kind": "x", "dns_prefix": "y"}) == lines(
        f"""
        resource "cloud_cluster" "this" {{
          zones = [
            "{"a" * 41}",
            "{"b" * 41}",
          ]

          kind       = "x"
          dns_prefix = "y"
        }}
        """
    )
    assert "\n" not in render_value(fitting["zones"], 2, "zones", 5)
    assert "\n" in render_value(fitting["zones"], 3, "zones", 5)


def test_heredocs_in_a_list_end_before_the_comma() -> None:
    assert render_value(["a\nb\n", "c\nd\n"]) == lines(
        """
        [
          <<-EOT
            a
            b
          EOT
          ,
          <<-EOT
            c
            d
          EOT
        ]"""
    )


@pytest.mark.parametrize(
    "text",
    [
        "a\nb",  # no newline at its end
        "a\n",  # one line
        " a\n b\n",  # would lose its indentation
        "a\n EOT \n",
        "a\nb\r\n",
        "a\nb\x00\n",
        "a\n\u0301b\n",  # an accent would merge with the indentation
        "\n\n\n",
        "a\n${~ var.b }\n",
        "a\n${f(\nvar.b)}\n",
    ],
)
def test_text_that_a_heredoc_would_change_is_quoted(text: str) -> None:
    assert render_value(text).startswith('"')


def test_expressions_of_several_lines_are_indented_like_fmt_does() -> None:
    expression = """${merge(var.tags, {
for k,v in var.more :
k=>{
  a=1 # why
  bcd = 2    # why not
}
  if v!=null
})}"""
    assert render_value(expression, 4) == lines(
        """
        merge(var.tags, {
              for k, v in var.more :
              k => {
                a   = 1 # why
                bcd = 2 # why not
              }
              if v != null
            })"""
    )
    # Inside `${}` a newline means nothing, outside of it the end.
    assert render_value("${var.a\n? 1\n: 2}") == "(\n  var.a\n  ? 1\n  : 2\n)"


def test_a_trim_marker_that_would_trim_more_in_a_quoted_string_is_resolved() -> None:
    assert render_value("a \n  ${~ var.b ~} \n  c") == '"a \\n${var.b}  c"'
    assert render_value("a  ${~ var.b ~}  c") == '"a  ${~var.b~}  c"'


def test_a_resource() -> None:
    body = {
        "//": {"metadata": {"path": "x"}},
        "depends_on": ["cloud_network.this", "${module.roles}"],
        "node_pool": [
            {"count": 0, "name": "a", "upgrade": {"max_surge": ""}, "//": "x"},
            {"name": "b"},
        ],
        "dns_prefix": "p",
        "lifecycle": {
            "ignore_changes": ["tags", "node_pool[0].count"],
            "create_before_destroy": True,
            "replace_triggered_by": ["${cloud_network.this.id}"],
            "precondition": [{"error_message": "no ${var.a}", "condition": "${var.a > 1}"}],
        },
        "features": {},
        "tags": {"a": "b", "//": "data"},
        "location": "${var.location}",
        "kind": False,
        "set": [{"name": "a", "value": ""}],
        "setting": {"x y": {"value": 0}, "z": [{}]},
        "timeouts": {"create": "1h"},
        "name": None,
        "zones": [],
        "provider": "cloud.west",
        "for_each": "${var.clusters}",
        "provisioner": [{"local-exec": {"command": "echo", "when": "destroy"}}],
    }
    assert resource(body) == lines(
        """
        resource "cloud_cluster" "this" {
          for_each = var.clusters
          provider = cloud.west

          name       = null
          location   = var.location
          dns_prefix = "p"
          kind       = false

          set = [
            {
              name  = "a"
              value = ""
            },
          ]

          zones = []

          tags = {
            a    = "b"
            "//" = "data"
          }

          node_pool {
            name  = "a"
            count = 0

            upgrade {
              max_surge = ""
            }
          }

          node_pool {
            name = "b"
          }

          features {}

          setting "x y" {
            value = 0
          }

          setting "z" {}

          timeouts {
            create = "1h"
          }

          provisioner "local-exec" {
            command = "echo"
            when    = destroy
          }

          lifecycle {
            ignore_changes        = [tags, node_pool[0].count]
            create_before_destroy = true
            replace_triggered_by  = [cloud_network.this.id]

            precondition {
              condition     = var.a > 1
              error_message = "no ${var.a}"
            }
          }

          depends_on = [cloud_network.this, module.roles]
        }
        """
    )


def test_no_block_without_one_in_the_json() -> None:
    assert resource({"node_pool": [], "timeouts": None, "lifecycle": {"ignore_changes": "all"}}) == lines(
        """
        resource "cloud_cluster" "this" {
          lifecycle {
            ignore_changes = all
          }
        }
        """
    )
    assert resource({}) == 'resource "cloud_cluster" "this" {}\n'


def test_dynamic_blocks() -> None:
    dynamic = {
        "content": {"name": "${pool.value}", "dynamic": {"upgrade": [{"for_each": [1], "content": {}}]}},
        "iterator": "pool",
        "for_each": "${var.pools}",
    }
    assert resource({"dynamic": {"node_pool": dynamic}}) == lines(
        """
        resource "cloud_cluster" "this" {
          dynamic "node_pool" {
            for_each = var.pools
            iterator = pool

            content {
              name = pool.value

              dynamic "upgrade" {
                for_each = [1]

                content {}
              }
            }
          }
        }
        """
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"locatoin": "x"}, r"has no argument or block locatoin; the nearest names are location, "),
        ({"node_pool": [{"upgrade": [{"max_surg": 1}]}]}, r" node_pool\.upgrade\.max_surg; .* are max_surge$"),
        ({"setting": {"key": {"valeu": 1}}}, r" setting\.valeu; the nearest names are value$"),
        ({"dynamic": {"node_pol": {"content": {}}}}, r" dynamic\.node_pol; the nearest names are node_pool, "),
        ({"dynamic": {"node_pool": {"content": {"x": 1}}}}, r" dynamic\.content\.x; "),
        ({"lifecycle": {"ignore": []}}, r" lifecycle\.ignore; the nearest names are ignore_changes, "),
        ({"features": {"dynamic": {}, "count": 1}}, r" features\.count; nothing goes there$"),
    ],
)
def test_an_unknown_name_is_refused(body: dict[str, Any], message: str) -> None:
    with pytest.raises(
        UnknownArgument, match=r'^resource "cloud_cluster" "this" has no .*' + message.removeprefix("has no ")
    ):
        resource(body)


@pytest.mark.parametrize("value", ["${var.x}", 1, [["a"]], {"a": 1}])
def test_a_block_is_an_object(value: object) -> None:
    with pytest.raises(ValueError, match="timeouts"):
        resource({"timeouts": value})


def test_a_comment_is_wrapped_above_the_block() -> None:
    text = resource({}, "First " + "word " * 25 + "\n\nhttps://example.com/" + "x" * 100)
    assert text.splitlines() == [
        "# First" + " word" * 18,
        "# word word word word word word word",
        "#",
        "# https://example.com/" + "x" * 100,
        'resource "cloud_cluster" "this" {}',
    ]


def test_a_module_call() -> None:
    body = {
        "name": "${var.name}",
        "depends_on": ["module.b"],
        "provider": "an input",
        "providers": {"cloud": "cloud.west", "cloud.peer": "${cloud.east}"},
        "for_each": "${var.all}",
        "subnets": {"a": "10.0.0.0/8"},
        "enabled": False,
        "source": "../a${b}",
        "version": "~> 1.0",
    }
    assert render_block("module", ["a"], body, None) == lines(
        """
        module "a" {
          source  = "../a$${b}"
          version = "~> 1.0"

          for_each = var.all

          providers = {
            cloud      = cloud.west
            cloud.peer = cloud.east
          }

          name     = var.name
          provider = "an input"

          subnets = {
            a = "10.0.0.0/8"
          }

          enabled = false

          depends_on = [module.b]
        }
        """
    )


def test_a_variable() -> None:
    body = {
        "type": "object({\nname=string\n  size = optional(number,3)\n})",
        "validation": [{"error_message": "Not ${var.a}.", "condition": "${var.a.size > 0}"}],
        "nullable": False,
        "default": {"name": "${x}", "size": 0},
        "description": "Costs ${a lot}.",
        "sensitive": True,
    }
    assert render_block("variable", ["a"], body, None) == lines(
        """
        variable "a" {
          description = "Costs $${a lot}."
          type = object({
            name = string
            size = optional(number, 3)
          })
          default = {
            name = "$${x}"
            size = 0
          }
          nullable  = false
          sensitive = true

          validation {
            condition     = var.a.size > 0
            error_message = "Not ${var.a}."
          }
        }
        """
    )


@pytest.mark.parametrize(
    ("given", "expected"), [("${null}", "null"), (None, "null"), (False, "false"), ("", '""'), ([], "[]"), ({}, "{}")]
)
def test_a_falsy_default_is_kept(given: object, expected: str) -> None:
    assert f"  default = {expected}\n" in render_block("variable", ["a"], {"default": given}, None)


@pytest.mark.parametrize(("given", "expected"), [("list", "list(any)"), ("map", "map(any)"), ("string", "string")])
def test_a_type_is_complete(given: str, expected: str) -> None:
    assert f"  type = {expected}\n" in render_block("variable", ["a"], {"type": given}, None)


@pytest.mark.parametrize(
    ("kind", "labels", "body", "expected"),
    [
        (
            "output",
            ["a"],
            {"value": "${b.c[*].id}", "depends_on": ["b.c"], "sensitive": False, "description": "${d}"},
            """
            output "a" {
              description = "$${d}"
              value       = b.c[*].id
              sensitive   = false

              depends_on = [b.c]
            }
            """,
        ),
        (
            "locals",
            [],
            {"tags": {}, "b": "${var.b}", "c": {"d": 1}, "name": 0},
            """
            locals {
              tags = {}
              b    = var.b

              c = {
                d = 1
              }

              name = 0
            }
            """,
        ),
        (
            "terraform",
            [],
            {
                "required_version": ">= 1.11",
                "required_providers": {
                    "aws": {"source": "hashicorp/aws", "version": ">= 6", "configuration_aliases": ["aws.peer"]},
                    "google": {"source": "hashicorp/google"},
                },
                "backend": {"s3": {"bucket": "${b}", "use_lockfile": True}},
            },
            """
            terraform {
              required_version = ">= 1.11"

              required_providers {
                aws = {
                  source                = "hashicorp/aws"
                  version               = ">= 6"
                  configuration_aliases = [aws.peer]
                }
                google = {
                  source = "hashicorp/google"
                }
              }

              backend "s3" {
                bucket       = "$${b}"
                use_lockfile = true
              }
            }
            """,
        ),
        (
            "terraform",
            [],
            {"cloud": {"organization": "a", "workspaces": {"name": "b"}}},
            """
            terraform {
              cloud {
                organization = "a"

                workspaces {
                  name = "b"
                }
              }
            }
            """,
        ),
        ("moved", [], {"to": "a.c", "from": "a.b"}, "moved {\n  from = a.b\n  to   = a.c\n}\n"),
        ("import", [], {"id": "${var.id}", "to": "a.b[0]"}, "import {\n  to = a.b[0]\n  id = var.id\n}\n"),
        (
            "removed",
            [],
            {"lifecycle": {"destroy": False}, "from": "a.b"},
            """
            removed {
              from = a.b

              lifecycle {
                destroy = false
              }
            }
            """,
        ),
        (
            "check",
            ["up"],
            {
                "assert": [{"error_message": "down", "condition": "${data.cloud_cluster.x.sku != null}"}],
                "data": {"cloud_cluster": {"x": {"name": "x"}}},
            },
            """
            check "up" {
              assert {
                condition     = data.cloud_cluster.x.sku != null
                error_message = "down"
              }

              data "cloud_cluster" "x" {
                name = "x"
              }
            }
            """,
        ),
        (
            "provider",
            ["cloud"],
            {"features": [{}], "set": {"token": "${var.t}"}, "sku": "", "alias": "west"},
            """
            provider "cloud" {
              alias = "west"

              set = {
                token = var.t
              }

              sku = ""

              features {}
            }
            """,
        ),
        (
            "ephemeral",
            ["cloud_cluster", "x"],
            {"sku": "a", "count": 1},
            """
            ephemeral "cloud_cluster" "x" {
              count = 1

              sku = "a"
            }
            """,
        ),
    ],
)
def test_other_blocks(kind: str, labels: list[str], body: dict[str, Any], expected: str) -> None:
    schema = CLUSTER if kind in ("check", "provider", "ephemeral") else None
    assert render_block(kind, labels, body, schema) == lines(expected)
