"""The report: its page in a real browser, and what is put on it."""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environments import Environment, load_environments
from environments.plain_schema import environment_schema
from environments.promotion import side_by_side
from flowwise.tables.project import CLOUDS
from report import words
from report.differences import differences, flattened, steps
from report.page import Facts, page
from report.policies import accepted_exceptions, unmet_production_rules
from report.review import Counts, Review, digest, keep, kept
from report.words import Texts, number, unit_price, usd
from tests.environments.texts import WHOLE
from tests.workspace import INFRA, REPOSITORY, copy_of_infra, copy_of_repository

ENVIRONMENTS = REPOSITORY / "environments"
REPORT = REPOSITORY / "report"
SCREENSHOTS = REPOSITORY / ".cache" / "report"
MOST_BYTES = 3_000_000
MOST_SECONDS = 5
NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def html(facts: Facts) -> str:
    return page(facts)


# --- the page, in a browser -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found(html: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """What tests/report/browse_report.mjs found."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(html, encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:  # where the browser is unpacked, which takes two seconds
        result = subprocess.run(
            [Path(sys.executable).with_name("node"), "tests/report/browse_report.mjs", file, SCREENSHOTS],
            cwd=REPOSITORY,
            env=os.environ | {"TMPDIR": scratch},
            capture_output=True,
            text=True,
        )
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    if "missing" in answer:
        pytest.skip(f"needs {answer['missing']}")
    return answer


@pytest.mark.slow
def test_a_browser_has_nothing_to_say_and_asks_for_nothing(found: Any) -> None:
    assert found["messages"] == []
    assert found["requests"]
    assert {Path(url).name for url in found["requests"]} == {"report.html"}


@pytest.mark.slow
def test_axe_finds_nothing_in_either_theme_and_language(found: Any) -> None:
    reviewed = [view for view in found["views"] if view["isReviewed"]]
    assert {(view["language"], view["colorScheme"]) for view in reviewed} == {("en", "light"), ("pt", "dark")}
    assert {view["width"] < 400 for view in reviewed} == {True, False}
    assert [view["violations"] for view in reviewed] == [[], []]


@pytest.mark.slow
def test_it_speaks_the_browsers_language(found: Any) -> None:
    assert {(view["language"], view["lang"]) for view in found["views"]} == {("en", "en"), ("pt", "pt-BR")}


@pytest.mark.slow
def test_four_charts_are_drawn(found: Any, facts: Facts) -> None:
    in_clouds = [environment for environment in facts.environments if environment.in_cloud]
    fewest = {
        "chart-budget": 2 * len(in_clouds),  # a bar and a mark
        "chart-services": 2 * len(in_clouds) * 4,
        "chart-clouds": len(in_clouds) * len(CLOUDS),
        "chart-sizing": 2 * 2 * 2 * len(in_clouds),
    }
    for view in (*found["views"], *found["switches"].values()):
        assert view["charts"].keys() == fewest.keys()
        for name, chart in view["charts"].items():
            assert chart["shapes"] >= fewest[name], name
            assert chart["label"]


@pytest.mark.slow
def test_nothing_is_wider_than_a_phone(found: Any) -> None:
    assert {(view["width"], view["overflow"]) for view in found["views"]} == {(1280, 0), (390, 0), (360, 0)}


@pytest.mark.slow
def test_whatever_is_wider_says_so(found: Any) -> None:
    assert [view["hints"]["wrong"] for view in found["views"]] == [0] * len(found["views"])
    assert all(view["hints"]["right"] > 3 for view in found["views"] if view["width"] < 400)


@pytest.mark.slow
def test_the_first_screen_says_what_production_costs_and_whether_all_is_right(found: Any) -> None:
    english, *portuguese = (view["firstScreen"] for view in found["views"])
    assert english[0].startswith("Is it all right? Yes")
    assert re.match(r"Production \(prod\) costs\s+R\$16,393 \S R\$29,411 a month\n", english[1])
    assert [line.split(" ")[0] for line in english[-3:]] == ["Budget", "Size", "Security"]
    for first in portuguese:
        assert first[0].startswith("Está tudo certo? Sim")
        assert re.match(rf"A produção \(prod\) custa\s+R\${NO_BREAK}16.393 \S R\${NO_BREAK}29.411 por mês\n", first[1])
        assert first[-1].startswith(("Orçamento", "Tamanho", "Segurança")), "behind the money"


@pytest.mark.slow
def test_paper_has_everything_but_long_lists_and_nothing_is_cut_off(found: Any, facts: Facts) -> None:
    before, *_, printed, after, _narrower = found["switches"].values()
    assert (before["drawings"], printed["drawings"], after["drawings"]) == (1, len(facts.environments), 1)
    assert printed["overflow"] == 0


