"""The deployed functions, with faults."""

from faults import injection

injection.install()

# Faults must be in place before the functions are imported.
from faults.app_check import appsOnly  # noqa: E402 - as above
from stoker.functions import (  # noqa: E402
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
