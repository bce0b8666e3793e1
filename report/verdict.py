"""Is it all right? One answer for all environments, and what it rests on: budget, size and security."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from environments import Environment
from report.charts import unknown_count
from report.exposures import exposures
from report.review import Review
from report.words import Code, Said, State, Texts, number, usd

_GRAVITY: Sequence[State] = ("good", "plain", "notice", "fault")


@dataclass(frozen=True)
class Remark:
    """What is to be said of one environment, or of all, and the key to change; `where` is a part of the page."""

    state: State
    name: str
    text: Said
    key: Code | None
    where: str


@dataclass(frozen=True)
class Answer:
    """To one question: what is all right, and what there is to say besides, or instead."""

    question: Said
    text: Said
    remarks: Sequence[Remark]

    @property
    def state(self) -> State:
        """The worst there is to say."""
        return max((remark.state for remark in self.remarks), key=_GRAVITY.index, default="good")

    @property
    def holds(self) -> bool:
        """Whether `text` is true, whatever else there is to say."""
        return self.state != "fault"


@dataclass(frozen=True)
class Verdict:
    """The answers, and one for all of them."""

    text: Said
    answers: Sequence[Answer]

    @property
    def state(self) -> State:
        """The worst answer's; what merely could not be found out keeps nothing from being all right."""
        worst = max((answer.state for answer in self.answers), key=_GRAVITY.index)
        return "good" if worst == "plain" else worst


def verdict(
    environments: Sequence[Environment],
    costs: Sequence[Mapping[str, Any]],
    sizes: Sequence[Mapping[str, Any]],
    review: Review | None,
    texts: Texts,
) -> Verdict:
    """The verdict; environments, costs and sizes in the same order."""
    answers = [
        _of_budgets(costs, texts),
        _of_sizes(sizes, texts),
        _of_security(environments, review, texts),
    ]
    counts = [sum(remark.state == state for answer in answers for remark in answer.remarks) for state in _GRAVITY]
    *_, notices, faults = counts
    if faults:
        return Verdict(texts("verdict_faults", n=faults), answers)
    return Verdict(texts("verdict_notices", n=notices) if notices else texts("verdict_good"), answers)


def _of_budgets(costs: Sequence[Mapping[str, Any]], texts: Texts) -> Answer:
    remarks = []
    in_clouds = [one for one in costs if one["cloud"]]
    for one in in_clouds:
        name, own = one["environment"], one["estimates"][one["cloud"]]
        if one["budget_usd"] and Decimal(own["high"]) > one["budget_usd"]:
            over = Decimal(own["high"]) - one["budget_usd"]
            text = texts("over_budget", high=usd(own["high"]), budget=usd(one["budget_usd"]), over=usd(over))
            remarks.append(Remark("fault", name, text, Code("budget.monthly_usd"), f"card-{name}"))
        if unknown := unknown_count(own):
            remarks.append(Remark("notice", name, texts("leaves_out", n=unknown), None, "costs"))
    return Answer(texts("budget_question"), texts("budget_good", n=len(in_clouds)), remarks)


def _of_sizes(sizes: Sequence[Mapping[str, Any]], texts: Texts) -> Answer:
    remarks = []
    for size in sizes:
        name = size["environment"]
        found = [one for one in size["findings"] if one["severity"] == "fault"]
        for one in found:
            text = texts.translated(one["text"])
            said = text if isinstance(text, Said) else Said.alike(text.text)
            remarks.append(Remark("fault", name, said, Code(one["key"]), f"card-{name}"))
        if size["high"]["fits"] is False and not found:
            remarks.append(Remark("fault", name, texts("high_fits_not"), None, f"card-{name}"))
    known = sum(size["high"]["fits"] is not None for size in sizes)
    return Answer(texts("size_question"), texts("size_good", n=known), remarks)


def _of_security(environments: Sequence[Environment], review: Review | None, texts: Texts) -> Answer:
    """Of production's rules, nothing can be amiss: a file that breaks one is no environment."""
    remarks = []
    if review is None:
        remarks.append(Remark("plain", "Checkov", texts("not_reviewed_short"), None, "policies"))
    elif failed := sum(counts.failed for counts in review.counts.values()):
        remarks.append(Remark("fault", "Checkov", texts("review_failed", n=number(failed)), None, "policies"))
    for environment in environments:
        for one in exposures(environment):
            remarks.append(
                Remark("notice", environment.name, texts(one.phrase), Code(one.key), f"card-{environment.name}")
            )
    has_production = any(environment.tier == "prod" for environment in environments)
    met = texts("security_good" if has_production else "security_no_production")
    return Answer(texts("security_question"), met, remarks)
