"""The monitor of a job, which reports each change of the job until its end."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from google.cloud.firestore_v1 import DocumentSnapshot
from google.cloud.firestore_v1.watch import Watch

from stoker import config
from stoker.errors import JobNotFound
from stoker.firestore.api_errors import TRANSIENT
from stoker.firestore.client import client
from stoker.firestore.deadline import deadline
from stoker.firestore.documents import StoredDocument
from stoker.jobs.job import find_job, path_of
from stoker.logs import JobLog
from stoker.models.job import has_ended

READ_SECONDS = 10.0
"""The longest time that a read may take, in seconds. `stop` may have to wait for a read."""

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

    The client library's watch alone is not reliable. It ends at an error from which it can't recover, and it may stop
    reporting changes without an error. So the monitor starts a new watch if the watch has ended. If the watch reports
    nothing for a long time, the monitor reads the document itself.

    Args:
        found: The document as it is now.
        on_update: See `monitor_job`.
    """

    def __init__(self, found: StoredDocument, on_update: OnUpdate) -> None:
        self.job_id = found.id
        self._on_update = on_update
        self._log = JobLog(self.job_id)
        self._reference = client().document(path_of(self.job_id))
        # The snapshots that the watch reports: the document, or None if it does not exist. An empty tuple only wakes
        # the thread.
        self._news: queue.SimpleQueue[tuple[DocumentSnapshot[Any] | None, ...]] = queue.SimpleQueue()
        self._result: Future[dict[str, Any]] = Future()
        self._reported: datetime | None = None
        self.watch: Watch | None = None
        self._patience = config.WATCH_CHECK_SECONDS
        self.thread = threading.Thread(target=self._follow, args=(found,), name=f"monitor {self.job_id}", daemon=True)
        self.thread.start()

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
        self._news.put(())
        if threading.current_thread() is not self.thread:
            self.thread.join()

    def _follow(self, found: StoredDocument) -> None:
        try:
            self._begin_watch()
            self._report(found)
            self._listen()
            while not self._result.done():
                self._begin_watch()
                self._listen()
        except Exception as error:
            self._log.error("The monitoring of a job has ended with an error.", error)
            self._finish(error)
        finally:
            self._end_watch()

    def _listen(self) -> None:
        """Pass on the changes that the watch reports. Return if a new watch is needed or the monitoring is over."""
        heard = time.monotonic()
        while not self._result.done():
            try:
                news = self._news.get(timeout=self._patience)
            except queue.Empty:
                if not (self.watch and self.watch.is_active):
                    # The time doubles with each try, because no watch of this document may be possible.
                    self._patience = min(2 * self._patience, config.WATCH_SILENCE_SECONDS)
                    if self._look():
                        self._log.warning("A watch has ended; a new one is started.")
                        return
                elif time.monotonic() - heard > config.WATCH_SILENCE_SECONDS:
                    before, heard = self._reported, time.monotonic()
                    if not self._look():
                        # During an outage, the library's watch would try again without a pause, and use up a processor.
                        self._end_watch()
                    elif self._reported != before:
                        self._log.warning("A watch has missed a change; a new one is started.")
                        return
                continue
            heard, self._patience = time.monotonic(), config.WATCH_CHECK_SECONDS
            for document in news:
                if document is None:
                    self._look()  # The watch reports no document. It may have ended long ago, so read the document.
                else:
                    self._report(StoredDocument.of(document))

    def _look(self) -> bool:
        """Read the document, and pass its change on. Return whether Firestore has answered."""
        try:
            with deadline(READ_SECONDS):
                found = find_job(self.job_id)
        except JobNotFound:
            self._finish(JobNotFound(f"The job {self.job_id} was deleted before it ended."))
        except TRANSIENT as error:
            self._log.error("A job could not be read; the monitor will try again.", error)
            return False
        else:
            self._report(found)
        return True

    def _report(self, found: StoredDocument) -> None:
        # A new watch begins with a state that may have been passed on already.
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

    def _finish(self, result: dict[str, Any] | Exception) -> None:
        with contextlib.suppress(InvalidStateError):  # `stop` was called before.
            if isinstance(result, Exception):
                self._result.set_exception(result)
            else:
                self._result.set_result(result)

    def _begin_watch(self) -> None:
        self._end_watch()
        # The callback only puts the snapshots into a queue, because an error in it would end the watch.
        self.watch = self._reference.on_snapshot(
            lambda snapshots, _changes, _time: self._news.put(tuple(snapshots) or (None,))
        )

    def _end_watch(self) -> None:
        if self.watch is not None:
            self.watch.unsubscribe()
