"""Many requests to the rules, and which of them were judged as they must not be."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

THREADS = 6
"""The emulator takes several requests at once; beyond that, they wait for its processor."""


class Judged(Protocol):
    """What is judged.

    Attributes:
        allowed: Whether the rules must allow it.
        place: What it touches: nothing else touches that meanwhile, or the two would wait for each other.
    """

    @property
    def allowed(self) -> bool: ...

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
    places = defaultdict(list)
    for case in cases:
        places[case.place].append(case)

    def judge(of_place: Sequence[Item]) -> list[Item]:
        wrong = []
        for case in of_place:
            allowed = allows(case)
            if allowed:
                restore(case)
            if allowed != case.allowed:
                wrong.append(case)
        return wrong

    with ThreadPoolExecutor(THREADS) as threads:
        return [case for wrong in threads.map(judge, places.values()) for case in wrong]
