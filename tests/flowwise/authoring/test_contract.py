"""One declaration gives the variables, the outputs and a caller that a type checker follows."""

import subprocess
import sys
import textwrap

import pytest

from flowwise.authoring.contract import Inputs, Object, Outputs, Validation, attribute, one_of, output, variable
from flowwise.authoring.declarations import given_values, members
from tests.workspace import REPOSITORY


class Taint(Object):
    key: str = attribute("Key.")
    effect: str = attribute("Effect.", default="NoSchedule")


class Pool(Object):
    size: str = attribute("Size.")
    minimum: int = attribute("Fewest nodes.", default=0)
    spot: bool = attribute("Spot.", default=False)
    zone: str | None = attribute("Zone.", default=None)
    labels: dict[str, str] = attribute("Labels.", default={})
    taints: list[Taint] = attribute("Taints.", default=[])


class ExampleInputs(Inputs):
    name: str = variable("Name.", example="x", validations=[one_of(["x", "y"], "name")])
    pools: dict[str, Pool] = variable("Pools.", default={})
    zone: str | None = variable("Zone.", default=None)
    token: str = variable("Token.", example="t", sensitive=True, ephemeral=True)


class ExampleOutputs(Outputs):
    password: str = output("Password.", sensitive=True)


def test_members_keep_what_was_declared() -> None:
    name, pools, zone, token = members(ExampleInputs)
    assert (name.type, name.required, name.nullable, name.description) == (str, True, False, "Name.")
    assert name.validations == (Validation('contains(["x", "y"], self)', "name must be one of x, y.", "none-of-these"),)
    assert (pools.type, pools.required, pools.default) == (dict[str, Pool], False, {})
    assert (zone.type, zone.nullable, zone.default) == (str, True, None)
    assert (token.sensitive, token.ephemeral) == (True, True)
    assert members(ExampleOutputs)[0].sensitive


def test_a_call_says_only_what_differs_from_the_defaults() -> None:
    pool = Pool(size="small", minimum=0, labels={"a": "b"}, taints=[Taint(key="k", effect="NoExecute"), Taint(key="l")])
    inputs = ExampleInputs(name="x", token="t", zone=None, pools={"general": pool})
    assert given_values(inputs) == {
        "name": "x",
        "token": "t",
        "pools": {
            "general": {
                "size": "small",
                "labels": {"a": "b"},
                "taints": [{"key": "k", "effect": "NoExecute"}, {"key": "l"}],
            }
        },
    }


def test_falsy_values_that_differ_from_the_default_are_said() -> None:
    class Switches(Inputs):
        on: bool = variable("On.", default=True)
        count: int = variable("Count.", default=3)
        names: list[str] = variable("Names.", default=["a"])

    assert given_values(Switches(on=False, count=0, names=[])) == {"on": False, "count": 0, "names": []}


def test_a_default_is_not_shared() -> None:
    first, second = ExampleInputs(name="x", token="t"), ExampleInputs(name="x", token="t")
    first.pools["general"] = Pool(size="small")
    assert second.pools == {}


def test_a_required_input_needs_an_example() -> None:
    with pytest.raises(TypeError, match=r"name is required, so its tests need an example"):

        class Without(Inputs):
            name: str = variable("Name.")


def test_a_member_must_be_declared_as_its_class_says() -> None:
    with pytest.raises(TypeError, match=r"name is not declared with output"):

        class Wrong(Outputs):
            name: str = variable("Name.", example="x")


def test_the_caller_is_refused_at_run_time() -> None:
    with pytest.raises(TypeError, match="nmae"):
        ExampleInputs(nmae="x", token="t")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="name"):
        ExampleInputs(token="t")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ('NetworkInputs(name="x", region="y", cidr="z")', None),
        ('NetworkInputs(nmae="x", region="y", cidr="z")', 'Unexpected keyword argument "nmae" for "NetworkInputs"'),
        ('NetworkInputs(name="x", region="y")', 'Missing named argument "cidr" for "NetworkInputs"'),
        ('NetworkInputs(name=1, region="y", cidr="z")', 'Argument "name" to "NetworkInputs" has incompatible type'),
        ('folder.call("n", AzureNetwork, network).network_id', None),
        ('folder.call("n", AzureNetwork, network).netwrk', '"NetworkOutputs" has no attribute "netwrk"'),
        ('folder.call("n", AzureNetwork, other)', 'Cannot infer value of type parameter "InputsT" of "call"'),
    ],
)  # fmt: skip
def test_the_type_checker_follows_a_caller(call: str, error: str | None, checked_calls: dict[str, str]) -> None:
    found = checked_calls[call]
    assert (found == "") if error is None else (error in found)


@pytest.fixture(scope="module")
def checked_calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What mypy says of each call above, in one run."""
    mark = test_the_type_checker_follows_a_caller.pytestmark[0]  # type: ignore[attr-defined]
    calls = [call for call, _ in mark.args[1]]
    script = tmp_path_factory.mktemp("calls") / "calls.py"
    head = textwrap.dedent(
        """\
        from flowwise.authoring.module import TerraformFolder
        from flowwise.network import NetworkInputs
        from flowwise.network.azure import AzureNetwork
        from flowwise.postgres_db import PostgresDbInputs
        def calls(folder: TerraformFolder, network: NetworkInputs, other: PostgresDbInputs) -> None:
        """
    )
    script.write_text(head + "".join(f"    {call}\n" for call in calls))
    mypy = [
        sys.executable,
        "-m",
        "mypy",
        "--no-error-summary",
        "--hide-error-context",
        "--config-file",
        "pyproject.toml",
    ]
    lines = subprocess.run([*mypy, str(script)], cwd=REPOSITORY, capture_output=True, text=True).stdout.splitlines()
    first = head.count("\n") + 1
    return {
        call: "\n".join(line for line in lines if f"calls.py:{first + number}:" in line)
        for number, call in enumerate(calls)
    }
