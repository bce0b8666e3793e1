"""Which AWS resources the platform is made of, and which of them no run on the emulator makes."""

import json
import re
from pathlib import Path

LEFT_OUT: dict[str, str] = {}
"""By type: why the emulated AWS cannot hold it. Whatever the platform has and is not named here has to be applied."""


def types_of_platform(infra: Path) -> set[str]:
    """The types in all modules that the platform calls, whether a given environment uses them or not."""
    called = re.findall(r'source = "\.\./(modules/[\w-]+/aws)"', (infra / "aws" / "main.tf").read_text())
    assert called, "the platform calls its modules in another way"
    texts = [(infra / path / "main.tf").read_text() for path in called]
    return {type_ for text in texts for type_ in re.findall(r'^resource "(aws_\w+)"', text, re.MULTILINE)}


def types_in_state(state: bytes) -> set[str]:
    resources = json.loads(state)["resources"]
    return {each["type"] for each in resources if each["mode"] == "managed" and each["instances"]}


def count_in_state(state: bytes) -> int:
    resources = json.loads(state)["resources"]
    return sum(len(each["instances"]) for each in resources if each["mode"] == "managed")
