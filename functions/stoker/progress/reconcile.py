"""Tasks that were completed without anyone hearing of it, page by page: an event of Firestore's may be lost."""

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
"""Pages of completed tasks that a reconcile looks at: two reads for each task."""

PLACE = "progress"


@dataclass
class ReconciledProgress:
    """What was done.

    Attributes:
        counted: Completions that were written but not counted.
        awarded: Tasks that were completed without a completion.
    """

    counted: int = 0
    awarded: int = 0


def reconcile_progress(seconds: float = config.RECONCILE_SECONDS) -> ReconciledProgress:
    """Count what was not counted, and looks at some of the tasks that are completed, going on from where the one
    before has come to.

    Args:
        seconds: When to leave the rest to the next one.
    """
    until = time.monotonic() + seconds
    done = ReconciledProgress()
    for user_id in {str(one.get("userId")) for one in pages(declared.waiting_completions().select(["userId"]))}:
        try:
            done.counted += count(user_id)
        except Exception as error:
            # One user must not keep the others from what they have got.
            log_error("A user's completions could not be counted; the next reconcile will try again.", error)
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
            log_error("A completed task could not be rewarded; the next reconcile will try again.", error, taskId=name)
    return awarded


def _is_user(user_id: object) -> bool:
    return isinstance(user_id, str) and raw.possible_id(user_id)
