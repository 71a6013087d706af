"""A mistake in the rules is noticed. Here, some of the mistakes; `scripts/mutate-rules` makes all of them."""

import os
import random
from collections.abc import Callable

import pytest

from development.environment import ROOT
from development.rules.firestore import FirestoreEmulator
from development.rules.hunt import Hunt
from development.rules.mutants import mutants
from development.rules.storage import StorageEmulator
from rules.conftest import Tokens
from rules.equivalents import EQUIVALENT
from rules.firestore_cases import cases
from rules.hunters import FirestoreHunter, StorageHunter
from rules.storage_cases import scaled, storage_cases

SEED = 20
STORAGE_RULES = ROOT / "rules/storage.rules"


def test_mistakes_in_the_rules_of_firestore_are_noticed(
    new_project: Callable[[], FirestoreEmulator], firestore_rules: str, identities: Tokens
) -> None:
    made = [mutant for mutant in mutants(firestore_rules) if str(mutant) not in EQUIVALENT]
    hunters = [FirestoreHunter(new_project(), identities) for _ in range(2)]
    survivors = Hunt(hunters, cases(), firestore_rules).survivors(
        random.Random(SEED).sample(made, 20), lambda mutant, case: None
    )
    for hunter in hunters:
        hunter.project.close()
    assert [str(mutant) for mutant in survivors] == []


def test_mistakes_in_the_rules_of_storage_are_noticed(identities: Tokens) -> None:
    rules = STORAGE_RULES.read_text()
    files = StorageEmulator(os.environ["FIREBASE_STORAGE_EMULATOR_HOST"], "rules-mutants")
    hunter = StorageHunter(files, identities, STORAGE_RULES)
    made = [mutant for mutant in mutants(scaled(rules)) if str(mutant) not in EQUIVALENT]
    try:
        survivors = Hunt([hunter], storage_cases(), scaled(rules)).survivors(
            random.Random(SEED).sample(made, 6), lambda *_: None
        )
    finally:
        hunter.load(rules)
        files.close()
    assert [str(mutant) for mutant in survivors] == []


@pytest.mark.parametrize("rules", ["firestore", "storage"])
def test_there_are_many_mistakes_to_make_and_those_known_as_equivalent_are_among_them(rules: str) -> None:
    made = {str(mutant) for mutant in mutants(scaled((ROOT / f"rules/{rules}.rules").read_text()))}
    assert len(made) >= {"firestore": 200, "storage": 50}[rules]
    blocks = ("/b/", "/user-uploads", "/job-outputs", "/public")
    known = {name for name in EQUIVALENT if name.startswith(blocks) == (rules == "storage")}
    assert known <= made
