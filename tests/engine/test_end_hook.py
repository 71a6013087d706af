"""The end hook of a job runs after the job's end, with an attempt or without."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from google.api_core import exceptions

from engine import hooks
from engine.driven import DrivenJob as Job
from engine.driven import finish
from stoker import registry
from stoker.errors import Unavailable, UnsupportedMedia
from stoker.jobs.attempt import begin_attempt
from stoker.jobs.commands import cancel_job, retry_job
from stoker.jobs.end_hook import EndedJob, run_end_hook
from stoker.jobs.events import Cancelled, FailedPermanently, FailedTransiently, Succeeded
from stoker.jobs.lease import Lease
from stoker.jobs.sweeper import sweep
from stoker.models.job import JobOutput

DONE = Succeeded(JobOutput(files=[]))


@pytest.fixture(autouse=True)
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Gives films an end hook."""
    types = dict(registry.job_types())
    types["video-processing"] = replace(types["video-processing"], end_hook="engine.hooks:close")
    monkeypatch.setattr(registry, "job_types", lambda: types)
    yield
    hooks.seen.clear()
    hooks.errors.clear()


def armed(job: Job) -> Lease:
    """Begin an attempt that asks for the hook."""
    lease = job.take()
    lease.save({"page": 1}, end_hook=True)
    assert job.data()["endHook"] == "due"
    return lease


def lapsed_and(meanwhile: Callable[[Job], None]) -> Callable[[Job], None]:
    """The attempt dies; something happens to the job; the next worker that looks at the job ends it."""

    def end(job: Job) -> None:
        armed(job)
        job.lapse()
        meanwhile(job)
        assert begin_attempt(job.id) is None

    return end


def swept_after_cancel(job: Job) -> None:
    """The attempt fails, the owner cancels while the job waits, and the sweeper ends it."""
    finish(armed(job), FailedTransiently(Unavailable("later"), 3600))
    cancel_job(job.id)
    sweep()


ENDS: dict[str, tuple[Callable[[Job], None], str]] = {
    "its worker succeeds": (lambda job: finish(armed(job), DONE), "completed"),
    "its worker gives up": (lambda job: finish(armed(job), FailedPermanently(UnsupportedMedia("no"))), "failed"),
    "its worker hears of a cancellation": (lambda job: finish(armed(job), Cancelled()), "cancelled"),
    "its worker dies and its owner cancels": (lapsed_and(lambda job: cancel_job(job.id)), "cancelled"),
    "its last worker dies": (lapsed_and(lambda job: job.update({"maxAttempts": 1})), "failed"),
    "its worker dies and the document is spoiled": (lapsed_and(lambda job: job.update({"input": {}})), "failed"),
    "it is cancelled while it waits": (swept_after_cancel, "cancelled"),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_hook_runs_once(job: Job, name: str) -> None:
    end, status = ENDS[name]
    end(job)
    assert [(seen.id, seen.user_id, seen.status) for seen in hooks.seen] == [(job.id, "ada", status)]
    assert (job.data()["endHook"], job.status) == ("closed", status)
    sweep()
    assert len(hooks.seen) == 1


def test_a_job_that_has_not_asked_for_it_ends_without(job: Job) -> None:
    lease = job.take()
    lease.save({"page": 1})
    finish(lease, DONE)
    sweep()
    assert hooks.seen == []
    assert "endHook" not in job.data()


def test_it_does_not_run_while_the_job_goes_on(job: Job) -> None:
    finish(armed(job), FailedTransiently(Unavailable("later"), 3600))
    run_end_hook(job.id)
    sweep()
    assert (hooks.seen, job.data()["endHook"]) == ([], "due")


@pytest.mark.parametrize("error", [exceptions.ServiceUnavailable("no"), RuntimeError("a bug")], ids=str)
def test_a_hook_that_fails_is_run_again_by_the_sweeper(job: Job, error: Exception) -> None:
    hooks.errors.append(error)
    finish(armed(job), DONE)
    assert job.data()["endHook"] == "due"
    sweep()
    assert ([seen.status for seen in hooks.seen], job.data()["endHook"]) == (["completed"] * 2, "closed")


def test_a_hook_whose_process_died_is_run_by_the_sweeper(job: Job) -> None:
    armed(job).end(FailedPermanently(UnsupportedMedia("no")))  # the write arrives, and nothing after it
    assert hooks.seen == []
    sweep()
    assert job.data()["endHook"] == "closed"


def test_a_job_that_is_retried_owes_its_hook_until_its_next_end(job: Job) -> None:
    armed(job).end(FailedPermanently(UnsupportedMedia("no")))
    retry_job(job.id)
    sweep()
    assert (hooks.seen, job.data()["endHook"]) == ([], "due")
    finish(job.take(), DONE)
    assert (job.data()["endHook"], len(hooks.seen)) == ("closed", 1)


def test_a_job_that_is_gone_has_no_hook(job: Job) -> None:
    armed(job).end(DONE)
    job.delete()
    run_end_hook(job.id)
    assert hooks.seen == []


def test_a_retry_while_the_hook_runs_leaves_the_hook_due(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    armed(job).end(FailedPermanently(UnsupportedMedia("no")))
    calls = iter([lambda: retry_job(job.id)])
    close = hooks.close

    def slow(ended: EndedJob) -> str:
        next(calls, lambda: None)()
        return close(ended)

    monkeypatch.setattr(hooks, "close", slow)
    run_end_hook(job.id)
    assert (job.status, job.data()["endHook"], len(hooks.seen)) == ("pending", "due", 1)
    job.update({"runAfter": datetime.now(UTC) - timedelta(seconds=1)})
    finish(job.take(), DONE)
    assert (job.data()["endHook"], len(hooks.seen)) == ("closed", 2)
