"""Whether what is left of a quota is enough."""

from operations.questions.question import Answer, could_not_ask, good_if
from quotas import Need


def room_for(need: Need, limit: float | None, used: float) -> Answer:
    """The answer for a need, by the account's limit and what is used of it; None if the cloud names no such quota."""
    if limit is None:
        return could_not_ask(f"{need.quota.service} names no {need.quota.name} here")
    wanted = f"{need.least} to {need.most}" if need.most != need.least else f"{need.most}"
    text = f"{limit - used:g} of {limit:g} left, {wanted} needed"
    if need.least <= limit - used < need.most:
        text += f": enough to begin with, until nodes are added ({need.key})"
    return good_if(limit - used >= need.most, text, text)


def about(need: Need) -> str:
    """How the question is called."""
    return f"quota {need.quota.service} {need.quota.name}: {need.quota.words}"
