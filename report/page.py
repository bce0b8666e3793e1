"""The page: everything that it shows, put together and written as one HTML file that needs no other."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment as Templates
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup

from costs.exchange_rate import ExchangeRate
from environments import Environment
from flowwise.tables.project import PROJECT
from report import cost_tables, policy_tables, sizing_tables
from report.cards import card
from report.charts import budget_chart, clouds_chart, services_chart, sizing_chart
from report.difference_tables import matrices, step_tables
from report.layout import lay_out
from report.machine_tables import machines_table
from report.money import money_table, own_money, rate_words, together
from report.price_ages import age_in_words, ages_table
from report.review import Review
from report.topology import in_words, topology
from report.verdict import verdict
from report.words import Said, Texts

_HERE = Path(__file__).parent
_ECHARTS = Path("node_modules/echarts/dist/echarts.common.min.js")


@dataclass(frozen=True)
class Commit:
    """The commit that is checked out, and whether files differ from it."""

    name: str
    has_changes: bool


@dataclass(frozen=True)
class Facts:
    """What the page is made from. `costs` and `sizes` are as `costs` and `sizing` give them for JSON.

    Without Git, or in no repository of its, there is no commit; of a tree that has changed since, there is no review;
    without a rate, nothing is said in reais.
    """

    environments: Sequence[Environment]
    costs: Mapping[str, Any]
    sizes: Sequence[Mapping[str, Any]]
    repository: Path
    rate: ExchangeRate | None
    review: Review | None
    commit: Commit | None
    today: date


def page(facts: Facts) -> str:
    """The page's HTML. Raises OSError if a part of it, such as ECharts, cannot be read."""
    texts = Texts()
    templates = Templates(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False}  # and keys in our order
    templates.globals.update(t=texts, Said=Said)
    scripts = [_inline(facts.repository / _ECHARTS), _inline(_HERE / "charts.js"), _inline(_HERE / "page.js")]
    return templates.get_template("page.html.j2").render(
        **_contents(facts, texts),
        project=PROJECT,
        style=_inline(_HERE / "page.css"),
        scripts=scripts,
        script_hashes=" ".join(map(_hash, scripts)),
    )


def _contents(facts: Facts, texts: Texts) -> dict[str, Any]:
    by_name = {environment.name: environment for environment in facts.environments}
    names = list(by_name)
    costs = sorted(facts.costs["environments"], key=lambda one: names.index(one["environment"]))
    sizes = sorted(facts.sizes, key=lambda one: names.index(one["environment"]))
    cost_charts = [budget_chart(costs, texts), services_chart(costs, texts), clouds_chart(costs, texts)]
    of_sizes = sizing_chart(sizes, texts)
    cards = [
        card(environment, cost, size, facts.rate, texts)
        for environment, cost, size in zip(facts.environments, costs, sizes, strict=True)
    ]
    return {
        "today": texts.date(facts.today),
        "commit": _commit(facts.commit, texts),
        "prices": age_in_words(costs, facts.today, texts),
        "hours_a_month": facts.costs["prices"]["hours_a_month"],
        "rate": rate_words(facts.rate, texts),
        "verdict": verdict(facts.environments, costs, sizes, facts.review, texts),
        "production": [
            (environment.name, found)
            for environment, cost in zip(facts.environments, costs, strict=True)
            if environment.tier == "prod" and (found := own_money(cost, facts.rate, texts))
        ],
        "together": together(costs, facts.rate, texts),
        "cards": sorted(cards, key=lambda one: not one.is_production),  # production first, the others in their order
        "drawings": [_drawing(environment, texts) for environment in sorted(facts.environments, key=_is_no_production)],
        "cost_charts": cost_charts,
        "sizing_chart": of_sizes,
        "chart_data": {chart.id: {**chart.data, "words": chart.words.both()} for chart in (*cost_charts, of_sizes)},
        "money": money_table(costs, facts.rate, texts),
        "machines": machines_table(facts.environments, texts),
        "ages": ages_table(costs, facts.today, texts),
        "cost_tables": cost_tables.tables(facts.costs, costs, texts),
        "sizing_tables": sizing_tables.tables(sizes, texts),
        "matrices": matrices(facts.environments, texts),
        "steps": step_tables(facts.environments, texts),
        "production_rules": policy_tables.production_rules(facts.environments, facts.repository, texts),
        "review": policy_tables.reviewed(facts.review, texts),
        "exceptions": policy_tables.exceptions(facts.repository, texts),
    }


def _is_no_production(environment: Environment) -> bool:
    return environment.tier != "prod"


def _commit(commit: Commit | None, texts: Texts) -> Said:
    if commit is None:
        return texts("no_commit")
    return texts("commit_with_changes", commit=commit.name) if commit.has_changes else Said.alike(commit.name)


def _drawing(environment: Environment, texts: Texts) -> dict[str, Any]:
    drawn = topology(environment, texts)
    sentences = in_words(drawn, texts)
    return {
        "name": environment.name,
        "is_open": environment.tier == "prod",
        "layout": lay_out(drawn),
        "title": texts("drawing_of", name=environment.name),
        "description": Said(*(" ".join(getattr(one, language) for one in sentences) for language in ("en", "pt"))),
        "sentences": sentences,
        "frames": [frame for frame in (drawn.region, drawn.network, drawn.cluster) if frame],
        "nodes": drawn.nodes,
    }


def _inline(file: Path) -> Markup:
    """A file's text, to stand in a <script> or a <style> as it is. Raises ValueError if that would end there."""
    text = file.read_text(encoding="utf-8")
    if "</script" in text.lower() or "</style" in text.lower():
        raise ValueError(f"{file} cannot stand inside a page: it ends the element that it is in")
    return Markup(text)


def _hash(script: str) -> str:
    """A script's name in the page's content security policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
