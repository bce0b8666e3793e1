"""Where what is there already is, as its identifier tells: in which account, and in which region."""

import re

from pydantic import ValidationInfo

from environments.field_types import refusal
from environments.table import Surroundings
from flowwise.tables.accounts import ACCOUNTS
from flowwise.tables.existing_ids import PLACES
from flowwise.tables.regions import REGIONS


def check_place(
    identifier: str, info: ValidationInfo, key: str, *, own_account: bool, own_region: bool, besides: str = ""
) -> None:
    """Raise a refusal if it is in another account or region than the environment, where it may be in no other.

    Which account is the environment's, says `account`, or else the first identifier that has to be in it. Of one whose
    form is another, other rules speak.
    """
    around = Surroundings.of(info)
    found = re.match(PLACES.get(around.cloud or "", "$."), identifier)
    if not found:
        return
    place = found.groupdict()
    account, region = place.get("account"), place.get("region")
    if own_account and account:
        around.account = around.account or (account, key)
        own, said_by = around.account
        if account != own:
            words = ACCOUNTS[around.cloud or ""].words
            raise refusal(f"one in the {words} {own}, as {said_by} says{besides}")
    code = REGIONS[around.region][around.cloud].code if around.region and around.cloud else None
    if own_region and region and code and region != code:
        raise refusal(f"one in {code}, the whole region that the environment is in")
