"""A worker reports the stages that the entry of its type names, and no others."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from stoker.jobs.context import JobContext
from stoker.jobs.lease import Lease
from stoker.jobs.progress import Heartbeat
from stoker.jobs.states import JobState
from stoker.logs import JobLog
from stoker.models.job import ProcessingJob
from stoker.storage.outputs import AttemptOutputs

DOCUMENT = ProcessingJob(
    id="j",
    user_id="ada",
    type="audio-generation",
    input={"text": "Hello."},
    status="processing",
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
)


def test_a_stage_that_the_type_does_not_have_is_refused(tmp_path: Path) -> None:
    reported: list[Any] = []
    state = JobState("j", type=DOCUMENT.type)
    lease = cast(Lease, SimpleNamespace(job=SimpleNamespace(document=DOCUMENT), state=state))
    heartbeat = cast(
        Heartbeat, SimpleNamespace(report=lambda *arguments: reported.append(arguments), check=lambda: None)
    )
    run = JobContext(lease, AttemptOutputs("ada", "j", "1"), heartbeat, tmp_path, JobLog("j"))
    run.report(10, "synthesizing")
    for stage in ("encoding", "queued", "synthesising"):
        with pytest.raises(ValueError, match=f"'{stage}' is none of synthesizing, mastering, uploading"):
            run.report(20, stage)
    assert reported == [(10, "synthesizing")]
