"""Names and values as a terminal and Markdown may have them: whoever wrote them cannot steer either."""


def printable(text: str) -> str:
    """A text in one line, whose control characters, escape codes and marks of direction are written out."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def code(text: str, bars: bool = False) -> str:
    """A text as code in Markdown, which no backtick ends; in a table's cell, no bar either."""
    shown = printable(text).replace("`", "'")
    return f"`{shown.replace('|', chr(92) + '|') if bars else shown}`"
