"""Answers that were paid for: a later attempt at the job goes on from them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from google.api_core.exceptions import NotFound

from stoker.jobs.context import JobContext
from stoker.storage.client import bucket

DELETIONS_AT_ONCE = 8


class AnswerCache:
    """Objects beside the outputs of the job, by what they are the answer to. Threads may share it.

    They are the engine's to remove where the attempt fails, as all that a job did not publish.

    Args:
        context: The attempt.
    """

    def __init__(self, context: JobContext) -> None:
        self._run = context
        self._earlier = context.earlier_outputs()
        self._written: list[str] = []
        self._lock = threading.Lock()

    def read(self, recipe: str) -> bytes | None:
        """Return the answer that an earlier attempt has kept; None where there is none."""
        earlier = self._earlier.get(recipe)
        if earlier is None:
            return None
        with suppress(NotFound):
            return bytes(bucket().blob(earlier.path).download_as_bytes())
        return None

    def write(self, recipe: str, answer: bytes) -> None:
        """Keep an answer.

        Args:
            recipe: Names what it answers, and how.
            answer: What to keep.
        """
        file = self._run.workspace / f"{recipe}.json"
        file.write_bytes(answer)
        name, _ = self._run.outputs.upload(file, "application/json", self._run.check, recipe)
        file.unlink()
        with self._lock:
            self._written.append(name)

    def forget(self) -> None:
        """Remove what this attempt has kept, now that the outputs are uploaded."""

        def delete(name: str) -> None:
            with suppress(NotFound):
                bucket().blob(name).delete()

        with ThreadPoolExecutor(DELETIONS_AT_ONCE, "forget") as threads:
            list(threads.map(delete, self._written))
