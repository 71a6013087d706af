"""Following a job live, until it has ended."""

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
"""How long a read may take; `stop` may have to wait for it."""

OnUpdate = Callable[[dict[str, Any]], None]
"""Takes the job's document as Firestore stores it, with its `id`."""


def monitor_job(job_id: str, on_update: OnUpdate) -> "JobMonitor":
    """Calls back with a job's state now, and each time that it has changed, until it has ended.

    What comes is the document, in camelCase, and not a `ProcessingJob`: a job that ended because its document is no
    valid job can be followed as well. `ProcessingJob.from_firestore(job)` makes the model of a valid one.

    Args:
        job_id: The document's id.
        on_update: Called in a thread of the monitor's own, for one state at a time, never with an older one after a
            newer one, nor with one twice. States that follow each other fast may be skipped, the last one never. What
            it raises is logged, and does not end the monitoring.

    Returns:
        The monitor, which runs already.

    Raises:
        JobNotFound: There is no such job. Create it first.

    Example:
        >>> with monitor_job("jO4Nfx7HgAfqnLd1Mmd7", lambda job: print(job["progress"])) as monitor:  # doctest: +SKIP
        ...     job = monitor.wait(timeout=600)
    """
    return JobMonitor(find_job(job_id), on_update)


class JobMonitor:
    """Follows one job; made by `monitor_job`. It stops by itself once the job has ended or was deleted.

    The client library's watch is not trusted alone: it dies of an error that it can't recover from, and may fall
    silent without a word. One that has died is begun anew; into a long silence, the document is read.

    Args:
        found: The document as it is now.
        on_update: See `monitor_job`.
    """

    def __init__(self, found: StoredDocument, on_update: OnUpdate) -> None:
        self.job_id = found.id
        self._on_update = on_update
        self._log = JobLog(self.job_id)
        self._reference = client().document(path_of(self.job_id))
        # What the watch tells: the document, or None where there is none. An empty tuple wakes the thread up.
        self._news: queue.SimpleQueue[tuple[DocumentSnapshot[Any] | None, ...]] = queue.SimpleQueue()
        self._result: Future[dict[str, Any]] = Future()
        self._told: datetime | None = None
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
        """Waits for the job's end, which `on_update` has been told of by then. Not for use inside of `on_update`.

        Args:
            timeout: Seconds; no limit where it is left out.

        Returns:
            The job as it ended: `completed`, `failed` or `cancelled`.

        Raises:
            TimeoutError: It has not ended in time. The monitoring goes on.
            JobNotFound: It was deleted before it ended.
            concurrent.futures.CancelledError: `stop` was called before it ended.
            google.api_core.exceptions.GoogleAPICallError: Firestore refuses to tell.
        """
        return self._result.result(timeout)

    def stop(self) -> None:
        """Ends the monitoring; after it, `on_update` is not called any more. It may be called at any time and often."""
        self._result.cancel()
        self._news.put(())
        if threading.current_thread() is not self.thread:
            self.thread.join()

    def _follow(self, found: StoredDocument) -> None:
        try:
            self._begin_watch()
            self._tell(found)
            self._listen()
            while not self._result.done():
                self._begin_watch()
                self._listen()
        except Exception as error:
            self._log.error("A job can't be followed any more.", error)
            self._finish(error)
        finally:
            self._end_watch()

    def _listen(self) -> None:
        """Tells what the watch tells; returns once it has to be begun anew, or nothing is left to tell."""
        heard = time.monotonic()
        while not self._result.done():
            try:
                news = self._news.get(timeout=self._patience)
            except queue.Empty:
                if not (self.watch and self.watch.is_active):
                    # Twice as long each time, in case that a watch of this document can't live.
                    self._patience = min(2 * self._patience, config.WATCH_SILENCE_SECONDS)
                    if self._look():
                        self._log.warning("A watch has ended; it is begun anew.")
                        return
                elif time.monotonic() - heard > config.WATCH_SILENCE_SECONDS:
                    before, heard = self._told, time.monotonic()
                    if not self._look():
                        # The library's watch would try again without a pause, and keep a processor busy.
                        self._end_watch()
                    elif self._told != before:
                        self._log.warning("A watch has fallen silent; it is begun anew.")
                        return
                continue
            heard, self._patience = time.monotonic(), config.WATCH_CHECK_SECONDS
            for document in news:
                if document is None:
                    self._look()  # Gone, or so says a watch that ended long ago: a read knows.
                else:
                    self._tell(StoredDocument.of(document))

    def _look(self) -> bool:
        """Reads the document, and tells what is new; returns whether Firestore has answered."""
        try:
            with deadline(READ_SECONDS):
                found = find_job(self.job_id)
        except JobNotFound:
            self._finish(JobNotFound(f"The job {self.job_id} was deleted before it ended."))
        except TRANSIENT as error:
            self._log.error("A job could not be read; it is tried again.", error)
            return False
        else:
            self._tell(found)
        return True

    def _tell(self, found: StoredDocument) -> None:
        # A watch that is begun anew starts with what may have been told already.
        if self._result.done() or (self._told is not None and found.update_time <= self._told):
            return
        self._told = found.update_time
        job = {**found.data, "id": self.job_id}
        try:
            self._on_update(job)
        except Exception as error:
            self._log.error("The callback of a monitor raised an error.", error)
        if has_ended(job.get("status")):
            self._finish(job)

    def _finish(self, result: dict[str, Any] | Exception) -> None:
        with contextlib.suppress(InvalidStateError):  # `stop` came first.
            if isinstance(result, Exception):
                self._result.set_exception(result)
            else:
                self._result.set_result(result)

    def _begin_watch(self) -> None:
        self._end_watch()
        # By `put` alone: what a callback raises would kill the watch.
        self.watch = self._reference.on_snapshot(
            lambda snapshots, _changes, _time: self._news.put(tuple(snapshots) or (None,))
        )

    def _end_watch(self) -> None:
        if self.watch is not None:
            self.watch.unsubscribe()
