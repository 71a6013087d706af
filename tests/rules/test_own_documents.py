"""The generated rules of an app's own documents decide every request as the registration says, here and in an app."""

import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from rules.conftest import Tokens
from rules.evaluators import FirestoreEvaluator
from rules.own_documents_cases import KINDS, own_cases, own_documents, registered
from stoker_tools.generate.app_rules import region
from stoker_tools.generate.document_rules import own_document_blocks
from stoker_tools.generate.files import FIRESTORE_RULES, document_regions, rules_and_indexes
from stoker_tools.generate.inputs import input_functions
from stoker_tools.rules_lab.firestore import FirestoreEmulator
from stoker_tools.rules_lab.judge import misjudged
from stoker_tools.rules_lab.mutants import Mutant, mutants
from stoker_tools.rules_lab.mutation_run import MutationRun
from stoker_tools.setup.environment import ROOT

SEED = int(os.environ.get("STOKER_MUTANTS_SEED") or datetime.now(UTC).toordinal())
"""The seed of the sample, as in `test_mutants`."""


@pytest.fixture(scope="module")
def own_rules() -> Iterator[str]:
    """The rules of this project, with the registered documents."""
    with registered():
        yield rules_and_indexes()[FIRESTORE_RULES]


def in_an_app() -> str:
    """Return the rules of an app whose own functions have the names of Stoker's, and allow everything."""
    template = (ROOT / FIRESTORE_RULES).read_text()
    parts = {**document_regions(), "input": input_functions("input")}
    content = region(template, parts, names={}, own=own_document_blocks(), wildcard="db")
    theirs = "".join(
        f"function {name}({argument}) {{ return true; }}\n"
        for name, argument in (("isOwner", "a"), ("hasRole", "a"), ("signedIn", ""), ("isMissing", ""))
    )
    return (
        "rules_version = '2';\nservice cloud.firestore {\nmatch /databases/{db}/documents {\n"
        f"{theirs}{content}}}\n}}\n"
    )


@pytest.mark.parametrize("place", ["this project", "an app"])
def test_every_request_is_judged_as_the_registration_says(
    new_project: Callable[[], FirestoreEmulator], identities: Tokens, own_rules: str, place: str
) -> None:
    evaluator = FirestoreEvaluator(new_project(), identities, own_documents())
    evaluator.load(own_rules if place == "this project" else in_an_app())
    wrong = misjudged(own_cases(), evaluator.allows, lambda case: None)
    assert [str(case) for case in wrong] == []


def own_mutants(rules: str) -> list[Mutant]:
    """Return all mistakes in the permissions of own documents, and in the checks of the fields of notes.

    The fields of the other kinds are checked by the same functions, and no case tries their fields one by one.
    """
    blocks = {f"/{kind.collection}/{{{kind.name}Id}}" for kind in KINDS}
    of_own = [mutant for mutant in mutants(rules) if mutant.block in blocks]
    return [
        one
        for one in of_own
        if (one.block == "/notes/{noteId}" or one.place.startswith("allow ")) and one.before != one.after
    ]


def survivors(project: Callable[[], FirestoreEmulator], who: Tokens, rules: str, tried: list[Mutant]) -> list[str]:
    evaluators = [FirestoreEvaluator(project(), who, own_documents()) for _ in range(2)]
    return [str(one) for one in MutationRun(evaluators, own_cases(), rules).survivors(tried, lambda *_: None)]


def test_mistakes_in_the_rules_of_own_documents_are_noticed(
    new_project: Callable[[], FirestoreEmulator], identities: Tokens, own_rules: str
) -> None:
    made = own_mutants(own_rules)
    assert len(made) >= 100
    print(f"STOKER_MUTANTS_SEED={SEED}")
    assert survivors(new_project, identities, own_rules, random.Random(SEED).sample(made, 10)) == []


@pytest.mark.soak
def test_every_mistake_in_the_rules_of_own_documents_is_noticed(
    new_project: Callable[[], FirestoreEmulator], identities: Tokens, own_rules: str
) -> None:
    assert survivors(new_project, identities, own_rules, own_mutants(own_rules)) == []
