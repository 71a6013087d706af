"""What has become of a batch's items: kept in the checkpoint, and in the end the job's output."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from stoker.models.document import Model
from stoker.models.job import BatchOutput, ItemFailure, OutputFile

FAILURES_LISTED = 100
"""Beyond so many, they are only counted: the checkpoint is written with each page."""

ERROR_CHARACTERS = 600
"""What a sentence about one item may take of the checkpoint."""


class BatchTally(Model):
    """Counts items; an operation adds where it is to its own.

    Attributes:
        succeeded: Items that were done.
        failed: Items that could not be.
        failures: The first of these.
    """

    succeeded: int = 0
    failed: int = 0
    failures: Annotated[list[ItemFailure], Field(max_length=FAILURES_LISTED)] = Field(default_factory=list)

    @property
    def total(self) -> int:
        """All items so far."""
        return self.succeeded + self.failed

    def fail(self, item: str, error: str, error_code: str) -> None:
        """Count an item that could not be done.

        Args:
            item: Which.
            error: A sentence for the owner.
            error_code: A stable kebab-case code.
        """
        self.failed += 1
        if len(self.failures) < FAILURES_LISTED:
            if len(error) > ERROR_CHARACTERS:
                error = error[: ERROR_CHARACTERS - 1] + "…"
            self.failures.append(ItemFailure(item=item, error=error, error_code=error_code))

    def output(self, files: Sequence[OutputFile] = (), untried: Sequence[ItemFailure] = ()) -> BatchOutput:
        """Return the figures as the output of a job.

        Args:
            files: The files that were made.
            untried: Items that failed in an earlier run and were not tried again yet. They still count as failed.
        """
        failed = self.failed + len(untried)
        return BatchOutput(
            files=list(files),
            total=self.succeeded + failed,
            succeeded=self.succeeded,
            failed=failed,
            failures=[*self.failures, *untried],
        )
