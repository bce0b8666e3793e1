"""What main knew a short while ago, and this revision does not: rules that were loosened, and states that were left.

A change that loosens a rule, or has Terraform look at an empty state, must not make use of that; nor must the next one,
for what is refused when it is deployed goes along with whatever is merged after it. So what was so on main within a
month holds beside what is so now, but for what ACCEPT_DESTROY says is wanted.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flowwise.tables.project import PROTECTED
from operations.backends import cloud_of_backend
from operations.failure import OperationError
from operations.git import git, resolved
from operations.guard.findings import Finding
from operations.guard.rules import RuleSet, rules

DAYS = 30
RULES = "operations/guard/rules"
JUDGES = (
    ".github",
    "Makefile",
    "operations",
    "constructs/flowwise/tables/project.py",
    "constructs/flowwise/tables/providers.py",
)
"""What decides which plan is applied. A change of this only its reviewers can hold off: so they are told."""
_SAYS_PROTECTED = re.compile(rf'^output "{PROTECTED}" {{\n(?:  .*\n)*?  value +=\s+true$', re.MULTILINE)


@dataclass(frozen=True)
class History:
    """What holds of earlier revisions. `findings` are to be asked about if a plan does something."""

    rule_sets: tuple[RuleSet, ...] = ()
    findings: tuple[Finding, ...] = ()
    left_state: Finding | None = None  # to be asked about if the plan's own state is empty
    changed_judges: tuple[str, ...] = ()


def history(repository: Path, root: str, base: str = "") -> History:
    """That of a repository and one of its roots; nothing where Git has no commit of it.

    `base` is the revision that the change at hand is compared with; else that is the commit before. Raises
    OperationError if Git has only a part of the history.
    """
    if not (repository / ".git").exists() or not resolved(repository, "HEAD"):
        return History()
    if git(repository, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise OperationError(
            f"This copy of the repository lacks the history by which plans are judged, of {DAYS} days: run `git fetch "
            "--unshallow`, and in a pipeline check out with `fetch-depth: 0`."
        )
    rule_sets, unreadable = _rules(repository)
    return History(rule_sets, unreadable, _left_state(repository, root), tuple(_changed_judges(repository, base)))


def _rules(repository: Path) -> tuple[tuple[RuleSet, ...], tuple[Finding, ...]]:
    """The rules that were others, and what to ask about those that cannot be read any more."""
    found: dict[str, RuleSet] = {}
    unreadable = []
    for commit in _earlier(repository, RULES):
        tree = resolved(repository, f"{commit}:{RULES}")
        if not tree or tree in found:
            continue
        try:
            rule_set = RuleSet(_tables(repository, tree))
        except (ValueError, LookupError):
            does = "has other rules than this guard can read, so nobody knows what they would refuse"
            unreadable.append(Finding(RULES, commit[:12], does))
        else:
            found[tree] = rule_set
    others = tuple(rule_set for rule_set in found.values() if rule_set.tables != rules().tables)
    return others, tuple(unreadable)


def _tables(repository: Path, tree: str) -> dict[str, dict[str, object]]:
    names = git(repository, "ls-tree", "--name-only", "-z", tree).split("\0")
    return {
        name.removesuffix(".toml"): tomllib.loads(git(repository, "show", f"{tree}:{name}"))
        for name in names
        if name.endswith(".toml")
    }


def _left_state(repository: Path, root: str) -> Finding | None:
    """Where a protected environment had its state, if it has it elsewhere now."""
    backend, outputs = f"{root}/backend.tf", f"{root}/outputs.tf"
    file = repository / backend
    now = _backend(file.read_text()) if file.exists() else ""
    for commit in _earlier(repository, backend, outputs):
        text = _file(repository, commit, backend)
        is_protected = _SAYS_PROTECTED.search(_file(repository, commit, outputs))
        if is_protected and cloud_of_backend(text) and _backend(text) != now:
            does = "leaves the state behind that has all that is deployed"
            return Finding("terraform.backend", "changed", does, _backend(text), now)
    return None


def _backend(text: str) -> str:
    """What a backend.tf says, without its comments, in one line."""
    lines = [line.strip() for line in text.splitlines()]
    return " ".join(re.sub(r" +", " ", line) for line in lines if line and not line.startswith("#"))


def _file(repository: Path, commit: str, path: str) -> str:
    """What a file said; nothing if there was none."""
    return git(repository, "show", f"{commit}:{path}") if resolved(repository, f"{commit}:{path}") else ""


def _earlier(repository: Path, *paths: str) -> Iterator[str]:
    """The newest commit, and of main each that came before a change of one of the paths, the newest first."""
    yield resolved(repository, "HEAD")
    since = f"--since={DAYS} days ago"
    changes = git(repository, "log", "--first-parent", since, "--format=%H", "HEAD", "--", *paths)
    yield from filter(None, (resolved(repository, f"{commit}^") for commit in changes.split()))


def _changed_judges(repository: Path, base: str) -> list[str]:
    """What of the judges differs from the revision that the change is compared with."""
    compared = resolved(repository, base or "HEAD^")
    return (
        git(repository, "diff", "--name-only", "--merge-base", compared, "--", *JUDGES).split("\n")[:-1]
        if compared
        else []
    )
