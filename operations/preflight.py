"""Asks the cloud's own tool what would fail a first deploy: account, rights, sizes and zones, quotas, names.

ENV names the environment. Nothing is changed. Fails if an answer is not as it has to be.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from environments import Environment, load_environments
from environments.wording import listed
from operations.asked import asked_environment
from operations.deployable import REPOSITORY
from operations.failure import OperationError, exit_status
from operations.markdown import document, table
from operations.questions import aws, azure, google
from operations.questions.asking import NotToldError, ask, told
from operations.questions.question import Answer, Question


@dataclass(frozen=True)
class _Cloud:
    signed_in: Callable[[Environment], Question]
    questions: Callable[[Environment, Any], Iterator[Question]]
    how: str


_CLOUDS: Mapping[str, _Cloud] = {
    "azure": _Cloud(azure.signed_in, azure.questions, "az login"),
    "aws": _Cloud(aws.signed_in, aws.questions, "aws sso login, or aws configure"),
    "google": _Cloud(google.signed_in, google.questions, "gcloud auth login"),
}


def main() -> int:
    """Print the answers; 1 if one is not as it has to be."""
    environments = load_environments(REPOSITORY / "environments")
    name = asked_environment(environments)
    in_cloud = [environment for environment in environments if environment.in_cloud]
    asked = next((environment for environment in in_cloud if environment.name == name), None)
    if asked is None:
        names = listed([environment.name for environment in in_cloud])
        raise OperationError(f"Which environment in a cloud? Say ENV={names}.")
    answers = list(_answers(asked))
    rows = [[question.about, answer.status, answer.text] for question, answer in answers]
    print(document(f"Before {name} is deployed", table(["question", "answer", "what was found"], rows)))
    bad = sum(answer.status == "not ok" for _, answer in answers)
    unknown = sum(answer.status == "could not ask" for _, answer in answers)
    print(f"{len(answers) - bad - unknown} ok, {bad} not ok, {unknown} could not be asked.")
    return int(bad > 0)


def _answers(environment: Environment) -> Iterator[tuple[Question, Answer]]:
    """Each question with its answer; the first alone if that is wrong. Raises OperationError if nobody is signed in."""
    cloud = _CLOUDS[environment.cloud]
    first = cloud.signed_in(environment)
    try:
        who = told(first.command)
    except NotToldError as failure:
        said = (str(failure).strip().splitlines() or ["it said nothing"])[-1]
        raise OperationError(f"{first.command[0]} is not signed in ({cloud.how}): {said}") from None
    answer = ask(first)
    yield first, answer
    if answer.status == "ok":
        for question in cloud.questions(environment, who):
            yield question, ask(question)


if __name__ == "__main__":
    sys.exit(exit_status(main))
