"""Names that Google Cloud keeps after what had them is gone: none is asked for twice."""

import re

import pytest

from flowwise.google.lasting_names import LASTING_NAMES
from tests.workspace import INFRA

RESOURCES = [
    (f"{file.parent.relative_to(INFRA)}: {found[1]}.{found[2]}", found[1], found[3])
    for file in sorted(INFRA.rglob("*.tf"))
    for found in re.finditer(r'^resource "(google_\w+)" "(\w+)" \{\n(.*?)^\}', file.read_text(), re.M | re.S)
]
LASTING = [each for each in RESOURCES if each[1] in LASTING_NAMES]


def test_every_kind_of_such_names_is_in_use() -> None:
    assert {type_ for _, type_, _ in LASTING} == LASTING_NAMES.keys()


@pytest.mark.parametrize(("type_", "block"), [each[1:] for each in LASTING], ids=[each[0] for each in LASTING])
def test_a_name_that_lasts_says_when_it_was_made(type_: str, block: str) -> None:
    name = LASTING_NAMES[type_]
    assert re.search(rf"^  {name} += .*formatdate\(.*plantimestamp\(\)\)", block, re.M)
    assert f"ignore_changes = [{name}]" in block, "a later plan would make it anew"
