"""From a file on disk to a parsed TOML document, or to the one fault that stops it."""

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from environments.faults import EnvironmentFileErrors, Fault
from environments.wording import cut, shown

_LONGEST_LINE = 1000  # no honest line comes near, and a number of 5000 digits trips every parser
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HEADER = re.compile(r"\s*\[{1,2}\s*([^\[\]#=]+?)\s*\]{1,2}\s*(#.*)?")
_STATEMENT = re.compile(r"""\s*([A-Za-z0-9_."' -]+?)\s*=""")


class _Unreadable(Exception):
    """Why there is no document: key, found and allowed of the fault."""


def read_document(path: Path) -> dict[str, Any]:
    """The parsed file. Raises EnvironmentFileErrors with one fault if it cannot be read or is not TOML."""
    try:
        return _parsed(_decoded(_content(path)))
    except _Unreadable as reason:
        raise EnvironmentFileErrors([Fault(path, *reason.args)]) from None


def _content(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):  # asked before opening, because opening a pipe waits for its other end
            return path.read_bytes()
    except OSError as error:
        raise _Unreadable("(file)", f"unreadable: {error.strerror}", "a readable text file") from None
    raise _Unreadable("(file)", "a folder" if stat.S_ISDIR(mode) else "no plain file", "a text file")


def _decoded(content: bytes) -> str:
    allowed = "text in UTF-8: save the file in that encoding"
    if content.startswith(_UTF16_MARKS) or b"\0" in content:
        raise _Unreadable("(file)", "text in UTF-16, or no text at all", allowed)
    try:
        return content.decode("utf-8-sig")  # tolerates the byte-order mark that some editors write
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{content[error.start]:02x}, perhaps of Latin-1 or Windows-1252"
        raise _Unreadable(f"line {line}", found, allowed) from None


def _parsed(text: str) -> dict[str, Any]:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > _LONGEST_LINE:
            raise _Unreadable(f"line {number}", f"{len(line)} characters", f"at most {_LONGEST_LINE} in a line")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _explained(text, str(error)) from None
    except RecursionError:
        raise _Unreadable("(file)", "lists in lists without end", "a few levels") from None
    if not document:
        raise _Unreadable("(file)", "nothing but blanks and comments", "a whole environment: copy one that works")
    return document


def _explained(text: str, message: str) -> _Unreadable:
    """The parser's complaint, with the place, and the line itself or the name of what is declared twice."""
    lines = text.split("\n")
    if place := re.search(r" \(at line (\d+), column (\d+)\)$", message):
        number, column = map(int, place.groups())
    else:  # the parser reached the end of the text
        number = max(index for index, line in enumerate(lines, start=1) if line.strip())
        column = len(lines[number - 1]) + 1
    complaint = message.partition(" (at ")[0]
    if complaint.startswith(("Cannot", "Duplicate")):
        inline = re.search(r"inline table key '(.*)'", complaint)
        found = f"{inline[1] if inline else _declared_name(lines[:number])} for the second time"
        allowed = "each key and table once"
    else:
        line = lines[number - 1].strip(" \t\r")
        found = cut(line) if line.isprintable() else shown(line)  # a stray control character shows
        reason = f"{complaint[0].lower()}{complaint[1:]}"
        allowed = f'TOML ({reason}); text goes in double quotes, as in region = "brazil"'
    return _Unreadable(f"line {number}, column {column}", found, allowed)


def _declared_name(lines: list[str]) -> str:
    """The key or table whose declaration ends the lines; a value may span several."""
    key = ""
    for line in reversed(lines):
        if header := _HEADER.fullmatch(line):
            return f"{header[1]}.{key}" if key else f"[{header[1]}]"
        statement = _STATEMENT.match(line)
        if statement and not key:
            key = statement[1]
    return key
