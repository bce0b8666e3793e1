"""Turns values of Terraform's JSON configuration syntax into HCL expressions.

In JSON configuration a string is a template: `${...}` and `%{...}` in it are code. `literal` is for text
that must not be read so. It cannot know what its result is joined to: a `$` or `%` at its end would escape a
`${` or `%{` that follows.
"""

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from synthesis.hcl.formatting import INDENT, align, lay_out, spaced
from synthesis.hcl.tokens import Kind, TemplateError, Token, scan_expression, scan_template

LINE_LENGTH = 100

# Up to here each character is a grapheme of its own: `fmt` counts those to align, and a heredoc to unindent.
_LAST_SIMPLE = "\u02ff"
# What HCL takes for white space.
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Control characters, and those that no reader sees or that change the order of what he sees.
_INVISIBLE = r"\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff"

_ESCAPED = re.compile(rf'["\\{_INVISIBLE}]')
_ESCAPED_IN_KEY = re.compile(rf'["\\{_INVISIBLE}]|[^\x00-{_LAST_SIMPLE}]')
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_TEMPLATE_START = re.compile(r"([$%])\{")

_NOT_IN_HEREDOC = re.compile(rf"(?![\n\t])[{_INVISIBLE}]|^[^\x00-{_LAST_SIMPLE}]|^[{_SPACES}]*EOT[{_SPACES}]*$", re.M)
_UNINDENTED = re.compile(rf"^[^{_SPACES}]", re.M)
_BLANK = re.compile(rf"[{_SPACES}]*")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")