@pytest.mark.slow
def test_texts_of_the_drawings_stay_in_their_boxes(found: Any) -> None:
    assert [view["textsOutsideOfBoxes"] for view in found["views"]] == [[]] * len(found["views"])


@pytest.mark.slow
def test_headings_go_down_a_level_at_a_time_and_tables_are_described(found: Any) -> None:
    for view in found["views"]:
        assert view["levels"][0] == 1
        assert all(below - above <= 1 for above, below in pairwise(view["levels"]))
        assert all(table["caption"] and table["scopes"] for table in view["tables"].values())
        assert {f"table-{name}" for name in ("budget", "services", "clouds", "sizing")} <= view["tables"].keys()


@pytest.mark.slow
def test_the_switches_change_language_and_theme(found: Any) -> None:
    before, portuguese, dark, printed, after, narrower = found["switches"].values()
    assert (before["lang"], portuguese["lang"], dark["lang"], after["lang"]) == ("en", "pt-BR", "pt-BR", "en")
    assert before["title"] == "Flow Wise infrastructure"
    assert portuguese["title"] == "Infraestrutura Flow Wise"
    assert "Custos" in portuguese["sections"]
    assert "Costs" in before["sections"]
    assert re.match(r"\$[\d,]+\.\d\d . \$", before["amounts"][0])
    assert re.match(rf"US\${NO_BREAK}[\d.]+,\d\d . US\${NO_BREAK}", portuguese["amounts"][0])
    assert (before["background"], portuguese["background"]) == ("rgb(255, 255, 255)",) * 2
    assert dark["background"] == "rgb(18, 22, 28)"
    assert printed["background"] == "rgb(255, 255, 255)"
    inks = [{chart["ink"] for chart in view["charts"].values()} for view in (before, dark, printed)]
    assert inks[0] == inks[2]
    assert inks[0].isdisjoint(inks[1])
    assert {key: after[key] for key in ("lang", "background", "tables", "charts")} == {
        key: before[key] for key in ("lang", "background", "tables", "charts")
    }
    assert before["charts"]["chart-budget"]["label"] != portuguese["charts"]["chart-budget"]["label"]
    assert narrower["charts"]["chart-budget"]["width"] < before["charts"]["chart-budget"]["width"]


@pytest.mark.slow
def test_the_keyboard_reaches_everything(found: Any) -> None:
    (keyboard,) = [view["keyboard"] for view in found["views"] if not view["isReviewed"]]
    assert keyboard["stops"][:4] == ["skip", "en", "pt", "theme"]
    assert keyboard["themeByKey"] == "true"
    assert keyboard["isOpen"]
    assert keyboard["outline"] == "solid"


@pytest.mark.slow
def test_amounts_are_those_of_the_data_to_the_cent(found: Any, facts: Facts) -> None:
    for view in found["views"]:
        compared = 0
        for costs in facts.costs["environments"]:
            for cloud, estimate in costs["estimates"].items():
                table = view["tables"][f"lines-{costs['environment']}-{cloud}"]
                lines = [(line["low"], line["high"]) for line in estimate["lines"]]
                assert [(row[6], row[7]) for row in table["rows"]] == [
                    tuple(written(amount, view["language"]) for amount in line) for line in lines
                ]
                total = (written(estimate["low"], view["language"]), written(estimate["high"], view["language"]))
                assert tuple(table["total"][6:8]) == total
                assert total in [tuple(row[1:3]) for row in view["tables"]["table-clouds"]["rows"]]
                compared += len(lines)
        assert compared > 200


def written(amount: str | None, language: str) -> str:
    """An amount of the data as a reader of the language expects it, made from its digits alone."""
    if amount is None:
        return {"en": "unknown", "pt": "desconhecido"}[language]
    dollars, cents = amount.split(".")
    groups = re.sub(r"(?<=\d)(?=(\d{3})+$)", {"en": ",", "pt": "."}[language], dollars)
    return {"en": f"${groups}.{cents}", "pt": f"US${NO_BREAK}{groups},{cents}"}[language]


# --- the page, as it is written ---------------------------------------------------------------------------------------


def test_the_page_is_small_and_names_nothing_to_load(html: str) -> None:
    assert len(html.encode()) < MOST_BYTES
    without_scripts = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    assert not re.search(r'\b(src|href)="(?!#|data:)', without_scripts)
    assert not re.search(r"@import|url\((?!\"data:)", without_scripts)
    assert "default-src 'none'" in html


