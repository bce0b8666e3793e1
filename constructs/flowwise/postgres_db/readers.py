"""Who may read what databases hold, and change nothing: the input of all that hand it on, worded and checked alike."""

from typing import Any

from flowwise.authoring.contract import Object, Validation, attribute, variable
from flowwise.tables.naming import MAX_SUFFIX_LENGTH, NAME_PATTERN


class DatabaseReader(Object):
    """People who read the tables of some microservices."""

    identifier: str = attribute(
        "Who they are, by the directory's identifier: on Azure the object id of a group of Microsoft Entra, on AWS the "
        "ARN of an IAM role or user, on Google Cloud the e-mail address of a group."
    )
    services: list[str] = attribute("Microservices whose tables they read.")


def reader_role(name: str) -> str:
    """The role that readers of a name, a template, sign in as. A microservice's has no hyphen."""
    return f"{name}-reader"


def database_readers(**more: Any) -> Any:
    """`dict[str, DatabaseReader]`: the readers, by name."""
    return variable(
        "Who may read the tables of microservices and change nothing, by a name that people know.",
        default={},
        validations=_RULES,
        **more,
    )


_RULES = [
    Validation(
        "alltrue([for name in keys(self) : "
        f'can(regex("^{NAME_PATTERN}$", name)) && length(name) <= {MAX_SUFFIX_LENGTH}])',
        f"The names of readers must have at most {MAX_SUFFIX_LENGTH} lower-case letters, digits and single hyphens, "
        "must start with a letter and must not end with a hyphen.",
        rejects={"Data Analysts": DatabaseReader(identifier="somebody", services=[])},
    ),
    Validation(
        'alltrue([for reader in values(self) : trimspace(reader.identifier) != ""]) && '
        "length(distinct(values(self)[*].identifier)) == length(self)",
        "Each of the readers must have an identifier, and none that another has.",
        rejects={"analysts": DatabaseReader(identifier=" ", services=[])},
    ),
]
