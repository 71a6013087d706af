"""The cost of batches, exports, events, calls and idle functions, as `test_costs` has the cost of a job.

`stoker_tools.costs.operations` is the table of these costs. The bill in `docs/costs.md` is computed from it.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from firebase_admin import auth
from firebase_functions.https_fn import AuthData, CallableRequest

from emulator.analytics import deliver, drawn
from emulator.batch import task, write_documents, write_tasks
from emulator.meter import Meter
from engine.driven import ENDED, DrivenJob
from stoker import config
from stoker.access.auth_events import AuthUserEvent
from stoker.access.guard import guarded
from stoker.accounts.account_events import account_created
from stoker.accounts.calls import call_ensure_profile, call_set_role
from stoker.analytics.roll_up import roll_up
from stoker.batch.pages import PAGE
from stoker.batch.worker import process_batch
from stoker.firebase import app
from stoker.jobs.attempt import run_attempt
from stoker.jobs.calls import call_delete_job, call_retry_job
from stoker.jobs.dispatch import dispatch
from stoker.jobs.settings import forget
from stoker.jobs.sweeper import sweep
from stoker.progress.award import task_written
from stoker_tools.costs import operations
from stoker_tools.costs.operations import Operations

pytestmark = [pytest.mark.usefixtures("undelivered")]
NOW = datetime.now(UTC).replace(microsecond=0)


def cost_of_batch(meter: Meter, owner: str, job_input: dict[str, Any]) -> Operations:
    """Runs a batch from its event on; returns its operations beside those of a job."""
    job = DrivenJob(owner, type="batch-operation", input=job_input)
    event = job.found()
    meter.forget()
    dispatch(event)
    run_attempt(job.id, process_batch)
    counted = meter.counted
    assert job.status == "completed"
    return counted + -1 * operations.SHORT_JOB


def test_a_batch_reads_and_writes_each_item_once(meter: Meter, owner: str) -> None:
    pages = 2
    write_tasks(owner, pages * PAGE)
    update = {"operation": "update-tasks", "where": {"category": "home"}, "set": {"priority": "high"}}
    began = time.monotonic()
    cost = cost_of_batch(meter, owner, update)
    seconds = time.monotonic() - began
    reports = cost + -1 * (operations.BATCH + pages * PAGE * operations.BATCH_ITEM)
    assert reports.reads == reports.deletes == 0
    assert 0 <= reports.writes <= pages + 2 + seconds / config.BRISK_PROGRESS_SECONDS


def test_an_export_reads_each_document_and_searches_below_it(meter: Meter, owner: str) -> None:
    write_tasks(owner, 5)
    began = time.monotonic()
    cost = cost_of_batch(meter, owner, {"operation": "export-user-data"})
    seconds = time.monotonic() - began
    reports = cost + -1 * (operations.EXPORT + 5 * operations.EXPORTED_DOCUMENT)
    assert reports.reads == reports.deletes == 0
    assert 0 <= reports.writes <= seconds / config.BRISK_PROGRESS_SECONDS


@pytest.mark.parametrize("names", [["a"], ["a", "b"]])
def test_a_roll_up_costs_two_operations_for_an_event_and_twelve_for_a_name(meter: Meter, names: list[str]) -> None:
    for count in (20, 40):
        events = drawn(count, users=5, days=0, seed=count, until=NOW)
        for number, event in enumerate(events):
            event["name"] = names[number % len(names)]
        deliver(events)
        meter.forget()
        assert roll_up() == count
        of_names = (len(names) + 1) * operations.ROLL_UP_OF_NAME  # and of `all`
        assert meter.counted == operations.ROLL_UP + count * operations.EVENT + of_names


def test_a_roll_up_without_events_costs_a_read(meter: Meter) -> None:
    assert roll_up() is None
    assert meter.counted == operations.LOOK_FOR_EVENTS


def test_an_idle_sweep_costs_a_read_for_each_search(meter: Meter) -> None:
    sweep(NOW)
    for minutes, cost in ((1, operations.IDLE_SWEEP), (90, operations.IDLE_SWEEP + operations.RECHECKS)):
        meter.forget()
        forget()
        sweep(NOW + timedelta(minutes=minutes))
        assert meter.counted == cost
        assert Operations(reads=meter.settings) == operations.SETTINGS


def test_a_completed_task_costs_three_reads_and_four_writes(meter: Meter, owner: str) -> None:
    write_documents(config.USERS, {owner: {"id": owner, "preferences": {"timeZone": "Europe/Berlin"}}})
    costs = []
    for name in ("first", "second"):
        done = task(name, owner, status="completed", createdAt=NOW - timedelta(days=1), updatedAt=NOW)
        meter.forget()
        task_written(name, None, done)
        costs.append(meter.counted)
    # The user's first completion is looked for in the ledger.
    assert costs == [operations.COMPLETION + Operations(reads=1), operations.COMPLETION]


def test_a_sign_up_costs_two_reads_and_two_writes(meter: Meter, owner: str) -> None:
    account_created(AuthUserEvent("created", owner))
    assert meter.counted == operations.SIGN_UP


def call(name: str, body: Callable[[CallableRequest[Any]], Any], user_id: str, data: dict[str, Any]) -> None:
    """Call a function within this process, with the guard of its name."""

    def named(request: CallableRequest[Any]) -> Any:
        return body(request)

    named.__name__ = name
    token = {"exp": time.time() + 60, "role": "admin"}
    guarded(named)(CallableRequest(data=data, raw_request=None, auth=AuthData(user_id, token)))  # type: ignore[arg-type] # Not read.


def test_the_calls_about_jobs(meter: Meter, owner: str) -> None:
    job = DrivenJob(owner)
    job.set({**ENDED, "id": job.id, "userId": owner})
    meter.forget()
    call("retryJob", call_retry_job, owner, {"jobId": job.id})
    assert meter.counted == operations.RETRY_JOB
    job.set({**ENDED, "id": job.id, "userId": owner})
    meter.forget()
    call("deleteJob", call_delete_job, owner, {"jobId": job.id})
    assert meter.counted == operations.DELETE_JOB


def test_the_calls_about_accounts(meter: Meter, owner: str) -> None:
    account_created(AuthUserEvent("created", owner))
    meter.forget()
    call("ensureProfile", call_ensure_profile, owner, {})
    assert meter.counted == operations.ENSURE_PROFILE
    auth.set_custom_user_claims(owner, {"role": "admin"}, app=app())
    other = str(auth.create_user(app=app()).uid)
    account_created(AuthUserEvent("other", other))
    meter.forget()
    call("setRole", call_set_role, owner, {"userId": other, "role": "moderator"})
    assert meter.counted == operations.SET_ROLE
