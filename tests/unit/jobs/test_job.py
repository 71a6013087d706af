"""A document is read as a job, or refused with all its problems at once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker.errors import InvalidJob, PermanentError, UnsupportedType
from stoker.jobs.job import check_job
from stoker.models.video import VideoInput

JOB: dict[str, Any] = {
    "id": "j1",
    "userId": "ada",
    "type": "video-processing",
    "input": {"source": "user-uploads/ada/cat.mov"},
    "status": "pending",
    "createdAt": datetime(2026, 11, 22, tzinfo=UTC),
}


def test_the_input_is_read_by_the_model_of_its_type() -> None:
    job = check_job("j1", JOB)
    assert isinstance(job.input, VideoInput)
    assert job.input.source == "user-uploads/ada/cat.mov"


def test_problems_of_the_document_and_of_its_input_are_reported_together() -> None:
    bad = {**JOB, "id": "j2", "userId": 5, "input": {"outputs": [{"kind": "gif"}]}}
    with pytest.raises(InvalidJob) as error:
        check_job("j1", bad)
    for problem in ("userId: ", "input.source: is missing", "input.outputs[0]: 'gif' is not one of"):
        assert problem in error.value.message


def test_the_id_must_be_the_documents() -> None:
    with pytest.raises(InvalidJob, match="id: must repeat the document's id, 'j2'"):
        check_job("j2", JOB)


def test_a_type_without_a_worker_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stoker.registry.job_types", dict)
    with pytest.raises(UnsupportedType, match="video-processing"):
        check_job("j1", JOB)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*JOB, "attempt", "lease", "output", "hue"]), values, max_size=9))
def test_whatever_the_document_holds_the_error_is_one_of_ours(data: dict[str, Any]) -> None:
    with pytest.raises(PermanentError) as error:
        check_job("j1", data)
    assert error.value.code in {"invalid-job", "unsupported-type"}


@given(st.sampled_from(list(JOB)), st.none() | st.booleans() | st.binary(max_size=20) | st.lists(values, max_size=4))
def test_a_field_of_a_wrong_type_is_named(name: str, value: object) -> None:
    with pytest.raises(InvalidJob, match=f"{name}: "):
        check_job("j1", {**JOB, name: value})
