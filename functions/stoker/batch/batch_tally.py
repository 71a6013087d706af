"""The figures of a batch: they are kept in the checkpoint, and become the job's output at the end."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from stoker.models.document import Model
from stoker.models.job import BatchOutput, ItemFailure, OutputFile

FAILURES_LISTED = 100
"""The most failures that are listed. Further failures are only counted, because the checkpoint, which lists them, is
written with each page."""

ERROR_CHARACTERS = 600
"""The most characters of the sentence about a failed item, because it is part of the checkpoint."""


class BatchTally(Model):
    """The counts of a batch's items. The checkpoint of an operation extends it with the operation's place.

    Attributes:
        succeeded: The number of items that are done.
        failed: The number of items that failed.
        failures: The first items that failed.
    """

    succeeded: int = 0
    failed: int = 0
    failures: Annotated[list[ItemFailure], Field(max_length=FAILURES_LISTED)] = Field(default_factory=list)

    @property
    def total(self) -> int:
        """The number of items so far."""
        return self.succeeded + self.failed

    def fail(self, item: str, error: str, error_code: str) -> None:
        """Count an item that failed.

        Args:
            item: The name of the item, as in `ItemFailure`.
            error: A sentence for the owner.
            error_code: A stable code in kebab-case.
        """
        self.failed += 1
        if len(self.failures) < FAILURES_LISTED:
            if len(error) > ERROR_CHARACTERS:
                error = error[: ERROR_CHARACTERS - 1] + "…"
            self.failures.append(ItemFailure(item=item, error=error, error_code=error_code))

    def output(self, files: Sequence[OutputFile] = (), untried: Sequence[ItemFailure] = ()) -> BatchOutput:
        """Return the figures as the output of a job.

        Args:
            files: The files that the job made.
            untried: Items that failed in an earlier run and were not retried yet. They still count as failed.
        """
        failed = self.failed + len(untried)
        return BatchOutput(
            files=list(files),
            total=self.succeeded + failed,
            succeeded=self.succeeded,
            failed=failed,
            failures=[*self.failures, *untried],
        )
