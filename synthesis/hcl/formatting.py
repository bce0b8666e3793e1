"""Lays tokens out as `terraform fmt` does: spaces, indentation, aligned `=` and comments (as hclwrite)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from synthesis.hcl.tokens import Kind, Token

INDENT = 2

_NO_TOKEN = Token(Kind.NEWLINE, "")
_EQUALS = Token(Kind.SYMBOL, "=")
# After one of these, or at the start, a minus is a sign and not a subtraction.
_BEFORE_A_SIGN = frozenset([*"({[=:,?+*/%-><!", "==", "!=", ">=", "<=", "&&", "||"])


@dataclass
class _Line:
    lead: list[Token]
    assign: list[Token]
    comment: str | None
    level: int = 0


def align(cells: Sequence[tuple[str, str | None]]) -> list[str]:
    """Join each left cell with its right one, padded so that neighbouring right cells start in one column.

    A line without a right cell (None) ends the neighbourhood, as does the end of the sequence.
    """
    joined: list[str] = []
    start = 0
    for end in range(len(cells) + 1):
        if end < len(cells) and cells[end][1] is not None:
            continue
        width = max((len(left) for left, _ in cells[start:end]), default=0)
        joined += (f"{left:<{width}} {right}" for left, right in cells[start:end])
        joined += (left for left, _ in cells[end : end + 1])
        start = end + 1
    return joined


def spaced(tokens: Iterable[Token]) -> str:
    """The tokens on one line, with the spaces between them that the canonical style has."""
    text: list[str] = []
    before, subject = _NO_TOKEN, _NO_TOKEN
    for token in tokens:
        if text and _space_between(before, subject, token):
            text.append(" ")
        text.append(token.text)
        before, subject = subject, token
    return "".join(text)


def lay_out(tokens: Sequence[Token], indent: int, name: str = "") -> str:
    """An expression that starts on a line indented by `indent` columns, behind `name =` if there is a name.

    The result starts with the expression itself: what stands before it only decides how the rest is aligned.
    """
    if not any(token.ends_line for token in tokens):
        return spaced(tokens)
    assigned = (Token(Kind.IDENT, name), _EQUALS) if name else ()
    lines = _lines([*assigned, *tokens])
    _set_levels(lines)
    code = align([(" " * (INDENT * line.level) + spaced(line.lead), spaced(line.assign) or None) for line in lines])
    whole = align([(text, line.comment) for text, line in zip(code, lines, strict=True)])
    first, *rest = whole
    return "\n".join(
        [first.removeprefix(f"{name} = "), *(" " * indent + line if line.strip() else "" for line in rest)]
    )


def _lines(tokens: Sequence[Token]) -> list[_Line]:
    lines: list[_Line] = []
    current: list[Token] = []
    for token in [*tokens, _NO_TOKEN]:
        if not token.ends_line:
            current.append(token)
            continue
        comment = token.text.rstrip("\r\n") if token.kind is Kind.COMMENT else None
        if comment and not current:
            current, comment = [Token(Kind.COMMENT, comment)], None
        equals = next((i for i, part in enumerate(current) if i and part == _EQUALS), len(current))
        # Only an assignment that is complete on its line is aligned with its neighbours.
        if sum(part.nesting for part in current[equals:]) != 0:
            equals = len(current)
        lines.append(_Line(current[:equals], current[equals:], comment))
        current = []
    return lines


def _set_levels(lines: Sequence[_Line]) -> None:
    opened: list[int] = []
    for line in lines:
        net = sum(token.nesting for token in [*line.lead, *line.assign])
        if net > 0:
            line.level = len(opened)
            opened.append(net)
            continue
        while net < 0 and opened:
            closed = min(-net, opened[-1])
            net += closed
            opened[-1] -= closed
            if not opened[-1]:
                opened.pop()
        line.level = len(opened)


def _space_between(before: Token, subject: Token, after: Token) -> bool:
    left = subject.text if subject.kind is Kind.SYMBOL else ""
    right = after.text if after.kind is Kind.SYMBOL else ""
    if subject.kind is Kind.IDENT and right in ("(", "::"):
        return False
    if left in (".", "::") or right in (".", ",", "..."):
        return False
    if left == ",":
        return True
    if subject.kind in (Kind.LITERAL, Kind.QUOTE_OPEN, Kind.HEREDOC_OPEN):
        return False
    if after.kind in (Kind.LITERAL, Kind.QUOTE_CLOSE, Kind.HEREDOC_CLOSE):
        return False
    if subject == (Kind.IDENT, "in") and before.kind is Kind.IDENT:
        return True
    if right == "[" and (subject.kind in (Kind.IDENT, Kind.NUMBER) or subject.nesting < 0):
        return False
    if left == "!":
        return False
    if left == "-":
        return before is not _NO_TOKEN and before.text not in _BEFORE_A_SIGN
    if left == "{" or right == "}":
        return (left, right) != ("{", "}")
    if subject.kind is Kind.SEQUENCE_OPEN and right == "{":
        return True
    if left == "}" and after.kind is Kind.SEQUENCE_CLOSE:
        return True
    if subject.kind is Kind.SEQUENCE_CLOSE and after.kind is Kind.SEQUENCE_OPEN:
        return False
    return subject.nesting <= 0 and after.nesting >= 0
