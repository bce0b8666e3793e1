"""Rules that several contracts share, so that every module checks and words them alike."""

from flowwise.authoring.contract import Validation
from flowwise.tables.naming import MAX_PREFIX_LENGTH, NAME_PATTERN

PREFIX = Validation(
    f'can(regex("^{NAME_PATTERN}$", self)) && length(self) <= {MAX_PREFIX_LENGTH}',
    f"name must have at most {MAX_PREFIX_LENGTH} lower-case letters, digits and single hyphens, must start with a "
    "letter and must not end with a hyphen.",
    rejects="Flow_Wise",
)


def private_range(what: str, largest: int, smallest: int) -> Validation:
    """A range of private addresses (RFC 1918), from /`largest` to /`smallest`, written with its first address."""
    lengths = "|".join(str(length) for length in range(largest, smallest + 1))
    private = r"(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)"
    return Validation(
        f'can(regex("^{private}[0-9.]+/({lengths})$", self)) && try(cidrsubnet(self, 0, 0) == self, false)',
        f"{what} must be a range of private addresses (RFC 1918) between /{largest} and /{smallest}, written with its "
        "first address.",
        rejects="10.0.0.1/8",
    )
