"""What a server asks of its inputs on every cloud, beside the rules of each input."""

from cdk.core import Precondition
from flowwise.authoring.expressions import text

SERVERS_ARE_THERE = Precondition(
    condition=text("length(setsubtract(keys(var.servers), local.servers)) == 0"),
    error_message="Each of servers must be one that there is: of one of databases, with topology dedicated.",
)

READERS_READ_WHAT_IS_THERE = Precondition(
    condition=text("length(setsubtract(flatten(values(var.readers)[*].services), var.databases)) == 0"),
    error_message="The services of each of readers must be microservices that have a database.",
)
