"""What Terraform evaluates, and what it leaves as it is: where a module is called, what is no `Expression` is text.

So the text of an environment file cannot become code by somebody's forgetting to escape it: who wants code says so.
"""

import re
from typing import Any

_TEMPLATE = re.compile(r"([$%])\{")
# By these CDKTF knows what it is to put something else in the place of, in any text: an empty text inside hides them.
_TOKEN, _NO_TOKEN = "TfToken[", 'Tf${""}Token['


class Expression(str):
    """A template of Terraform's, of one `${...}` or of several among text."""

    __slots__ = ()


def literal(value: Any) -> Any:
    """A nested value whose texts stay what they are in a template. Expressions, and what is no text, are as given."""
    if isinstance(value, str):
        return value if isinstance(value, Expression) else _TEMPLATE.sub(r"\1\1{", value).replace(_TOKEN, _NO_TOKEN)
    if isinstance(value, dict):
        return {literal(key): literal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [literal(item) for item in value]
    return value
