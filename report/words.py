"""Words in the page's two languages, and how each of them writes amounts, numbers and dates."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Self

from markupsafe import Markup

_TEXTS_FILE = Path(__file__).with_name("texts.toml")
_GROUPS_AND_DECIMALS = {"en": str.maketrans({}), "pt": str.maketrans(",.", ".,")}
_BREAKS = re.compile(r"(?<=[./_-])")
_NO_BREAK = "\N{NO-BREAK SPACE}"


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

    In the table `data`, keys are English texts that data has, each with its Portuguese.
    """

    def __init__(self) -> None:
        document = tomllib.loads(_TEXTS_FILE.read_text(encoding="utf-8"))
        self.data: Mapping[str, str] = document.pop("data")
        self.tables: Mapping[str, Mapping[str, Said]] = {
            table: {key: Said(**text) for key, text in phrases.items()} for table, phrases in document.items()
        }

    def __call__(self, key: str, **parts: object) -> Said:
        """A phrase, its `{parts}` filled in. Raises KeyError for an unknown one."""
        phrase = self.tables["phrases"][key]
        return Said(_filled(phrase.en, "en", parts), _filled(phrase.pt, "pt", parts)) if parts else phrase

    def translated(self, text: str) -> "Said | English":
        """A text of data: in both languages if its Portuguese is in the table `data`, else English."""
        return Said(text, self.data[text]) if text in self.data else English(text)

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


def unit_price(amount: str) -> Said:
    """US dollars with every digit that the price list has, and two at least: `$0.000625`, `US$ 0,000625`."""
    price = Decimal(amount).normalize()
    text = number(price, max(2, -int(price.as_tuple().exponent)))
    return Said(f"${text.en}", f"US${_NO_BREAK}{text.pt}")


def percent(share: float) -> Said:
    """A share of one, in whole hundredths."""
    return Said.alike(f"{share:.0%}")
