"""The public parameter that names the newest image of EKS's nodes, of those that AWS keeps in every region."""

import re
from typing import Any

from emulated_aws.held import PUBLISHED
from moto.core.utils import utcnow
from moto.ssm.models import Parameter, ParameterDict

_IMAGE = re.compile(r"/aws/service/eks/optimized-ami/(\d\.\d+)/amazon-linux-2023/\S+/recommended/release_version")


def complete() -> None:
    load_others = ParameterDict._check_loading_status

    def check_loading_status(self: ParameterDict, key: Any) -> None:
        load_others(self, key)
        image = _IMAGE.fullmatch(str(key or ""))
        if image:
            dict.__setitem__(self, key, [_parameter(self, key, newest_image(image[1]))])

    ParameterDict._check_loading_status = check_loading_status


def newest_image(kubernetes_version: str) -> str:
    return f"{kubernetes_version}.{len(PUBLISHED)}-20261101"


def _parameter(parameters: ParameterDict, name: str, value: str) -> Parameter:
    return Parameter(
        account_id=parameters.account_id,
        name=name,
        value=value,
        parameter_type="String",
        description=None,
        allowed_pattern=None,
        keyid=None,
        last_modified_date=utcnow(),
        version=1,
        data_type="text",
    )
