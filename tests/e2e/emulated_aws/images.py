"""The image that runners begin with, as Canonical publishes it: moto's own list has none as new."""

import os

from moto.ec2.models.amis import AMIS

_LIKE = "ubuntu/images/hvm-ssd/ubuntu-xenial"
"""What the name of an image begins with that moto knows, and that has the same owner."""


def complete() -> None:
    (known,) = (image for image in AMIS if image["name"].startswith(_LIKE))
    AMIS.append(known | {"ami_id": "ami-0a1b2c3d4e5f60718", "name": os.environ["EMULATED_IMAGE"]})
