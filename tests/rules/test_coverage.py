"""Every expression of the rules is evaluated by some case: what the emulator has never come to, nobody has tried."""

from collections.abc import Callable, Iterator
from typing import Any

from development.rules.firestore import FirestoreEmulator
from development.rules.judge import misjudged
from rules.conftest import Tokens
from rules.firestore_cases import cases
from rules.hunters import FirestoreHunter


def unevaluated(report: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Where in the text there is an expression that has no value yet."""
    position = report["sourcePosition"]
    if not report.get("values"):
        yield position["currentOffset"], position["endOffset"]
    for child in report.get("children", []):
        yield from unevaluated(child)


def test_every_expression_is_evaluated(
    new_project: Callable[[], FirestoreEmulator], firestore_rules: str, identities: Tokens
) -> None:
    hunter = FirestoreHunter(new_project(), identities)
    hunter.load(firestore_rules)
    telling = [case for case in cases() if case.allowed or len(case.name) % 4 == 0]
    assert misjudged(telling, hunter.allows, lambda case: None) == []
    never = {offsets for tree in hunter.project.coverage() for offsets in unevaluated(tree)}
    hunter.project.close()
    assert [firestore_rules[start:end] for start, end in sorted(never)] == []
