"""A question to a cloud's tool, and its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["ok", "not ok", "could not ask"]


@dataclass(frozen=True)
class Answer:
    """Whether something is as it has to be, and what was found."""

    status: Status
    text: str


def ok(text: str) -> Answer:
    """As it has to be."""
    return Answer("ok", text)


def not_ok(text: str) -> Answer:
    """What would fail later."""
    return Answer("not ok", text)


def could_not_ask(text: str) -> Answer:
    """Nobody knows."""
    return Answer("could not ask", text)


def good_if(is_good: bool, text: str, otherwise: str) -> Answer:
    """One of two answers."""
    return ok(text) if is_good else not_ok(otherwise)


@dataclass(frozen=True)
class Question:
    """What is asked by a command that changes nothing.

    `judge` reads its JSON, a list if there are several documents; what it misses there is a question that could not be
    asked. `refused` reads what a command that failed said, where its failing is an answer; None where it is none.
    """

    about: str
    command: tuple[str, ...]
    judge: Callable[[Any], Answer]
    refused: Callable[[str], Answer | None] = lambda said: None
