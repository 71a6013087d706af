"""A function that does nothing for each kind of trigger: the peers of the functions in `benchmarks.cold_start`."""

from typing import Any

import firebase_admin
import functions_framework
from cloudevents.http import CloudEvent
from firebase_functions.core import Change
from firebase_functions.firestore_fn import Event, on_document_created, on_document_written
from firebase_functions.https_fn import CallableRequest, on_call
from firebase_functions.identity_fn import AuthBlockingEvent, before_user_created, before_user_signed_in
from firebase_functions.scheduler_fn import ScheduledEvent, on_schedule
from firebase_functions.tasks_fn import on_task_dispatched
from google.cloud.firestore_v1 import DocumentSnapshot

firebase_admin.initialize_app()  # `on_call` needs the app to check a caller's token.


@on_document_created(document="processingJobs/{jobId}")
def created(event: Event[DocumentSnapshot[Any] | None]) -> None:
    """Do nothing for a new document."""


@on_document_written(document="tasks/{taskId}")
def written(event: Event[Change[DocumentSnapshot[Any] | None]]) -> None:
    """Do nothing for a write."""


@on_task_dispatched()
def task(request: CallableRequest[Any]) -> None:
    """Do nothing for a task of Cloud Tasks."""


@on_schedule(schedule="every 1 minutes")
def scheduled(event: ScheduledEvent) -> None:
    """Do nothing on a schedule."""


@on_call()
def called(request: CallableRequest[Any]) -> dict[str, str]:
    """Do nothing for a call."""
    return {}


@functions_framework.cloud_event
def account(event: CloudEvent) -> None:
    """Do nothing for an event of an account. The SDK has no decorator for such events."""


@before_user_created()
def before_created(event: AuthBlockingEvent) -> None:
    """Do nothing before a sign-up."""


@before_user_signed_in()
def before_signed_in(event: AuthBlockingEvent) -> None:
    """Do nothing before a sign-in."""
