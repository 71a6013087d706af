"""The declared queries of jobs, which the engine and the commands run. `declared.DECLARED` lists them too."""

from collections.abc import Mapping
from datetime import date, datetime

from google.cloud.firestore_v1 import Query

from stoker import config
from stoker.firestore.selection import Filter, Selection
from stoker.models.job import END_HOOK_DUE, ENDED, FOUND_BY_STAGE, RUNNING_AGAIN, RUNNING_JOBS
from stoker.queries.query import NAME, DeclaredQuery, ascending, between, descending, equal, one_of, perhaps

ALIVE = ("pending", "processing")
"""The statuses of jobs that have not ended."""


def jobs() -> tuple[str]:
    """Return the name of the collection of jobs. Tests may change it."""
    return (config.JOBS,)


STALE_PENDING = DeclaredQuery(jobs, where=[*equal("status"), *between("createdAt")], order=[ascending("createdAt")])


def stale_pending(before: datetime, since: datetime | None = None) -> Selection:
    """Select pending jobs that were created before a time, the oldest first.

    Jobs that wait for their `runAfter` are among them, because Firestore can't ask for a missing field.

    Args:
        before: The time.
        since: An earlier time, to select only jobs that were created since then; None for no such limit.
    """
    later: list[Filter] = [] if since is None else [("createdAt", ">=", since)]
    return STALE_PENDING.selection(("status", "==", "pending"), ("createdAt", "<", before), *later)


DUE = DeclaredQuery(jobs, where=[*equal("status"), *between("runAfter")], order=[ascending("runAfter")])


def due(now: datetime, since: datetime | None = None) -> Selection:
    """Select pending jobs whose `runAfter` has come, in the order of `runAfter`.

    Args:
        now: The current time.
        since: An earlier time, to select only jobs whose `runAfter` is later than that; None for no such limit.
    """
    later: list[Filter] = [] if since is None else [("runAfter", ">", since)]
    return DUE.selection(("status", "==", "pending"), ("runAfter", "<=", now), *later)


LAPSED_LEASES = DeclaredQuery(
    jobs, where=[*equal("status"), *between("lease.expiresAt")], order=[ascending("lease.expiresAt")]
)


def lapsed_leases(now: datetime) -> Selection:
    """Select jobs whose lease has expired, because their attempt stopped renewing it."""
    return LAPSED_LEASES.selection(("status", "==", "processing"), ("lease.expiresAt", "<", now))


CANCELLED_WHILE_WAITING = DeclaredQuery(jobs, where=equal("status", "cancelRequested"))


def cancelled_while_waiting() -> Selection:
    """Select pending jobs that their owner has cancelled."""
    return CANCELLED_WHILE_WAITING.selection(("status", "==", "pending"), ("cancelRequested", "==", True))


PAUSED = DeclaredQuery(jobs, where=equal("status", "stage", "type"))


def paused(job_type: str) -> Selection:
    """Select jobs of a type that are held back because the type is or was paused."""
    return PAUSED.selection(("status", "==", "pending"), ("stage", "==", "paused"), ("type", "==", job_type))


END_HOOKS_DUE = DeclaredQuery(jobs, where=[*equal("endHook"), *one_of("status")])


def end_hooks_due() -> Selection:
    """Select jobs that have ended and whose end hook has not yet run."""
    return END_HOOKS_DUE.selection(("endHook", "==", END_HOOK_DUE), ("status", "in", sorted(ENDED)))


WAITING_FOR_CHILDREN = DeclaredQuery(jobs, where=equal("status", "stage"))


def waiting_for_children() -> Selection:
    """Select jobs that wait for their children."""
    return WAITING_FOR_CHILDREN.selection(("status", "==", "processing"), ("stage", "==", RUNNING_JOBS))


CANCELLED_PARENTS = DeclaredQuery(jobs, where=equal("status", "stage", "cancelRequested"))


def cancelled_parents() -> Selection:
    """Select jobs that wait for their children and that their owner has cancelled."""
    waiting: list[Filter] = [("status", "==", "processing"), ("stage", "==", RUNNING_JOBS)]
    return CANCELLED_PARENTS.selection(*waiting, ("cancelRequested", "==", True))


RUNNING_CHILDREN_AGAIN = DeclaredQuery(jobs, where=equal("stage"))


def running_children_again() -> Selection:
    """Select jobs that had ended when children of theirs were retried. These children are not counted again yet."""
    return RUNNING_CHILDREN_AGAIN.selection(("stage", "==", RUNNING_AGAIN))


PENDING_OF_A_USER = DeclaredQuery(jobs, where=equal("userId", "status"), order=[ascending("createdAt")])


