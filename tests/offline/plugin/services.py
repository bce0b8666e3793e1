"""gRPC services whose requests and answers are encoded messages."""

import sys
import types
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

# gRPC imports this part, which is not used here, and takes a third of the start of the whole process for it.
sys.modules["grpc.aio"] = types.ModuleType("grpc.aio")

import grpc  # noqa: E402

from .fake_cloud import FakeCloud  # noqa: E402

UNLIMITED = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]


def new_server(*handlers: grpc.GenericRpcHandler, at_once: int = 2) -> grpc.Server:
    """A server of these services alone: Terraform and go-plugin put up with all other calls being unimplemented.

    `at_once` are the calls that it answers at once: a stand-in computes, and threads would wait for each other.
    """
    return grpc.server(ThreadPoolExecutor(at_once), handlers=handlers, options=UNLIMITED)


def provider_service(cloud: FakeCloud, schema_message: Callable[[], bytes]) -> grpc.GenericRpcHandler:
    """A stand-in, with what gives its encoded answer to GetProviderSchema."""
    return service("tfplugin6.Provider", {"GetProviderSchema": lambda request: schema_message(), **cloud.calls()})


def service(name: str, calls: Mapping[str, Callable[[bytes], bytes]]) -> grpc.GenericRpcHandler:
    """A service by what answers each of its calls."""
    return grpc.method_handlers_generic_handler(name, {call: handler(answer) for call, answer in calls.items()})


def handler(answer: Callable[[bytes], bytes]) -> Any:
    """What gRPC wants in place of a function."""
    return grpc.unary_unary_rpc_method_handler(lambda request, context: answer(request))
