"""Every function of Stoker that is deployed, with its name, its trigger, its memory and its timeout.

`main.py` imports all of them: `from stoker.functions import *`. `stoker.registry` has the memory and the queues of the
workers.

Each function imports the code that it runs in its body, for two reasons. The Firebase CLI imports this file to list the
functions, and waits 10 seconds at most. And each function's cold start imports this whole file.
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
from firebase_functions.options import MemoryOption, set_global_options
from firebase_functions.scheduler_fn import ScheduledEvent, on_schedule
from google.cloud.firestore_v1 import DocumentSnapshot

from stoker import config, features, firebase, identity, shutdown
from stoker.access import auth_events
from stoker.access.guard import guarded
from stoker.firestore.trigger_events import decodable
from stoker.task_functions import task_function

shutdown.listen()
# `on_call` needs the app to check a caller's token, before the body of a function runs.
firebase.start(config.known_project())
set_global_options(service_account=identity.service_account())


RECONCILE: dict[str, Any] = {
    "schedule": "every 24 hours",
    "region": config.REGION,
    "memory": MemoryOption.MB_512,
    "cpu": 1,
    "concurrency": 1,
    "timeout_sec": 1800,
    "max_instances": 1,
}
"""The options of the reconciles: functions that look each day for work whose event was lost, and do that work."""


@decodable
@on_document_created(
    document=f"{config.JOBS}/{{jobId}}",
    database=config.DATABASE,
    region=config.REGION,
    memory=MemoryOption.MB_512,
    cpu=1,
    concurrency=40,
    timeout_sec=60,
    max_instances=4,
)
def dispatch_job(event: Event[DocumentSnapshot[Any] | None]) -> None:
    """Put a new job into its queue, or fail it with every problem that its document has."""
    from stoker.firestore.documents import StoredDocument
    from stoker.jobs.dispatch import dispatch

    if event.data is not None:
        dispatch(StoredDocument.of(event.data))


# Without retries by the platform: the CLI asks a question before it deploys a function with retries, which a
# non-interactive deploy can't answer. `reconcile_outputs` finds the outputs for which an event was lost.
@decodable
@on_document_deleted(
    document=f"{config.JOBS}/{{jobId}}",
    database=config.DATABASE,
    region=config.REGION,
    memory=MemoryOption.MB_512,
    cpu=1,
    concurrency=40,
    timeout_sec=60,
    max_instances=1,
)
def on_job_deleted(event: Event[DocumentSnapshot[Any] | None]) -> None:
    """Delete the outputs of a job whose document was deleted."""
    from stoker.firestore.documents import StoredDocument
    from stoker.jobs.abandoned import job_deleted

    if event.data is not None:
        job_deleted(StoredDocument.of(event.data))


if features.has("video"):
    videoprocessing = task_function("video-processing")

if features.has("speech"):
    audiogeneration = task_function("audio-generation")

if features.has("batch"):
    batchoperation = task_function("batch-operation")
    accountdeletion = task_function("batch-operation", deletes_owner=True)


@on_schedule(
    schedule="every 1 minutes",
    region=config.REGION,
    memory=MemoryOption.MB_512,
    cpu=1,
    concurrency=1,
    timeout_sec=300,
    max_instances=2,
)
def sweep_jobs(event: ScheduledEvent) -> None:
    """Start the jobs again for which an event, a task or a worker was lost."""
    from stoker.jobs.sweeper import sweep

    sweep()


@on_call(region=config.REGION, memory=MemoryOption.MB_256, cpu=1, concurrency=40, timeout_sec=60, max_instances=2)
@guarded
def retryJob(request: CallableRequest[Any]) -> dict[str, str]:  # noqa: N802 - clients call it by this name
    """Run a job again that failed or was cancelled. Its owner and admins may call this."""
    from stoker.jobs.calls import call_retry_job

    return call_retry_job(request)


@on_call(region=config.REGION, memory=MemoryOption.MB_256, cpu=1, concurrency=40, timeout_sec=60, max_instances=2)
@guarded
def deleteJob(request: CallableRequest[Any]) -> dict[str, str]:  # noqa: N802 - as above
    """Delete a job that has ended, with its outputs. Its owner and admins may call this."""
    from stoker.jobs.calls import call_delete_job

    return call_delete_job(request)


@on_schedule(**RECONCILE)
def reconcile_outputs(event: ScheduledEvent) -> None:
    """Delete the outputs of jobs whose document is gone."""
    from stoker.jobs import reconcile_outputs

    reconcile_outputs.reconcile_outputs()


if features.has("analytics"):

    @on_schedule(
        schedule="every 1 minutes",
        region=config.REGION,
        # 10,000 events, their aggregates and numpy need 200 MB.
        memory=MemoryOption.MB_512,
        cpu=1,
        concurrency=1,
        timeout_sec=120,
        max_instances=2,
    )
    def roll_up_events(event: ScheduledEvent) -> None:
        """Add new events to the aggregates, up to three times a minute."""
        from stoker.analytics.roll_up import roll_up_through_the_minute

        roll_up_through_the_minute()


if features.has("profiles"):

    @on_call(region=config.REGION, memory=MemoryOption.MB_256, cpu=1, concurrency=40, timeout_sec=60, max_instances=1)
    @guarded
    def setRole(request: CallableRequest[Any]) -> dict[str, Any]:  # noqa: N802 - as above
        """Set the role of a user: user, moderator or admin. Admins may call this."""
        from stoker.accounts.calls import call_set_role

        return call_set_role(request)

    # Without retries by the platform, as `on_job_deleted`. `reconcile_profiles` finds the accounts for which an event
    # was lost.
    @auth_events.user_created(
        region=config.REGION, memory=MemoryOption.MB_512, cpu=1, concurrency=40, timeout_sec=60, max_instances=2
    )
    def on_user_created(event: auth_events.AuthUserEvent) -> None:
        """Make the profile of a new account, also of an anonymous account and of an account that an admin has made."""
        from stoker.accounts.account_events import account_created

        account_created(event)

    @auth_events.user_deleted(
        region=config.REGION, memory=MemoryOption.MB_512, cpu=1, concurrency=40, timeout_sec=60, max_instances=1
    )
    def on_user_deleted(event: auth_events.AuthUserEvent) -> None:
        """Delete all data of a user whose account was deleted."""
        from stoker.accounts.account_events import account_deleted

        account_deleted(event)

    @on_call(region=config.REGION, memory=MemoryOption.MB_256, cpu=1, concurrency=40, timeout_sec=60, max_instances=2)
    @guarded
    def ensureProfile(request: CallableRequest[Any]) -> dict[str, Any]:  # noqa: N802 - as above
        """Make the caller's profile if it is missing. Some sign-ups, such as with a custom token, send no event."""
        from stoker.accounts.calls import call_ensure_profile

        return call_ensure_profile(request)

    @on_call(region=config.REGION, memory=MemoryOption.MB_256, cpu=1, concurrency=40, timeout_sec=60, max_instances=1)
    @guarded
    def deleteAccount(request: CallableRequest[Any]) -> dict[str, str]:  # noqa: N802 - as above
        """Write a job that deletes all data of the caller, and then the account."""
        from stoker.accounts.calls import call_delete_account

        return call_delete_account(request)

    @on_schedule(**RECONCILE)
    def reconcile_profiles(event: ScheduledEvent) -> None:
        """Make the profiles of accounts that have none."""
        from stoker.accounts import reconcile

        reconcile.reconcile_profiles()

    @on_schedule(**RECONCILE)
    def reconcile_owners(event: ScheduledEvent) -> None:
        """Delete the data of users whose account is gone."""
        from stoker.accounts import reconcile_owners

        reconcile_owners.reconcile_owners()


