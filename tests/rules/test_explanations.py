"""The explanations of writes agree with the rules."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from rules.case import Case
from rules.conftest import Tokens
from rules.documents import documents
from rules.firestore_cases import cases
from rules.near_valid import NearlyValid
from rules.written import collections
from stoker_tools.explain.explanation import Write, explained
from stoker_tools.rules_lab.firestore import Create, FirestoreEmulator, Update

USERS = {"ada": "ada", "bob": "bob", "slash": "a/da", "long": "a" * 129, "longest": "a" * 128}
"""The uids of users without a role, by their names."""

BEFORE = documents()


def written(case: Case) -> Write | None:
    """Return the write of a case; None if the case is about another request, or about a missing document."""
    request = case.request
    if case.who not in USERS or not isinstance(request, Create | Update):
        return None
    collection, _, document_id = request.path.rpartition("/")
    if isinstance(request, Create):
        return Write(collection, document_id, USERS[case.who], request.fields)
    there = BEFORE.get(request.path)
    if there is None:
        return None
    return Write(collection, document_id, USERS[case.who], request.fields, there, request.removed)


def explained_cases() -> Iterator[tuple[Case, Write]]:
    """Yield the cases that can be explained. The emulator judges all of them in the tests of the rules."""
    for case in cases():
        if write := written(case):
            yield case, write


def test_each_write_of_the_catalogue_is_explained_as_the_rules_judge_it() -> None:
    wrong, count = [], Counter[bool]()
    for case, write in explained_cases():
        explanation = explained(write)
        count[case.allowed] += 1
        # Whether a project exists is not in the document, so the explanation only names this condition.
        depends = any(sentence.startswith("projectId") for sentence in explanation.unseen)
        if case.allowed == bool(explanation.refused) and not (depends and not explanation.refused):
            wrong.append((str(case), explanation.refused[:3]))
    assert wrong == []
    assert min(count.values()) > 100


@pytest.mark.slow
def test_a_sample_of_documents_is_explained_as_the_rules_judge_it(
    new_project: Callable[[], FirestoreEmulator], firestore_rules: str, identities: Tokens
) -> None:
    project = new_project()
    project.load(firestore_rules)
    project.put(documents())
    drawn = NearlyValid(7)
    wrong = []
    for number in range(25):
        collection = drawn.random.choice([one for one in collections() if one.least])
        path = f"{collection.name}/s{number}"
        fields = drawn.creation(collection, f"s{number}")
        if fields.get("projectId") not in (None, "adas"):
            continue  # Whether this project exists is not in the document.
        explanation = explained(Write(collection.name, f"s{number}", "ada", fields))
        if project.allows(Create(path, fields), identities["ada"]) == bool(explanation.refused):
            wrong.append((path, fields, explanation))
    project.clear()
    assert wrong == []
