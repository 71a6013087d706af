"""A document that is no job: it fails with everything that is wrong with it, and the dispatcher does not raise."""

from datetime import UTC, datetime
from typing import Any

import pytest
from google.cloud import firestore

from stoker_tools.samples.user import follow


def ended(database: firestore.Client, job_id: str, document: dict[str, Any]) -> dict[str, Any]:
    """Writes a document as an admin would, past the rules, and waits until it has ended."""
    reference = database.collection("processingJobs").document(job_id)
    news = follow(reference, 60)
    next(news)  # listens, before there is anything to hear
    reference.set(document)
    return next(seen for seen in news if "completedAt" in seen)


def job(job_id: str, **fields: Any) -> dict[str, Any]:
    good = {
        "id": job_id,
        "userId": "ada",
        "type": "video-processing",
        "input": {"source": "user-uploads/ada/cat.mov"},
        "status": "pending",
        "createdAt": datetime.now(UTC),
    }
    return {**good, **fields}


WITHOUT = object()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"userId": 7, "createdAt": "now", "progress": "half"}, ["userId: ", "createdAt: ", "progress: "]),
        ({"type": "video-destroying", "status": 12}, ["type: must be 'video-processing'", "status: "]),
        ({"type": ["video-processing"]}, ["type: "]),
        ({"input": WITHOUT}, ["input: is missing"]),
        ({"input": "a film"}, ["input: "]),
        ({"input": {}}, ["input.source: is missing"]),
        (
            {"input": {"source": "user-uploads/ada/a.mov", "outputs": [{"kind": "hologram"}, {"kind": "mp4", "x": 1}]}},
            ["input.outputs[0]: 'hologram' is not one of 'mp4', 'webm', ", "input.outputs[1].x: there is no such"],
        ),
        (
            {"id": "someone-else", "input": {"outputs": 5, "hue": 3}},
            ["id: ", "input.hue: ", "input.source", "input.outputs"],
        ),
        ({"status": 12}, ["status: "]),
        ({"runAfter": "soon"}, ["runAfter: "]),
        ({"userId": "../../etc"}, ["userId: "]),
    ],
    ids=lambda value: None if isinstance(value, list) else "-".join(value),
)
def test_every_problem_is_named(
    database: firestore.Client, request: pytest.FixtureRequest, fields: dict[str, Any], named: list[str]
) -> None:
    job_id = database.collection("processingJobs").document().id
    document = {name: value for name, value in job(job_id, **fields).items() if value is not WITHOUT}
    seen = ended(database, job_id, document)
    assert (seen["status"], seen["errorCode"]) == ("failed", "invalid-job")
    for problem in named:
        assert problem in seen["error"]


def test_a_type_that_does_not_exist_has_a_code_of_its_own(database: firestore.Client) -> None:
    job_id = database.collection("processingJobs").document().id
    seen = ended(database, job_id, job(job_id, type="video-destroying"))
    assert (seen["status"], seen["errorCode"]) == ("failed", "unsupported-type")
    assert "Use one of these types: video-processing, " in seen["error"]


def test_a_document_that_has_ended_before_is_left_alone(database: firestore.Client) -> None:
    """A restored backup, for one."""
    restored, fresh = (database.collection("processingJobs").document() for _ in range(2))
    restored.set({"status": "completed", "note": "from a backup"})
    ended(database, fresh.id, job(fresh.id, input={}))  # came later, and is through
    assert restored.get().to_dict() == {"status": "completed", "note": "from a backup"}
