"""Every deployed function: its name, its trigger, its memory and its time. Those of a worker are in `stoker.registry`.

What a function runs is imported in its body: the Firebase CLI imports this file to learn of the functions, within
10 seconds, and each function's cold start pays for the imports of all of them.
"""

from typing import Any

from firebase_functions.core import Change
from firebase_functions.firestore_fn import Event, on_document_created, on_document_deleted, on_document_written
from firebase_functions.https_fn import CallableRequest, on_call
from firebase_functions.identity_fn import (
    AuthBlockingEvent,
    BeforeCreateResponse,
    BeforeSignInResponse,
    before_user_created,
    before_user_signed_in,
)
from firebase_functions.options import MemoryOption, RateLimits, RetryConfig
from firebase_functions.scheduler_fn import ScheduledEvent, on_schedule
from firebase_functions.tasks_fn import on_task_dispatched
from google.cloud.firestore_v1 import DocumentSnapshot

from stoker import config, firebase, registry, shutdown
from stoker.access import auth_events
from stoker.access.guard import guarded
from stoker.firestore.trigger_events import decodable

shutdown.listen()
# `on_call` checks a caller's token with it, before any body runs.
firebase.start(config.known_project())


def queue_options(job_type: str, *, deletes_owner: bool = False) -> dict[str, Any]:
    """Queue: the options of the function that runs a type of job, and of its queue. `stoker.registry` has the types."""
    registered, queue = registry.job_types()[job_type], registry.queue_of(job_type, deletes_owner=deletes_owner)
    return {
        "region": config.REGION,
        "memory": registered.memory_mb,
        "cpu": registered.cpu,
        # An attempt has the memory and the processors of its instance for itself.
        "concurrency": 1,
        "timeout_sec": config.TASK_SECONDS,
        "retry_config": RetryConfig(
            max_attempts=config.MAX_ATTEMPTS, min_backoff_seconds=10, max_backoff_seconds=300, max_doublings=4
        ),
        "rate_limits": RateLimits(max_concurrent_dispatches=queue.at_once),
    }


RECONCILE: dict[str, Any] = {
    "schedule": "every 24 hours",
    "region": config.REGION,
    "memory": MemoryOption.MB_512,
    "cpu": 1,
    "concurrency": 1,
    "timeout_sec": 1800,
}
"""Reconcile: the options of the functions that repair, each day, what a lost event has left."""


def run_task(job_type: str, request: CallableRequest[Any]) -> None:
    """Run: one attempt at the job that a task names, by the worker of its type."""
    from stoker.jobs.attempt import run_attempt

    run_attempt(request.data["jobId"], registry.load(registry.job_types()[job_type].worker))


@decodable
@on_document_created(
    document=f"{config.JOBS}/{{jobId}}",
    region=config.REGION,
    memory=MemoryOption.MB_512,
    cpu=1,
    concurrency=40,
    timeout_sec=60,
)
def dispatch_job(event: Event[DocumentSnapshot[Any] | None]) -> None:
    """Arrive: a new job goes into its queue, or ends with what is wrong with it."""
    from stoker.firestore.documents import StoredDocument
    from stoker.jobs.dispatch import dispatch

    if event.data is not None:
        dispatch(StoredDocument.of(event.data))


# Not retried by the platform: the CLI refuses to deploy that without a question. The reconcile does what was lost.
@decodable
@on_document_deleted(
    document=f"{config.JOBS}/{{jobId}}",
    region=config.REGION,
    memory=MemoryOption.MB_512,
    cpu=1,
    concurrency=40,
    timeout_sec=60,
)
def on_job_deleted(event: Event[DocumentSnapshot[Any] | None]) -> None:
    """Expire: the outputs of a job go with its document."""
    from stoker.firestore.documents import StoredDocument
    from stoker.jobs.abandoned import job_deleted

    if event.data is not None:
        job_deleted(StoredDocument.of(event.data))


@on_task_dispatched(**queue_options("video-processing"))
def videoprocessing(request: CallableRequest[Any]) -> None:
    """Run: one attempt at a `video-processing` job."""
    run_task("video-processing", request)


@on_task_dispatched(**queue_options("audio-generation"))
def audiogeneration(request: CallableRequest[Any]) -> None:
    """Run: one attempt at an `audio-generation` job."""
    run_task("audio-generation", request)


@on_task_dispatched(**queue_options("batch-operation"))
def batchoperation(request: CallableRequest[Any]) -> None:
    """Run: one attempt at a `batch-operation` job."""
    run_task("batch-operation", request)


@on_task_dispatched(**queue_options("batch-operation", deletes_owner=True))
def accountdeletion(request: CallableRequest[Any]) -> None:
    """Run: one attempt at a `batch-operation` job that deletes its owner's account."""
    run_task("batch-operation", request)


@on_schedule(
    schedule="every 1 minutes",
    region=config.REGION,
    memory=MemoryOption.MB_512,
    cpu=1,
    concurrency=1,
    timeout_sec=300,
)
def sweep_jobs(event: ScheduledEvent) -> None:
    """Sweep: jobs that an event, a task or a worker was lost for come back."""
    from stoker.jobs.sweeper import sweep

    sweep()


@on_schedule(
    schedule="every 1 minutes",
    region=config.REGION,
    # 10,000 events, the aggregates that they add to and numpy: 200 MB.
    memory=MemoryOption.MB_512,
    cpu=1,
    concurrency=1,
    timeout_sec=120,
)
def roll_up_events(event: ScheduledEvent) -> None:
    """Roll up: events become aggregates, three times a minute."""
    from stoker.analytics.roll_up import roll_up_through_the_minute

    roll_up_through_the_minute()


