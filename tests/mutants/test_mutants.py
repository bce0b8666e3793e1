"""The list of mutants is sound. Whether each is caught takes minutes: `make mutants`."""

from collections import Counter

from tests.mutants.mutant import all_mutants
from tests.workspace import REPOSITORY

MUTANTS = all_mutants()


def test_there_are_many_and_each_has_a_name_of_its_own() -> None:
    assert len([mutant for mutant in MUTANTS if not mutant.survives]) >= 40
    assert [name for name, times in Counter(mutant.name for mutant in MUTANTS).items() if times > 1] == []


def test_each_can_be_applied() -> None:
    assert [mutant.name for mutant in MUTANTS if mutant.times != 1 or mutant.new == mutant.old] == []


def test_the_tests_that_catch_them_are_there() -> None:
    assert [mutant.name for mutant in MUTANTS if not mutant.caught_by] == []
    files = {file for mutant in MUTANTS for file in mutant.test_files}
    assert {file for file in files if not (REPOSITORY / file).exists()} == set()
    targets = {target for mutant in MUTANTS for target in mutant.caught_by}
    assert not any("test_the_committed_tree_is_what_the_code_makes" in target for target in targets)
    assert "tests/infra/test_infra.py" not in targets, "it has that test in it"


def test_a_survivor_says_which_test_is_missing() -> None:
    assert [mutant.name for mutant in MUTANTS if mutant.survives != bool(mutant.missing)] == []