def test_what_is_unknown_impossible_or_found_is_said(facts: Facts) -> None:
    costs = json.loads(json.dumps(facts.costs))
    prod = next(one for one in costs["environments"] if one["environment"] == "prod")
    azure = prod["estimates"]["azure"]
    azure["lines"][0] |= {"usd": None, "low": None, "high": None, "date": None, "source": "", "basis": "unknown"}
    azure["lines"][0]["note"] = "asked & <not> answered"
    azure["services"][0]["unknown"] = 1
    prod["findings"] = [
        {"severity": "fault", "file": prod["file"], "key": "budget.monthly_usd", "text": "more than it may be"}
    ]
    prod["budget_usd"] = 4000
    prod["estimates"]["aws"] = {"possible": False, "reason": "there is none"}
    text = page(Facts(facts.environments, costs, facts.sizes, REPOSITORY, None, None, None, facts.today))
    assert "Prices unknown, and left out: 1" in text
    assert 'id="table-unknown"' in text
    assert re.search(r'<li class="fault">.*Above the budget of \$4,000\.00 at the higher load', text)
    assert "asked &amp; &lt;not&gt; answered" in text
    assert "prices left out: 1" in text
    assert "there is none" in text
    assert "Findings</span>: 1" in text
    assert '<span lang="en">more than it may be</span>' in text
    assert "No review of the tree as it is now has been kept" in text
    assert "not in a Git repository" in text


def test_the_command_says_where_the_page_is(tmp_path: Path) -> None:
    repository = copy_of_repository(tmp_path)
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    result = reported(repository)
    assert result.returncode == 0, result.stderr
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < MOST_SECONDS, "of a processor"
    file = repository / "report.html"
    assert re.fullmatch(rf"{file}: \d\.\d MB\n", result.stdout)
    assert file.stat().st_size < MOST_BYTES


def test_the_command_fails_with_the_faults_of_environment_files(tmp_path: Path) -> None:
    repository = copy_of_repository(tmp_path)
    (repository / "environments" / "dev.toml").write_text("cloud = 'moon'\n")
    result = reported(repository)
    assert result.returncode == 1
    assert 'found    "moon"' in result.stderr
    assert not (repository / "report.html").exists()


def reported(repository: Path) -> subprocess.CompletedProcess[str]:
    variables = os.environ | {"PYTHONPATH": str(repository / "constructs")}
    command = [sys.executable, "-m", "operations.report"]
    return subprocess.run(command, cwd=repository, env=variables, capture_output=True, text=True, timeout=60)


def test_neither_cdktf_nor_the_stacks_are_imported() -> None:
    modules = "[name for name in sys.modules if name.split('.')[0] in ('cdktf', 'jsii', 'stacks')]"
    command = [sys.executable, "-c", f"import sys, operations.report; print({modules})"]
    assert subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout == "[]\n"


# --- words ------------------------------------------------------------------------------------------------------------


def test_every_phrase_is_in_both_languages() -> None:
    for table, phrases in Texts().tables.items():
        for key, phrase in phrases.items():
            assert phrase.en.strip() and phrase.pt.strip(), f"{table}.{key}"
            assert set(re.findall(r"{\w+}", phrase.en)) == set(re.findall(r"{\w+}", phrase.pt)), f"{table}.{key}"


def test_every_phrase_is_used() -> None:
    sources = "".join(path.read_text() for path in REPORT.iterdir() if path.suffix in (".py", ".j2"))
    named = set(re.findall(r'"(\w+)"', sources))
    made = {f"{start}{key}" for start, keys in MADE_KEYS.items() for key in keys}
    assert all(f'f"{start}{{' in sources for start in MADE_KEYS)
    assert set(Texts().tables["phrases"]) - named - made == set()


MADE_KEYS = {
    "basis_": ("listed", "estimated", "other_region", "unknown"),
    "link_": ("request", "use", "publish", "consume", "telemetry"),
    "severity_": ("fault", "notice"),
}


def test_every_key_of_an_environment_file_has_words() -> None:
    assert set(Texts().tables["keys"]) - {"gateway.token_issuer"} == set(schema_keys())
    tables = {key.partition(".")[0] for key in schema_keys() if "." in key}
    assert set(Texts().tables["tables"]) == tables | {"top"}


