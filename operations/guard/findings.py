"""What a plan does that a protected environment has to be asked about, each with how it is accepted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from flowwise.tables.project import PROTECTED
from operations.guard.leaves import Marked, leaves, paths_to
from operations.guard.releases import with_custom_resources
from operations.guard.rules import VERBS, Case, Rule, RuleSet, rules
from operations.guard.weakening import is_weak, weakens
from operations.planned import Change, Plan

_LONGEST, _CONTEXT = 160, 40  # characters of a value, and of those that are shown before it differs


@dataclass(frozen=True)
class Value:
    """Values that a rule names, before and after, as people may see them."""

    rule: Rule
    before: str
    after: str
    is_weaker: bool


@dataclass(frozen=True)
class Finding:
    """Something to be asked about. `what` is empty where the resource goes, and else a path or a word."""

    address: str
    what: str
    does: str
    before: str = ""
    after: str = ""

    @property
    def acceptance(self) -> str:
        """What says that it is wanted."""
        return f"{self.address}:{self.what}" if self.what else self.address


def findings(plan: Plan, earlier: Iterable[RuleSet] = ()) -> list[Finding]:
    """All of a plan, whether or not the environment is protected, by the rules and by earlier ones as well."""
    changes = [each for change in plan.resources for each in with_custom_resources(change)]
    rule_sets = [*earlier, rules()]
    found = [
        *_of_protection(plan, rule_sets),
        *(Finding(each.address, each.what, each.does) for each in plan.asides),
        *(
            finding
            for rule_set in rule_sets
            for change in changes
            for finding in _of_change(change, plan.is_deployed, rule_set)
        ),
    ]
    return list({finding.acceptance: finding for finding in found}.values())


def was_protected(plan: Plan, earlier: Iterable[RuleSet] = ()) -> bool:
    """Whether what is deployed says that it is protected, whatever the change says.

    Where it has no word of its own, having been applied before there was one, its locks say it.
    """
    if PROTECTED in plan.outputs_before:
        return plan.outputs_before[PROTECTED] is True
    there = [change for change in plan.resources if change.before is not None]
    return any(_is_locked(change, rule_set) for rule_set in (*earlier, rules()) for change in there)


def _is_locked(change: Change, rule_set: RuleSet) -> bool:
    telling = [leaf for rule in _rules(change, rule_set) if rule.tells for leaf in leaves(change.old, rule.steps)]
    return any(leaf.value is True for leaf in telling) or any(
        case.tells for case in _cases(change, rule_set, change.old)
    )


def named_values(change: Change) -> list[Value]:
    """The values of a resource that rules name, where they differ."""
    return list(_values(change, rules()))


def _of_protection(plan: Plan, rule_sets: Iterable[RuleSet]) -> Iterator[Finding]:
    if was_protected(plan, rule_sets) and plan.outputs_after.get(PROTECTED) is not True:
        yield Finding(f"output.{PROTECTED}", "value", "lifts the protection of the environment", "true", "false")


def _of_change(change: Change, is_deployed: bool, rule_set: RuleSet) -> Iterator[Finding]:
    key = change.key
    goes = [case for case in _cases(change, rule_set, change.old) if _goes(change, case)]
    if goes:
        yield Finding(key, "forget" if change.forgets else "", f"{change.verb} {goes[0].holds or goes[0].stays}")
    elif change.forgets:
        yield Finding(key, "forget", "forgets what goes on without Terraform")
    if change.imported and is_deployed and change.action != "keep":
        yield Finding(key, "import", f"{change.verb} what it takes over")
    if change.creates and is_deployed:
        for case in _cases(change, rule_set, change.new):
            if case.new:
                yield Finding(key, "create", f"makes {case.new}")
        if change.before is None:
            yield from _made_weak(change, rule_set)
    for value in _values(change, rule_set):
        if value.is_weaker:
            does = f"{VERBS[value.rule.kind]} {value.rule.words}"
            yield Finding(key, value.rule.path, does, value.before, value.after)


def _goes(change: Change, case: Case) -> bool:
    if case.holds:
        return change.destroys or change.forgets
    return bool(case.stays) and change.action in ("destroy", "perhaps destroy", "forget") and not change.deposed


def _made_weak(change: Change, rule_set: RuleSet) -> Iterator[Finding]:
    for rule in _rules(change, rule_set):
        new = list(leaves(change.new, rule.steps))
        if is_weak(rule, new):
            yield Finding(change.key, rule.path, f"{VERBS[rule.kind]} {rule.words}", "", _cut(_shown(new)))


def _values(change: Change, rule_set: RuleSet) -> Iterator[Value]:
    if change.before is None or change.after is None:
        return
    for rule in _rules(change, rule_set):
        old, new = (list(leaves(side, rule.steps)) for side in (change.old, change.new))
        if change.action != "change" and any(not leaf.is_known for leaf in new):
            continue  # what is made anew gets much of its own from its provider
        if [leaf.value for leaf in old] == [leaf.value for leaf in new] and all(leaf.is_known for leaf in new):
            continue
        yield Value(rule, *_differing(_shown(old), _shown(new)), weakens(rule, old, new))


def _rules(change: Change, rule_set: RuleSet) -> Iterator[Rule]:
    """Those for a resource's own paths, and for names wherever they are in it."""
    of_type = [rule for case in _cases(change, rule_set, change.old, change.new) for rule in case.values]
    yield from of_type
    own = {rule.path for rule in of_type}
    named = rule_set.by_name(change.type)
    names = frozenset(named)
    found = {
        ".".join(path): path[-1]
        for side in (change.old.value, change.new.value, change.new.unknown)
        for path in paths_to(side, names)
    }
    for path, name in found.items():
        if path not in own:
            rule = named[name]
            yield replace(rule, path=path)


def _cases(change: Change, rule_set: RuleSet, *sides: Marked) -> list[Case]:
    return [
        case
        for case in rule_set.cases.get(change.type, ())
        if any(all(_fits(side, *wanted) for wanted in case.where.items()) for side in sides)
    ]


def _fits(side: Marked, path: str, patterns: Sequence[str]) -> bool:
    steps = Rule(path, "", "").steps
    return any(fnmatchcase(str(leaf.value), pattern) for leaf in leaves(side, steps) for pattern in patterns)


def _differing(before: str, after: str) -> tuple[str, str]:
    """Both, from shortly before where they differ if they are long."""
    if max(len(before), len(after)) <= _LONGEST:
        return before, after
    pairs = enumerate(zip(before, after, strict=False))
    same = next((place for place, (old, new) in pairs if old != new), min(len(before), len(after)))
    start = max(same - _CONTEXT, 0)
    return _cut(before, start), _cut(after, start)


def _cut(text: str, start: int = 0) -> str:
    end = start + _LONGEST
    return f"{'...' if start else ''}{text[start:end]}{'...' if text[end:] else ''}"


def _shown(values: Sequence[Marked]) -> str:
    if not values:
        return "null"
    shown = [str(value) for value in values]
    return shown[0] if len(shown) == 1 else f"[{', '.join(dict.fromkeys(shown))}]"
