"""Following jobs: bars on a terminal, lines elsewhere."""

import logging
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from stoker.errors import JobNotFound
from stoker.jobs.monitor import JobMonitor, monitor_job
from stoker.models.job import ENDED
from stoker_tools.cli.jobs.tables import console, percent
from stoker_tools.cli.text import as_json, clean

Job = dict[str, Any]
Show = Callable[[Job], None]


def watch(ids: list[str], as_json_only: bool) -> int:
    """Follows jobs until all of them have ended.

    Args:
        ids: The jobs.
        as_json_only: Whether to print nothing but how they ended.

    Returns:
        The exit code: 0 where all of them completed.

    Raises:
        JobNotFound: One of them is not there.
    """
    _quieten()
    ended: list[Job] = []
    with ExitStack() as stack:
        show = _silent if as_json_only else stack.enter_context(_Bars()).show if sys.stdout.isatty() else _Lines().show
        for job in _followed(ids, stack):
            show(job)
            if job["status"] in (*ENDED, "deleted"):
                ended.append(job)
    if as_json_only:
        print(as_json(ended))
    elif not ids:
        print("No job is alive and due.")
    return 0 if all(job["status"] == "completed" for job in ended) else 1


def _followed(ids: list[str], stack: ExitStack) -> Any:
    """Yields each state of each job, until the last has ended."""
    news: queue.SimpleQueue[Job] = queue.SimpleQueue()
    alive: dict[str, JobMonitor] = {}
    for job_id in ids:
        alive[job_id] = stack.enter_context(monitor_job(job_id, news.put))
    while alive:
        try:
            job = news.get(timeout=0.5)
        except queue.Empty:
            deleted = [job_id for job_id, monitor in alive.items() if _deleted(monitor)]
            states = [{"id": job_id, "status": "deleted"} for job_id in deleted]
        else:
            states = [{**job, "status": str(job.get("status"))}]
        for state in states:
            yield state
            if state["status"] in (*ENDED, "deleted"):
                del alive[state["id"]]


def _deleted(monitor: JobMonitor) -> bool:
    try:
        monitor.wait(0)
    except JobNotFound:
        return True
    except TimeoutError:
        return False
    return False  # It has ended, and the news of it are on the way.


def _silent(job: Job) -> None:
    """Shows nothing."""


class _Lines:
    """A line for each state that differs from the one before."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def show(self, job: Job) -> None:
        line = f"{job['id']}  {percent(job):>7}  {_label(job)}"
        if self._shown.get(job["id"]) != line:
            print(line, flush=True)
        self._shown[job["id"]] = line


class _Bars(Progress):
    """A bar for each job."""

    def __init__(self) -> None:
        names = TextColumn("{task.description}", markup=False)
        label = TextColumn("{task.fields[label]}", markup=False, style="none")
        super().__init__(names, BarColumn(30), TextColumn("{task.percentage:5.1f} %"), label, console=console())
        self._bars: dict[str, TaskID] = {}

    def show(self, job: Job) -> None:
        if job["id"] not in self._bars:
            self._bars[job["id"]] = self.add_task(job["id"], total=100, label="")
        progress = job.get("progress")
        done = progress if isinstance(progress, int | float) and 0 <= progress <= 100 else 0
        self.update(self._bars[job["id"]], completed=done, label=_label(job))


def _label(job: Job) -> str:
    if job["status"] not in (*ENDED, "deleted"):
        return clean(job.get("stage") or job["status"], 40)
    why = f" ({clean(job.get('errorCode'), 40)}): {clean(job.get('error'))}" if job["status"] == "failed" else ""
    return f"{job['status']}{why}"


def _quieten() -> None:
    """A watch that dies says so in a log and with a stack, although the monitor begins it anew."""
    logging.getLogger("google").setLevel(logging.CRITICAL)
    threading.excepthook = lambda _: None
