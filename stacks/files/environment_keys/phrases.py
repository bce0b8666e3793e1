"""What the page says in each language, from phrases.toml."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Language = Literal["en", "pt"]

_FILE = Path(__file__).with_name("phrases.toml")


class Phrases:
    """The page's own phrases, and the model's texts, which are English, in a language."""

    def __init__(self, language: Language) -> None:
        document = tomllib.loads(_FILE.read_text(encoding="utf-8"))
        self._language = language
        self._own: Mapping[str, Mapping[str, str]] = document["page"]
        self.portuguese: Mapping[str, str] = document["model"]
        self.used = set[str]()

    def __call__(self, key: str, **parts: object) -> str:
        """A phrase of the page, its `{parts}` filled in."""
        return self._own[key][self._language].format(**parts)

    def translated(self, text: str) -> str:
        """A text of the model. Raises KeyError, which says what is missing, without text or translation."""
        if not text:
            raise KeyError("a key of the model has no description")
        if self._language == "en":
            return text
        if text not in self.portuguese:
            raise KeyError(f"no Portuguese in {_FILE.name}, [model], of: {text}")
        self.used.add(text)
        return self.portuguese[text]
