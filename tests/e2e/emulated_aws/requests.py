"""What moto works out anew for each request, and for each key, and is the same each time or of no use."""

import gc
from functools import cache

from moto import backends
from moto.core import responses
from moto.kms import models
from moto.kms.utils import KeySpec


def complete() -> None:
    responses.method_names_from_class = cache(responses.method_names_from_class)
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    make_key_pair = models.generate_private_key
    models.generate_private_key = lambda spec: None if spec == KeySpec.SYMMETRIC_DEFAULT else make_key_pair(spec)
    gc.disable()  # it lives for minutes
