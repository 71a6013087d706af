"""Progress: a thread of its own writes it to the document, so that the work never waits for a write."""

import math
from types import TracebackType
from typing import Self

from stoker import config
from stoker.errors import HandedBack, Interrupted
from stoker.jobs.lease import Lease
from stoker.jobs.store import store
from stoker.logs import JobLog

ETA_FROM_PERCENT = 6.0
"""Before that, the time went into the start, and says nothing of the rest."""

MOMENT_SECONDS = 0.001
"""Too short to wait for: floating-point times differ by less."""


class Heartbeat:
    """Writes the latest progress at most every `config.PROGRESS_SECONDS`, a new stage sooner, and a sign of life if
    the work is silent.

    Use it as a context manager. After it is left, no write is under way any more.

    Args:
        lease: The attempt's hold on the job.
        log: For the writes that fail.
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
        """Take note of how far the work is; return at once.

        Args:
            progress: Percent. A value below the last is ignored; 100 is written by the final write alone.
            stage: The work that the attempt is doing.
        """
        with self._lock:
            self._latest = (max(self._latest[0], min(round(progress, 1), 99.9)), stage)
        self._news.set()

    def check(self) -> None:
        """Return if the work may go on.

        Raises:
            JobCancelled: The owner wants the job to stop.
            LeaseLost: Another attempt has taken the job over.
            HandedBack: The platform takes the instance away.
        """
        if self._interruption is not None:
            raise self._interruption
        if self._host.going_down():
            raise HandedBack("The worker was taken away; the job goes on with another one.")

    def write(self) -> None:
        """Write the latest progress now."""
        progress, stage = latest = self._latest
        try:
            self._lease.report(progress, stage, self._eta_seconds(progress))
        except Interrupted as interruption:
            self._interruption = interruption
        except Exception as error:
            # The next write says it all again, and the lease outlasts some silence; without this thread it would lapse.
            self._log.error("A progress write failed; the next write will say it all.", error)
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
        """Seconds that the rest takes, if it goes on as it went; None while too little has been done to say that."""
        took = self._host.monotonic() - self._began
        if progress < ETA_FROM_PERCENT:
            return None
        return math.ceil(took * (100 - progress) / progress)
