"""A plan for people to read, as Markdown: what happens to what, with the values that rules name, and no secret."""

import re
from collections.abc import Iterable, Iterator, Sequence

from operations.guard.findings import named_values
from operations.guard.releases import with_custom_resources
from operations.planned import Change, Plan
from operations.printable import code, printable

MOST_CHARACTERS = 65_536  # of a comment on GitHub
_MOST_OPEN_ROWS = 10
_MOST_ATTRIBUTES = 8
_CUT = "\n**This is cut here, because a comment on GitHub has no room for more. The job's log has all of the plan.**\n"

# What cannot be undone first, so that a cut hits what matters least.
_TITLES = {
    "destroy": "To destroy",
    "replace": "To replace",
    "forget and create": "To create anew, forgetting what is there",
    "forget": "To forget, left as it is",
    "change": "To change",
    "create": "To create",
}
_DIGEST = re.compile(r"^This is the plan with the SHA-256 `([0-9a-f]{64})`\.$", re.MULTILINE)
_INDEX = re.compile(r"\[\d+\]")
_COUNTED = ("create", "change", "replace", "destroy", "forget")


def marker(kind: str, stack: str) -> str:
    """The first line of a summary, by which its comment is found and replaced: `<!-- plan of prod -->`."""
    return f"<!-- {kind} of {stack} -->"


def summary(
    kind: str,
    stack: str,
    plan: Plan,
    refusals: Sequence[str],
    notes: Sequence[str] = (),
    warnings: Sequence[str] = (),
    digest: str = "",
) -> str:
    """The Markdown of a plan, or of a drift, which is a plan that nobody asked for.

    `digest` is that of the file of a plan that may be applied. It stands where no cut reaches, as do the refusals.
    """
    blocks = [_heading(kind, stack), f"**{_counts(kind, plan)}**"]
    blocks += [f"This is the plan with the SHA-256 `{digest}`."] if digest else []
    blocks += [f"> [!CAUTION]\n{_quoted(refusal)}" for refusal in refusals]
    blocks += [f"> [!WARNING]\n{_quoted(warning)}" for warning in [*warnings, *_remarks(plan)]]
    blocks += [f"> [!IMPORTANT]\n{_quoted(note)}" for note in notes]
    for action, title in _TITLES.items():
        blocks += _section(title, [change for change in plan.resources if change.action == action])
    blocks += _section("To move or import", [change for change in plan.resources if _is_moved(change)])
    blocks += _section("Outputs", [change for change in plan.outputs if change.action != "keep"])
    blocks += _section("Changed other than by Terraform", [change for change in plan.drift if change.action != "keep"])
    return _fitted("\n\n".join(blocks) + "\n")


def failure(kind: str, stack: str, message: str) -> str:
    """The Markdown that takes the place of a plan that there is none of."""
    return f"{_heading(kind, stack)}\n\n**There is no plan.** {printable(message.splitlines()[0])}\n"


def digest_in(summary: str) -> str | None:
    """The digest of the plan that a summary shows; None if it shows none that may be applied."""
    found = _DIGEST.search(summary)
    return found[1] if found else None


def _remarks(plan: Plan) -> Iterator[str]:
    if plan.failing_checks:
        lines = "\n".join(f"- {code(failing)}" for failing in plan.failing_checks)
        yield f"Checks fail, which does not keep Terraform from applying this:\n\n{lines}"


def _heading(kind: str, stack: str) -> str:
    return f"{marker(kind, stack)}\n### {kind.capitalize()} of `{stack}`"


def _counts(kind: str, plan: Plan) -> str:
    actions = [word for change in plan.resources for word in change.action.split(" and ")]
    counts = [f"{actions.count(action)} to {action}" for action in _COUNTED]
    if not plan.applies:
        return "No changes: the infrastructure is as the code says."
    return ("Not as the code says: " if kind == "drift" else "") + ", ".join(counts) + "."


def _is_moved(change: Change) -> bool:
    return change.action == "keep" and bool(change.moved_from or change.imported)


def _section(title: str, changes: Sequence[Change]) -> list[str]:
    if not changes:
        return []
    rows = [f"| {_code([change.address])} | {_cell(change)} |" for change in sorted(changes, key=_address)]
    table = "\n".join(["| Address | |", "| --- | --- |", *rows])
    name = f"{title} ({len(changes)})"
    if len(changes) > _MOST_OPEN_ROWS:
        return [f"<details><summary>{name}</summary>", table, "</details>"]
    return [f"#### {name}", table]


def _address(change: Change) -> str:
    return change.address


def _cell(change: Change) -> str:
    if change.type == "output":
        return change.action
    parts = []
    if change.forced_by:
        parts.append(f"because of {_code(change.forced_by)}, which {change.reason or 'forces it'}")
    elif change.reason:
        parts.append(f"because {change.reason}")
    if change.action == "change":
        parts.append(_differences(change))
    if change.moved_from:
        parts.append(f"was {_code([change.moved_from])}")
    if change.imported:
        parts.append("imported")
    if change.deposed:
        parts.append("what a replacement has left")
    return "; ".join(parts)


def _differences(change: Change) -> str:
    """What rules name with its values, all of it, and then the names of the rest."""
    shown = [(each, value) for each in with_custom_resources(change) for value in named_values(each)]
    values = [
        f"{code(each.address.removeprefix(change.address) + value.rule.path, bars=True)} "
        f"from {code(value.before, bars=True)} to {code(value.after, bars=True)}"
        for each, value in shown
    ]
    named = {value.rule.path for each, value in shown if each is change}
    rest = [name for name in change.attributes if _INDEX.sub("", name) not in named]
    return ", ".join([*values, *([_code(rest)] if rest else [])])


def _code(names: Iterable[str]) -> str:
    """Names as code in a cell of a table."""
    names = list(names)
    shown = [code(name, bars=True) for name in names[:_MOST_ATTRIBUTES]]
    rest = len(names) - _MOST_ATTRIBUTES
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _fitted(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    end = "\n\n</details>\n"
    kept = text[: MOST_CHARACTERS - len(end) - len(_CUT)].rpartition("\n")[0]
    if kept.count("```") % 2:
        return f"{kept}\n> ```\n{_CUT}"
    is_open = kept.count("<details>") > kept.count("</details>")
    return kept + (end if is_open else "\n") + _CUT
