"""Reads which constructs of Terraform's language a file of HCL uses: its blocks, arguments, functions and values.

Only the language's own words are constructs: not what belongs to a provider or a module's caller, and no chosen name.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from synthesis.hcl.tokens import Kind, Token, scan_expression

_META = frozenset({"count", "for_each", "depends_on", "provider", "lifecycle", "provisioner", "connection", "dynamic"})
_OWN = {
    **dict.fromkeys(("resource", "data", "ephemeral"), _META),
    "provider": frozenset({"alias", "version"}),
    "module": frozenset({"source", "version", "providers", "count", "for_each", "depends_on", "lifecycle"}),
    "block of a provider": frozenset({"dynamic"}),
    **dict.fromkeys(("locals", "variables", "run.variables", "terraform.required_providers"), frozenset[str]()),
}
"""The arguments and nested blocks that are the language's, of blocks that have others, too."""
_OF_PROVIDERS = ("resource", "data", "ephemeral", "provider", "block of a provider")
_LABELLED = ("terraform.backend", "resource.provisioner")
"""Blocks whose label is a word of the language's, on which it depends what arguments there are."""
_VALUES = ("terraform", "path", "tofu")
"""Words whose attributes are the language's."""
_KEYWORDS = ("for", "in", "if", "else", "elseif", "endif", "endfor")
_OTHERS = ("local", "data", "module", "each", "count", "self")


_OF_EPHEMERAL = re.compile(r'^ephemeral "([a-z0-9]+)_', re.MULTILINE)
_MOCKED = re.compile(r'^mock_provider "(\w+)"', re.MULTILINE)


def hcl_below(folder: Path) -> list[Path]:
    """The files of Terraform's language below a folder, without what Terraform left there."""
    found = [file for suffix in ("tf", "hcl") for file in folder.rglob(f"*.{suffix}")]
    return sorted(file for file in found if not any(part.startswith(".terraform") for part in file.parts))


def constructs_of_files(files: Sequence[Path]) -> dict[str, Path]:
    """Where each construct is used first in some files. Raises ValueError of a file that is not well-formed."""
    found: dict[str, Path] = {}
    ephemeral: set[str] = set()
    for file in files:
        text = file.read_text()
        try:
            for construct in constructs(text):
                found.setdefault(construct, file)
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from None
        ephemeral |= set(_OF_EPHEMERAL.findall(text))
    for file in files:
        if ephemeral & set(_MOCKED.findall(file.read_text())):
            found.setdefault("ephemeral resource of a mocked provider", file)
    return found


def constructs(text: str) -> Iterator[str]:
    """The constructs of a file, as often as each is used, such as "block ephemeral" and "function strcontains".

    An argument has the blocks around it in its name: "argument variable.ephemeral". Raises ValueError if the text is
    not well-formed.
    """
    tokens = [Token(Kind.NEWLINE, "\n") if token.ends_line else token for token in scan_expression(text)]
    reader = _Reader([token for token in tokens if token.kind is not Kind.COMMENT])
    yield from reader.body("", "")
    if reader.position != len(reader.tokens):
        raise ValueError(f"a bracket too many after {reader.before()!r}")


class _Reader:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.position = 0

    def before(self) -> str:
        """The last of what has been read, for errors."""
        return " ".join(token.text for token in self.tokens[max(0, self.position - 8) : self.position])

    def peek(self) -> Token:
        if self.position == len(self.tokens):
            raise ValueError(f"it ends too early, after {self.before()!r}")
        return self.tokens[self.position]

    def take(self) -> Token:
        token = self.peek()
        self.position += 1
        return token

    def body(self, path: str, label: str) -> Iterator[str]:
        """The constructs of a body, up to the bracket that closes it, or to the end of the text."""
        while self.position < len(self.tokens) and not _closes(self.peek()):
            token = self.take()
            if token.kind is Kind.NEWLINE:
                continue
            if token.kind is not Kind.IDENT:
                raise ValueError(f"neither an argument nor a block: {self.before()!r}")
            if self.peek() == Token(Kind.SYMBOL, "="):
                self.take()
                yield from self._argument(path, token.text, label)
            else:
                yield from self._block(path, token.text, label)

    def _block(self, path: str, name: str, label: str) -> Iterator[str]:
        labels = []
        while (token := self.take()) != Token(Kind.SYMBOL, "{"):
            if token.kind in (Kind.IDENT, Kind.LITERAL):
                labels.append(token.text)
            elif token.kind not in (Kind.QUOTE_OPEN, Kind.QUOTE_CLOSE):
                raise ValueError(f"not the label of a block: {self.before()!r}")
        inside = f"{path}.{name}" if path else name
        if not _is_the_languages(path, name) or (path, name) == ("dynamic", "content"):
            inside = "block of a provider"
        else:
            yield f"block {inside}"
            if inside in _LABELLED:
                inside += f".{labels[0]}"
                yield f"block {inside}"
        if name == "dynamic":
            inside = name
        yield from self.body(inside, labels[0] if labels else label)
        self.take()

    def _argument(self, path: str, name: str, variable: str) -> Iterator[str]:
        if path in _OF_PROVIDERS and name.endswith("_wo"):
            yield "argument that is written only"
        elif _is_the_languages(path, name):
            yield f"argument {path}.{name}"
        value = self._value()
        if path == "variable.validation" and _looks_elsewhere(value, variable):
            yield "validation by other values"
        yield from _of_expression(value)

    def _value(self) -> Sequence[Token]:
        """The tokens of an argument's value, which ends with the line, or with the body that it stands in."""
        begin, depth = self.position, 0
        while depth or not (self.peek().ends_line or _closes(self.peek())):
            depth += self.take().nesting
        return self.tokens[begin : self.position]


def _closes(token: Token) -> bool:
    return token == Token(Kind.SYMBOL, "}")


def _is_the_languages(path: str, name: str) -> bool:
    return name in _OWN[path] if path in _OWN else True


def _looks_elsewhere(tokens: Sequence[Token], variable: str) -> bool:
    """Whether an expression of a variable's validation has other values in it than that variable's."""
    return any(root in _OTHERS or (root == "var" and name != variable) for root, name in _attributes_of_roots(tokens))


def _attributes_of_roots(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """What begins each reference: of `var.size[0].name`, var and size."""
    for before, root, dot, name in zip([Token(Kind.SYMBOL, ""), *tokens], tokens, tokens[1:], tokens[2:], strict=False):
        if root.kind is name.kind is Kind.IDENT and dot.text == "." and before.text != ".":
            yield root.text, name.text


def _of_expression(tokens: Sequence[Token]) -> Iterator[str]:
    for root, name in _attributes_of_roots(tokens):
        if root in _VALUES:
            yield f"value {root}.{name}"
    for index, (token, after) in enumerate(pairwise(tokens)):
        if token.kind is Kind.IDENT and after == Token(Kind.SYMBOL, "(") and token.text not in _KEYWORDS:
            is_of_provider = index > 0 and tokens[index - 1].text == "::"
            yield "function of a provider" if is_of_provider else f"function {token.text}"
