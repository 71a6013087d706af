"""Documents are read strictly, and their problems are described in sentences."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from stoker.firestore import raw
from stoker.models.batch import ImportedTask, TaskChange
from stoker.models.document import PROBLEMS_SHOWN, Model, is_user_id, problems
from stoker.models.job import ProcessingJob
from stoker.models.video import VideoInput

JOB = {
    "id": "j1",
    "userId": "ada",
    "type": "video-processing",
    "input": {"source": "user-uploads/ada/cat.mov"},
    "status": "pending",
    "createdAt": datetime(2026, 11, 22, tzinfo=UTC),
}


def problems_of(data: dict[str, object]) -> list[str]:
    with pytest.raises(ValidationError) as error:
        ProcessingJob.from_firestore(data)
    return problems(error.value, data)


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


def test_a_timestamp_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 22)
    assert problems_of({**JOB, "createdAt": naive}) == ["createdAt: a timestamp needs a time zone"]


def test_every_problem_is_named_as_the_client_wrote_it() -> None:
    said = problems_of({**JOB, "userId": 7, "progress": "50", "status": "paused"})
    assert {problem.split(":")[0] for problem in said} == {"userId", "progress", "status"}


def test_what_is_missing_is_named() -> None:
    assert set(problems_of({})) == {f"{name}: is missing" for name in JOB}


def test_a_flood_of_problems_is_cut() -> None:
    data = {"source": "s", **{f"field{number}": 1 for number in range(100)}}
    with pytest.raises(ValidationError) as error:
        VideoInput.from_firestore(data)
    said = problems(error.value, data)
    assert len(said) == PROBLEMS_SHOWN + 1
    assert said[-1] == "and 80 more"


def test_a_long_name_does_not_flood_the_sentence() -> None:
    data = {"source": "s", "x" * 1500: 1}
    with pytest.raises(ValidationError) as error:
        VideoInput.from_firestore(data)
    assert len(problems(error.value, data)[0]) < 100


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
    said = f"{name}: must have at most {most:,} characters, of which an emoji counts as two or more"
    assert problems(raised.value, long) == [said]


@pytest.mark.parametrize("user_id", ["ada", "a" * 128, "ü b", "__a", "a__", "..."])
def test_a_uid_that_a_document_can_have_is_one(user_id: str) -> None:
    assert is_user_id(user_id)
    assert raw.possible_id(user_id)


@pytest.mark.parametrize("user_id", ["", ".", "..", "a/b", "/", "__x__", "____", "a\nb", "\x7f", "a" * 129, 7, None])
def test_a_uid_that_no_document_can_have_is_none(user_id: object) -> None:
    assert not is_user_id(user_id)