if config.BLOCKING and features.has("profiles"):
    # Firebase Auth waits 7 s for each of these two functions, cold start included. Set `min_instances` if few people
    # use your app: then most calls meet a cold start.
    @before_user_created(
        region=config.REGION, memory=MemoryOption.MB_512, cpu=1, concurrency=40, timeout_sec=60, max_instances=2
    )
    def before_created(event: AuthBlockingEvent) -> BeforeCreateResponse | None:
        """Make a new user's profile and set the role `user`, unless the e-mail address has a refused domain."""
        from stoker.accounts import sign_up

        return sign_up.before_created(event)

    @before_user_signed_in(
        region=config.REGION, memory=MemoryOption.MB_512, cpu=1, concurrency=40, timeout_sec=60, max_instances=2
    )
    def before_signed_in(event: AuthBlockingEvent) -> BeforeSignInResponse | None:
        """Make the profile of a user who signs in, or update it from the account."""
        from stoker.accounts import sign_up

        return sign_up.before_signed_in(event)


if features.has("progress"):

    @decodable
    @on_document_written(
        document=f"{config.TASKS}/{{taskId}}",
        database=config.DATABASE,
        region=config.REGION,
        memory=MemoryOption.MB_512,
        cpu=1,
        concurrency=40,
        timeout_sec=60,
        max_instances=4,
    )
    def on_task_written(event: Event[Change[DocumentSnapshot[Any] | None]]) -> None:
        """Award the XP of a task that is completed for the first time."""
        from stoker.progress.award import task_written

        snapshots = (event.data.before, event.data.after)
        before, after = (snapshot.to_dict() if snapshot is not None else None for snapshot in snapshots)
        task_written(event.params["taskId"], before, after)

    @on_schedule(**RECONCILE)
    def reconcile_progress(event: ScheduledEvent) -> None:
        """Award the XP of completed tasks whose event was lost."""
        from stoker.progress import reconcile

        reconcile.reconcile_progress()


__all__ = [name for name, value in globals().items() if hasattr(value, "__firebase_endpoint__")]
