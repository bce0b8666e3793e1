"""Has Checkov do once what it does again and again, to the same end: half of its time, and nothing that it finds.

It evaluates each of some thousand expressions ten times over, and makes the tables of one parser for every query.
"""

import copy
import gc
from collections.abc import Callable
from typing import Any

import bc_jsonpath_ng.parser
import checkov.main  # noqa: F401  # which imports all that is changed below, in the order that it wants
from checkov.terraform.graph_builder.variable_rendering import evaluate_terraform


def _once_for_each_text(evaluate: Callable[[str], Any]) -> Callable[[str], Any]:
    known: dict[str, tuple[Any, Exception | None]] = {}

    def known_or_evaluated(text: str) -> Any:
        if not isinstance(text, str):
            return evaluate(text)
        if text not in known:
            try:
                known[text] = evaluate(text), None
            except Exception as error:
                known[text] = None, error
        value, error = known[text]
        if error:
            raise error.with_traceback(None)
        return copy.deepcopy(value)

    return known_or_evaluated


def _once_for_each_start(make_parser: Callable[..., Any]) -> Callable[..., Any]:
    made: dict[str, Any] = {}

    def made_or_make(*, start: str, **options: Any) -> Any:
        if start not in made:
            made[start] = make_parser(start=start, **options)
        return made[start]

    return made_or_make


evaluate_terraform.evaluate = _once_for_each_text(evaluate_terraform.evaluate)
bc_jsonpath_ng.parser.ply.yacc.yacc = _once_for_each_start(bc_jsonpath_ng.parser.ply.yacc.yacc)
gc.disable()  # it lives for half a minute
