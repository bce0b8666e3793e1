"""What takes away what protects is refused, shown with its values, and passes if exactly it is accepted."""

import re
import shlex
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.guard.rules import rules
from operations.plan_check import accepted_by, refusals, warnings
from operations.plan_summary import MOST_CHARACTERS, summary
from operations.planned import Plan, read_plan
from tests.operations.guard.attacks import (
    AKS,
    EKS,
    GKE,
    GOES,
    HARMLESS,
    OF_ONE_RESOURCE,
    SECRET,
    Values,
    custom,
    policy,
    release,
)

WAS_PROTECTED = {"protected": {"actions": ["no-op"], "before": True, "after": True}}
LIFTS = {"protected": {"actions": ["update"], "before": True, "after": False}}
WAS_NOT = {"protected": {"actions": ["no-op"], "before": False, "after": False}}
LIFTED = "output.protected:value"
SERVER = "azurerm_postgresql_flexible_server"


def known(value: Any) -> Any:
    """A value without what is known only once it is applied, which is written as "?"."""
    if isinstance(value, dict):
        return {key: known(each) for key, each in value.items() if each != "?"}
    return value


def change(type_: str, before: Values, after: Values, name: str = "this", **more: Any) -> dict[str, Any]:
    """A resource of a plan, as Terraform's JSON has it."""
    actions = ["create"] if before is None else ["delete"] if after is None else ["update"]
    of_change = {key: more.pop(key) for key in ("actions", "importing", "before_sensitive") if key in more}
    return {
        "address": f"module.platform.{type_}.{name}",
        "mode": "managed",
        "type": type_,
        "change": {
            "actions": actions,
            "before": before,
            "after": known(after),
            "after_unknown": {key: True for key, each in (after or {}).items() if each == "?"},
            **of_change,
        },
        **more,
    }


def document(*changes: Mapping[str, Any], outputs: Mapping[str, Any] = WAS_PROTECTED, **more: Any) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "applyable": True,
        "resource_changes": list(changes),
        "output_changes": outputs,
        **more,
    }


def asked(plan: Plan, protected: bool = True) -> list[str]:
    """What a refusal says that ACCEPT_DESTROY has to hold, taken from it as a shell would."""
    found = [
        line
        for refusal in refusals(plan, protected, [])
        for line in refusal.splitlines()
        if line.startswith("ACCEPT_DESTROY=")
    ]
    return [word for line in found for word in accepted_by(shlex.split(line)[0].partition("=")[2])]


def acceptances(type_: str, what: set[str]) -> set[str]:
    address = f"module.platform.{type_}.this"
    return {
        address if each == GOES else f"{address}{each}" if each.startswith('["') else f"{address}:{each}"
        for each in what
    }


@pytest.mark.parametrize("name", OF_ONE_RESOURCE)
def test_an_attack_is_refused_until_exactly_it_is_accepted(name: str) -> None:
    type_, before, after, what = OF_ONE_RESOURCE[name]
    plan = read_plan(document(change(type_, before, after)))
    needed = acceptances(type_, what)
    assert {*asked(plan)} == needed
    assert refusals(plan, True, needed) == []
    for each in needed:
        assert refusals(plan, True, needed - {each}), "each is asked about"
    (stale,) = refusals(plan, True, {*needed, "module.platform.other.this"})
    assert "- `module.platform.other.this`" in stale


@pytest.mark.parametrize("name", OF_ONE_RESOURCE)
def test_what_lifts_protection_does_not_make_use_of_it(name: str) -> None:
    type_, before, after, _ = OF_ONE_RESOURCE[name]
    lifting = read_plan(document(change(type_, before, after), outputs=LIFTS))
    assert {*asked(lifting, protected=False)} == {*asked(lifting), LIFTED}
    gone = {"protected": {"actions": ["delete"], "before": True, "after": None}}
    assert LIFTED in asked(read_plan(document(change(type_, before, after), outputs=gone)), protected=False)


@pytest.mark.parametrize("name", OF_ONE_RESOURCE)
def test_what_is_not_protected_is_shown_and_passes(name: str) -> None:
    type_, before, after, _ = OF_ONE_RESOURCE[name]
    plan = read_plan(document(change(type_, before, after), outputs=WAS_NOT))
    assert refusals(plan, False, []) == []
    (warning,) = warnings(plan, False, [])
    for each in asked(plan):
        assert f"- `{each}`: ".replace("\\", "") in warning
    assert SECRET not in summary("plan", "dev", plan, [], [], [warning])


@pytest.mark.parametrize("name", HARMLESS)
def test_what_protects_more_is_not_asked_about(name: str) -> None:
    plan = read_plan(document(change(*HARMLESS[name])))
    assert asked(plan) == []
    assert warnings(plan, False, []) == []