def pending_of(user_id: str) -> Selection:
    """Select a user's pending jobs, the oldest first. Used to count them, or to count the jobs before a job."""
    return PENDING_OF_A_USER.selection(("userId", "==", user_id), ("status", "==", "pending"))


PENDING_LATER_OF_A_USER = DeclaredQuery(jobs, where=[*equal("userId", "status"), *between("runAfter")])


def pending_later_of(user_id: str, now: datetime) -> Selection:
    """Select a user's jobs that wait for their `runAfter`. Used to count them."""
    return PENDING_LATER_OF_A_USER.selection(
        ("userId", "==", user_id), ("status", "==", "pending"), ("runAfter", ">", now)
    )


def due_of(user_id: str, begin: datetime, end: datetime) -> Selection:
    """Select a user's pending jobs whose `runAfter` lies in a range. Used to count them.

    Args:
        user_id: The uid of the owner.
        begin: The start of the range. It does not belong to the range.
        end: The end of the range. It belongs to the range.
    """
    return PENDING_LATER_OF_A_USER.selection(
        ("userId", "==", user_id), ("status", "==", "pending"), ("runAfter", ">", begin), ("runAfter", "<=", end)
    )


HELD_BACK_OF_A_USER = DeclaredQuery(jobs, where=[*equal("userId", "status"), *one_of("stage")])


def held_back_of(user_id: str) -> Selection:
    """Select a user's jobs that are held back until others end, or because their type is paused. Used to count them."""
    return HELD_BACK_OF_A_USER.selection(
        ("userId", "==", user_id), ("status", "==", "pending"), ("stage", "in", FOUND_BY_STAGE)
    )


WAITING_FOR_OTHER_JOBS = DeclaredQuery(jobs, where=equal("userId", "status", "stage"), order=[ascending("createdAt")])


def waiting_for_other_jobs(user_id: str) -> Selection:
    """Select a user's jobs that are held back until other jobs of the user end, the oldest first."""
    waiting: list[Filter] = [("status", "==", "pending"), ("stage", "==", "waiting-for-other-jobs")]
    return WAITING_FOR_OTHER_JOBS.selection(("userId", "==", user_id), *waiting)


WAITING_FOR_OTHER_USERS = DeclaredQuery(
    jobs, where=equal("userId", "status", "stage", "type"), order=[ascending("createdAt")]
)


def waiting_for_other_users(user_id: str, job_type: str) -> Selection:
    """Select a user's jobs of a type that are held back until places of its queue are free, the oldest first."""
    waiting: list[Filter] = [("status", "==", "pending"), ("stage", "==", "waiting-for-other-users")]
    return WAITING_FOR_OTHER_USERS.selection(("userId", "==", user_id), *waiting, ("type", "==", job_type))


PENDING = DeclaredQuery(jobs, where=equal("status", "type"))


def pending(job_type: str) -> Selection:
    """Select all pending jobs of a type. Used to count them."""
    return PENDING.selection(("status", "==", "pending"), ("type", "==", job_type))


PENDING_LATER = DeclaredQuery(jobs, where=[*equal("status", "type"), *between("runAfter")])


def pending_later(job_type: str, now: datetime) -> Selection:
    """Select jobs of a type that wait for their `runAfter`. Used to count them."""
    return PENDING_LATER.selection(("status", "==", "pending"), ("type", "==", job_type), ("runAfter", ">", now))


HELD_BACK = DeclaredQuery(jobs, where=[*equal("status", "type"), *one_of("stage")])


def held_back(job_type: str) -> Selection:
    """Select jobs of a type that are held back until others end, or because the type is paused. Used to count them."""
    return HELD_BACK.selection(("status", "==", "pending"), ("type", "==", job_type), ("stage", "in", FOUND_BY_STAGE))


RUNNING = DeclaredQuery(jobs, where=[*equal("type"), *between("lease.expiresAt")])


def running(job_type: str, now: datetime) -> Selection:
    """Select jobs of a type whose lease has not expired. Used to count them."""
    return RUNNING.selection(("type", "==", job_type), ("lease.expiresAt", ">", now))


OWNERS_BEFORE_A_QUEUE = DeclaredQuery(
    jobs, where=[*equal("status", "stage", "type"), *between("userId")], order=[ascending("userId")]
)


def owners_before_a_queue(job_type: str, after: str) -> Selection:
    """Select jobs of a type that are held back until places of its queue are free, of owners after a uid.

    The first job names the next owner, so that an owner's other jobs are not read.

    Args:
        job_type: The type of the jobs.
        after: The uid of the owner before; empty for the beginning.
    """
    waiting: list[Filter] = [("status", "==", "pending"), ("stage", "==", "waiting-for-other-users")]
    return OWNERS_BEFORE_A_QUEUE.selection(*waiting, ("type", "==", job_type), ("userId", ">", after))