def schema_keys() -> Iterator[str]:
    schema = environment_schema()

    def keys(node: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        if "properties" in node:
            yield from chain.from_iterable(keys(child, (*path, key)) for key, child in node["properties"].items())
        elif "patternProperties" in node:
            yield from chain.from_iterable(keys(child, (*path, "*")) for child in node["patternProperties"].values())
        else:
            yield ".".join(path)

    return keys(schema, ())


def test_every_module_has_a_name() -> None:
    assert set(Texts().tables["services"]) == {folder.name for folder in (INFRA / "modules").iterdir()}


def test_whatever_data_says_is_said_in_portuguese(facts: Facts, html: str) -> None:
    """Those of findings, tests/sizing and the one below try."""
    assert 'lang="en"' not in re.sub(r"<header.*?</h1>", "", html, flags=re.DOTALL).replace('<html lang="en">', "")
    portuguese = unescape("\n".join(re.findall(r'data-pt="([^"]*)"', html)))
    assert [line for line in portuguese.splitlines() if ENGLISH.search(line)] == []
    pairs = [(text, said) for text, said in Texts().data.items() if "{" not in text and said != text]
    unsaid = {text for text, said in pairs if said not in portuguese}
    assert unsaid <= OF_FINDINGS | {text for size in facts.sizes for text in size["assumptions"]}, "nothing says these"


ENGLISH = re.compile(r"\b(the|of|and|is|are|was|would|which|with|has|nodes)\b")
OF_FINDINGS = {  # and of a rule that every file meets
    "[], which gives the API server no public address",
    *(
        f"What serves the microservices has no place: every node pool has taints, or is of spot nodes, which have {one}"
        for one in ("one.", "one. Ask the cluster's owner for one without, or name it here.")
    ),
    "the price book has no row for it",
    "1 node",
    *("one in each zone", "one for each node of the broker", "one in each pool"),
    *("and of the smallest size", "and only their size could change"),
}


@pytest.mark.parametrize(
    "text",
    [
        "6,000 US dollars a month, but the environment may cost 3,270.88 to 8,868.15. What weighs most: "
        "cluster.node_pools.general.max_nodes (Standard_D4ds_v5) 1,956.40. Make these smaller, or the budget 8869",
        "no price is known for mq.m7g.large on aws, and the estimate leaves it out (the price book has no row for it)",
        'there are prices for "brazil" alone, so nothing is estimated',
        'postgres.size would have to be "medium", "large" or "xlarge", which can have a standby',
    ],
)
def test_findings_on_costs_are_said_in_portuguese(text: str) -> None:
    said = Texts().translated(text)
    assert isinstance(said, words.Said)
    assert not ENGLISH.search(said.pt)
    assert "3.270,88 a 8.868,15" in said.pt or "dólares" not in said.pt


def test_every_unit_of_a_price_has_a_name(facts: Facts) -> None:
    estimates = [estimate for one in facts.costs["environments"] for estimate in one["estimates"].values()]
    units = {line["unit"] for estimate in estimates for line in estimate["lines"]}
    assert units == set(Texts().tables["units"])


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_amounts_keep_every_cent(amount: Any) -> None:
    said = usd(f"{amount:.2f}")
    assert (said.en, said.pt) == (written(f"{amount:.2f}", "en"), written(f"{amount:.2f}", "pt"))


def test_prices_keep_every_digit() -> None:
    assert unit_price("0.0000004").pt == f"US${NO_BREAK}0,0000004"
    assert [unit_price(price).en for price in ("0.18", "2.5", "1200", "0")] == ["$0.18", "$2.50", "$1,200.00", "$0.00"]
    assert number(1234567).pt == "1.234.567"


def test_dates_are_written_as_in_either_language() -> None:
    said = Texts().date("2026-06-08")
    assert (said.en, said.pt) == (f"Jun{NO_BREAK}8,{NO_BREAK}2026", NO_BREAK.join(["8", "de", "jun.", "de", "2026"]))


def test_what_goes_into_html_is_escaped() -> None:
    said = words.Said('<b>"', "<i>'")
    assert said.__html__() == '<span data-pt="&lt;i&gt;&#39;">&lt;b&gt;&#34;</span>'
    assert words.English("<b>").__html__() == '<span lang="en">&lt;b&gt;</span>'
    assert words.Code("a.<b>").__html__() == "<code>a.<wbr>&lt;b&gt;</code>"


# --- differences ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> list[Environment]:
    """qa and, behind it, prod, which differ in what the test below says."""
    folder = tmp_path_factory.mktemp("pair")
    (folder / "qa.toml").write_text(WHOLE)
    changed = (
        WHOLE.replace("storage_gb        = 32", "storage_gb        = 256")
        .replace('cidr = "10.10', 'cidr = "10.20')
        .replace("api.dev", "api")
        .replace('tier                = "dev"', 'after = "qa"\ntier = "dev"')
        .replace('backend = "none"', 'backend  = "datadog"\nendpoint = "us5.datadoghq.com"')
    )
    batch = "[cluster.node_pools.batch]\nsize = 'large'\nmin_nodes = 0\nmax_nodes = 2\n"
    (folder / "prod.toml").write_text(f"{changed}\n{batch}")
    return side_by_side(load_environments(folder))


def test_differences_are_effective_values_without_names_and_addresses(pair: list[Environment]) -> None:
    found = {row.key: row.values for rows in differences(pair).values() for row in rows}
    assert found == {
        "postgres.storage_gb": (32, 256),
        "cluster.node_pools.batch.size": (None, "large"),
        "cluster.node_pools.batch.min_nodes": (None, 0),
        "cluster.node_pools.batch.max_nodes": (None, 2),
        "cluster.node_pools.batch.spot": (None, False),  # the default, of a pool that only one has
        "observability.backend": ("none", "datadog"),
        "observability.endpoint": (None, "us5.datadoghq.com"),
    }


def test_a_promotion_says_what_the_later_has_otherwise(pair: list[Environment]) -> None:
    (step,) = steps(pair)
    assert (step.before, step.after) == ("qa", "prod")
    assert {change.key: change.values for change in step.changes}["postgres.storage_gb"] == (32, 256)
    assert list(differences(pair)) == ["cluster", "postgres", "observability"], "in the order of the model"


def test_what_a_cluster_has_no_use_for_is_no_difference(tmp_path: Path) -> None:
    (tmp_path / "cloudy.toml").write_text(WHOLE)
    (tmp_path / "local.toml").write_text(WHOLE_IN_CLUSTER.replace("api.dev", "api.local"))
    found = side_by_side(load_environments(tmp_path))
    assert [environment.name for environment in found] == ["cloudy", "local"]
    assert {row.key for rows in differences(found).values() for row in rows} == {"cloud"}


WHOLE_IN_CLUSTER = (
    re.sub(r"(?ms)^(region|backup_days) .*?\n|^\[(budget|network|cluster[^\]]*)\].*?(?=^\[)", "", WHOLE).replace(
        'cloud               = "azure"', 'cloud = "kubernetes"'
    )
    + '\n[kubernetes]\ncontext = "kind"\n'
)


def test_every_value_is_compared(pair: list[Environment]) -> None:
    flat = flattened(pair[0])
    assert flat["services.consolidacao.consumes"] == "lancamento-registrado"
    assert flat["services.lancamentos.port"] == 8080, "a default"
    assert flat["deletion_protection"] is False


# --- policies ---------------------------------------------------------------------------------------------------------


def test_production_meets_its_own_rules() -> None:
    assert unmet_production_rules(ENVIRONMENTS / "prod.toml") == []


def test_rules_that_an_environment_does_not_meet_are_listed(tmp_path: Path) -> None:
    file = tmp_path / "dev.toml"
    file.write_text(WHOLE)
    faults = {fault.key: fault for fault in unmet_production_rules(file)}
    assert {"deletion_protection", "postgres.backup_days", "gateway.token_issuer"} <= faults.keys()
    assert faults["postgres.backup_days"].found == "7"
    assert all('tier is "prod"' in fault.allowed for fault in faults.values())


def test_exceptions_are_those_of_the_tree() -> None:
    found = [one for accepted in accepted_exceptions(INFRA).values() for one in accepted]
    skips = [line for path in INFRA.rglob("*.tf") for line in path.read_text().splitlines() if "checkov:skip=" in line]
    assert sum(len(one.files) for one in found) == len(skips) > 30
    assert all((INFRA / file).exists() for one in found for file in one.files)
    assert {one.check for one in accepted_exceptions(INFRA)["google"]} <= {
        word for line in skips for word in re.findall(r"CKV\w+", line)
    }


@pytest.mark.slow
def test_a_review_is_shown_as_long_as_the_tree_is_the_same(tmp_path: Path, found: Any) -> None:
    tree = copy_of_infra(tmp_path)
    review = Review(digest(tree), "3.3.30", "2026-03-08", {"azure": Counts(1, 0, 2)})
    keep(review, tmp_path / ".cache" / "kept.json")
    assert kept(tmp_path / ".cache" / "kept.json", tree) == review
    (tree / "azure" / "main.tf").write_text("# changed\n")
    assert kept(tmp_path / ".cache" / "kept.json", tree) is None
    assert found["views"][0]["tables"]["table-review"]["rows"][0] == ["Azure", "1,000", "0", "20"]
    assert found["views"][1]["tables"]["table-review"]["rows"][0] == ["Azure", "1.000", "0", "20"]
