"""The making of tasks in Cloud Tasks. `stoker.registry` has the queues."""

import contextlib
import hashlib
from datetime import UTC, datetime, timedelta

from firebase_admin import exceptions, functions

from stoker import config
from stoker.firebase import app
from stoker.firestore.deadline import seconds_left
from stoker.host import within
from stoker.jobs.deployed_name import deployed_name
from stoker.jobs.states import JobState

SECONDS = 15.0
"""The longest time to wait for Cloud Tasks outside of any deadline, in seconds."""

LONGEST_IN_EMULATOR = timedelta(minutes=10)
"""The longest time ahead for which a task is made in the emulator.

The emulator's queue does not wait for a task's time. It delivers the task at once, and a refused task keeps its place
in the queue until it is tried again. So no task is made for a later time, and the sweeper begins the job.
"""


def enqueue(job: JobState, occasion: str, due: datetime | None = None) -> None:
    """Make a task that asks for an attempt at a job. This takes no longer than the current deadline.

    The SDK waits for 120 s, and has no option for that. So if Cloud Tasks answers after the deadline, the task is in
    the queue nevertheless. This does no harm, because an attempt at a job that has begun or has ended does nothing.

    Args:
        job: The facts about the job. The facts that decide its queue are enough.
        occasion: The reason for the task. Cloud Tasks drops a second task of the same job and occasion for about an
            hour.
        due: The time before which the task must not run; None for at once.

    Raises:
        firebase_admin.exceptions.FirebaseError: Cloud Tasks has refused the task, or has not answered in time.
    """
    if due is not None and config.emulated() and due - datetime.now(UTC) > LONGEST_IN_EMULATOR:
        return
    left = seconds_left()
    seconds = SECONDS if left is None else min(SECONDS, left)
    if seconds <= 0:
        raise exceptions.DeadlineExceededError("There is no time left to ask Cloud Tasks.")
    try:
        within(seconds, lambda: _enqueue(job, occasion, due))
    except TimeoutError as error:
        raise exceptions.DeadlineExceededError("Cloud Tasks has not answered in time.", cause=error) from error


def _enqueue(job: JobState, occasion: str, due: datetime | None) -> None:
    name = deployed_name(job.queue.name)
    queue = functions.task_queue(f"locations/{config.REGION}/functions/{name}", app=app())
    # Hashed, because tasks whose ids share a prefix slow a queue down.
    # Source: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create
    task_id = hashlib.sha256(f"{job.id}/{occasion}".encode()).hexdigest()
    options = functions.TaskOptions(
        task_id=task_id, dispatch_deadline_seconds=config.ATTEMPT_SECONDS, schedule_time=due
    )
    # If the same task exists already, nothing is left to do.
    with contextlib.suppress(exceptions.AlreadyExistsError, exceptions.ConflictError, *_misread()):
        # The payload needs the field `data`: the function's handler reads `request.data`, and the SDK does not add it.
        queue.enqueue({"data": {"jobId": job.id}}, options)


def _misread() -> tuple[type[Exception], ...]:
    """Return the errors that the SDK raises in the emulator although the task is queued.

    The emulator answers with the task's name. The SDK (7.7.0) removes the first letter, because older emulators had a
    slash there, and then raises a ValueError.
    """
    return (ValueError,) if config.emulated() else ()
