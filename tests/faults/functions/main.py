"""The deployed functions, with faults: `deployed` is a link to the checkout's `functions/main.py`."""

from faults import injection

injection.install()

from deployed import (  # type: ignore[import-not-found]  # noqa: E402
    audiogeneration,
    batchoperation,
    dispatch_job,
    retryJob,
    setRole,
    sweep_jobs,
    videoprocessing,
)

from faults.app_check import appsOnly  # noqa: E402

injection.hurry(videoprocessing)

__all__ = [
    "appsOnly",
    "audiogeneration",
    "batchoperation",
    "dispatch_job",
    "retryJob",
    "setRole",
    "sweep_jobs",
    "videoprocessing",
]
