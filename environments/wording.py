"""How values and choices are put to a person."""

import difflib
import json
import re
from collections.abc import Iterable

_LONGEST = 80
_MOST_WORDS = 200  # to compare a word with; of more, nobody knows by heart which there are


def shown(value: object) -> str:
    """A value as its file writes it, cut where it grows long."""
    match value:
        case bool():
            text = str(value).lower()
        case str():
            text = json.dumps(value, ensure_ascii=not value.isprintable())
        case dict():
            text = "a table"
        case list() | tuple():
            text = f"[{', '.join(map(shown, value))}]"
        case _:
            text = str(value)
    return cut(text)


def cut(text: str) -> str:
    """The text, or as much of it as fits a line of the report."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def listed(words: Iterable[object], conjunction: str = "or") -> str:
    """`"a"`, `"a" or "b"`, `"a", "b" or "c"`."""
    return in_a_row(map(shown, words), conjunction)


def in_a_row(words: Iterable[str], conjunction: str = "and") -> str:
    """The same of words as they are: `a`, `a and b`, `a, b and c`."""
    *others, last = words
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def nearest(found: object, words: Iterable[object]) -> str:
    """The word most like what was found, as a file writes it, or nothing. Numbers go by their value."""
    by_text = {str(word): word for word in words}
    text = str(found).strip().casefold()
    try:
        matches = [min(by_text, key=lambda word: abs(float(word) - float(text)))]
    except ValueError:  # no words, or no numbers
        if len(by_text) > _MOST_WORDS:
            return ""
        matches = difflib.get_close_matches(text, by_text, n=1, cutoff=0.55)
    return shown(by_text[matches[0]]) if matches else ""


def dotted(path: Iterable[str | int]) -> str:
    """A key as TOML writes it from the top of the file: `taints[0].effect`, `services."my service".uses`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step if _is_bare(step) else shown(step)}" for step in path)
    return "".join(steps).removeprefix(".")


def _is_bare(key: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_-]+", key) is not None
