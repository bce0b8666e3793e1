"""What a quota is, and how much of it an environment needs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """A limit of an account in a region.

    `service` and `name` are what the cloud's own tool calls it. `new_account` is what an account has that never asked
    for more, read in `source`; None where the cloud publishes no number.
    """

    service: str
    name: str
    words: str
    new_account: int | None
    source: str


@dataclass(frozen=True)
class Need:
    """So much of a quota: with the fewest nodes, and with the most of them and those that an upgrade adds.

    `key` is what to change in the environment file to need another amount.
    """

    quota: Quota
    least: int
    most: int
    key: str

    @property
    def exceeds_new_account(self) -> bool:
        """Whether an account that never asked for more is too small."""
        return self.quota.new_account is not None and self.most > self.quota.new_account
