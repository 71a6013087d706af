"""Documents are read strictly."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from stoker.firestore import raw
from stoker.models.batch import ImportedTask, TaskChange
from stoker.models.document import Model, is_user_id
from stoker.models.job import ProcessingJob
from stoker.models.problems import problems

JOB = {
    "id": "j1",
    "userId": "ada",
    "type": "video-processing",
    "input": {"source": "user-uploads/ada/cat.mov"},
    "status": "pending",
    "createdAt": datetime(2026, 11, 22, tzinfo=UTC),
}


def test_a_document_goes_both_ways() -> None:
    job = ProcessingJob.from_firestore(JOB)
    assert job.user_id == "ada"
    assert ProcessingJob.from_firestore(job.to_firestore()) == job
    assert job.to_firestore()["createdAt"] == JOB["createdAt"]


def test_timestamps_are_in_utc() -> None:
    elsewhere = datetime(2026, 11, 22, 5, tzinfo=timezone(timedelta(hours=5)))
    job = ProcessingJob.from_firestore({**JOB, "createdAt": elsewhere})
    assert job.created_at == JOB["createdAt"]
    assert job.created_at.tzinfo is UTC


def test_what_others_add_to_a_job_is_left_alone() -> None:
    assert ProcessingJob.from_firestore({**JOB, "addedByAnExtension": 1}).user_id == "ada"


@pytest.mark.parametrize(
    ("model", "fields", "name", "most"),
    [
        (ImportedTask, {}, "title", 200),
        (ImportedTask, {"title": "a"}, "category", 100),
        (ImportedTask, {"title": "a"}, "description", 10_000),
        (TaskChange, {}, "category", 100),
    ],
)
def test_texts_that_the_server_writes_are_counted_as_the_rules_count(
    model: type[Model], fields: dict[str, Any], name: str, most: int
) -> None:
    for text in ("a" * most, "ü" * most, "🐈" * (most // 2), "a" * (most - 2) + "🐈"):
        model.from_firestore({**fields, name: text})
    long = {**fields, name: "a" * (most - 1) + "🐈"}
    with pytest.raises(ValidationError) as raised:
        model.from_firestore(long)
    message = f"{name}: must have at most {most:,} characters, of which an emoji counts as two or more"
    assert problems(raised.value, long) == [message]


@pytest.mark.parametrize("user_id", ["ada", "a" * 128, "ü b", "__a", "a__", "..."])
def test_a_uid_that_a_document_can_have_is_one(user_id: str) -> None:
    assert is_user_id(user_id)
    assert raw.possible_id(user_id)


@pytest.mark.parametrize("user_id", ["", ".", "..", "a/b", "/", "__x__", "____", "a\nb", "\x7f", "a" * 129, 7, None])
def test_a_uid_that_no_document_can_have_is_none(user_id: object) -> None:
    assert not is_user_id(user_id)
