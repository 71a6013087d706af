"""The deployed functions, with faults: `deployed` is a link to the checkout's `functions/main.py`."""

from faults import injection

injection.install()

# The link is made by the suite. Faults must be in place before the functions are imported.
from deployed import (  # type: ignore[import-not-found]  # noqa: E402
    accountdeletion,
    audiogeneration,
    batchoperation,
    before_created,
    before_signed_in,
    deleteAccount,
    deleteJob,
    dispatch_job,
    ensureProfile,
    on_job_deleted,
    on_task_written,
    reconcile_outputs,
    reconcile_profiles,
    reconcile_progress,
    retryJob,
    setRole,
    sweep_jobs,
    videoprocessing,
)

from faults.app_check import appsOnly  # noqa: E402 - as above

injection.hurry(videoprocessing)

__all__ = [
    "accountdeletion",
    "appsOnly",
    "audiogeneration",
    "batchoperation",
    "before_created",
    "before_signed_in",
    "deleteAccount",
    "deleteJob",
    "dispatch_job",
    "ensureProfile",
    "on_job_deleted",
    "on_task_written",
    "reconcile_outputs",
    "reconcile_profiles",
    "reconcile_progress",
    "retryJob",
    "setRole",
    "sweep_jobs",
    "videoprocessing",
]
