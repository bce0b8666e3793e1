"""The process that Terraform starts as a provider: it has a schema, and no cloud.

Terraform starts it for every command, so it imports as little as it can, and nothing from outside this package but
gRPC and msgpack.
"""
