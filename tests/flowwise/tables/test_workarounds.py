"""What is worked around is still there, and no provider that is admitted makes it needless."""

import re

import pytest

from cdk.binding_sets import installed_set
from flowwise.tables.providers import PROVIDERS
from flowwise.tables.workarounds import WORKAROUNDS, Workaround
from synthesis.schemas.provider_schema import provider_schema
from tests.workspace import REPOSITORY


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


@pytest.mark.parametrize("workaround", WORKAROUNDS, ids=[f"{each.files[0]}: {each.words}" for each in WORKAROUNDS])
def test_it_is_where_the_table_says_and_still_needed(workaround: Workaround) -> None:
    for file in workaround.files:
        text = (REPOSITORY / "constructs" / "flowwise" / file).read_text()
        assert workaround.words in re.sub(r'"\n +"', "", text), file
    found = re.search(r">= ([\d.]+)", PROVIDERS[workaround.provider].constraint)
    assert found
    if workaround.version and version(found[1]) >= version(workaround.version):
        assert workaround.unbound, f"{workaround.provider} {found[1]} can do: {workaround.instead}"
    if workaround.unbound:
        known = provider_schema(workaround.provider, REPOSITORY / ".cache" / "schemas").resource_schemas
        assert (workaround.unbound in known) == (installed_set().name in workaround.bound_in)
