"""Sweeper: brings back every job that an event, a task or a worker was lost for. Each step may be done twice."""

from collections.abc import Callable
from datetime import datetime, timedelta

from stoker import config, registry
from stoker.firestore.deadline import deadline
from stoker.firestore.documents import StoredDocument
from stoker.firestore.selection import Place, Selection
from stoker.jobs.ceiling import hold_ceiling
from stoker.jobs.children import update_parent
from stoker.jobs.dispatch import dispatch
from stoker.jobs.end_hook import run_end_hook
from stoker.jobs.events import Due, LeaseLapsed
from stoker.jobs.fairness import free_places
from stoker.jobs.job import load_job
from stoker.jobs.settings import is_paused, users_are_limited
from stoker.jobs.store import store
from stoker.jobs.waiting import wake_in_queue, wake_next
from stoker.jobs.walk import OVERLAP, Places, Walk
from stoker.logs import JobLog
from stoker.models.job import FOUND_BY_STAGE, WOKEN_STAGES
from stoker.queries import job_queries

SEEN = ("createdAt", "runAfter", "lease.expiresAt", "stage", "type", "userId", "cancelRequested")
"""The fields that decide. Not those that users write at will: one that can't be decoded would end the whole step."""

RECHECK_MINUTES = 10
"""How often jobs that are due, and jobs that wait for a place, are looked at again, in case that a task was lost."""

EVERYTHING_MINUTES = 60
"""How often all that is pending is looked at, in case that a look at what is new has missed something."""

MOST_RECHECKED = 500
"""Jobs in each sweep of those that are looked at again."""

MOST_OWNERS = 200
"""Owners in each sweep of whose waiting jobs one is woken."""

MOST_PARENTS = 200
"""Jobs in each sweep that wait for their children. The children move them on; this is in case that one of them died."""

OCCASION_SECONDS = 600
"""A task of the sweeper's is dropped if the job has had one in the same time."""


def sweep(now: datetime | None = None) -> int:
    """Dispatch jobs that are due, jobs that are `pending` for too long, and jobs whose attempt has gone silent; update
    jobs that wait for their children.

    The sweeper only finds jobs. What becomes of a job is decided where it is dispatched and taken. Each step has an
    equal share of the time that is left, and goes on where it has ended in the last sweep.

    Args:
        now: The time to judge by.

    Returns:
        How many jobs were brought back or updated.

    Raises:
        Exception: The first error that a step has met. All other steps were made.
    """
    sweeping, clock = Sweep(now or store().host.now()), store().host.monotonic
    end = clock() + config.SWEEP_SECONDS
    errors = list[Exception]()
    with deadline(config.SWEEP_SECONDS):
        places, steps = Places(), sweeping.steps()
        for number, (name, step) in enumerate(steps):
            share = (end - clock()) / (len(steps) - number)
            try:
                with deadline(share):
                    step(Walk(name, places, sweeping.now, clock() + share))
            except Exception as error:
                # One step must not keep the others from being made.
                JobLog("").error(f"The sweep's step {name} failed; the next sweep will try again.", error)
                errors.append(error)
    places.save()
    if errors:
        raise errors[0]
    return len(sweeping.found)


