"""The deployed functions that a crowd uses."""

from faults import crowded

crowded.install()

# Faults must be in place before the functions are imported.
from stoker.functions import (  # noqa: E402
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