HELD_IN = DeclaredQuery(jobs, where=equal("status", "stage"))


def held_in(stage: str) -> Selection:
    """Select jobs that are held back, by their stage."""
    return HELD_IN.selection(("status", "==", "pending"), ("stage", "==", stage))


ENDED_SINCE = DeclaredQuery(jobs, where=[*equal("type"), *between("completedAt")], sums=["workSeconds"], only_sums=True)


def ended_since(job_type: str, time: datetime) -> Selection:
    """Select jobs of a type that have ended since a time. Used to count them and to add up `workSeconds`."""
    return ENDED_SINCE.selection(("type", "==", job_type), ("completedAt", ">=", time))


def deleted_jobs() -> tuple[str]:
    """Return the name of the collection of records of deleted jobs."""
    return (config.DELETED_JOBS,)


DELETED_OF_A_DAY = DeclaredQuery(deleted_jobs, where=equal("day"), sums=["workSeconds"], only_sums=True)


def deleted_of(day: date) -> Selection:
    """Select records of deleted jobs that had ended on a day. Used to count them and to add up `workSeconds`."""
    return DELETED_OF_A_DAY.selection(("day", "==", day.isoformat()))


OWNERS_THAT_WAIT = DeclaredQuery(
    jobs, where=[*equal("status", "stage"), *between("userId")], order=[ascending("userId")]
)


def owners_that_wait(after: str) -> Selection:
    """Select jobs that are held back until other jobs of their owner end, of owners after a uid.

    The first job names the next owner, so that an owner's other jobs are not read.

    Args:
        after: The uid of the owner before; empty for the beginning.
    """
    waiting: list[Filter] = [("status", "==", "pending"), ("stage", "==", "waiting-for-other-jobs")]
    return OWNERS_THAT_WAIT.selection(*waiting, ("userId", ">", after))


CHILDREN = DeclaredQuery(jobs, where=[*equal("parentId"), *one_of("status")])


def alive_children(parent_id: str) -> Selection:
    """Select the children of a job that have not ended."""
    return CHILDREN.selection(("parentId", "==", parent_id), ("status", "in", ALIVE))


def children_of(parent_id: str) -> Selection:
    """Select all children of a job."""
    return CHILDREN.selection(("parentId", "==", parent_id), ("status", "in", [*ALIVE, *sorted(ENDED)]))


QUEUED_CHILDREN = DeclaredQuery(jobs, where=equal("parentId", "status", "stage"))


def queued_children(parent_id: str) -> Selection:
    """Select the children of a job that wait for their first attempt, or for the first attempt after a retry."""
    waiting: list[Filter] = [("status", "==", "pending"), ("stage", "==", "queued")]
    return QUEUED_CHILDREN.selection(("parentId", "==", parent_id), *waiting)


CHILDRENS_PROGRESS = DeclaredQuery(
    jobs, where=[*equal("parentId"), *one_of("status")], sums=["progress"], only_sums=True
)


def childrens_progress(parent_id: str) -> Selection:
    """Select the children of a job that have not ended. Used to count them and to add up their `progress`."""
    return CHILDRENS_PROGRESS.selection(("parentId", "==", parent_id), ("status", "in", ALIVE))


ALIVE_OF_A_USER = DeclaredQuery(jobs, where=[*equal("userId"), *one_of("status")], order=[ascending(NAME)])


def alive_of(user_id: str) -> Selection:
    """Select a user's jobs that have not ended, sorted by id."""
    return ALIVE_OF_A_USER.selection(("userId", "==", user_id), ("status", "in", ALIVE))


# --- The commands ------------------------------------------------------------------------------------------------

NEWEST_JOBS = DeclaredQuery(jobs, where=perhaps(equal("userId", "status", "type")), order=[descending("createdAt")])


def newest_jobs(named: Mapping[str, str]) -> Query:
    """Select jobs by owner, status and type, the newest first.

    Args:
        named: The wanted values of `userId`, `status` and `type`. Each may be left out.
    """
    return NEWEST_JOBS.build(*((field, "==", value) for field, value in named.items()))


def newest_job() -> Selection:
    """Select the newest job."""
    return NEWEST_JOBS.selection().first(1)


def newest_failed() -> Selection:
    """Select jobs that have failed, the newest first."""
    return NEWEST_JOBS.selection(("status", "==", "failed"))


NEWEST_ALIVE_JOBS = DeclaredQuery(jobs, where=one_of("status"), order=[descending("createdAt")])


def newest_alive_jobs() -> Query:
    """Select jobs that have not ended, the newest first."""
    return NEWEST_ALIVE_JOBS.build(("status", "in", ALIVE))
