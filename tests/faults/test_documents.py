"""Documents with any content: each is run, waits, or ends with a reason."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from google.cloud import firestore

from faults.odd_documents import (
    AN_HOUR_LATER,
    HUGE,
    TEXTS,
    WAITING,
    YESTERDAY,
    Fields,
    Value,
    documents,
    drawn,
    good,
    huge_documents,
)
from faults.outcomes import (
    BEGUN,
    DISPATCHED,
    Snapshot,
    after_dispatch,
    after_task,
    check_variety,
    count,
    share,
    standing,
)
from stoker import config
from stoker.firestore.client import client
from stoker.firestore.documents import StoredDocument
from stoker.jobs.admission import NotYetDue
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.dispatch import dispatch
from stoker.jobs.sweeper import sweep
from stoker.models.job import has_ended
from stoker_tools.samples.user import follow

pytestmark = pytest.mark.usefixtures("undelivered", "own_keys")


@pytest.fixture
def own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the keys that another run has left, some would be held by documents of this one."""
    monkeypatch.setattr(config, "JOB_KEYS", f"keys-{uuid4().hex}")


@pytest.fixture
def unlimited(settings: Callable[..., None]) -> None:
    """The documents are of few owners."""
    settings(userLimits=None)


def write(written: Mapping[str, Fields]) -> None:
    """Writes them all, as an admin would: past the rules."""

    def commit(some: Iterable[tuple[str, Fields]]) -> None:
        batch = client().batch()
        for job_id, document in some:
            batch.set(jobs().document(job_id), document)
        batch.commit()

    with ThreadPoolExecutor(2) as pool:
        # In steps, so that no commit gets two of those that are a megabyte each: the emulator takes four.
        steps = len(written) // 100
        list(pool.map(commit, (list(written.items())[start::steps] for start in range(steps))))


def jobs() -> firestore.CollectionReference:
    return client().collection(config.JOBS)


def stored() -> dict[str, Snapshot]:
    return {snapshot.id: snapshot for snapshot in jobs().stream()}


def by_all(act: Callable[[Value], Any], values: Iterable[Value]) -> list[tuple[Value, Exception]]:
    """Call a function with every value, in threads; return the errors."""

    def raised(value: Value) -> Exception | None:
        try:
            act(value)
        except Exception as error:
            return error
        return None

    values = list(values)
    with ThreadPoolExecutor(8) as pool:
        return [(value, error) for value, error in zip(values, pool.map(raised, values), strict=True) if error]


def alive(written: Mapping[str, Fields]) -> list[str]:
    """The ids of the documents that had not ended when they were written."""
    return [job_id for job_id, document in written.items() if not has_ended(document.get("status"))]


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("number", [1_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_thousands_of_documents(queued: list[str], number: int) -> None:
    written = dict(documents(number - HUGE)) | dict(huge_documents())
    assert len(written) == number
    write(written)
    before = stored()
    assert len(before) == number

    assert by_all(dispatch, map(StoredDocument.of, before.values())) == []
    dispatched, ids = stored(), set(queued)
    outcomes = count(
        lambda one: after_dispatch(one, written[one], before[one], dispatched[one], one in ids), written, written
    )
    assert outcomes.total() == number
    assert outcomes.keys() <= DISPATCHED.keys()
    check_variety(outcomes, share(DISPATCHED, number))

    # These tasks wait for the time of their jobs.
    early = by_all(begin_attempt, ids)
    assert {type(error) for _, error in early} <= {NotYetDue}
    assert all((before[one].to_dict() or {})["runAfter"] > datetime.now(UTC) for one, _ in early)
    begun = stored()
    outcomes = count(lambda one: after_task(one, dispatched[one], begun[one]), ids, written)
    check_variety(outcomes, share(BEGUN, number))

    sweep(AN_HOUR_LATER)
    swept = stored()
    count(lambda one: standing(one, swept[one].to_dict() or {}), alive(written), written)


@pytest.mark.usefixtures("unlimited")
def test_documents_that_change_after_their_dispatch() -> None:
    """An admin may change a queued document, so an attempt may also meet any content."""
    written = dict(documents(400))
    write(written)
    assert {type(error) for _, error in by_all(begin_attempt, written)} <= {NotYetDue}
    begun = stored()
    outcomes = count(lambda one: standing(one, begun[one].to_dict() or {}), alive(written), written)
    check_variety(outcomes, {"processing": 70, "failed: invalid-job": 100})


@pytest.mark.usefixtures("unlimited")
def test_documents_that_came_without_an_event(queued: list[str]) -> None:
    """An admin may restore documents without events. The sweeper finds the documents that wait for nothing."""
    written = dict(documents(400))
    write(written)
    sweep(AN_HOUR_LATER)
    swept, ids = stored(), set(queued)
    found = [
        one
        for one, document in written.items()
        if (document.get("status"), document.get("createdAt")) == ("pending", YESTERDAY) and "runAfter" not in document
        if document.get("stage") not in ("paused", *WAITING) or document.get("cancelRequested") is True
    ]
    outcomes = count(lambda one: "queued" if one in ids else standing(one, swept[one].to_dict() or {}), found, written)
    check_variety(outcomes, {"queued": 50, "failed: invalid-job": 50})
    assert outcomes["pending"] == 0


def test_owners_of_any_name_may_be_limited(settings: Callable[..., None]) -> None:
    settings(userLimits={"atOnce": 1, "aDay": 5})
    written = {f"job{count}": {**good(f"job{count}"), "userId": name} for count, name in enumerate(drawn(TEXTS, 200))}
    write(written)
    assert by_all(begin_attempt, written) == []
    begun = stored()
    outcomes = count(lambda one: standing(one, begun[one].to_dict() or {}), written, written)
    check_variety(outcomes, {"processing": 50, "failed: invalid-job": 5})


READABLE = ["status", "error", "errorCode", "completedAt"]
"""The fields of a job that can be decoded."""


def elsewhere(database: firestore.Client) -> firestore.DocumentReference:
    """A reference into another project, which the client library can't decode."""
    reference: firestore.DocumentReference = firestore.Client(
        project="another", credentials=database._credentials
    ).document("a/b")
    return reference


@pytest.mark.parametrize("where", ["source", "outputs"])
def test_a_job_with_a_reference_into_another_project_fails_at_once(
    database: firestore.Client, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.undo()  # the project of the deployed dispatcher
    client.cache_clear()
    undecodable, ordinary = jobs().document(), jobs().document()
    reference = elsewhere(database)
    value = reference if where == "source" else [{"kind": "poster", "at": reference}]
    source = {"source": "user-uploads/ada/cat.mov"}
    undecodable.set({**good(undecodable.id), "input": {**source, where: value}})
    news = follow(ordinary, 60)
    next(news)  # listens, before there is anything to hear
    ordinary.set({**good(ordinary.id), "input": {}})
    next(seen for seen in news if "completedAt" in seen)  # The dispatcher is past the other.
    data = undecodable.get(READABLE).to_dict() or {}
    assert (data["status"], data["errorCode"]) == ("failed", "invalid-job")
    assert f"input.{where}" in data["error"]


def test_the_sweeper_fails_a_job_with_such_a_reference_whose_event_is_lost(database: firestore.Client) -> None:
    undecodable = jobs().document()
    undecodable.set({**good(undecodable.id), "input": {"source": elsewhere(database)}})
    sweep(AN_HOUR_LATER)
    data = undecodable.get(READABLE).to_dict() or {}
    assert (data["status"], data["errorCode"]) == ("failed", "invalid-job")
    assert "reference into another database" in data["error"]
