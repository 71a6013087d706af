"""The reconcile of outputs: find and remove objects whose job's document is gone.

The event of the deletion may be lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from firebase_functions import logger
from google.cloud.firestore import SERVER_TIMESTAMP
from pydantic import TypeAdapter, ValidationError

from stoker import config
from stoker.firestore.writes import Merge
from stoker.jobs.abandoned import remove_abandoned
from stoker.jobs.job import path_of
from stoker.jobs.store import store
from stoker.logs import JobLog
from stoker.models.document import UserId
from stoker.models.job import JobId
from stoker.queries import job_queries

PAGE = 1000
"""The number of objects that are listed at a time: as many as Cloud Storage lists in one call."""

JOBS = 20_000
"""The most jobs that a reconcile checks, with one read each. A job whose objects are on two pages counts twice."""

MOST_ALIVE = 5000
"""The most jobs of one owner that are read for each job whose document is gone. It is higher than that of the events,
because events leave few jobs to the reconcile."""

CURSOR = f"{config.RECONCILES}/outputs"
"""The document that records the name of the last checked object. The next reconcile goes on behind it."""

_OWNER_AND_JOB = TypeAdapter(tuple[UserId, JobId])


@dataclass
class ReconciledOutputs:
    """The result of a reconcile.

    Attributes:
        looked_at: The number of jobs that were checked.
        removed: The number of objects that were removed.
        failed: The ids of jobs whose outputs could not be removed.
    """

    looked_at: int = 0
    removed: int = 0
    failed: list[str] = field(default_factory=list)


def reconcile_outputs(seconds: float = config.RECONCILE_SECONDS) -> ReconciledOutputs:
    """Remove outputs whose job's document is gone, from the place where the last reconcile stopped.

    With `config.KEEP_OUTPUTS`, nothing is removed, because a document that has expired looks like one that was deleted.

    Args:
        seconds: The longest time to go on, in seconds. The next reconcile does the rest.
    """
    until = store().host.monotonic() + seconds
    done = ReconciledOutputs()
    if config.KEEP_OUTPUTS:
        return done
    after = _load()
    is_safe = bool(store().documents.find(job_queries.newest_job().only("status")))
    while True:
        names = store().outputs_behind(after, PAGE)
        jobs = jobs_of(names)
        if jobs and not is_safe:
            logger.error(
                "There are outputs, but no jobs, so nothing was removed. Check whether the database was emptied or "
                "restored.",
                event="outputs-without-jobs",
                first=names[0],
            )
            return done
        _remove_abandoned(jobs, done)
        after = names[-1] if len(names) == PAGE else ""
        store().documents.commit([Merge(CURSOR, {"after": after, "updatedAt": SERVER_TIMESTAMP})])
        if not after or done.looked_at >= JOBS or store().host.monotonic() > until:
            return done


def jobs_of(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the owners and the ids of the jobs that have made the given objects, each job once.

    Names that no attempt can have given to an object are left out.

    Example:
        >>> jobs_of(["job-outputs/ada/a/1/film.mp4", "job-outputs/ada/a/1/poster.jpg", "job-outputs/readme.txt"])
        [('ada', 'a')]
    """
    found = dict[tuple[str, str], None]()
    for name in names:
        match name.split("/"):
            case ["job-outputs", user_id, job_id, _, _, *_] if _is_possible(user_id, job_id):
                found[user_id, job_id] = None
    return list(found)


def _is_possible(user_id: str, job_id: str) -> bool:
    try:
        _OWNER_AND_JOB.validate_python((user_id, job_id), strict=True)
    except ValidationError:
        return False
    return True


def _load() -> str:
    found = store().documents.get(CURSOR)
    after = found.data.get("after") if found is not None else None
    return after if isinstance(after, str) else ""


def _remove_abandoned(jobs: Sequence[tuple[str, str]], done: ReconciledOutputs) -> None:
    paths = list({path_of(job_id): None for _, job_id in jobs})
    documents = store().documents.get_all(paths, ["userId"]) if paths else []
    existing = {(document.data.get("userId"), document.id) for document in documents}
    done.looked_at += len(jobs)
    for user_id, job_id in jobs:
        if (user_id, job_id) in existing:
            continue
        try:
            done.removed += remove_abandoned(user_id, job_id, MOST_ALIVE)
        except Exception as error:
            # An error of one job must not stop the removal for other jobs.
            JobLog(job_id).error("Abandoned outputs could not be removed; the next round will try again.", error)
            done.failed.append(job_id)