class Sweep:
    """One sweep.

    Args:
        now: The time to judge by.

    Attributes:
        found: The ids of the jobs that were brought back or updated.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.found: list[str] = []
        self._stale_before = now - timedelta(seconds=config.STALE_PENDING_SECONDS)

    def steps(self) -> list[tuple[str, Callable[[Walk], None]]]:
        """Return the steps with the names of their places: first those for which someone waits, and last those that
        repeat what another part of the engine has done unless it was lost."""
        released = [one for one in registry.job_types() if not is_paused(one)]
        return [
            ("lapsed", lambda walk: walk.around(_seen(job_queries.lapsed_leases(self.now)), self._bring_back)),
            ("cancelled", lambda walk: walk.around(_seen(job_queries.cancelled_while_waiting()), self._bring_back)),
            ("cancelled-parents", lambda walk: walk.around(_seen(job_queries.cancelled_parents()), self._update)),
            *((f"released-{one}", self._released(one)) for one in released),
            *((f"unlimited-{one}", self._unlimited(one)) for one in WOKEN_STAGES if not users_are_limited()),
            ("due", self._due),
            ("stale", self._stale),
            *((f"places-{one}", self._places(one)) for one in registry.job_types()),
            ("ceiling", hold_ceiling),
            ("due-again", self._due_again),
            ("owners", self._owners),
            ("everything", self._everything),
            ("parents", self._parents),
            ("children-again", self._children_again),
            ("end-hooks", lambda walk: walk.around(_seen(job_queries.end_hooks_due()), self._run_end_hook)),
        ]

    # --- What is new -----------------------------------------------------------------------------

    def _due(self, walk: Walk) -> None:
        """Jobs that had to wait, for the time that their owner has set or after an attempt that failed."""
        walk.ahead(lambda since: job_queries.due(self.now, since).only(*SEEN), self.now, self._bring_back_unless_held)

    def _stale(self, walk: Walk) -> None:
        """Jobs that wait for longer than their event should take. They are given a time, by which they are found from
        then on."""
        before = self._stale_before
        walk.ahead(
            lambda since: job_queries.stale_pending(before, since).only(*SEEN), before, self._bring_back_timeless
        )

    def _released(self, job_type: str) -> Callable[[Walk], None]:
        """Jobs that were held back because their type was paused, and need not be any longer."""
        return lambda walk: walk.around(_seen(job_queries.paused(job_type)), self._bring_back)

    def _unlimited(self, stage: str) -> Callable[[Walk], None]:
        """Jobs that had to wait for others before an admin lifted all limits."""
        return lambda walk: walk.around(_seen(job_queries.held_in(stage)), self._bring_back)

    def _places(self, job_type: str) -> Callable[[Walk], None]:
        """Jobs that wait until fewer places of a queue are taken: as many as places are free, one of each user's."""

        def rest(after: Place | None) -> Selection:
            last = str(after[0]) if after is not None else ""
            return job_queries.owners_before_a_queue(job_type, last).only("userId")

        def fill(walk: Walk) -> None:
            if store().documents.find(rest(None).first(1)):
                running = store().documents.count(job_queries.running(job_type, self.now))
                free = free_places(registry.job_types()[job_type].at_once, running)
                walk.around(rest, _waking(lambda owner: wake_in_queue(owner, job_type)), page=1, most=free)

        return fill

    # --- What may have been lost -----------------------------------------------------------------

    def _due_again(self, walk: Walk) -> None:
        query, every = job_queries.due(self.now - OVERLAP), timedelta(minutes=RECHECK_MINUTES)
        walk.around(_seen(query), self._bring_back_unless_held, most=MOST_RECHECKED, every=every, at_first=False)

    def _everything(self, walk: Walk) -> None:
        query, every = job_queries.stale_pending(self._stale_before - OVERLAP), timedelta(minutes=EVERYTHING_MINUTES)
        walk.around(_seen(query), self._bring_back_timeless, most=MOST_RECHECKED, every=every, at_first=False)

    def _owners(self, walk: Walk) -> None:
        """A user's waiting jobs are woken by those that end. In case that was lost, one of each user's is tried."""

        def rest(after: Place | None) -> Selection:
            return job_queries.owners_that_wait(str(after[0]) if after is not None else "").only("userId")

        every = timedelta(minutes=RECHECK_MINUTES)
        walk.around(rest, _waking(lambda owner: wake_next(owner, None)), page=1, most=MOST_OWNERS, every=every)

    def _parents(self, walk: Walk) -> None:
        walk.around(_seen(job_queries.waiting_for_children()), self._update, most=MOST_PARENTS)

    def _children_again(self, walk: Walk) -> None:
        """Batches whose children were retried after the batch's end. Their ends count all children again."""
        every = timedelta(minutes=RECHECK_MINUTES)
        walk.around(_seen(job_queries.running_children_again()), self._update, most=MOST_PARENTS, every=every)

    # --- One job ---------------------------------------------------------------------------------

    def _bring_back_timeless(self, found: StoredDocument) -> bool:
        """A job with a time is found once that has come. Until then, it is not read again."""
        return isinstance(found.data.get("runAfter"), datetime) or self._bring_back_unless_held(found)

    def _bring_back_unless_held(self, found: StoredDocument) -> bool:
        """Jobs that are held back, or are to stop, have steps of their own."""
        has_step = found.data.get("stage") in FOUND_BY_STAGE or found.data.get("cancelRequested") is True
        return has_step or self._bring_back(found)

    def _bring_back(self, found: StoredDocument) -> bool:
        self.found.append(found.id)
        try:
            document = load_job(found.id)
            if document is not None:
                # A job that was paused may meet a worker that has not heard of its release: it is tried each minute.
                seconds = 60 if found.data.get("stage") == "paused" else OCCASION_SECONDS
                occasion = f"sweep-{int(self.now.timestamp()) // seconds}"
                return dispatch(document, LeaseLapsed(occasion) if "lease" in document.data else Due(occasion))
        except Exception as error:
            # One job must not keep the others from being brought back.
            JobLog(found.id).error("The job could not be brought back; the next sweep will try again.", error)
            return False
        return True

    def _run_end_hook(self, found: StoredDocument) -> bool:
        self.found.append(found.id)
        try:
            run_end_hook(found.id)
        except Exception as error:
            # As above.
            JobLog(found.id).error("The job's end hook failed; the next sweep will try again.", error)
            return False
        return True

    def _update(self, found: StoredDocument) -> bool:
        self.found.append(found.id)
        try:
            update_parent(found.id)
        except Exception as error:
            # As above.
            JobLog(found.id).error("The job's children could not be counted; the next sweep will try again.", error)
            return False
        return True


def _seen(selection: Selection) -> Callable[[Place | None], Selection]:
    """Return the query of the documents behind a place, of the fields that decide."""
    return selection.only(*SEEN).following


def _waking(wake: Callable[[str], None]) -> Callable[[StoredDocument], bool]:
    """Return a step of a walk: it wakes a waiting job of the found document's owner."""

    def work(found: StoredDocument) -> bool:
        try:
            wake(str(found.data.get("userId")))
        except Exception as error:
            # One user must not keep the others' jobs from being woken.
            JobLog("").error("A user's waiting jobs could not be woken; the next sweep will try again.", error)
            return False
        return True

    return work
