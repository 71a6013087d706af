"""The heartbeat: a thread that writes the progress to the job's document, so that the work never waits for a write."""

import math
from types import TracebackType
from typing import Self

from stoker import config
from stoker.errors import HandedBack, Interrupted
from stoker.jobs.lease import Lease
from stoker.jobs.store import store
from stoker.logs import JobLog

ETA_FROM_PERCENT = 6.0
"""The progress from which the remaining time can be estimated, in percent. Before it, the start took most of the
time."""

MOMENT_SECONDS = 0.001
"""The shortest wait, in seconds. A shorter one may be an error of floating-point numbers."""


class Heartbeat:
    """A thread that writes the latest progress at most every `config.PROGRESS_SECONDS`, and a new stage sooner.

    If the work reports nothing, the thread still writes every `config.HEARTBEAT_SECONDS`, to renew the lease. Use it as
    a context manager. After the block, no write is under way any more.

    Args:
        lease: The attempt's lease.
        log: The job's log, for writes that fail.
    """

    def __init__(self, lease: Lease, log: JobLog) -> None:
        self._lease = lease
        self._log = log
        self._host = store().host
        self._news = self._host.signal()
        # A worker may report from several threads.
        self._lock = self._host.lock()
        self._latest = self._written = (0.0, "queued")
        self._began = self._written_at = self._host.monotonic()
        self._done = False
        self._interruption: Interrupted | None = None

    def __enter__(self) -> Self:
        self._join = self._host.start(self._write_until_done, "heartbeat")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        self._done = True
        self._news.set()
        self._join()

    def report(self, progress: float, stage: str) -> None:
        """Keep the progress for the next write, and return at once.

        Args:
            progress: The progress of the whole job, in percent. A value below the last one is ignored. At most 99.9 is
                written, because only the final write writes 100.
            stage: The work that the attempt is doing.
        """
        with self._lock:
            self._latest = (max(self._latest[0], min(round(progress, 1), 99.9)), stage)
        self._news.set()

    def check(self) -> None:
        """Raise an error if the work must stop.

        Raises:
            JobCancelled: The owner has cancelled the job.
            LeaseLost: Another attempt has taken the job.
            HandedBack: The platform stops the instance.
        """
        if self._interruption is not None:
            raise self._interruption
        if self._host.going_down():
            raise HandedBack("The platform stops this instance; another instance goes on with the job.")

    def write(self) -> None:
        """Write the latest progress now."""
        progress, stage = latest = self._latest
        try:
            self._lease.report(progress, stage, self._eta_seconds(progress))
        except Interrupted as interruption:
            self._interruption = interruption
        except Exception as error:
            # The thread must go on, or the lease would lapse. The next write contains all that this one did, and the
            # lease lasts longer than some failed writes.
            self._log.error("A progress write failed; the next write will contain it.", error)
        self._written = latest
        self._written_at = self._host.monotonic()

    def _write_until_done(self) -> None:
        while not self._done and self._interruption is None:
            seconds = self._seconds_to_next_write()
            if seconds > MOMENT_SECONDS:
                self._news.wait(seconds)
                self._news.clear()
            else:
                self.write()

    def _seconds_to_next_write(self) -> float:
        (progress, stage), (written_progress, written_stage) = self._latest, self._written
        now = self._host.monotonic()
        silent, brisk = now - self._written_at, now - self._began < config.BRISK_FOR_SECONDS
        if stage != written_stage or (brisk and progress > written_progress):
            return config.BRISK_PROGRESS_SECONDS - silent
        if progress > written_progress:
            return config.PROGRESS_SECONDS - silent
        return config.HEARTBEAT_SECONDS - silent

    def _eta_seconds(self, progress: float) -> int | None:
        """Return the seconds that the rest will take at the same speed; None if too little is done for an estimate."""
        took = self._host.monotonic() - self._began
        if progress < ETA_FROM_PERCENT:
            return None
        return math.ceil(took * (100 - progress) / progress)
