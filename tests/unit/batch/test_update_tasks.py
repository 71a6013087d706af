"""Transitions of a task's status: the same for a batch as for the rules."""

from itertools import product

import pytest

from stoker.batch.update_tasks import transition_problem
from stoker.models.task import STATUS_TRANSITIONS, Task, TaskStatus, may_become
from stoker_tools.generate.rules import document_functions


@pytest.mark.parametrize(("before", "after"), list(product(STATUS_TRANSITIONS, STATUS_TRANSITIONS)))
def test_a_batch_refuses_what_the_rules_refuse(before: TaskStatus, after: TaskStatus) -> None:
    rules = document_functions(Task, "task").splitlines()
    [moves] = [line for line in rules if line.strip().startswith(f"'{before}': ")]
    rules_allow = f"'{after}'" in moves.partition(":")[2]
    assert (transition_problem(before, after) is None) == rules_allow == may_become(before, after)


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        ("cancelled", "completed", "'todo'"),
        ("cancelled", "in-progress", "'todo'"),
        ("completed", "cancelled", "'todo' or 'in-progress'"),
    ],
)
def test_a_sentence_names_a_status_on_the_way(before: TaskStatus, after: TaskStatus, step: str) -> None:
    message = transition_problem(before, after) or ""
    assert f"is '{before}', and can't become '{after}'" in message
    assert step in message