@on_call(region=config.REGION, memory=MemoryOption.MB_256, cpu=1, concurrency=40, timeout_sec=60)
@guarded
def retryJob(request: CallableRequest[Any]) -> dict[str, str]:  # noqa: N802 - clients call it by this name
    """Retry: a job that failed or was cancelled gets another chance, if its owner or an admin calls."""
    from stoker.jobs.calls import call_retry_job

    return call_retry_job(request)


@on_call(region=config.REGION, memory=MemoryOption.MB_256, cpu=1, concurrency=40, timeout_sec=60)
@guarded
def deleteJob(request: CallableRequest[Any]) -> dict[str, str]:  # noqa: N802 - as above
    """Delete: a job that has ended goes, with its outputs, if its owner or an admin calls."""
    from stoker.jobs.calls import call_delete_job

    return call_delete_job(request)


@on_call(region=config.REGION, memory=MemoryOption.MB_256, cpu=1, concurrency=40, timeout_sec=60)
@guarded
def setRole(request: CallableRequest[Any]) -> dict[str, Any]:  # noqa: N802 - as above
    """Roles: an admin makes someone a user, a moderator or an admin."""
    from stoker.accounts.calls import call_set_role

    return call_set_role(request)


# Not retried by the platform: the CLI refuses to deploy that without a question. The reconcile does what was lost.
@auth_events.user_created(region=config.REGION, memory=MemoryOption.MB_512, cpu=1, concurrency=40, timeout_sec=60)
def on_user_created(event: auth_events.AuthUserEvent) -> None:
    """Profiles: a new account gets one, also an anonymous account and one that an admin has made."""
    from stoker.accounts.account_events import account_created

    account_created(event)


@auth_events.user_deleted(region=config.REGION, memory=MemoryOption.MB_512, cpu=1, concurrency=40, timeout_sec=60)
def on_user_deleted(event: auth_events.AuthUserEvent) -> None:
    """Deletion: all that is left of a user whose account was deleted goes too."""
    from stoker.accounts.account_events import account_deleted

    account_deleted(event)


if config.BLOCKING:
    # Auth waits 7 s for these two, cold start included: an app to which people come seldom sets `min_instances`.
    @before_user_created(region=config.REGION, memory=MemoryOption.MB_512, cpu=1, concurrency=40, timeout_sec=60)
    def before_created(event: AuthBlockingEvent) -> BeforeCreateResponse | None:
        """Sign-up: the new user gets a profile and the role of a user, unless the e-mail address is not welcome."""
        from stoker.accounts import sign_up

        return sign_up.before_created(event)

    @before_user_signed_in(region=config.REGION, memory=MemoryOption.MB_512, cpu=1, concurrency=40, timeout_sec=60)
    def before_signed_in(event: AuthBlockingEvent) -> BeforeSignInResponse | None:
        """Sign-in: a profile that is missing is made, and one that is there follows the account."""
        from stoker.accounts import sign_up

        return sign_up.before_signed_in(event)


@on_call(region=config.REGION, memory=MemoryOption.MB_256, cpu=1, concurrency=40, timeout_sec=60)
@guarded
def ensureProfile(request: CallableRequest[Any]) -> dict[str, Any]:  # noqa: N802 - as above
    """Profiles: whoever signs in without a sign-up that we hear of gets one."""
    from stoker.accounts.calls import call_ensure_profile

    return call_ensure_profile(request)


@on_call(region=config.REGION, memory=MemoryOption.MB_256, cpu=1, concurrency=40, timeout_sec=60)
@guarded
def deleteAccount(request: CallableRequest[Any]) -> dict[str, str]:  # noqa: N802 - as above
    """Deletion: a job deletes all that there is of the caller, and the account last."""
    from stoker.accounts.calls import call_delete_account

    return call_delete_account(request)


@decodable
@on_document_written(
    document=f"{config.TASKS}/{{taskId}}",
    region=config.REGION,
    memory=MemoryOption.MB_512,
    cpu=1,
    concurrency=40,
    timeout_sec=60,
)
def on_task_written(event: Event[Change[DocumentSnapshot[Any] | None]]) -> None:
    """Progress: a task that is completed for the first time gives XP."""
    from stoker.progress.award import task_written

    before, after = (one.to_dict() if one is not None else None for one in (event.data.before, event.data.after))
    task_written(event.params["taskId"], before, after)


@on_schedule(**RECONCILE)
def reconcile_profiles(event: ScheduledEvent) -> None:
    """Reconcile: accounts without a profile get one."""
    from stoker.accounts import reconcile

    reconcile.reconcile_profiles()


@on_schedule(**RECONCILE)
def reconcile_owners(event: ScheduledEvent) -> None:
    """Reconcile: what is left of users whose account is gone goes too."""
    from stoker.accounts import reconcile_owners

    reconcile_owners.reconcile_owners()


@on_schedule(**RECONCILE)
def reconcile_progress(event: ScheduledEvent) -> None:
    """Reconcile: completed tasks whose event was lost give their XP."""
    from stoker.progress import reconcile

    reconcile.reconcile_progress()


@on_schedule(**RECONCILE)
def reconcile_outputs(event: ScheduledEvent) -> None:
    """Reconcile: outputs whose job's document is gone go too."""
    from stoker.jobs import reconcile_outputs

    reconcile_outputs.reconcile_outputs()