@pytest.mark.parametrize(
    ("type_", "before"),
    [
        ("azurerm_management_lock", {"lock_level": "CanNotDelete"}),
        ("aws_db_instance", {"deletion_protection": True}),
        ("google_container_cluster", {"deletion_protection": True}),
        ("google_sql_database_instance", {"settings": [{"deletion_protection_enabled": True}]}),
    ],
)
def test_where_no_output_tells_it_locks_do(type_: str, before: Values) -> None:
    plan = read_plan(document(change(type_, before, None), change(SERVER, {"name": "a"}, None, "other"), outputs={}))
    assert f"module.platform.{SERVER}.other" in asked(plan, protected=False)


@pytest.mark.parametrize("type_", [AKS, EKS, GKE])
def test_a_cluster_is_kept_though_the_file_names_another_that_is_there(type_: str) -> None:
    made = change(type_, {"name": "a"}, None) | {"address": f"module.platform.module.cluster[0].{type_}.this"}
    (refusal,) = refusals(read_plan(document(made)), True, [])
    assert f"`module.platform.module.cluster[0].{type_}.this`: destroys everything that runs, and its disks" in refusal


def test_a_first_deploy_is_not_asked_about() -> None:
    made = [change(type_, None, after or before) for type_, before, after, _ in OF_ONE_RESOURCE.values()]
    plan = read_plan(document(*made, outputs={"protected": {"actions": ["create"], "after": True}}))
    assert asked(plan) == []
    assert warnings(plan, True, []) == [
        "This state knows of nothing that is deployed: it is a first deploy, or not the state of what runs."
    ]
    assert warnings(plan, False, []) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", "10.0.0.0/8", "::/0", "7s", "{}", "?"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "from", "ports"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def at(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A value at a path, each step of it in a list, as Terraform has blocks."""
    return {path[0]: value if len(path) == 1 else [at(path[1:], value)]}


@given(st.data())
def test_any_value_is_judged_and_none_is_that_stays(data: st.DataObject) -> None:
    type_ = data.draw(st.sampled_from(sorted(type_ for type_, of in rules().cases.items() if of[0].values)))
    rule = data.draw(st.sampled_from([rule for case in rules().cases[type_] for rule in case.values]))
    old, new = data.draw(JSON), data.draw(JSON)
    asked(read_plan(document(change(type_, at(rule.steps, old), at(rule.steps, new)))))
    same = change(type_, at(rule.steps, old), at(rule.steps, old))
    same["change"]["after_unknown"] = {}
    same["change"]["after"] = at(rule.steps, old)
    assert asked(read_plan(document(same))) == []


# --- what is more than the values of one resource ---------------------------------------------------------------------

