"""What a team asks for takes a few lines, after which all is content; and the page says what comes of it today."""

from collections.abc import Sequence

import pytest

from tests.stories.story import FIRST, MOST_LINES, PAGES, Outcome, outcomes, page, stories


@pytest.fixture(scope="module")
def told() -> Sequence[Outcome]:
    return list(outcomes(stories()))


@pytest.mark.slow
def test_what_is_asked_for_first_takes_a_few_lines(told: Sequence[Outcome]) -> None:
    assert len(told) >= FIRST
    assert [each.story["en"] for each in told[:FIRST] if not 0 < each.lines <= MOST_LINES] == []


@pytest.mark.slow
def test_budgets_are_enough_and_pods_fit_after_each(told: Sequence[Outcome]) -> None:
    assert {each.story["en"]: each.faults for each in told if each.faults} == {}


@pytest.mark.slow
def test_every_story_changes_something(told: Sequence[Outcome]) -> None:
    assert [each.story["en"] for each in told if not each.files] == []


@pytest.mark.slow
@pytest.mark.parametrize("language", PAGES)
def test_the_page_is_of_today(language: str, told: Sequence[Outcome]) -> None:
    assert PAGES[language].read_text(encoding="utf-8") == page(language, told), "run `make stories`"
