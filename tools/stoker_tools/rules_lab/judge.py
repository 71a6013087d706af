"""Many requests to the rules, and the requests among them that were decided wrongly."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import attrgetter
from typing import Protocol, TypeVar

THREADS = 6
"""Requests that are sent at once. With more, the requests wait for the emulator's processor."""


class Judged(Protocol):
    """A case: a request with the expected decision.

    Attributes:
        allowed: True if the rules must allow the request.
        group: A collection and an operation, or a folder. Groups are judged one after another, because a rule may read
            another collection. A task would be refused while a case of another group has deleted its project.
        place: The document or object that the request touches. Cases of one place are judged one after another.
    """

    @property
    def allowed(self) -> bool: ...

    @property
    def group(self) -> str: ...

    @property
    def place(self) -> str: ...


Item = TypeVar("Item", bound=Judged)


def misjudged(cases: Iterable[Item], allows: Callable[[Item], bool], restore: Callable[[Item], None]) -> list[Item]:
    """Return the cases that the rules decide wrongly.

    Args:
        cases: The cases to judge.
        allows: Sends a case's request, and returns whether the rules allowed it.
        restore: Undoes the change of a case. It is called after each request that was allowed.
    """

    def judge(of_place: Sequence[Item]) -> list[Item]:
        wrong = []
        for case in of_place:
            allowed = allows(case)
            if allowed:
                restore(case)
            if allowed != case.allowed:
                wrong.append(case)
        return wrong

    wrong: list[Item] = []
    with ThreadPoolExecutor(THREADS) as threads:
        for group in _shared(cases, attrgetter("group")):
            for found in threads.map(judge, _shared(group, attrgetter("place"))):
                wrong += found
    return wrong


def _shared(cases: Iterable[Item], name: Callable[[Item], str]) -> list[list[Item]]:
    """Group the cases by a name; return a list for each name."""
    return [list(found) for _, found in groupby(sorted(cases, key=name), name)]
