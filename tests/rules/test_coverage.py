"""Every expression of the rules is evaluated by a case. An expression that was never evaluated is not tested."""

from collections.abc import Callable, Iterator
from typing import Any

from rules.conftest import Tokens
from rules.evaluators import FirestoreEvaluator
from rules.firestore_cases import cases
from stoker_tools.rules_lab.budget import costs
from stoker_tools.rules_lab.firestore import FirestoreEmulator
from stoker_tools.rules_lab.judge import misjudged


def unevaluated(report: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Yield the positions of the expressions that were never evaluated."""
    position = report["sourcePosition"]
    if not report.get("values"):
        yield position["currentOffset"], position["endOffset"]
    for child in report.get("children", []):
        yield from unevaluated(child)


def evaluations(report: dict[str, Any]) -> int:
    """Return the number of evaluations of an expression and its parts."""
    parts = sum(evaluations(child) for child in report.get("children", []))
    return parts + sum(int(value.get("count", 1)) for value in report.get("values", []))


def test_every_expression_is_evaluated(
    new_project: Callable[[], FirestoreEmulator], firestore_rules: str, identities: Tokens
) -> None:
    evaluator = FirestoreEvaluator(new_project(), identities)
    evaluator.load(firestore_rules)
    telling = [case for case in cases() if case.allowed or len(case.name) % 4 == 0]
    assert misjudged(telling, evaluator.allows, lambda case: None) == []
    never = {offsets for tree in evaluator.project.coverage() for offsets in unevaluated(tree)}
    assert [firestore_rules[start:end] for start, end in sorted(never)] == []


def test_no_request_costs_more_than_is_estimated(
    new_project: Callable[[], FirestoreEmulator], firestore_rules: str, identities: Tokens
) -> None:
    evaluator = FirestoreEvaluator(new_project(), identities)
    estimated = costs(firestore_rules)
    dearest = [case for case in cases() if case.name in ("the most", "all at once", "what may be changed")]
    assert len(dearest) > 5
    for case in dearest:
        evaluator.load(firestore_rules)  # counts anew
        assert evaluator.allows(case)
        collection, operation = case.group.split()
        (request,) = (name for name in estimated if name.startswith(f"/{collection}/") and name.endswith(operation))
        # The emulator judges a write with the server's time in it twice.
        spent = sum(evaluations(tree) for tree in evaluator.project.coverage()) / 2
        assert 0 < spent <= estimated[request].expressions, case
