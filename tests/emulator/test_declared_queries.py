"""Our own code runs no query that is not declared, and makes no call without a deadline."""

import contextlib
from types import ModuleType
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from declared_only import OURS, Guard
from stoker import config
from stoker.firestore.client import client

CODE = """
from google.cloud.firestore_v1.types import Target
from stoker.firestore.deadline import patience
from stoker.firestore.listening import ListenStream

def target_of(query):
    query = query._query() if hasattr(query, "_query") else query  # a collection
    parent, _ = query._parent._parent_info()
    return Target.pb(Target(query={"parent": parent, "structured_query": query._to_protobuf()}))

def watch(query):
    query.on_snapshot(lambda *_: None).unsubscribe()

def run(query, how):
    if how == "listen":
        ListenStream(target_of(query)).close()
    elif how == "count":
        query.count().get(**patience(reads=True))
    elif how == "sum":
        query.sum("progress").get(**patience(reads=True))
    elif how == "get":
        query.get(**patience(reads=True))
    else:
        list(query.stream(**patience(reads=True)))

def write(document, **bounds):
    document.set({}, **bounds)
"""


NAMES = (
    *("all of a collection", "another collection", "another field", "another operator", "nothing"),
    *("another direction", "another order", "a group", "below a document"),
)


@pytest.fixture
def ours() -> Any:
    """Functions that seem to be of a file of the deployed package."""
    code = compile(CODE, f"{OURS}/made_up.py", "exec")
    module = ModuleType("made_up")
    exec(code, vars(module))
    return module


@pytest.fixture
def guard(_declared_queries_only: None, monkeypatch: pytest.MonkeyPatch) -> Guard:
    """A guard of the test's own, whose refusals don't fail it."""
    monkeypatch.undo()
    return Guard(monkeypatch)


def queries() -> dict[str, Any]:
    jobs = client().collection(config.JOBS)
    pending = jobs.where(filter=FieldFilter("status", "==", "pending"))
    return {
        "all of a collection": jobs,
        "another collection": client().collection("notes").where(filter=FieldFilter("status", "==", "pending")),
        "another field": pending.where(filter=FieldFilter("attempt", "==", 1)),
        "another operator": jobs.where(filter=FieldFilter("status", "!=", "pending")),
        "nothing": jobs.where(filter=FieldFilter("parentId", "==", None)),
        "another direction": pending.order_by("createdAt").order_by("runAfter", direction="DESCENDING"),
        "another order": pending.order_by("runAfter"),
        "a group": client().collection_group(config.JOBS).where(filter=FieldFilter("userId", "==", "ada")),
        "below a document": jobs.document("a").collection(config.JOBS).where(filter=FieldFilter("userId", "==", "a")),
    }


@pytest.mark.parametrize("how", ["get", "stream", "count", "listen"])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_declared_is_refused(guard: Guard, ours: Any, name: str, how: str) -> None:
    with pytest.raises(AssertionError, match=r"made_up\.py:.* runs a query that"):
        ours.run(queries()[name], how)
    assert guard.refused


def test_the_librarys_own_watch_is_refused(guard: Guard, ours: Any) -> None:
    """It does not notice a dead connection, and an error in its callback ends it without a word."""
    with pytest.raises(AssertionError, match=r"made_up\.py:.* uses a watch of the client library"):
        ours.watch(client().collection(config.JOBS).where(filter=FieldFilter("status", "==", "pending")))


def test_a_sum_is_declared_by_itself(guard: Guard, ours: Any) -> None:
    query = client().collection(config.JOBS).where(filter=FieldFilter("userId", "==", "ada"))
    ours.run(query, "get")
    with pytest.raises(AssertionError, match="a query that"):
        ours.run(query, "sum")


@pytest.mark.parametrize("how", ["get", "stream", "count", "listen"])
def test_what_is_declared_runs_whatever_its_limit_and_place(guard: Guard, ours: Any, how: str) -> None:
    pending = client().collection(config.JOBS).where(filter=FieldFilter("status", "==", "pending"))
    ours.run(pending.where(filter=FieldFilter("cancelRequested", "==", True)).limit(3), how)
    query = pending.where(filter=FieldFilter("runAfter", "<", 1)).order_by("runAfter").order_by("__name__")
    ours.run(query.start_after({"runAfter": 0, "__name__": "a"}).select(["type"]), how)
    assert guard.refused == []


def test_a_refusal_that_our_code_catches_is_remembered(guard: Guard, ours: Any) -> None:
    with contextlib.suppress(AssertionError):
        ours.run(queries()["another order"], "get")
    assert len(guard.refused) == 1


@pytest.mark.parametrize("bounds", [{}, {"timeout": 5.0}, {"retry": None}])
def test_a_call_without_a_deadline_is_refused(guard: Guard, ours: Any, bounds: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match=r"made_up\.py:.* calls commit without `patience`"):
        ours.write(client().document("notes/a"), **bounds)
    assert len(guard.refused) == 1


def test_the_tests_own_queries_are_their_own_affair(guard: Guard) -> None:
    for name in ("all of a collection", "another order"):
        list(queries()[name].limit(1).stream())
    assert guard.refused == []
