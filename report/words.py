"""Words in the page's two languages, and how each of them writes amounts, numbers and dates."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal, Self

from markupsafe import Markup

_TEXTS_FILE = Path(__file__).with_name("texts.toml")
_GROUPS_AND_DECIMALS = {"en": str.maketrans({}), "pt": str.maketrans(",.", ".,")}
_BREAKS = re.compile(r"(?<=[./_-])")
_NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?|-?\d+(\.\d+)?")
_NO_BREAK = "\N{NO-BREAK SPACE}"

State = Literal["good", "plain", "notice", "fault"]
"""How something is: a class of the style sheet, with a sign and a colour."""


@dataclass(frozen=True)
class Said:
    """Something in both languages. In a template it is English, with the Portuguese for the page's script to swap."""

    en: str
    pt: str

    @classmethod
    def alike(cls, text: object) -> Self:
        """What is the same in both: a name, a code, a small number."""
        return cls(str(text), str(text))

    @property
    def swap(self) -> Markup:
        """Attributes of an element that has the English text and nothing else in it."""
        return Markup(' data-pt="{}"').format(self.pt) if self.pt != self.en else Markup()

    def label(self) -> Markup:
        """An `aria-label`, in both languages."""
        return Markup('aria-label="{}" data-pt-label="{}"').format(self.en, self.pt)

    def both(self) -> dict[str, str]:
        """For the page's script."""
        return {"en": self.en, "pt": self.pt}

    def __html__(self) -> Markup:
        return Markup("<span{}>{}</span>").format(self.swap, self.en) if self.pt != self.en else Markup.escape(self.en)


@dataclass(frozen=True)
class English:
    """Free text of data, which is in English whatever the page's language, and is marked so."""

    text: str

    def __html__(self) -> Markup:
        return Markup('<span lang="en">{}</span>').format(self.text)


@dataclass(frozen=True)
class Code:
    """A name as its file writes it, with places where it may break."""

    text: str

    def __html__(self) -> Markup:
        return Markup("<code>{}</code>").format(Markup("<wbr>").join(_BREAKS.split(self.text)))


