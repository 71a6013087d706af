"""The sweeper, which dispatches every job again for which an event, a task or a worker was lost.

Each of its steps may be done twice without harm.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from stoker import config, registry
from stoker.firestore.deadline import deadline
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import Cursor, Selection
from stoker.jobs.ceiling import hold_ceiling
from stoker.jobs.children import update_parent
from stoker.jobs.dispatch import dispatch
from stoker.jobs.end_hook import run_end_hook
from stoker.jobs.events import Due, LeaseLapsed
from stoker.jobs.fairness import free_places
from stoker.jobs.job import load_job
from stoker.jobs.metrics import job_overdue, sweep_ended
from stoker.jobs.settings import is_paused, users_are_limited
from stoker.jobs.store import store
from stoker.jobs.waiting import wake_in_queue, wake_next
from stoker.jobs.walk import OVERLAP, Cursors, Walk
from stoker.logs import JobLog
from stoker.models.job import FOUND_BY_STAGE, WOKEN_STAGES
from stoker.queries import job_queries

SEEN = ("createdAt", "runAfter", "lease.expiresAt", "stage", "type", "userId", "cancelRequested")
"""The fields that the sweeper needs. Fields that clients may fill freely are not read, because a single value that
can't be decoded would make a whole step fail."""

RECHECK_MINUTES = 10
"""The time after which due jobs, and jobs that wait for a place, are checked again, in minutes. A task may be lost."""

EVERYTHING_MINUTES = 60
"""The time after which all pending jobs are checked, in minutes. The checks of new jobs may have missed a job."""

MOST_RECHECKED = 500
"""The most jobs that a sweep checks again."""

MOST_OWNERS = 200
"""The most owners in a sweep of which a waiting job is woken."""

MOST_PARENTS = 200
"""The most jobs that wait for their children and that a sweep updates. Normally, the end of each child updates them.
The sweeper makes up for an update that was lost."""

OCCASION_SECONDS = 600
"""The sweeper makes at most one task for a job in this time, in seconds. Cloud Tasks drops further ones."""


def sweep(now: datetime | None = None) -> int:
    """Dispatch due jobs, stale jobs and jobs whose lease has lapsed; update jobs that wait for their children.

    The sweeper only finds jobs. The dispatch and the admission decide about them. Each step has an equal share of the
    time that is left, and goes on from the cursor of its end in the last sweep.

    Args:
        now: The time for which to sweep, in UTC; None for the current time.

    Returns:
        The number of jobs that were dispatched or updated.

    Raises:
        Exception: The first error of a step. All other steps were made.
    """
    sweeping, clock = Sweep(now or store().host.now()), store().host.monotonic
    began = clock()
    end = began + config.SWEEP_SECONDS
    errors = list[Exception]()
    with deadline(config.SWEEP_SECONDS):
        cursors, steps = Cursors(), sweeping.steps()
        for number, (name, step) in enumerate(steps):
            share = (end - clock()) / (len(steps) - number)
            try:
                with deadline(share):
                    step(Walk(name, cursors, sweeping.now, clock() + share))
            except Exception as error:
                # An error in one step must not stop the other steps.
                JobLog("").error(f"The sweep's step {name} failed; the next sweep will try again.", error)
                errors.append(error)
    cursors.save()
    sweep_ended(len(sweeping.found), len(errors), clock() - began)
    if errors:
        raise errors[0]
    return len(sweeping.found)


