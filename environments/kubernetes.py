"""The table [kubernetes]."""

from pydantic import Field

from environments.field_types import ContextName
from environments.table import Table


class Kubernetes(Table):
    """A cluster that is there already, such as one on a laptop."""

    context: ContextName = Field(description="Context of kubectl that leads to it.")