class Texts:
    """The phrases of texts.toml: each table of it holds keys, each with a text for either language.

    In the table `data`, keys are English texts that data has, each with its Portuguese; what changes in them stands in
    braces, `{n}`, in both.
    """

    def __init__(self) -> None:
        document = tomllib.loads(_TEXTS_FILE.read_text(encoding="utf-8"))
        self.data: Mapping[str, str] = document.pop("data")
        self._patterns = [(_pattern(text), portuguese) for text, portuguese in self.data.items() if "{" in text]
        self.tables: Mapping[str, Mapping[str, Said]] = {
            table: {key: Said(**text) for key, text in phrases.items()} for table, phrases in document.items()
        }

    def __call__(self, key: str, **parts: object) -> Said:
        """A phrase, its `{parts}` filled in. Raises KeyError for an unknown one."""
        phrase = self.tables["phrases"][key]
        return Said(_filled(phrase.en, "en", parts), _filled(phrase.pt, "pt", parts)) if parts else phrase

    def translated(self, text: str) -> "Said | English":
        """A text of data, or several behind each other: in both languages if the table `data` has it, else English.

        A text without a blank is a name, such as a machine's, and the same in both.
        """
        portuguese = self._portuguese(text)
        if portuguese is not None:
            return Said(text, portuguese)
        return English(text) if " " in text else Said.alike(text)

    def _portuguese(self, text: str) -> str | None:
        if text in self.data:
            return self.data[text]
        for parting in re.finditer("; ", text):
            first, rest = self._portuguese(text[: parting.start()]), self._portuguese(text[parting.end() :])
            if first is not None and rest is not None:
                return f"{first}; {rest}"
        for pattern, portuguese in self._patterns:
            if found := pattern.fullmatch(text):
                return str(portuguese.format(**{name: self._part(part) for name, part in found.groupdict().items()}))
        return None

    def _part(self, text: str) -> str:
        """What stands for a brace: words that the table has, a number, or a name."""
        if _NUMBER.fullmatch(text):
            return text.translate(_GROUPS_AND_DECIMALS["pt"])
        return self._portuguese(text) or text

    def service(self, name: str) -> Said:
        """A service of ours, by the name of its module. Raises KeyError for an unknown one."""
        return self.tables["services"][name]

    def unit(self, unit: str) -> Said:
        """What a price is for one of. Raises KeyError for an unknown one."""
        return self.tables["units"][unit]

    def key(self, key: str) -> Said:
        """What a key of an environment file is in plain words, behind the names in it: `general: fewest nodes`.

        Raises KeyError for one that the model does not have.
        """
        for pattern, words in self.tables["keys"].items():
            if found := re.fullmatch(re.escape(pattern).replace(r"\*", "(.+)"), key):
                names = "".join(f"{name}: " for name in found.groups())
                return Said(f"{names}{words.en}", f"{names}{words.pt}")
        raise KeyError(key)

    def table(self, name: str) -> Said:
        """A table of an environment file; "" is what stands above all tables. Raises KeyError for an unknown one."""
        return self.tables["tables"][name or "top"]

    def setting(self, key: str) -> Said:
        """What a key is, behind its table: `PostgreSQL: disk`. Raises KeyError for one that the model does not have."""
        words, (table, dot, _) = self.key(key), key.partition(".")
        around = self.table(table if dot else "")
        return Said(f"{around.en}: {words.en}", f"{around.pt}: {words.pt}") if dot else words

    def value(self, value: object) -> Said:
        """A value of an environment file, in plain words where it has some."""
        match value:
            case bool():
                return self("yes") if value else self("no")
            case int():
                return number(value)
            case None:
                return self("nothing")
        return self.tables["values"].get(str(value), Said.alike(value))

    def date(self, day: date | str) -> Said:
        """A date, or its ISO form: `Jun 18, 2026`, `18 de jun. de 2026`, never broken."""
        day = day if isinstance(day, date) else date.fromisoformat(day)
        month = self.tables["months"][str(day.month)]
        said = f"{month.en} {day.day}, {day.year}", f"{day.day} de {month.pt} de {day.year}"
        return Said(*(text.replace(" ", _NO_BREAK) for text in said))


def _pattern(text: str) -> re.Pattern[str]:
    """Matches a text of the table `data`, whatever stands for its braces."""
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(text)), re.DOTALL)


def _filled(text: str, language: str, parts: Mapping[str, object]) -> str:
    return text.format(**{k: getattr(part, language) if isinstance(part, Said) else part for k, part in parts.items()})


def number(value: int | Decimal, decimals: int = 0) -> Said:
    """A number, its thousands in groups: `1,234.5`, `1.234,5`."""
    text = f"{value:,.{decimals}f}"
    return Said(*(text.translate(_GROUPS_AND_DECIMALS[language]) for language in ("en", "pt")))


def usd(amount: str | int | Decimal) -> Said:
    """US dollars to the cent: `$1,234.56`, `US$ 1.234,56`. An amount is a decimal, or its text."""
    text = number(Decimal(amount), 2)
    return Said(f"${text.en}", f"US${_NO_BREAK}{text.pt}")


def brl(amount: Decimal) -> Said:
    """Reais, whole ones, as a rate of one day warrants no more: `R$1,235`, `R$ 1.235`."""
    text = number(amount)
    return Said(f"R${text.en}", f"R${_NO_BREAK}{text.pt}")


def unit_price(amount: str) -> Said:
    """US dollars with every digit that the price list has, and two at least: `$0.000625`, `US$ 0,000625`."""
    price = Decimal(amount).normalize()
    text = number(price, max(2, -int(price.as_tuple().exponent)))
    return Said(f"${text.en}", f"US${_NO_BREAK}{text.pt}")


def percent(share: float) -> Said:
    """A share of one, in whole hundredths."""
    return Said.alike(f"{share:.0%}")
