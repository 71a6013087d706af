"""The usage of each piece of work: a job, a batch, an event, a call, a listener, and an idle month."""

import math

from stoker import config
from stoker.batch.pages import PAGE
from stoker_tools.costs import operations, seconds
from stoker_tools.costs.bill import Usage, documents, times, together
from stoker_tools.costs.functions import Functions
from stoker_tools.costs.operations import Operations
from stoker_tools.costs.prices import DAYS, Meter

NOTHING = Operations()

MINUTES = DAYS * 24 * 60
"""The minutes of a month in a bill."""

EVENT_GIB = 1e-6
"""The size of an event with its index entries, in GiB: about 1 KB."""

EVENT_MONTHS = 65 / DAYS
"""The months for which an event is kept after it was counted."""


def looks_in_a_minute() -> int:
    """Return how often the roll-up looks for events in a minute with events.

    Example:
        >>> looks_in_a_minute()
        3
    """
    return math.ceil(config.ROLL_UP_SECONDS / config.ROLL_UP_EVERY_SECONDS)


def reports(running: float) -> int:
    """Return the most reports of progress that a job writes.

    Args:
        running: The time for which the job runs, in seconds.

    Example:
        >>> reports(5), reports(60)
        (6, 36)
    """
    brisk = min(running, config.BRISK_FOR_SECONDS)
    calm = max(0.0, running - config.BRISK_FOR_SECONDS)
    return 1 + math.ceil(brisk / config.BRISK_PROGRESS_SECONDS) + math.ceil(calm / config.PROGRESS_SECONDS)


def counted_event() -> Usage:
    """Return the usage of an event after it was written: it is rolled up, kept, and deleted by its TTL.

    The aggregates are not included: see `aggregates`.
    """
    kept: Usage = {Meter.TTL_DELETES: 1, Meter.FIRESTORE_GIB_MONTHS: EVENT_GIB * EVENT_MONTHS}
    return together(documents(operations.EVENT), kept)


def _recorded(functions: Functions) -> Usage:
    """Return the usage of an event that Stoker records itself: none if analytics are off."""
    return counted_event() if functions.has("roll_up_events") else {}


def client_event() -> Usage:
    """Return the usage of an event of a client, without the aggregates."""
    return together({Meter.WRITES: 1}, counted_event())


def names_in_a_roll_up(events: float, names: int) -> float:
    """Return the expected number of names among some events, if all names are equally frequent.

    Example:
        >>> [round(names_in_a_roll_up(events, 10), 2) for events in (1, 10, 2000)]
        [1.0, 6.51, 10.0]
    """
    return float(names * (1 - (1 - 1 / names) ** events))


def aggregates(events: float, names: int, roll_ups: float) -> Usage:
    """Return the usage of the aggregates, which a roll-up reads and writes once for all its events.

    Args:
        events: All events.
        names: The number of different names of events.
        roll_ups: The number of roll-ups to which the events are spread evenly.
    """
    busy = min(roll_ups, events)  # A roll-up without events does nothing.
    found = names_in_a_roll_up(events / busy, names) if busy else 0.0
    return documents(busy * (operations.ROLL_UP + (found + 1) * operations.ROLL_UP_OF_NAME))


def job(functions: Functions, worker: str, running: float, more: Operations = NOTHING) -> Usage:
    """Return the usage of a job, from the client's write until its document is deleted after 30 days.

    Args:
        functions: The deployed functions.
        worker: The name of the function that does the work.
        running: The time of the work, in seconds.
        more: The operations of the work itself.
    """
    engine = operations.SHORT_JOB + reports(running) * operations.REPORT
    return together(
        {Meter.WRITES: 1, Meter.TASK_OPERATIONS: 2, Meter.TTL_DELETES: 1},  # A task is added, and delivered.
        functions.run("dispatch_job", seconds.CALL),
        functions.run(worker, running),
        documents(engine + more),
        _recorded(functions),
        functions.run("on_job_deleted", seconds.CALL),
    )


def film(functions: Functions, minutes: float) -> Usage:
    """Return the usage of a film to an MP4 of 720 lines and a poster."""
    return job(functions, "videoprocessing", minutes * seconds.VIDEO)


