"""The rules of Firestore refuse every attack of the catalogue, and leave every way open that must be."""

from collections import Counter

import pytest

from rules.case import Case
from rules.conftest import Tokens
from rules.documents import documents
from rules.firestore_cases import cases
from stoker_tools.rules_lab.firestore import FirestoreEmulator, Get, Query
from stoker_tools.rules_lab.judge import misjudged

CASES = cases()
GROUPS = sorted({case.group for case in CASES})


def restore(project: FirestoreEmulator, case: Case) -> None:
    """Undo the change of a case."""
    if not isinstance(case.request, Get | Query):
        path, before = case.request.path, documents()
        project.put({path: before[path]} if path in before else {}, [] if path in before else [path])


@pytest.mark.parametrize("group", GROUPS)
def test_every_request_is_judged_as_it_must_be(guarded: FirestoreEmulator, identities: Tokens, group: str) -> None:
    wrong = misjudged(
        (case for case in CASES if case.group == group),
        lambda case: guarded.allows(case.request, identities[case.who]),
        lambda case: restore(guarded, case),
    )
    assert [str(case) for case in wrong] == []


def test_every_collection_and_operation_is_attacked() -> None:
    refused = Counter(case.group.split()[0] for case in CASES if not case.allowed)
    written = ("users", "tasks", "projects", "processingJobs", "analyticsEvents")
    expected = {
        f"{name} {operation}" for name in written for operation in ("create", "update", "delete", "get", "list")
    }
    assert expected <= set(GROUPS)
    assert sum(refused.values()) >= 300
