"""Following jobs: bars on a terminal, lines elsewhere."""

import queue
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from stoker.errors import JobNotFound
from stoker.jobs.monitor import JobMonitor, monitor_job
from stoker.models.job import ENDED
from stoker_tools import exit_codes
from stoker_tools.cli.jobs.tables import console, percent
from stoker_tools.cli.text import as_json, clean

Job = dict[str, Any]
Show = Callable[[Job], None]

MOST_SECONDS = 10**6
"""A time left that is longer is not shown: anyone may have written it."""


def watch(ids: list[str], as_json_only: bool) -> int:
    """Follow jobs until all of them have ended.

    Args:
        ids: The jobs.
        as_json_only: Whether to print only how they ended, as JSON.

    Returns:
        The exit code.

    Raises:
        JobNotFound: One of the jobs does not exist.
    """
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
        print("No job is running or due.")
    completed = sum(job["status"] == "completed" for job in ended)
    return exit_codes.of_parts(completed, len(ended) - completed)


def _followed(ids: list[str], stack: ExitStack) -> Any:
    """Yield each state of each job, until the last job has ended."""
    news: queue.SimpleQueue[Job] = queue.SimpleQueue()
    alive: dict[str, JobMonitor] = {}
    types = dict.fromkeys(ids, "")
    for job_id in ids:
        alive[job_id] = stack.enter_context(monitor_job(job_id, news.put))
    while alive:
        try:
            job = news.get(timeout=0.5)
        except queue.Empty:
            deleted = [job_id for job_id, monitor in alive.items() if _deleted(monitor)]
            states = [{"id": job_id, "status": "deleted", "type": types[job_id]} for job_id in deleted]
        else:
            states = [{**job, "status": str(job.get("status"))}]
            types[job["id"]] = job.get("type", "")
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
    return False  # The job has ended, and its last state is on the way.


def _silent(job: Job) -> None:
    """Show nothing."""


class _Lines:
    """A line for each state that differs from the one before."""

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}

    def show(self, job: Job) -> None:
        line = f"{job['id']}  {_type(job)}  {percent(job):>7}  {_label(job)}"
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
            self._bars[job["id"]] = self.add_task(f"{job['id']}  {_type(job)}", total=100, label="")
        progress = job.get("progress")
        done = progress if isinstance(progress, int | float) and 0 <= progress <= 100 else 0
        self.update(self._bars[job["id"]], completed=done, label=_label(job))


def _type(job: Job) -> str:
    return clean(job.get("type", ""), 40)


def _label(job: Job) -> str:
    if job["status"] not in (*ENDED, "deleted"):
        return clean(job.get("stage") or job["status"], 40) + _time_left(job)
    why = f" ({clean(job.get('errorCode'), 40)}): {clean(job.get('error'))}" if job["status"] == "failed" else ""
    return f"{job['status']}{why}"


def _time_left(job: Job) -> str:
    """Return the time that the job's worker expects to need, or nothing if it does not know."""
    seconds = job.get("etaSeconds")
    if not isinstance(seconds, int) or not 0 <= seconds < MOST_SECONDS:
        return ""
    minutes, rest = divmod(seconds, 60)
    return f", {minutes // 60} h {minutes % 60} min left" if minutes >= 60 else f", {minutes}:{rest:02} min left"
