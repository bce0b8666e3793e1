"""moto takes the tags of a launch template itself for some of what it makes."""

from typing import Any

from moto.ec2.models.launch_templates import LaunchTemplate


def complete() -> None:
    make = LaunchTemplate.__init__

    def make_without_own_tags(
        self: LaunchTemplate, backend: Any, name: str, template_data: dict[str, Any], *others: Any
    ) -> None:
        tags = [
            each for each in template_data.get("TagSpecifications", []) if each["ResourceType"] != "launch-template"
        ]
        make(self, backend, name, {**template_data, "TagSpecifications": tags}, *others)

    LaunchTemplate.__init__ = make_without_own_tags
