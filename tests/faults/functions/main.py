"""The deployed functions, with faults: `deployed` is a link to the checkout's `functions/main.py`."""

from faults import injection

injection.install()

from deployed import dispatch_job, retryJob, sweep_jobs, videoprocessing  # type: ignore[import-not-found]  # noqa: E402

injection.hurry(videoprocessing)

__all__ = ["dispatch_job", "retryJob", "sweep_jobs", "videoprocessing"]
