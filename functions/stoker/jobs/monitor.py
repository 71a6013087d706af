"""The monitor of a job, which reports each change of the job until its end."""

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from stoker.errors import JobNotFound
from stoker.firestore.documents import StoredDocument
from stoker.firestore.raw import name_of
from stoker.firestore.values import fields_of, moment_of
from stoker.jobs.job import find_job, path_of
from stoker.live.listen_state import Changes, TargetMessage
from stoker.live.listener import Listener
from stoker.live.patience import patience_of_a_monitor
from stoker.logs import JobLog
from stoker.models.job import has_ended

OnUpdate = Callable[[dict[str, Any]], None]
"""A function that takes the job's document as Firestore stores it, with its `id`."""


def monitor_job(job_id: str, on_update: OnUpdate) -> "JobMonitor":
    """Follow a job: call a function with the job's document now, and after each change, until the job has ended.

    The function gets the document, with names in camelCase, and not a `ProcessingJob`. So a job can be followed too
    that fails because its document is not valid. `ProcessingJob.from_firestore(job)` makes the model of a valid
    document.

    Args:
        job_id: The document's id.
        on_update: The function. The monitor calls it in its own thread, one call at a time, in the order of the
            changes, and never twice for the same change. If changes follow each other fast, some may be skipped, but
            never the last one. An error that the function raises is logged, and does not end the monitoring.

    Returns:
        The monitor, which is already running.

    Raises:
        JobNotFound: There is no such job. Create it first.

    Example:
        >>> with monitor_job("jO4Nfx7HgAfqnLd1Mmd7", lambda job: print(job["progress"])) as monitor:  # doctest: +SKIP
        ...     job = monitor.wait(timeout=600)
    """
    return JobMonitor(find_job(job_id), on_update)


class JobMonitor:
    """A running monitor of one job, made by `monitor_job`. It stops by itself after the job's end or its deletion.

    If its connection breaks or is silent, a new one is opened.

    Args:
        found: The document as it is now.
        on_update: See `monitor_job`.
    """

    def __init__(self, found: StoredDocument, on_update: OnUpdate) -> None:
        self.job_id = found.id
        self._found = found
        self._on_update = on_update
        self._log = JobLog(self.job_id)
        self._name = name_of(path_of(self.job_id))
        self._result: Future[dict[str, Any]] = Future()
        self._reported: datetime | None = None
        self._is_known = False
        target = TargetMessage()
        target.documents.documents.append(self._name)
        self._listener = Listener(
            target,
            self._change,
            self._fail,
            on_start=self._begin,
            patience=patience_of_a_monitor(),
            name=f"monitor of {self.job_id}",
        )
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        self.stop()

    def wait(self, timeout: float | None = None) -> dict[str, Any]:
        """Wait for the job's end. `on_update` has been called with the end before. Do not call this in `on_update`.

        Args:
            timeout: The longest time to wait, in seconds; no limit if it is left out.

        Returns:
            The job's document after its end: `completed`, `failed` or `cancelled`.

        Raises:
            TimeoutError: The job has not ended in time. The monitoring goes on.
            JobNotFound: The job was deleted before it ended.
            concurrent.futures.CancelledError: `stop` was called before the job ended.
            google.api_core.exceptions.GoogleAPICallError: Firestore refuses to read the document.
        """
        return self._result.result(timeout)

    def stop(self) -> None:
        """End the monitoring. Afterwards, `on_update` is not called any more. Further calls do nothing."""
        self._result.cancel()
        self._listener.stop()

    def _begin(self) -> None:
        if self._found.readable:  # If not, the listener's first report has the fields that this one lacks.
            self._report(self._found)

    def _change(self, changes: Changes, _read_time: Any) -> None:
        document = changes.get(self._name)
        if document is not None:
            self._is_known = True
            path = path_of(self.job_id)
            create_time = moment_of(document.create_time)
            update_time = moment_of(document.update_time)
            self._report(StoredDocument(path, fields_of(document), update_time, create_time=create_time))
        elif self._name in changes or not self._is_known:
            self._finish(JobNotFound(f"The job {self.job_id} was deleted before it ended."))

    def _report(self, found: StoredDocument) -> None:
        # The listener begins with a state that may have been passed on already.
        if self._result.done() or (self._reported is not None and found.update_time <= self._reported):
            return
        self._reported = found.update_time
        job = {**found.data, "id": self.job_id}
        try:
            self._on_update(job)
        except Exception as error:
            self._log.error("The callback of a monitor raised an error.", error)
        if has_ended(job.get("status")):
            self._finish(job)

    def _fail(self, error: Exception) -> None:
        self._log.error("The monitoring of a job has ended with an error.", error)
        self._finish(error)

    def _finish(self, result: dict[str, Any] | Exception) -> None:
        with contextlib.suppress(InvalidStateError):  # `stop` was called before.
            if isinstance(result, Exception):
                self._result.set_exception(result)
            else:
                self._result.set_result(result)
        self._listener.stop()
