"""The files that an attempt in this process left behind."""

import tempfile
from pathlib import Path

import psutil

from engine.driven import DrivenJob
from processes import command_of
from stoker.storage.client import bucket


def left_behind(job: DrivenJob) -> tuple[list[str], list[Path], list[psutil.Process]]:
    """Objects, folders and processes."""
    owner = job.data()["userId"]
    objects = [blob.name for blob in bucket().list_blobs(prefix=f"job-outputs/{owner}/{job.id}/")]
    return objects, list(Path(tempfile.gettempdir()).glob("stoker-job-*")), working()


def working() -> list[psutil.Process]:
    """The processes. Of this process's children: other tests may have started a suite, which is one too."""
    return [process for process in psutil.Process().children(recursive=True) if _works_for_a_job(process)]


def _works_for_a_job(process: psutil.Process) -> bool:
    return any(name in command_of(process) for name in ("espeak_child", "probe_child", "ffmpeg"))
