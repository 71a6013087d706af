"""A cache of the answers that were paid for, so that the next attempt of a job does not pay for them again."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from google.api_core.exceptions import NotFound

from stoker.jobs.context import JobContext
from stoker.storage.client import bucket

DELETIONS_AT_ONCE = 8


class AnswerCache:
    """A cache of answers for the attempts of a job, as objects beside the job's outputs. Threads may share it.

    If the job fails, the job engine removes these objects, as it removes all objects that a job did not publish.

    Args:
        context: The attempt.
    """

    def __init__(self, context: JobContext) -> None:
        self._run = context
        self._earlier = context.earlier_outputs()
        self._written: list[str] = []
        self._lock = threading.Lock()

    def read(self, recipe: str) -> bytes | None:
        """Return the answer that an earlier attempt has stored; None if there is none.

        Args:
            recipe: The hash of the request.
        """
        earlier = self._earlier.get(recipe)
        if earlier is None:
            return None
        with suppress(NotFound):
            return bytes(bucket().blob(earlier.path).download_as_bytes())
        return None

    def write(self, recipe: str, answer: bytes) -> None:
        """Store an answer.

        Args:
            recipe: The hash of the request.
            answer: The answer.
        """
        file = self._run.workspace / f"{recipe}.json"
        file.write_bytes(answer)
        name, _ = self._run.outputs.upload(file, "application/json", self._run.check, recipe)
        file.unlink()
        with self._lock:
            self._written.append(name)

    def forget(self) -> None:
        """Delete the answers that this attempt has stored. Call it when the outputs are uploaded."""

        def delete(name: str) -> None:
            with suppress(NotFound):
                bucket().blob(name).delete()

        with ThreadPoolExecutor(DELETIONS_AT_ONCE, "forget") as threads:
            list(threads.map(delete, self._written))
