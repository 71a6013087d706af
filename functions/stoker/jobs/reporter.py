"""Report: progress goes to the document from a thread of its own, so that the work never waits for it."""

import math
import threading
import time
from types import TracebackType
from typing import Self

from stoker import config, shutdown
from stoker.errors import HandedBack, Interrupted
from stoker.jobs.claim import Claim
from stoker.logs import JobLog

ETA_FROM_PERCENT = 6.0
"""Before that, the time went into the start, and tells nothing of the rest."""


class Reporter:
    """Writes the latest progress at most every `config.PROGRESS_SECONDS`, a new stage sooner, and a heartbeat where
    the work is silent.

    Use it as a context manager; on leaving it, no write is under way any more.

    Args:
        claim: Where to write.
        log: For the writes that fail.
    """

    def __init__(self, claim: Claim, log: JobLog) -> None:
        self._claim = claim
        self._log = log
        self._news = threading.Condition()
        self._progress = 0.0
        self._stage = self._written_stage = "queued"
        self._written_progress = 0.0
        self._began = self._written_at = time.monotonic()
        self._done = False
        self._interruption: Interrupted | None = None
        self._thread = threading.Thread(target=self._write_until_done, name="reporter", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, stack: TracebackType | None
    ) -> None:
        with self._news:
            self._done = True
            self._news.notify()
        self._thread.join()

    def report(self, progress: float, stage: str) -> None:
        """Takes note of how far the work is; returns at once.

        Args:
            progress: Percent. What is less than before is not told; 100 is told by the final write alone.
            stage: What the attempt is doing.
        """
        with self._news:
            self._progress = max(self._progress, min(round(progress, 1), 99.9))
            self._stage = stage
            self._news.notify()

    def check(self) -> None:
        """Returns where the work may go on.

        Raises:
            JobCancelled: The owner wants the job to stop.
            LeaseLost: Another attempt has taken the job over.
            HandedBack: The platform takes the instance away.
        """
        if self._interruption is not None:
            raise self._interruption
        if shutdown.going_down():
            raise HandedBack("The worker was taken away; the job goes on with another one.")

    def _write_until_done(self) -> None:
        while True:
            with self._news:
                if not self._done and self._due() > 0:
                    self._news.wait(self._due())
                if self._done or self._interruption is not None:
                    return
                if self._due() > 0:
                    continue
                progress, stage = self._progress, self._stage
            self._write(progress, stage)

    def _due(self) -> float:
        """Seconds until the next write."""
        silent = time.monotonic() - self._written_at
        brisk = time.monotonic() - self._began < config.BRISK_FOR_SECONDS
        if self._stage != self._written_stage or (brisk and self._progress > self._written_progress):
            return config.BRISK_PROGRESS_SECONDS - silent
        if self._progress > self._written_progress:
            return config.PROGRESS_SECONDS - silent
        return config.HEARTBEAT_SECONDS - silent

    def _eta_seconds(self, progress: float) -> int | None:
        """How long the rest takes, if it goes on as it went; None while too little has been done to tell."""
        took = time.monotonic() - self._began
        if progress < ETA_FROM_PERCENT:
            return None
        return math.ceil(took * (100 - progress) / progress)

    def _write(self, progress: float, stage: str) -> None:
        try:
            self._claim.report(progress, stage, self._eta_seconds(progress))
        except Interrupted as interruption:
            self._interruption = interruption
        except Exception as error:
            # The next write says it all again, and the lease outlasts some silence; without this thread it would lapse.
            self._log.error("A progress write failed; the next one will tell.", error)
        self._written_progress, self._written_stage = progress, stage
        self._written_at = time.monotonic()
