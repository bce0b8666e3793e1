"""What texts look like that are addresses, as model and modules check them: regular expressions, for Terraform too.

None has a backslash, which HCL would want twice, nor a `$`, `%`, quote, bracket or blank.
"""

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_WORD = "[A-Za-z0-9_+-]+"

EMAIL_PATTERN = f"{_WORD}([.]{_WORD})*@({_LABEL}[.])+[A-Za-z]([A-Za-z0-9-]{{0,61}}[A-Za-z0-9])"
"""An e-mail address as people have them; "Internet Message Format" (RFC 5322) allows far more than mail is sent to."""

EMAIL_EXAMPLE = "finops@flowwise.example"

_NAME = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST_PATTERN = f"({_NAME}[.])+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?"
"""A host name; its last word begins with a letter, so it is no address of numbers."""