RUNS = {"address": "terraform_data.a", "mode": "managed", "type": "terraform_data"}
PROGRAM = RUNS | {"provisioners": [{"type": "local-exec", "expressions": {"command": {"constant_value": "curl"}}}]}
BESIDES: Mapping[str, tuple[dict[str, Any], set[str]]] = {
    "protection is lifted, and a server goes": (
        document(change(SERVER, {"name": "a"}, None), outputs=LIFTS),
        {f"module.platform.{SERVER}.this", LIFTED},
    ),
    "a module is forgotten, and made anew": (
        document(
            change(SERVER, {"name": "a"}, None, actions=["forget"]),
            change("azurerm_subnet", {"name": "a"}, None, actions=["forget"]),
            change(SERVER, None, {"name": "a"}, "new"),
        ),
        {f"module.platform.{SERVER}.this:forget", "module.platform.azurerm_subnet.this:forget"},
    ),
    "a server is forgotten in its place": (
        document(change(SERVER, {"name": "a"}, {"name": "a"}, actions=["create", "forget"])),
        {f"module.platform.{SERVER}.this:forget"},
    ),
    "a server is replaced, the new one first": (
        document(change(SERVER, {"name": "a"}, {"name": "b"}, actions=["create", "delete"])),
        {f"module.platform.{SERVER}.this"},
    ),
    "somebody else's server is taken over and changed": (
        document(
            change(SERVER, {"version": "16"}, {"version": "17"}, importing={"id": "theirs"}),
            change("azurerm_subnet", {"name": "a"}, {"name": "a"}, actions=["no-op"]),
        ),
        {f"module.platform.{SERVER}.this:import"},
    ),
    "a program is run": (
        document(configuration={"root_module": {"resources": [PROGRAM]}}),
        {"terraform_data.a:local-exec"},
    ),
    "a program is run in a module of a module": (
        document(
            configuration={
                "root_module": {
                    "module_calls": {"a": {"module": {"module_calls": {"b": {"module": {"resources": [PROGRAM]}}}}}}
                }
            }
        ),
        {"module.a.module.b.terraform_data.a:local-exec"},
    ),
    "a program is run to plan": (
        document(
            configuration={
                "root_module": {"resources": [{"address": "data.external.a", "mode": "data", "type": "external"}]}
            }
        ),
        {"data.external.a:external"},
    ),
    "an action is run": (
        document(
            action_invocations=[
                {
                    "address": "action.aws_lambda_invoke.a",
                    "lifecycle_action_trigger": {"triggering_resource_address": "terraform_data.a"},
                }
            ]
        ),
        {"action.aws_lambda_invoke.a:action"},
    ),
    "an action is run later": (
        document(deferred_action_invocations=[{"action_invocation": {"address": "action.aws_lambda_invoke.a"}}]),
        {"action.aws_lambda_invoke.a:action"},
    ),
    "a provider is not ours": (
        document(configuration={"provider_config": {"aws": {"full_name": "evil.example/hashicorp/aws"}}}),
        {"evil.example/hashicorp/aws:provider"},
    ),
    "an action of a provider that is not ours": (
        document(action_invocations=[{"address": "action.a.b", "provider_name": "registry.terraform.io/evil/shell"}]),
        {"action.a.b:action", "registry.terraform.io/evil/shell:provider"},
    ),
    "what a replacement left, and what there is now": (
        document(change(SERVER, {"name": "a"}, None), change(SERVER, {"name": "b"}, None, deposed="1a2b3c4d")),
        {f"module.platform.{SERVER}.this", f"module.platform.{SERVER}.this#1a2b3c4d"},
    ),
    "a key with a blank, and with a quote": (
        document(
            change(SERVER, {"name": "a"}, None, 'this["a b"]'),
            change(SERVER, {"backup_retention_days": 7}, {"backup_retention_days": 1}, 'this["a\\" \'b"]'),
        ),
        {
            f'module.platform.{SERVER}.this["a b"]',
            f'module.platform.{SERVER}.this["a\\" \'b"]:backup_retention_days',
        },
    ),
}


@pytest.mark.parametrize("name", BESIDES)
def test_what_is_done_besides_is_refused_until_it_is_accepted(name: str) -> None:
    plan, needed = read_plan(BESIDES[name][0]), BESIDES[name][1]
    assert {*asked(plan, protected=False)} == needed
    assert refusals(plan, False, needed) == []
    for each in needed:
        assert refusals(plan, False, needed - {each})


def test_one_acceptance_is_not_for_what_a_replacement_left_as_well() -> None:
    plan = read_plan(BESIDES["what a replacement left, and what there is now"][0])
    (refusal,) = refusals(plan, True, [f"module.platform.{SERVER}.this"])
    assert f"- `module.platform.{SERVER}.this#1a2b3c4d`: destroys databases" in refusal


def test_there_are_as_many_as_were_asked_for() -> None:
    assert len(OF_ONE_RESOURCE) + len(BESIDES) >= 29 + 30
    clouds = [type_.split("_")[0] for type_, *_ in OF_ONE_RESOURCE.values()]
    assert min(clouds.count(cloud) for cloud in ("azurerm", "aws", "google", "helm")) >= 7


# --- how it is shown --------------------------------------------------------------------------------------------------


def test_values_that_rules_name_are_shown_and_no_others() -> None:
    before = {"backup_retention_days": 35, "administrator_login": "a", "storage_mb": 1}
    after = {"backup_retention_days": 7, "administrator_login": "b", "storage_mb": 2}
    plan = read_plan(document(change(SERVER, before, after)))
    shown = summary("plan", "dev", plan, refusals(plan, True, []))
    row = "`backup_retention_days` from `35` to `7`, `administrator_login`, `storage_mb` |"
    assert f"| `module.platform.{SERVER}.this` | {row}" in shown
    words = "lowers how far back a database can be restored, from `35` to `7`"
    assert f"> - `module.platform.{SERVER}.this:backup_retention_days`: {words}\n" in shown


def test_what_protects_more_is_shown_with_its_values() -> None:
    plan = read_plan(document(change(SERVER, {"backup_retention_days": 7}, {"backup_retention_days": 35})))
    assert "`backup_retention_days` from `7` to `35`" in summary("plan", "dev", plan, [])


def test_values_in_a_release_are_shown_as_well() -> None:
    before, after = (release(custom("RabbitmqCluster", replicas=replicas)) for replicas in (1, 3))
    shown = summary("plan", "dev", read_plan(document(change("helm_release", before, after))), [])
    assert '`["RabbitmqCluster/rabbitmq"]spec.replicas` from `1` to `3`, `values[0]` |' in shown


