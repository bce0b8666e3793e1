"""What people read besides code: links lead somewhere, and what is there in two languages is the same in both."""

import re
from urllib.parse import unquote

import pytest

from tests.workspace import REPOSITORY

DOCUMENTS = sorted(
    file.relative_to(REPOSITORY).as_posix()
    for folder in (".", "docs", "infra", "examples")
    for file in (REPOSITORY / folder).glob("*.md" if folder == "." else "**/*.md")
    if ".terraform" not in file.parts and file.name not in ("plan.md", "drift.md")
)
IN_TWO_LANGUAGES = sorted(name for name in DOCUMENTS if name.endswith(".pt-BR.md"))
_CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[(?:[^\]\[]|\[[^\]]*\])+\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)


def prose(text: str) -> str:
    return re.sub(r"`[^`]*`", "code", _CODE.sub("", text))


def anchors(text: str) -> set[str]:
    """As GitHub makes them: lower case, a hyphen for a blank, of the rest letters, digits, hyphens and underscores."""
    found = set[str]()
    for _, heading in _HEADING.findall(_CODE.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower().replace(" ", "-")
        found.add("".join(letter for letter in words if letter.isalnum() or letter in "-_"))
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    file = REPOSITORY / name
    broken = []
    for link in _LINK.findall(prose(file.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue  # elsewhere: no test goes there
        path, _, anchor = unquote(link).partition("#")
        target = (file.parent / path).resolve() if path else file
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("name", IN_TWO_LANGUAGES)
def test_both_languages_have_the_same_sections_and_tables(name: str) -> None:
    portuguese, english = (
        (REPOSITORY / each).read_text(encoding="utf-8") for each in (name, name.replace(".pt-BR.md", ".md"))
    )
    assert outline(portuguese) == outline(english)


def outline(text: str) -> list[str]:
    """Of each line that is no prose, what it is: a heading and its level, a row of a table, a block of code."""
    found = []
    for line in _CODE.sub("```", text).splitlines():
        beginning = re.match(r"#+ |\||```|\d\. |- ", line)
        found += [beginning[0].strip()] if beginning else []
    return found


@pytest.mark.parametrize("name", IN_TWO_LANGUAGES)
def test_both_languages_name_the_same_things_in_each_section(name: str) -> None:
    """Keys, commands and files are no prose: where one language has another, its text is of another day."""
    portuguese, english = (
        (REPOSITORY / each).read_text(encoding="utf-8") for each in (name, name.replace(".pt-BR.md", ".md"))
    )
    assert names(portuguese) == names(english)


def names(text: str) -> list[set[str]]:
    """By section, what is in code's letters there, but for what has a placeholder, which is translated."""
    sections = re.split(r"^## ", _CODE.sub("", text), flags=re.MULTILINE)
    spans = [[" ".join(span.split()) for span in re.findall(r"`([^`]*)`", section)] for section in sections]
    return [{span for span in found if "<" not in span} for found in spans]


def test_both_runbooks_have_the_same_commands() -> None:
    english, portuguese = ((REPOSITORY / "docs" / name).read_text() for name in ("runbook.md", "runbook.pt-BR.md"))
    assert _CODE.findall(portuguese) == _CODE.findall(english)


def test_the_index_of_decisions_has_each() -> None:
    folder = REPOSITORY / "docs" / "decisions"
    text = (folder / "README.md").read_text()
    files = sorted(path for path in folder.glob("[0-9]*.md"))
    assert len(files) >= 10
    assert re.findall(r"^\| \[(\d{4})\]\(\1-[\w-]+\.md\) \|", text, re.MULTILINE) == [file.name[:4] for file in files]
    for file in files:
        headings = [heading for _, heading in _HEADING.findall(file.read_text())]
        assert headings[1:] == ["Context", "Decision", "Consequences", "What would change it"], file.name
