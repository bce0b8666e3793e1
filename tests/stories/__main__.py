"""`make stories` writes docs/daily-work.md and its Portuguese anew."""

from tests.stories.story import PAGES, outcomes, page, stories

found = list(outcomes(stories()))
for language, file in PAGES.items():
    file.write_text(page(language, found), encoding="utf-8", newline="\n")
