"""The way into Cloud Tasks. `stoker.registry` has the queues."""

import contextlib
import hashlib
from datetime import UTC, datetime, timedelta

from firebase_admin import exceptions, functions

from stoker import config
from stoker.firebase import app
from stoker.firestore.deadline import seconds_left
from stoker.host import within
from stoker.jobs.states import JobState

SECONDS = 15.0
"""The longest that a task waits for Cloud Tasks outside of any deadline."""

LONGEST_IN_EMULATOR = timedelta(minutes=10)
"""The emulator's queue does not wait: it delivers a task at once, and a task that is refused keeps its place in the
queue until it is tried again. So no task for a later time is made there. The sweeper begins the job."""


def enqueue(job: JobState, occasion: str, due: datetime | None = None) -> None:
    """Ask for an attempt at a job. It takes no longer than the deadline allows.

    The SDK waits for 120 s, and lets nobody change that. If Cloud Tasks answers later, the task is in the queue
    nevertheless. That does no harm: an attempt at a job that has begun or has ended does nothing.

    Args:
        job: The facts about the job: those that its queue depends on are enough.
        occasion: Why now: Cloud Tasks drops a second task for the same job and occasion for about an hour.
        due: Not before this time; at once where it is left out.

    Raises:
        firebase_admin.exceptions.FirebaseError: Cloud Tasks did not take it, or has not answered in time.
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
    queue = functions.task_queue(f"locations/{config.REGION}/functions/{job.queue.name}", app=app())
    # Hashed, because ids that share a prefix slow a queue down.
    # Source: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues.tasks/create
    task_id = hashlib.sha256(f"{job.id}/{occasion}".encode()).hexdigest()
    options = functions.TaskOptions(task_id=task_id, dispatch_deadline_seconds=config.TASK_SECONDS, schedule_time=due)
    # Where the same task is there already, what was asked for holds.
    with contextlib.suppress(exceptions.AlreadyExistsError, exceptions.ConflictError, *_misread()):
        # The handler reads `request.data`, and the SDK does not wrap the payload.
        queue.enqueue({"data": {"jobId": job.id}}, options)


def _misread() -> tuple[type[Exception], ...]:
    """The emulator answers with the task's name as it got it; the SDK (7.7.0) takes its first letter for a slash that
    older emulators put there, and then raises, although the task is queued."""
    return (ValueError,) if config.emulated() else ()
