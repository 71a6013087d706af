"""A mistake in the rules is noticed. These tests try a sample; `scripts/mutate-rules` tries all mistakes."""

import os
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from rules.conftest import Tokens
from rules.equivalents import EQUIVALENT
from rules.evaluators import FirestoreEvaluator, StorageEvaluator
from rules.firestore_cases import cases
from rules.storage_cases import scaled, storage_cases
from stoker_tools.rules_lab.firestore import FirestoreEmulator
from stoker_tools.rules_lab.mutants import Mutant, mutants
from stoker_tools.rules_lab.mutation_run import MutationRun
from stoker_tools.rules_lab.storage import StorageEmulator
from stoker_tools.setup.environment import ROOT

SEED = int(os.environ.get("STOKER_MUTANTS_SEED") or datetime.now(UTC).toordinal())
"""The seed of the sample: the date, or the environment variable, which repeats the sample of another day."""

STORAGE_RULES = ROOT / "rules/storage.rules"


def sample(rules: str, count: int) -> list[Mutant]:
    """Draws some of the mistakes that can be noticed, and prints the seed."""
    print(f"STOKER_MUTANTS_SEED={SEED}")
    return random.Random(SEED).sample([mutant for mutant in mutants(rules) if str(mutant) not in EQUIVALENT], count)


def check_none(survivors: Sequence[Mutant]) -> None:
    """Fails with the mistakes that were not noticed."""
    assert [str(mutant) for mutant in survivors] == [], f"Drawn with STOKER_MUTANTS_SEED={SEED}."


def test_mistakes_in_the_rules_of_firestore_are_noticed(
    new_project: Callable[[], FirestoreEmulator], firestore_rules: str, identities: Tokens
) -> None:
    evaluators = [FirestoreEvaluator(new_project(), identities) for _ in range(2)]
    survivors = MutationRun(evaluators, cases(), firestore_rules).survivors(
        sample(firestore_rules, 10), lambda *_: None
    )
    check_none(survivors)


def test_mistakes_in_the_rules_of_storage_are_noticed(identities: Tokens) -> None:
    rules = STORAGE_RULES.read_text()
    files = StorageEmulator(os.environ["FIREBASE_STORAGE_EMULATOR_HOST"], "rules-mutants")
    evaluator = StorageEvaluator(files, identities, STORAGE_RULES)
    try:
        run = MutationRun([evaluator], storage_cases(), scaled(rules))
        survivors = run.survivors(sample(scaled(rules), 4), lambda *_: None)
    finally:
        evaluator.load(rules)
        files.close()
    check_none(survivors)


@pytest.mark.parametrize("rules", ["firestore", "storage"])
def test_there_are_many_mistakes_to_make_and_those_known_as_equivalent_are_among_them(rules: str) -> None:
    made = {str(mutant) for mutant in mutants(scaled((ROOT / f"rules/{rules}.rules").read_text()))}
    assert len(made) >= {"firestore": 200, "storage": 50}[rules]
    blocks = ("/b/", "/user-uploads", "/job-outputs", "/public")
    known = {name for name in EQUIVALENT if name.startswith(blocks) == (rules == "storage")}
    assert known <= made
