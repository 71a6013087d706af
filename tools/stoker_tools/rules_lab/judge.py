"""Many requests to the rules, and which of them were judged as they must not be."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import attrgetter
from typing import Protocol, TypeVar

THREADS = 6
"""The emulator takes several requests at once; beyond that, they wait for its processor."""


class Judged(Protocol):
    """What is judged.

    Attributes:
        allowed: Whether the rules must allow it.
        group: A collection and an operation, or a folder. Groups come in turn, because a rule may read another
            collection: a task is refused while a case of another group has deleted its project.
        place: What it touches: nothing else touches that meanwhile, or the two would wait for each other.
    """

    @property
    def allowed(self) -> bool: ...

    @property
    def group(self) -> str: ...

    @property
    def place(self) -> str: ...


Item = TypeVar("Item", bound=Judged)


def misjudged(cases: Iterable[Item], allows: Callable[[Item], bool], restore: Callable[[Item], None]) -> list[Item]:
    """The cases that the rules decide otherwise than they must.

    Args:
        cases: All of them.
        allows: Asks the rules.
        restore: Undoes what a case has changed; called after each that was allowed.
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
    """The cases, in a list for each name."""
    return [list(found) for _, found in groupby(sorted(cases, key=name), name)]
