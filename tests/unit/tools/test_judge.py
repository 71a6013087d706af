"""The judge of the rules' cases, which asks several at once."""

import threading
from dataclasses import dataclass

from stoker_tools.rules_lab.judge import misjudged


@dataclass(frozen=True)
class Asked:
    group: str
    place: str
    allowed: bool = True


def test_a_case_meets_no_change_of_another_group() -> None:
    deleted = threading.Event()
    judged = threading.Event()

    def allows(case: Asked) -> bool:
        if case.group == "projects delete":
            deleted.set()
            judged.wait(0.5)  # long enough for the other case to be judged, if it runs at the same time
            return True
        judged.set()
        return not deleted.is_set()

    cases = [Asked("projects delete", "projects/adas"), Asked("tasks create", "tasks/new")]
    assert misjudged(cases, allows, lambda case: deleted.clear()) == []


def test_cases_of_a_place_are_judged_in_turn_and_restored_in_between() -> None:
    there = {"projects/adas"}

    def allows(case: Asked) -> bool:
        found = case.place in there
        there.discard(case.place)
        return found

    cases = [Asked("projects delete", "projects/adas")] * 3
    assert misjudged(cases, allows, lambda case: there.add(case.place)) == []
    assert misjudged(cases, allows, lambda case: None) == cases[1:]