def speech(functions: Functions, characters: float, voice: Meter | None) -> Usage:
    """Return the usage of a text that becomes speech. Without a voice of Google, eSpeak NG speaks."""
    spoken: Usage = {} if voice is None else {voice: characters}
    return together(job(functions, "audiogeneration", characters / 1000 * seconds.SPEECH), spoken)


def batch(functions: Functions, tasks: int, *, completes: bool) -> Usage:
    """Return the usage of a batch that changes tasks. Each change of a task calls `on_task_written`.

    Args:
        functions: The deployed functions.
        tasks: The number of tasks.
        completes: Whether the change completes the tasks, so that XP is awarded.
    """
    more = operations.BATCH + tasks * operations.BATCH_ITEM + math.ceil(tasks / PAGE) * operations.REPORT
    if not functions.has("on_task_written"):  # Without progress, nothing is called for a task.
        done: Usage = {}
    else:
        done = completion(functions) if completes else functions.run("on_task_written", seconds.CALL)
    return together(job(functions, "batchoperation", tasks / 1000 * seconds.BATCH, more), times(tasks, done))


def completion(functions: Functions) -> Usage:
    """Return the usage of a task that is completed: the call of `on_task_written`, the award, and the event."""
    return together(
        functions.run("on_task_written", seconds.CALL), documents(operations.COMPLETION), _recorded(functions)
    )


def export(functions: Functions, found: int) -> Usage:
    """Return the usage of an export of a user's documents."""
    more = operations.EXPORT + found * operations.EXPORTED_DOCUMENT
    return job(functions, "batchoperation", found / 1000 * seconds.EXPORT, more)


def listener(running: float) -> Usage:
    """Return the usage of an app that listens to a job: a read for each change of its document.

    Args:
        running: The time for which the job runs, in seconds.
    """
    changes = 4  # It is written by the client, queued, begun and ended.
    return documents(Operations(reads=changes + reports(running)))


def sign_up(functions: Functions) -> Usage:
    """Return the usage of a new account."""
    return together(functions.run("on_user_created", seconds.CALL), documents(operations.SIGN_UP), _recorded(functions))


def call(functions: Functions, name: str) -> Usage:
    """Return the usage of a call of a client.

    Raises:
        KeyError: The cost of this function is not known.
    """
    own = {
        "retryJob": together(documents(operations.RETRY_JOB), {Meter.TASK_OPERATIONS: 2}),
        "deleteJob": together(documents(operations.DELETE_JOB), functions.run("on_job_deleted", seconds.CALL)),
        "ensureProfile": documents(operations.ENSURE_PROFILE),
        "setRole": documents(operations.SET_ROLE),
    }
    return together(functions.run(name, seconds.CALL), own[name])


def sweeps(functions: Functions) -> Usage:
    """Return the usage of the sweeper in a month without jobs."""
    idle = documents(operations.IDLE_SWEEP + operations.SETTINGS)
    sweep = together(functions.run("sweep_jobs", seconds.SWEEP), idle)
    return together(times(MINUTES, sweep), times(MINUTES / 10, documents(operations.RECHECKS)))


def looks(functions: Functions, busy: float = 0) -> Usage:
    """Return the usage of the roll-up in a month, without its work on events.

    Args:
        functions: The deployed functions.
        busy: The minutes with events. In each of them, the function waits from its first look to its last.
    """
    count = looks_in_a_minute()
    waiting = functions.run("roll_up_events", (count - 1) * config.ROLL_UP_EVERY_SECONDS + seconds.LOOK)
    calm = together(functions.run("roll_up_events", seconds.LOOK), documents(operations.LOOK_FOR_EVENTS))
    return together(
        times(MINUTES - busy, calm),
        times(busy, together(waiting, documents(count * operations.LOOK_FOR_EVENTS))),
    )


def reconciles(functions: Functions) -> Usage:
    """Return the usage of the daily reconciles in a month of an app without users."""
    names = [name for name in functions.sizes if name.startswith("reconcile_")]
    return times(DAYS, together(*(functions.run(name, seconds.RECONCILE) for name in names)))


def schedules(functions: Functions) -> Usage:
    """Return the usage of Cloud Scheduler in a month."""
    return {Meter.SCHEDULER_JOBS: functions.schedules}