def test_a_secret_is_refused_and_not_shown() -> None:
    secret = change(
        "aws_s3_bucket_policy",
        {"policy": f'{{"secret": "{SECRET}"}}'},
        {"policy": "{}"},
        before_sensitive={"policy": True},
    )
    plan = read_plan(document(secret))
    refused = refusals(plan, True, [])
    assert "from `(sensitive)` to `{}`" in refused[0]
    assert SECRET not in summary("plan", "dev", plan, refused)


def test_long_values_are_shown_where_they_differ() -> None:
    long = policy(*(f"kms:Other{number}" for number in range(40)), "kms:Decrypt", "kms:Encrypt")
    plan = read_plan(document(change("aws_kms_key", {"policy": long}, {"policy": long.replace('"kms:Decrypt", ', "")})))
    (refusal,) = refusals(plan, True, [])
    assert '"kms:Decrypt", "kms:Encrypt"]' in refusal
    assert "kms:Other1" not in refusal


def test_what_is_not_known_yet_is_asked_about() -> None:
    plan = read_plan(document(change(SERVER, {"backup_retention_days": 35}, {"backup_retention_days": "?"})))
    assert "from `35` to `(known after apply)`" in refusals(plan, True, [])[0]


def test_checks_that_fail_are_shown() -> None:
    checks = [
        {
            "address": {"kind": "check", "to_display": "check.certificate"},
            "status": "fail",
            "instances": [{"problems": [{"message": "It ends\n\x1b[2Jtomorrow."}]}],
        },
        {"address": {"kind": "check", "to_display": "check.other"}, "status": "pass"},
    ]
    shown = summary("plan", "dev", read_plan(document(checks=checks)), [])
    assert "> - `check.certificate: It ends\\n\\x1b[2Jtomorrow.`" in shown
    assert "check.other" not in shown


HOSTILE = 'this["\x1b]0;x\x07\u202e`|</details>\n## Approved"]'


def test_no_name_steers_a_terminal_or_markdown() -> None:
    plan = read_plan(
        document(
            change(SERVER, {"tags": {"\x1b[1m": 1}, "delegated_subnet_id": "\x1b[2J"}, {"tags": {}}, HOSTILE),
            change(SERVER, {"name": "a"}, None, HOSTILE, deposed="\x9b31m", previous_address="\x1b[3m"),
            outputs={"\x1b[1m": {"actions": ["create"], "after": 1}},
            configuration={"root_module": {"resources": [PROGRAM | {"address": "terraform_data.\x1b[1m"}]}},
        )
    )
    refused = refusals(plan, True, ["stale\x1b[1m"])
    shown = summary("plan", "dev", plan, refused, [], warnings(plan, False, []))
    assert [line for line in shown.splitlines() if not line.isprintable()] == []
    assert "\n## Approved" not in shown and "\n> ## Approved" not in shown
    needed = asked(plan)
    assert len(needed) == 3
    assert refusals(plan, True, needed) == []


def test_the_acceptance_is_not_cut_from_a_long_comment() -> None:
    gone = [change(SERVER, {"name": "a"}, None, f'this["{number:03}"]') for number in range(400)]
    other = [change("azurerm_subnet", None, {"name": "a"}, f'this["{number:04}"]') for number in range(2000)]
    plan = read_plan(document(*gone, *other))
    shown = summary("plan", "dev", plan, refusals(plan, True, []), [], [])
    assert len(shown) <= MOST_CHARACTERS and "**This is cut here" in shown
    (line,) = re.findall(r"^> (ACCEPT_DESTROY=.*)$", shown, re.MULTILINE)
    assert {*accepted_by(shlex.split(line)[0].partition("=")[2])} == {each["address"] for each in gone}


def test_an_acceptance_that_no_comment_has_room_for_leaves_no_open_block() -> None:
    gone = [change(SERVER, {"name": "a"}, None, f'this["{number:05}"]') for number in range(2000)]
    plan = read_plan(document(*gone))
    shown = summary("plan", "dev", plan, refusals(plan, True, []), [], [])
    assert len(shown) <= MOST_CHARACTERS
    assert shown.count("```") % 2 == 0
    assert "The job's log has all of the plan" in shown


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("", []),
        ("a.b c.d", ["a.b", "c.d"]),
        ("a.b\n c.d\n", ["a.b", "c.d"]),
        ('a.b["x y"] a.b["\\" z"]:path', ['a.b["x y"]', 'a.b["\\" z"]:path']),
    ],
)
def test_acceptances_are_divided_where_no_key_has_the_blank(text: str, accepted: list[str]) -> None:
    assert accepted_by(text) == accepted
