"""`make keys` writes docs/environment-keys.md and its Portuguese anew."""

from stacks.files.environment_keys.examples import Examples
from stacks.files.environment_keys.page import FILES, Page
from stacks.files.environment_keys.phrases import Phrases

for language, file in FILES.items():
    file.write_text(Page(Phrases(language), Examples()).text(), encoding="utf-8", newline="\n")
