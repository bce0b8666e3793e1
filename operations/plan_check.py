"""Refuses plans that destroy or weaken what protects, where what is deployed or the environment's file says protected.

The explicit step is the environment variable ACCEPT_DESTROY, with exactly what may go or become weaker: the address of
what is destroyed, and `<address>:<what>` of anything else, with blanks or line ends between them. What has to be asked
about, `operations/guard/` says.
"""

import re
import shlex
from collections.abc import Iterable, Sequence

from operations.guard.findings import Finding, findings, was_protected
from operations.guard.history import History
from operations.planned import Plan
from operations.printable import code

ACCEPTANCE = "ACCEPT_DESTROY"
_NONE = History()
_MOST_FILES = 8
_ACCEPTED = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\.)*")+')  # blanks in quotes belong to the key of an address


def accepted_by(text: str) -> list[str]:
    """What a value of ACCEPT_DESTROY accepts, as it was written."""
    return _ACCEPTED.findall(text)


def refusals(plan: Plan, protected: bool, accepted: Iterable[str], history: History = _NONE) -> list[str]:
    """Why a plan must not be applied, a paragraph of Markdown each; none if it may be.

    `protected` is what the environment's file says; what is deployed may say it as well, so that the change that lifts
    protection does not make use of it. `accepted` is what ACCEPT_DESTROY holds. One that the plan does not do is
    refused as well: left over from another time, it would let pass what nobody has looked at. `history` is what else
    holds, of earlier revisions.
    """
    accepted = frozenset(accepted)
    asked = _asked(plan, history)
    is_protected = protected or _was_protected(plan, history)
    missing = [each for each in asked if each.acceptance not in accepted] if is_protected else []
    done = {each.acceptance for each in asked} | {change.key for change in plan.resources if change.destroys}
    stale = sorted(accepted - done)
    found = []
    if missing:
        says = "`deletion_protection = true`" if protected else "what is deployed says so, whatever its file says now"
        found.append(
            f"The environment is protected ({says}), and the plan would destroy or weaken what holds data, what "
            "everything hangs on, or what protects them.\n\n"
            f"If all of that is wanted, say so, with whatever else {ACCEPTANCE} has to hold:\n\n"
            f"{_command(missing)}\n\nIt is asked about:\n\n{_listed(missing)}"
        )
    if stale:
        found.append(
            f"{ACCEPTANCE} has addresses that the plan does not destroy, or what it does not do; take them out:\n\n"
            + "\n".join(f"- {code(each)}" for each in stale)
        )
    return found


def warnings(plan: Plan, protected: bool, accepted: Iterable[str], history: History = _NONE) -> list[str]:
    """What passes and should be read twice, a paragraph of Markdown each; none if there is nothing of that kind."""
    accepted = frozenset(accepted)
    is_protected = protected or _was_protected(plan, history)
    passing = [each for each in _asked(plan, history) if not is_protected or each.acceptance in accepted]
    found = []
    if history.changed_judges:
        files = [code(file) for file in history.changed_judges[:_MOST_FILES]]
        more = len(history.changed_judges) - len(files)
        found.append(
            "This change also changes what judges it, so this says no more than that change lets it say. Read that "
            f"first: {', '.join(files)}{f' and {more} more' if more else ''}."
        )
    if passing:
        why = f"{ACCEPTANCE} says that it is wanted" if is_protected else "the environment is not protected"
        found.append(f"This is destroyed or weakened, and passes, because {why}:\n\n{_listed(passing)}")
    if is_protected and plan.applies and not plan.is_deployed:
        found.append(
            "This state knows of nothing that is deployed: it is a first deploy, or not the state of what runs."
        )
    return found


def _asked(plan: Plan, history: History) -> list[Finding]:
    besides = list(history.findings) if plan.applies else []
    return [*besides, *_of_state(plan, history), *findings(plan, history.rule_sets)]


def _of_state(plan: Plan, history: History) -> list[Finding]:
    is_empty = plan.applies and not plan.is_deployed
    return [history.left_state] if history.left_state and is_empty else []


def _was_protected(plan: Plan, history: History) -> bool:
    return was_protected(plan, history.rule_sets) or bool(_of_state(plan, history))


def _command(missing: Sequence[Finding]) -> str:
    return f"```sh\n{ACCEPTANCE}={shlex.quote(' '.join(each.acceptance for each in missing))}\n```"


def _listed(asked: Iterable[Finding]) -> str:
    return "\n".join(f"- {code(each.acceptance)}: {each.does}{_values(each)}" for each in asked)


def _values(finding: Finding) -> str:
    if not (finding.before or finding.after):
        return ""
    return f", from {code(finding.before or 'null')} to {code(finding.after)}"