# Terraform takes "if" bare, and the HCL parser of Checkov does not.
_BARE_KEY = re.compile(r"(?!(?:for|if|true|false|null)\Z)[A-Za-z_][A-Za-z0-9_-]*")
# The two most frequent forms of text need no scanning.
_PLAIN_TEXT = re.compile(r"[ !#&-\[\]-~]*")
# Modules of one contract, and environments, have two texts of three in common: each is laid out once.
_once = lru_cache(maxsize=2**14)
# The only key of a mapping that stands for the call of a function, with what follows as its argument.
_CALL = "${%s(...)}"
_CALLED = re.compile(r"\$\{(\w+)\(\.\.\.\)\}")
_REFERENCE = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[(?:\d+|\*|\"[\w./-]*\")\])*", re.ASCII)


class Code(str):
    """HCL code where a plain string would be a template: a reference, a keyword, a type."""

    __slots__ = ()


def literal(text: str) -> str:
    """Escape plain text so that it stays what it is in a template."""
    return _TEMPLATE_START.sub(r"\1\1{", text)


def literal_value(value: Any) -> Any:
    """Escape every string and key of a nested value as `literal` does."""
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, Mapping):
        return {literal(key): literal_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [literal_value(item) for item in value]
    return value


def code(value: Any) -> Any:
    """Mark each string of a nested value as code, be it wrapped in `${...}` or not."""
    if isinstance(value, str):
        return Code(value if _interpolation(scan_template(value)) is None else value[2:-1].strip("~"))
    if isinstance(value, Mapping):
        return {Code(key): code(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [code(item) for item in value]
    return value


def render_value(value: Any, indent: int = 0, name: str = "", width: int = 0) -> str:
    """The expression for a value of JSON configuration; its lines after the first are indented by `indent`.

    `name` is what it is assigned to, if anything; `width` is the length of the longest name among neighbours.
    Raises TemplateError for a template that is not well formed, ValueError for what no Terraform file can
    hold (half a surrogate pair, a number that is not finite), TypeError for what is no JSON.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Code):
        return value if _REFERENCE.fullmatch(value) else _expression(value, indent, name)
    if isinstance(value, str):
        return _string(value, indent, name)
    if isinstance(value, Mapping):
        call = _call(value)
        return f"{call}({render_value(value[_CALL % call], indent)})" if call else _object(value, indent)
    if isinstance(value, list | tuple):
        return _list(value, indent, width + len(" = ") if name else 0)
    raise TypeError(f"{value!r} of type {type(value).__name__} has no place in JSON configuration")


def render_assignments(items: Sequence[tuple[str, str]]) -> list[str]:
    """`name = value` for each, the `=` aligned between neighbours whose values end on their line."""
    return align(
        [
            (f"{name} = {value}", None) if _is_long(value) and not _is_heredoc(value) else (name, f"= {value}")
            for name, value in items
        ]
    )


def _is_long(value: str) -> bool:
    return "\n" in value


def _is_heredoc(value: str) -> bool:
    return value.startswith("<<")


def _call(value: Mapping[str, Any]) -> str | None:
    """The function that a mapping stands for a call of, if it does."""
    called = _CALLED.fullmatch(next(iter(value), "")) if len(value) == 1 else None
    return called[1] if called else None


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a number that Terraform knows")
    # The digits of a larger float would claim a precision that it does not have.
    return str(int(value)) if isinstance(value, int) or (value.is_integer() and abs(value) < 1e16) else repr(value)


def _list(items: Sequence[Any], indent: int, lead: int) -> str:
    if not items:
        return "[]"
    if not any(isinstance(item, Mapping | list | tuple) for item in items):
        line = "[" + ", ".join(render_value(item, indent) for item in items) + "]"
        if not _is_long(line) and indent + lead + len(line) <= LINE_LENGTH:
            return line
    margin = " " * (indent + INDENT)
    lines = ["["]
    for position, item in enumerate(items, start=1):
        text = render_value(item, indent + INDENT)
        if not _is_heredoc(text):
            lines.append(f"{margin}{text},")
        else:  # nothing may follow the end marker on its line
            lines += [margin + text, *([f"{margin},"] if position < len(items) else [])]
    return "\n".join([*lines, " " * indent + "]"])


def _object(members: Mapping[str, Any], indent: int) -> str:
    if not members:
        return "{}"
    inside = indent + INDENT
    keys = {name: _key(name) for name in members}
    width = max(map(len, keys.values()))
    lines = render_assignments(
        [(keys[name], render_value(value, inside, keys[name], width)) for name, value in members.items()]
    )
    return "\n".join(["{", *(" " * inside + line for line in lines), " " * indent + "}"])


def _key(key: str) -> str:
    if isinstance(key, Code) or _BARE_KEY.fullmatch(key):
        return key
    parts = _parts(key)
    if any(token.ends_line for part in parts for token in part):
        raise TemplateError(f"the key {key!r} has an expression of several lines: make it a local")
    inner = _interpolation(parts)
    return f"({spaced(inner)})" if inner is not None else _quoted(parts, _ESCAPED_IN_KEY, 0, "")


@_once
def _expression(text: str, indent: int, name: str) -> str:
    return _code(scan_expression(text), indent, name)


@_once
def _string(text: str, indent: int, name: str) -> str:
    if _PLAIN_TEXT.fullmatch(text):
        return f'"{text}"'
    if text.startswith("${") and _REFERENCE.fullmatch(text, 2, len(text) - 1):
        return text[2:-1]
    parts = _parts(text)
    inner = _interpolation(parts)
    if inner is not None:
        return _code(inner, indent, name)
    return _heredoc(parts, indent) or _quoted(parts, _ESCAPED, indent, name)


def _parts(text: str) -> list[list[Token]]:
    if _SURROGATE.search(text):
        raise ValueError(f"{text!r} holds half of a surrogate pair, which no file in UTF-8 can")
    return scan_template(text)


def _interpolation(parts: Sequence[Sequence[Token]]) -> Sequence[Token] | None:
    """What is inside, when the whole template is one `${...}`."""
    return parts[0][1:-1] if len(parts) == 1 and parts[0][0].text in ("${", "${~") else None


def _code(tokens: Sequence[Token], indent: int, name: str) -> str:
    start, end = 0, len(tokens)
    while start < end and tokens[start].kind is Kind.NEWLINE:
        start += 1
    while start < end and tokens[end - 1].kind is Kind.NEWLINE:
        end -= 1
    inner = tokens[start:end]
    if not inner:
        raise TemplateError("an expression is empty")
    if _needs_parentheses(inner):
        newline = Token(Kind.NEWLINE, "\n")
        closing = [] if inner[-1].ends_line else [newline]
        inner = [Token(Kind.SYMBOL, "("), newline, *inner, *closing, Token(Kind.SYMBOL, ")")]
    return lay_out(inner, indent, name)


def _needs_parentheses(tokens: Sequence[Token]) -> bool:
    """Whether the expression would end too early outside of `${...}`: at a newline between no brackets."""
    depth = 0
    for token in tokens:
        depth += token.nesting
        if token.ends_line and not depth:
            return True
    return tokens[-1].kind is Kind.HEREDOC_CLOSE and tokens[0].kind is not Kind.HEREDOC_OPEN


def _quoted(parts: Sequence[Sequence[Token]], escaped: re.Pattern[str], indent: int, name: str) -> str:
    tokens = [Token(Kind.QUOTE_OPEN, '"')]
    for part in _with_portable_trims(parts):
        if part[0].kind is Kind.LITERAL:
            tokens.append(Token(Kind.LITERAL, escaped.sub(_escape, part[0].text)))
        else:
            tokens += part
    return lay_out([*tokens, Token(Kind.QUOTE_CLOSE, '"')], indent, name)


def _escape(match: re.Match[str]) -> str:
    code_point = ord(match[0])
    return _SHORT_ESCAPES.get(match[0]) or (f"\\u{code_point:04x}" if code_point <= 0xFFFF else f"\\U{code_point:08x}")


def _with_portable_trims(parts: Sequence[Sequence[Token]]) -> list[Sequence[Token]]:
    """The template with trim markers (`${~`, `~}`) that mean in a quoted string what they mean in JSON.

    In JSON a marker trims no further than its own line, in a quoted string all white space. Where that
    differs, the line that it trims is blank: leave out both.
    """
    ported = list(parts)
    for position, part in enumerate(parts):
        if part[0].kind is not Kind.LITERAL:
            continue
        lines = _LINE.findall(part[0].text)
        before, after = position - 1, position + 1
        if position and ported[before][-1].text == "~}" and len(lines) > 1 and _BLANK.fullmatch(lines[0]):
            ported[before] = [*ported[before][:-1], Token(Kind.SEQUENCE_CLOSE, "}")]
            del lines[0]
        if (
            after < len(parts)
            and ported[after][0].text.endswith("{~")
            and len(lines) > 1
            and _BLANK.fullmatch(lines[-1])
        ):
            ported[after] = [Token(Kind.SEQUENCE_OPEN, ported[after][0].text[:2]), *ported[after][1:]]
            del lines[-1]
        ported[position] = [Token(Kind.LITERAL, "".join(lines))]
    return ported


def _heredoc(parts: Sequence[Sequence[Token]], indent: int) -> str | None:
    """The template as an indented heredoc; None where it is too short, or would not stay exactly the same."""
    sequences = [part for part in parts if part[0].kind is not Kind.LITERAL]
    if any("~" in part[0].text + part[-1].text for part in sequences):
        return None  # a trim marker would take our indentation for its own
    text = "".join(spaced(part) if part[0].kind is not Kind.LITERAL else part[0].text for part in parts)
    if (
        not text.endswith("\n")
        or text.count("\n") < 2
        or any(token.ends_line or token.kind is Kind.HEREDOC_OPEN for part in sequences for token in part)
        or _NOT_IN_HEREDOC.search(text)
        or not _UNINDENTED.search(text)  # the indentation common to all lines would be lost
    ):
        return None
    margin = " " * (indent + INDENT)
    # Blank lines do not count for the indentation, and are not relieved of it.
    lines = (line if _BLANK.fullmatch(line) else margin + line for line in text.splitlines(keepends=True))
    return f"<<-EOT\n{''.join(lines)}{' ' * indent}EOT"
