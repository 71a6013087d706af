"""The reconcile of progress: it awards XP for completed tasks whose event was lost."""

import time
from dataclasses import dataclass
from typing import Any

from google.cloud.firestore_v1 import DocumentSnapshot

from stoker import config
from stoker.accounts import cursor
from stoker.firestore import raw
from stoker.firestore.client import client
from stoker.firestore.deadline import patience
from stoker.logs import log_error
from stoker.progress.award import award, count
from stoker.progress.ledger import FACTS, PAGE, entry, pages
from stoker.queries import declared

PAGES = 100
"""The most pages of completed tasks that a run reads, at two reads for each task."""

PLACE = "progress"


@dataclass
class ReconciledProgress:
    """The result of a reconcile of progress.

    Attributes:
        counted: The number of completions that were in the ledger, but not counted until now.
        awarded: The number of completed tasks that had no completion until now.
    """

    counted: int = 0
    awarded: int = 0


def reconcile_progress(seconds: float = config.RECONCILE_SECONDS) -> ReconciledProgress:
    """Count completions that are not counted yet, and award completed tasks, from where the last run stopped.

    Args:
        seconds: The time after which the rest is left to the next run.
    """
    until = time.monotonic() + seconds
    done = ReconciledProgress()
    for user_id in {str(one.get("userId")) for one in pages(declared.waiting_completions().select(["userId"]))}:
        try:
            done.counted += count(user_id)
        except Exception as error:
            # An error with one user must not stop the others.
            log_error("A user's completions could not be counted. The next reconcile will try again.", error)
    query = declared.completed_tasks().select(FACTS).limit(PAGE)
    after = cursor.load(PLACE)
    for _ in range(PAGES):
        rest = query if after is None else query.start_after({"__name__": after})
        page = list(rest.get(**patience(reads=True)))
        done.awarded += _award_missing(page)
        after = page[-1].id if len(page) == PAGE else None
        cursor.save(PLACE, after)
        if after is None or time.monotonic() > until:
            break
    return done


def _award_missing(page: list[DocumentSnapshot[Any]]) -> int:
    tasks = {one.id: one.to_dict() or {} for one in page}
    owned = {name: task for name, task in tasks.items() if _is_user(task.get("userId"))}
    references = [entry(task["userId"], name) for name, task in owned.items()]
    found = client().get_all(references, field_paths=["counted"], **patience(reads=True))
    there = {one.reference.path for one in found if one.exists}
    awarded = 0
    for name, task in owned.items():
        if entry(task["userId"], name).path in there:
            continue
        try:
            awarded += award(name, task)
        except Exception as error:
            # As above.
            log_error("No XP could be awarded for a task. The next reconcile will try again.", error, taskId=name)
    return awarded


def _is_user(user_id: object) -> bool:
    return isinstance(user_id, str) and raw.possible_id(user_id)
