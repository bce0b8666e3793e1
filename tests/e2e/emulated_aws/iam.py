"""What moto's IAM takes and AWS does not: a boundary of a role that is no policy of the account's."""

from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, Role


def complete() -> None:
    create = IAMBackend.create_role

    def create_within(
        self: IAMBackend, role_name: str, trust: str, path: str, permissions_boundary: str | None, *others: Any
    ) -> Role:
        if permissions_boundary and permissions_boundary not in self.managed_policies:
            raise NotFoundException(f"Scope ARN: {permissions_boundary} does not exist or is not attachable.")
        return create(self, role_name, trust, path, permissions_boundary, *others)

    IAMBackend.create_role = create_within
