"""The broker's users and queues, made by a job that calls the management API, in the cluster or in the cloud."""

from pathlib import Path

from cdk.core import Precondition
from flowwise.authoring.expressions import text
from flowwise.authoring.module import Module
from flowwise.broker_bootstrap import (
    BROKER_BOOTSTRAP,
    DEAD_LETTER_EXCHANGE,
    DELIVERY_LIMIT,
    VIRTUAL_HOST,
    BrokerBootstrapInputs,
    BrokerBootstrapOutputs,
)
from flowwise.pods.bootstrap_job import add_bootstrap_job
from flowwise.tables.charts import IMAGES
from flowwise.tables.taken_names import DEAD_LETTERS

SCRIPT = "bootstrap.sh"
"""What the job runs, beside this file."""

_CURL_USER = "100"  # the image's user curl_user

_QUEUE_CALLS = f"""[
  for name, queue in var.queues : [
    {{
      method = "PUT"
      path   = "/policies/{VIRTUAL_HOST}/${{name}}"
      body = {{
        pattern  = "^${{replace(name, ".", "\\\\.")}}$"
        apply-to = "queues"
        definition = {{
          delivery-limit          = {DELIVERY_LIMIT}
          dead-letter-exchange    = "{DEAD_LETTER_EXCHANGE}"
          dead-letter-routing-key = name
          dead-letter-strategy    = "at-least-once"
          overflow                = "reject-publish"
        }}
      }}
    }},
    {{
      method = "PUT"
      path   = "/policies/{VIRTUAL_HOST}/${{name}}{DEAD_LETTERS}"
      body = {{
        pattern    = "^${{replace(name, ".", "\\\\.")}}\\\\{DEAD_LETTERS}$"
        apply-to   = "queues"
        definition = {{ delivery-limit = -1 }}
      }}
    }},
    {{
      method = "PUT"
      path   = "/exchanges/{VIRTUAL_HOST}/${{coalesce(queue.event, name)}}"
      body   = {{ type = "fanout", durable = true }}
    }},
    {{ method = "PUT", path = "/queues/{VIRTUAL_HOST}/${{name}}", body = local.quorum_queue }},
    {{ method = "PUT", path = "/queues/{VIRTUAL_HOST}/${{name}}{DEAD_LETTERS}", body = local.quorum_queue }},
    {{
      method = "POST"
      path   = "/bindings/{VIRTUAL_HOST}/e/${{coalesce(queue.event, name)}}/q/${{name}}"
      body   = {{ routing_key = "" }}
    }},
    {{
      method = "POST"
      path   = "/bindings/{VIRTUAL_HOST}/e/{DEAD_LETTER_EXCHANGE}/q/${{name}}{DEAD_LETTERS}"
      body   = {{ routing_key = name }}
    }}
  ]
]"""

_PERMISSION_CALLS = f"""[
  for user in keys(var.users) : {{
    method = "PUT"
    path   = "/permissions/{VIRTUAL_HOST}/${{user}}"
    body = {{
      configure = "^$"
      write     = "^(${{join("|", local.published[user])}})$"
      read      = "^(${{replace(join("|", local.consumed[user]), ".", "\\\\.")}})(\\\\{DEAD_LETTERS})?$"
    }}
  }}
]"""


class KubernetesBrokerBootstrap(Module[BrokerBootstrapInputs, BrokerBootstrapOutputs]):
    """One job. What is no longer wanted stays in the broker, since a queue may hold messages: delete it by hand."""

    contract = BROKER_BOOTSTRAP
    path = "modules/broker-bootstrap/kubernetes"

    def build(self, inputs: BrokerBootstrapInputs) -> BrokerBootstrapOutputs:
        """Add the module's resources."""
        self._secrets()
        self._calls()
        job = add_bootstrap_job(
            self,
            image=IMAGES["curl"],
            user=_CURL_USER,
            files={
                SCRIPT: (Path(__file__).parent / SCRIPT).read_text(encoding="utf-8"),
                "users": text('join("", [for user in keys(var.users) : "${user}\\n"])'),
                "calls": text(
                    'join("", [\n'
                    "  for call in local.calls :\n"
                    '  "${call.method} ${call.path} ${jsonencode(call.body)}\\n"\n'
                    "])"
                ),
            },
            environment={
                "ADMINISTRATOR": text('var.administrator == null ? "" : var.administrator'),
                "MANAGEMENT_URL": inputs.management_url,
                "VIRTUAL_HOST": VIRTUAL_HOST,
                "NODES": text("tostring(var.nodes)"),
            },
            preconditions=[
                Precondition(
                    condition=text(
                        "alltrue([\n"
                        "  for queue in values(var.queues) :\n"
                        "  length(setsubtract(concat(queue.publishers, queue.consumers), keys(var.users))) == 0\n"
                        "])"
                    ),
                    error_message="The publishers and consumers of queues must be among users.",
                )
            ],
        )
        return BrokerBootstrapOutputs(job_name=job.metadata.name)

    def _secrets(self) -> None:
        self.local(
            "secrets",
            text(
                "concat(\n"
                '  [merge(var.administrator_password, { path = "administrator/password" })],\n'
                "  var.administrator_name == null ? [] : [\n"
                '    merge(var.administrator_name, { path = "administrator/name" })\n'
                "  ],\n"
                '  [for user, password in var.users : merge(password, { path = "users/${user}" })],\n'
                "  var.ca_secret_name == null ? [] : [\n"
                '    { secret_name = var.ca_secret_name, key = "ca.crt", path = "ca.crt" }\n'
                "  ]\n"
                ")"
            ),
        )

    def _calls(self) -> None:
        self.comment(
            "A queue keeps the arguments that it was made with, so it has as few as can be. The rest is in policies, "
            "which can change: a message that a consumer gives back too often goes to the dead letters, and is not "
            "lost on the way there, or once it is there. A microservice can declare nothing, publish to its exchanges, "
            "and read its queues and their dead letters."
        )
        for local, attribute, named in (
            ("published", "publishers", "distinct([%s])"),
            ("consumed", "consumers", "[%s]"),
        ):
            word = "coalesce(queue.event, name)" if local == "published" else "name"
            found = f"\n    for name, queue in var.queues : {word} if contains(queue.{attribute}, user)\n  "
            self.local(local, text(f"{{\n  for user in keys(var.users) : user => {named % found}\n}}"))
        self.local("quorum_queue", {"durable": True, "arguments": {"x-queue-type": "quorum"}})
        self.local(
            "calls",
            text(
                "concat(\n"
                "  [\n"
                "    {\n"
                '      method = "PUT"\n'
                f'      path   = "/exchanges/{VIRTUAL_HOST}/{DEAD_LETTER_EXCHANGE}"\n'
                '      body   = { type = "direct", durable = true }\n'
                "    }\n"
                "  ],\n"
                f"  flatten({_QUEUE_CALLS}),\n"
                f"  {_PERMISSION_CALLS}\n"
                ")"
            ),
        )
