"""The figures of a batch follow from its jobs, and from the earlier results of jobs that are gone."""

from itertools import product
from typing import Any

from stoker.jobs.batch_output import batch_output_of, was_done
from stoker.models.job import BatchOutput, ItemFailure

DONE, FAILED = {"status": "completed"}, {"status": "failed", "error": "No film.", "errorCode": "unsupported-media"}
WAITS, RUNS = {"status": "pending"}, {"status": "processing", "error": "An old error.", "errorCode": "unavailable"}
BEFORE = ItemFailure(item="0", error="It was none before.", error_code="input-not-found")


def earlier(*failures: ItemFailure) -> BatchOutput:
    return BatchOutput(total=1, succeeded=1 - len(failures), failed=len(failures), failures=list(failures))


def code_of(child: dict[str, Any] | None, before: BatchOutput | None) -> str | None:
    failures = batch_output_of([child], before)[0].failures
    return failures[0].error_code if failures else None


def test_a_job_that_has_ended_counts_as_it_ended_whatever_was_before() -> None:
    for before in (None, earlier(), earlier(BEFORE)):
        assert code_of(DONE, before) is None
        assert code_of(FAILED, before) == "unsupported-media"


def test_a_job_that_is_gone_or_runs_keeps_its_earlier_result() -> None:
    for child in (None, WAITS, RUNS):
        assert code_of(child, earlier(BEFORE)) == "input-not-found"
        assert code_of(child, earlier()) is None
    assert code_of(None, None) == "deleted"


def test_figures_add_up_in_every_mixture() -> None:
    for children in product([None, DONE, FAILED, WAITS], repeat=3):
        for before in (None, earlier(), earlier(BEFORE)):
            output, alive = batch_output_of(children, before)
            assert output.total == output.succeeded + output.failed == 3
            assert [failure.item for failure in output.failures] == sorted({one.item for one in output.failures})
            assert len(output.failures) == output.failed
            assert alive == children.count(WAITS)


def test_only_an_earlier_run_has_done_something() -> None:
    assert [was_done(before, 0) for before in (None, earlier(BEFORE), earlier())] == [False, False, True]
