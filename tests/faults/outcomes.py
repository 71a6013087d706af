"""The possible outcomes of a document with any content. All other outcomes are errors."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore_v1 import DocumentSnapshot

from faults.odd_documents import NOW, PLAUSIBLE, Fields, good
from stoker.errors import StokerError
from stoker.jobs.job import check_job
from stoker.models.job import RUNNING_JOBS, has_ended

Snapshot = DocumentSnapshot[Any]

DISPATCHED = {
    "queued": 2_000,
    "waiting": 50,
    "had ended": 50,
    "failed: invalid-job": 2_000,
    "failed: duplicate": 20,
    "failed: unsupported-type": 0,
    "cancelled: cancelled": 50,
}
"""The outcomes of ten thousand dispatched documents, with the least number of each outcome."""

BEGUN = {
    "begun": 2_000,
    "held by another": 50,
    "failed: attempts-exhausted": 20,
    "cancelled: cancelled": 3,
}
"""The outcomes of the tasks of the documents that were queued, with the least number of each outcome."""


def codes(error: type[StokerError] = StokerError) -> set[str]:
    """The codes of an error and of all below it in the tree."""
    return {error.code}.union(*map(codes, error.__subclasses__()))


def standing(job_id: str, data: Fields) -> str:
    """Return the state of a job by its document. Fail if the document is impossible."""
    status, code = data.get("status"), data.get("errorCode")
    if status in ("failed", "cancelled"):
        assert code in codes()
        assert re.fullmatch(r"[A-Z].{20,}\.", data["error"], re.DOTALL)
        assert "Traceback" not in data["error"]
        assert data["completedAt"] < data["expiresAt"]
        assert not {"lease", "checkpoint"} & data.keys()
        assert (status == "cancelled") == (code == "cancelled")
        return f"{status}: {code}"
    document = check_job(job_id, data).document
    assert document.status != "completed" or document.progress == 100
    if document.status == "pending" and document.run_after is not None and document.run_after > NOW:
        return "waiting"
    return document.status


def after_dispatch(job_id: str, written: Fields, before: Snapshot, after: Snapshot, is_queued: bool) -> str:
    """Return the outcome of a dispatched document. Fail if the outcome is impossible."""
    data = after.to_dict() or {}
    if has_ended(written.get("status")):
        assert after.update_time == before.update_time
        assert not is_queued
        return "had ended"
    if is_queued:
        assert after.update_time == before.update_time or data["stage"] == RUNNING_JOBS  # a child of it has ended
        check_job(job_id, data)
        return "queued"
    outcome = standing(job_id, data)
    if outcome == "failed: invalid-job":
        as_good = [*good(job_id).items()]
        changed = [
            name for name in {*PLAUSIBLE, *written} if name not in written or (name, written[name]) not in as_good
        ]
        # Of another type, its input is wrong as well.
        wrong = [*changed, "id", *(["input"] if "type" in changed else [])]
        assert any(re.search(rf"(^|\W){name}\b", data["error"]) for name in wrong)
    elif not has_ended(data["status"]):
        assert after.update_time == before.update_time
        assert data["runAfter"] > datetime.now(UTC)
        return "waiting"
    return outcome


def after_task(job_id: str, before: Snapshot, after: Snapshot) -> str:
    """Return the outcome of the task of a queued document. Fail if the outcome is impossible."""
    data = after.to_dict() or {}
    outcome = standing(job_id, data)
    if outcome != "processing":
        return outcome
    document, earlier = check_job(job_id, data).document, check_job(job_id, before.to_dict() or {}).document
    if document.stage == RUNNING_JOBS:
        return "waiting for its children"
    assert document.lease is not None
    assert document.lease.expires_at > NOW
    if after.update_time == before.update_time:
        assert earlier.lease == document.lease
        return "held by another"
    assert document.attempt == earlier.attempt + 1
    assert (document.progress, document.stage) == (0, "queued")
    return "begun"


def count(judge: Callable[[str], str], job_ids: Iterable[str], written: Mapping[str, Fields]) -> Counter[str]:
    """Count the outcomes of documents. Fail with the documents whose outcome is impossible."""
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    for job_id in job_ids:
        try:
            outcomes[judge(job_id)] += 1
        except (AssertionError, KeyError, TypeError, StokerError) as error:
            wrong.append(f"{job_id!r}: {error!r}\n{str(written[job_id])[:2_000]}")
    assert not wrong, f"{len(wrong)} documents, of which some:\n\n" + "\n\n".join(wrong[:5])
    return outcomes


def check_variety(outcomes: Counter[str], at_least: Mapping[str, int]) -> None:
    """Fails where so few documents came to one end that the generator has become dull."""
    assert {name: outcomes[name] for name in at_least if outcomes[name] < at_least[name]} == {}


def share(of_ten_thousand: Mapping[str, int], number: int) -> dict[str, int]:
    """Return the least number of each outcome among some documents, from the numbers of ten thousand.

    Fewer documents vary more, so a fifth of their share is enough.
    """
    divisor = 10_000 if number >= 10_000 else 50_000
    return {name: least * number // divisor for name, least in of_ten_thousand.items()}
