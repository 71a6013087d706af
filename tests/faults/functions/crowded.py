"""The deployed functions that a crowd uses: `deployed` is a link to the checkout's `functions/main.py`."""

from faults import crowded

crowded.install()

# The link is made by the suite. Faults must be in place before the functions are imported.
from deployed import (  # type: ignore[import-not-found]  # noqa: E402
    batchoperation,
    before_created,
    before_signed_in,
    dispatch_job,
    on_task_written,
    sweep_jobs,
    videoprocessing,
)

__all__ = [
    "batchoperation",
    "before_created",
    "before_signed_in",
    "dispatch_job",
    "on_task_written",
    "sweep_jobs",
    "videoprocessing",
]