class Sweep:
    """One sweep.

    Args:
        now: The time for which to sweep, in UTC.

    Attributes:
        found: The ids of the jobs that were dispatched or updated.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.found: list[str] = []
        self._due_since: list[datetime] = []
        self._stale_before = now - timedelta(seconds=config.STALE_PENDING_SECONDS)

    def steps(self) -> list[tuple[str, Callable[[Walk], None]]]:
        """Return the steps with the names of their cursors.

        The first steps find jobs for which a user waits. The last steps only make up for a lost event, task or update.
        """
        released = [job_type for job_type in registry.job_types() if not is_paused(job_type)]
        return [
            ("lapsed", lambda walk: walk.in_rounds(_seen(job_queries.lapsed_leases(self.now)), self._bring_back)),
            ("cancelled", lambda walk: walk.in_rounds(_seen(job_queries.cancelled_while_waiting()), self._bring_back)),
            ("cancelled-parents", lambda walk: walk.in_rounds(_seen(job_queries.cancelled_parents()), self._update)),
            *((f"released-{job_type}", self._released(job_type)) for job_type in released),
            *((f"unlimited-{stage}", self._unlimited(stage)) for stage in WOKEN_STAGES if not users_are_limited()),
            ("due", self._due),
            ("stale", self._stale),
            *((f"places-{job_type}", self._places(job_type)) for job_type in registry.job_types()),
            ("ceiling", hold_ceiling),
            ("due-again", self._due_again),
            ("owners", self._owners),
            ("everything", self._everything),
            ("parents", self._parents),
            ("children-again", self._children_again),
            ("end-hooks", lambda walk: walk.in_rounds(_seen(job_queries.end_hooks_due()), self._run_end_hook)),
        ]

    # --- New work --------------------------------------------------------------------------------

    def _due(self, walk: Walk) -> None:
        """Dispatch jobs whose `runAfter` has come: set by their owner, or by the backoff after a failed attempt."""
        walk.since_last(
            lambda since: job_queries.due(self.now, since).only(*SEEN), self.now, self._bring_back_unless_held
        )

    def _stale(self, walk: Walk) -> None:
        """Dispatch jobs that have been pending for longer than their event should take.

        They get a `runAfter`, by which the sweeper finds them from then on.
        """
        before = self._stale_before
        walk.since_last(
            lambda since: job_queries.stale_pending(before, since).only(*SEEN), before, self._bring_back_timeless
        )

    def _released(self, job_type: str) -> Callable[[Walk], None]:
        """Return the step that dispatches jobs which were held back because their type was paused. It no longer is."""
        return lambda walk: walk.in_rounds(_seen(job_queries.paused(job_type)), self._bring_back)

    def _unlimited(self, stage: str) -> Callable[[Walk], None]:
        """Return the step that dispatches jobs which waited for other jobs before an admin lifted all limits."""
        return lambda walk: walk.in_rounds(_seen(job_queries.held_in(stage)), self._bring_back)

    def _places(self, job_type: str) -> Callable[[Walk], None]:
        """Return the step that wakes waiting jobs of a queue: one job of each user, while places are free."""

        def rest(after: Cursor | None) -> Selection:
            last = str(after[0]) if after is not None else ""
            return job_queries.owners_before_a_queue(job_type, last).only("userId")

        def fill(walk: Walk) -> None:
            if store().documents.find(rest(None).first(1)):
                running = store().documents.count(job_queries.running(job_type, self.now))
                free = free_places(registry.job_types()[job_type].at_once, running)
                walk.in_rounds(rest, _waking(lambda owner: wake_in_queue(owner, job_type)), page=1, most=free)

        return fill

    # --- Lost work -------------------------------------------------------------------------------

    def _due_again(self, walk: Walk) -> None:
        query, every = job_queries.due(self.now - OVERLAP), timedelta(minutes=RECHECK_MINUTES)
        walk.in_rounds(_seen(query), self._bring_back_due, most=MOST_RECHECKED, every=every, at_first=False)
        if self._due_since:
            job_overdue((self.now - min(self._due_since)).total_seconds(), len(self._due_since))

    def _everything(self, walk: Walk) -> None:
        query, every = job_queries.stale_pending(self._stale_before - OVERLAP), timedelta(minutes=EVERYTHING_MINUTES)
        walk.in_rounds(_seen(query), self._bring_back_timeless, most=MOST_RECHECKED, every=every, at_first=False)

    def _owners(self, walk: Walk) -> None:
        """Wake one waiting job of each user. Normally, a job that ends wakes the next job of its owner."""

        def rest(after: Cursor | None) -> Selection:
            return job_queries.owners_that_wait(str(after[0]) if after is not None else "").only("userId")

        every = timedelta(minutes=RECHECK_MINUTES)
        walk.in_rounds(rest, _waking(lambda owner: wake_next(owner, None)), page=1, most=MOST_OWNERS, every=every)

    def _parents(self, walk: Walk) -> None:
        walk.in_rounds(_seen(job_queries.waiting_for_children()), self._update, most=MOST_PARENTS)

    def _children_again(self, walk: Walk) -> None:
        """Update batches of which children were retried after the batch's end.

        Normally, the end of such a child does that.
        """
        every = timedelta(minutes=RECHECK_MINUTES)
        walk.in_rounds(_seen(job_queries.running_children_again()), self._update, most=MOST_PARENTS, every=every)

    # --- One job ---------------------------------------------------------------------------------

    def _bring_back_timeless(self, found: StoredDocument) -> bool:
        """Dispatch a job, unless it has a `runAfter`: the step `due` finds such a job when its time has come."""
        return isinstance(found.data.get("runAfter"), datetime) or self._bring_back_unless_held(found)

    def _bring_back_unless_held(self, found: StoredDocument) -> bool:
        """Dispatch a job, unless it is held back or cancelled: other steps find such jobs."""
        return _has_step(found) or self._bring_back(found)

    def _bring_back_due(self, found: StoredDocument) -> bool:
        """Dispatch a job, unless it is held back or cancelled. Note the time since when it has been due.

        A job that was held back is due since its last write. Its `runAfter` may be older, because a job that is woken
        gets the time of its creation, and because clients write the field. A dispatch does not write to a job that has
        a `runAfter`, so a job that no worker begins keeps its age.
        """
        run_after = found.data.get("runAfter")
        if isinstance(run_after, datetime) and not _has_step(found):
            since = max(run_after, found.update_time)
            if since <= self.now - OVERLAP:
                self._due_since.append(since)
        return self._bring_back_unless_held(found)

    def _bring_back(self, found: StoredDocument) -> bool:
        self.found.append(found.id)
        try:
            document = load_job(found.id)
            if document is not None:
                # A worker may not yet know that a type is no longer paused, so these jobs are tried each minute.
                seconds = 60 if found.data.get("stage") == "paused" else OCCASION_SECONDS
                occasion = f"sweep-{int(self.now.timestamp()) // seconds}"
                return dispatch(document, LeaseLapsed(occasion) if "lease" in document.data else Due(occasion))
        except Exception as error:
            # An error of one job must not stop the step for the other jobs.
            JobLog(found.id).error("The job could not be dispatched; the next sweep will try again.", error)
            return False
        return True

    def _run_end_hook(self, found: StoredDocument) -> bool:
        self.found.append(found.id)
        try:
            run_end_hook(found.id)
        except Exception as error:
            # As in `_bring_back`.
            JobLog(found.id).error("The job's end hook failed; the next sweep will try again.", error)
            return False
        return True

    def _update(self, found: StoredDocument) -> bool:
        self.found.append(found.id)
        try:
            update_parent(found.id)
        except Exception as error:
            # As in `_bring_back`.
            JobLog(found.id).error("The job's children could not be counted; the next sweep will try again.", error)
            return False
        return True


def _seen(selection: Selection) -> Callable[[Cursor | None], Selection]:
    """Return a function that returns the query of the documents behind a cursor, with the fields of `SEEN`."""
    return selection.only(*SEEN).following


def _has_step(found: StoredDocument) -> bool:
    """Return whether a pending job is held back or cancelled, so that a step of its own finds it.

    No step looks for held jobs of a type that the app no longer has.
    """
    is_held = found.data.get("stage") in FOUND_BY_STAGE and found.data.get("type") in [*registry.job_types()]
    return is_held or found.data.get("cancelRequested") is True


def _waking(wake: Callable[[str], None]) -> Callable[[StoredDocument], bool]:
    """Return a step of a walk that wakes a waiting job of the found document's owner."""

    def work(found: StoredDocument) -> bool:
        try:
            wake(str(found.data.get("userId")))
        except Exception as error:
            # An error for one user must not stop the step for the other users.
            JobLog("").error("A user's waiting jobs could not be woken; the next sweep will try again.", error)
            return False
        return True

    return work
