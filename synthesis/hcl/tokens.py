"""Scans Terraform's expression and template language into tokens, after HCL's own scanner (hclsyntax)."""

import re
from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """What a token is; SYMBOL covers every operator, bracket and separator."""

    IDENT = auto()
    NUMBER = auto()
    SYMBOL = auto()
    NEWLINE = auto()
    COMMENT = auto()
    QUOTE_OPEN = auto()
    QUOTE_CLOSE = auto()
    LITERAL = auto()
    HEREDOC_OPEN = auto()
    HEREDOC_CLOSE = auto()
    SEQUENCE_OPEN = auto()
    SEQUENCE_CLOSE = auto()


class Token(NamedTuple):
    """A piece of source text. HEREDOC_OPEN and a one-line COMMENT hold the newline that ends them."""

    kind: Kind
    text: str

    @property
    def ends_line(self) -> bool:
        """Whether the line of code ends here: a heredoc's text does not end the line it stands in."""
        return self.kind is Kind.NEWLINE or (self.kind is Kind.COMMENT and self.text.endswith("\n"))

    @property
    def nesting(self) -> int:
        """1 for an opening bracket, -1 for a closing one, else 0."""
        if self.kind is Kind.SYMBOL:
            return 1 if self.text in "{[(" else -1 if self.text in "}])" else 0
        return 1 if self.kind is Kind.SEQUENCE_OPEN else -1 if self.kind is Kind.SEQUENCE_CLOSE else 0


class TemplateError(ValueError):
    """The text is no well-formed template or expression."""


_IDENT = r"(?:[A-Za-z_]|[^\x00-\x7f])(?:[\w-]|[^\x00-\x7f])*"
_CODE = re.compile(
    rf"""
    (?P<SPACE>[ \t]+)
  | (?P<NEWLINE>\r?\n)
  | (?P<COMMENT>(?:\#|//)[^\n]*\n? | /\*(?s:.*?)\*/)
  | (?P<HEREDOC_OPEN><<-?{_IDENT}\r?\n)
  | (?P<NUMBER>\d(?:(?:[\d.]|[eE][+-]?\d)*(?:\d|[eE][+-]?\d))?)
  | (?P<IDENT>{_IDENT})
  | (?P<QUOTE_OPEN>")
  | (?P<SEQUENCE_CLOSE>~\}})
  | (?P<SYMBOL>==|!=|>=|<=|&&|\|\||::|=>|\.\.\.|.)
    """,
    re.VERBOSE,
)
_SEQUENCE = re.compile(r"[$%]\{~?")
# Of a run of `$` before `{`, HCL reads the last two as the escape; the ones before them stand for themselves.
_DOLLARS = r"\$\$\{|%%\{|[$%](?!\{)"
_QUOTED_TEXT = re.compile(rf'(?:[^"\\$%]|\\.|{_DOLLARS})+', re.DOTALL)
_BARE_TEXT = re.compile(rf"(?:[^$%]|{_DOLLARS})+")
_HEREDOC_TEXT = re.compile(rf"(?:[^$%\n]|{_DOLLARS})*\n?")


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.tokens: list[Token] = []

    def add(self, kind: Kind, text: str) -> None:
        self.tokens.append(Token(kind, text))
        self.position += len(text)

    def sequence(self) -> bool:
        """Scan `${...}` or `%{...}` if one starts here."""
        opening = _SEQUENCE.match(self.text, self.position)
        if opening:
            self.add(Kind.SEQUENCE_OPEN, opening[0])
            self.code(inside_sequence=True)
        return opening is not None

    def quoted_template(self) -> None:
        self.add(Kind.QUOTE_OPEN, '"')
        while not self.text.startswith('"', self.position):
            if self.sequence():
                continue
            text = _QUOTED_TEXT.match(self.text, self.position)
            if not text:
                raise TemplateError(f"a string is not closed in {self.text!r}")
            self.add(Kind.LITERAL, text[0])
        self.add(Kind.QUOTE_CLOSE, '"')

    def heredoc(self, opening: str) -> None:
        self.add(Kind.HEREDOC_OPEN, opening)
        marker = opening.removeprefix("<<").removeprefix("-").strip()
        at_line_start = True
        while self.position < len(self.text):
            if self.sequence():
                at_line_start = False
                continue
            text = _HEREDOC_TEXT.match(self.text, self.position)
            assert text  # the pattern matches the empty string
            if at_line_start and text[0].strip() == marker:
                self.add(Kind.HEREDOC_CLOSE, text[0].rstrip("\r\n"))
                return
            self.add(Kind.LITERAL, text[0])
            at_line_start = text[0].endswith("\n")
        raise TemplateError(f"heredoc {marker} is not closed in {self.text!r}")

    def code(self, *, inside_sequence: bool) -> None:
        """Scan an expression: up to the brace that closes the sequence, or to the end of the text."""
        depth = 0
        while self.position < len(self.text):
            match = _CODE.match(self.text, self.position)
            assert match and match.lastgroup  # the last alternative takes any character
            text = match[0]
            if match.lastgroup == "SPACE":
                self.position += len(text)
            elif match.lastgroup == "QUOTE_OPEN":
                self.quoted_template()
            elif match.lastgroup == "HEREDOC_OPEN":
                self.heredoc(text)
            elif inside_sequence and depth == 0 and text in ("}", "~}"):
                self.add(Kind.SEQUENCE_CLOSE, text)
                return
            else:
                depth += {"{": 1, "}": -1}.get(text, 0)
                self.add(Kind[match.lastgroup], text)
        if inside_sequence:
            raise TemplateError(f"a template sequence is not closed in {self.text!r}")


def scan_template(text: str) -> list[list[Token]]:
    """The parts of a bare template, the form in which a string of JSON configuration holds one.

    A part is a LITERAL alone, or all tokens of one `${...}` or `%{...}`. Raises TemplateError where a
    sequence, string or heredoc is not closed.
    """
    scanner = _Scanner(text)
    parts = []
    while scanner.position < len(text):
        scanner.tokens = []
        if not scanner.sequence():
            literal = _BARE_TEXT.match(text, scanner.position)
            assert literal  # whatever opens no sequence is text
            scanner.add(Kind.LITERAL, literal[0])
        parts.append(scanner.tokens)
    return parts


def scan_expression(text: str) -> list[Token]:
    """Tokens of an expression. Raises TemplateError where a string or heredoc in it is not closed."""
    scanner = _Scanner(text)
    scanner.code(inside_sequence=False)
    return scanner.tokens
