"""The verdict: what is over budget, does not fit or is open comes first, and nothing else does."""

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from environments import load_environment
from report.exposures import exposures
from report.page import Facts
from report.review import Counts, Review
from report.verdict import Verdict, verdict
from report.words import Code, Texts, usd
from tests.environments.texts import WHOLE

TEXTS = Texts()


def judged(facts: Facts, **changes: Any) -> Verdict:
    seen = replace(facts, **changes)
    return verdict(seen.environments, seen.costs["environments"], seen.sizes, seen.review, TEXTS)


def test_all_is_right_but_for_what_dev_leaves_open(facts: Facts) -> None:
    found = judged(facts)
    assert (found.state, [answer.state for answer in found.answers]) == ("notice", ["good", "good", "notice"])
    (remark,) = found.answers[2].remarks
    assert (remark.name, remark.key) == ("dev", Code("gateway.token_issuer"))
    assert found.text.en.endswith("Worth a look: 1.")
    closed = [environment for environment in facts.environments if environment.name != "dev"]
    assert judged(facts, environments=closed).text.en.startswith("Yes: within budget")
    assert judged(facts, environments=closed, review=None).state == "good", "what nobody has looked at is no fault"


def test_what_is_over_too_small_or_insecure_is_said(facts: Facts) -> None:
    costs, sizes = copy.deepcopy(facts.costs), copy.deepcopy(facts.sizes)
    qa = next(one for one in costs["environments"] if one["environment"] == "qa")
    qa["budget_usd"] = 1000
    sizes[0]["findings"] = [{"severity": "fault", "key": "cluster.node_pools", "text": "much too small"}]
    sizes[1]["high"]["fits"] = False
    review = Review("tree", "3.3.30", "2026-03-08", {"azure": Counts(1, 2, 0)})
    found = judged(facts, costs=costs, sizes=sizes, review=review)
    assert (found.state, found.text.en) == ("fault", "No. To mend: 4.")
    assert [answer.holds for answer in found.answers] == [False] * 3
    high = usd(qa["estimates"]["azure"]["high"]).en
    said = [(remark.name, remark.text.en) for answer in found.answers for remark in answer.remarks]
    assert said[0][1].startswith(f"may cost {high} a month, $632.73 above the budget of $1,000.00")
    assert said[1:4] == [
        (facts.environments[0].name, "much too small"),
        (facts.environments[1].name, "The most replicas do not fit on the most nodes"),
        ("Checkov", "finds fault with the tree as it is now: 2 checks fail."),
    ]


OPEN = {"gateway.token_issuer", "cluster.public_access_cidrs"}
AWS = ('cloud               = "azure"', 'cloud = "aws"')


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ((), OPEN),
        ((('host         = "api.dev', 'public = false\nhost = "api.dev'),), OPEN - {"gateway.token_issuer"}),
        (
            ((AWS[0], 'cloud = "google"'), ("[cluster]", "[cluster]\nidentity_endpoint = true")),
            OPEN | {"cluster.identity_endpoint"},
        ),
        (
            (AWS, ('mode              = "in-cluster"', 'mode = "managed"\naccept_password_in_state = true')),
            OPEN | {"rabbitmq.accept_password_in_state"},
        ),
    ],
)
def test_what_a_file_opens_is_named(changes: tuple[tuple[str, str], ...], found: set[str], tmp_path: Path) -> None:
    text = WHOLE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "dev.toml").write_text(text)
    assert {one.key for one in exposures(load_environment(tmp_path / "dev.toml"))} == found
