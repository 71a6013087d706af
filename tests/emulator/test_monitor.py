"""A job is followed to its end, even if the connection beneath fails."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from google.api_core import exceptions
from google.cloud import firestore

from emulator.tcp_proxy import TcpProxy, proxied
from stoker import config
from stoker.errors import JobNotFound
from stoker.firestore import listening
from stoker.jobs.commands import create_processing_job
from stoker.jobs.monitor import JobMonitor, monitor_job
from stoker.live import patience
from stoker_tools.samples.user import SampleUser
from waiting import until


class Reports:
    """The reports of a monitor. A test can wait for a report."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []
        self._news = threading.Condition()

    def __call__(self, job: dict[str, Any]) -> None:
        with self._news:
            self.jobs.append(job)
            self._news.notify_all()

    @property
    def progress(self) -> list[float]:
        return [job["progress"] for job in self.jobs]

    def until(self, progress: float) -> None:
        with self._news:
            assert self._news.wait_for(lambda: progress in self.progress, 20), f"{progress} was never reported"


@pytest.fixture
def job(database: firestore.Client, monkeypatch: pytest.MonkeyPatch) -> firestore.DocumentReference:
    """A job that no trigger knows of, under way."""
    monkeypatch.setattr(config, "JOBS", "monitorTests")
    # Short, because a listener of the emulator falls silent at times, where a write meets its beginning.
    monkeypatch.setattr(patience, "MONITOR_SILENCE_SECONDS", 3.0)
    reference = database.collection("monitorTests").document()
    reference.set({"id": reference.id, "status": "processing", "progress": 0, "createdAt": datetime.now(UTC)})
    return reference


def write(job: firestore.DocumentReference, **fields: Any) -> None:
    """Writes fields, once. While a watch of the document goes away, the emulator may call a write cancelled."""
    try:
        job.update(fields)
    except exceptions.Cancelled:
        now = job.get().to_dict() or {}
        if any(now.get(name) != value for name, value in fields.items()):
            job.update(fields)


@pytest.fixture
def network(job: firestore.DocumentReference) -> Iterator[TcpProxy]:
    """The network between the monitor and Firestore."""
    with proxied(os.environ["FIRESTORE_EMULATOR_HOST"]) as proxy:
        yield proxy


def test_a_real_job_is_followed_to_its_end(user: SampleUser, clip: Path) -> None:
    source = user.upload(clip, "video/mp4")
    job_id = create_processing_job(user.id, "video-processing", {"source": source})
    reports = Reports()
    with monitor_job(job_id, reports) as monitor:
        ended = monitor.wait(120)
    assert (ended["id"], ended["status"], ended["progress"]) == (job_id, "completed", 100)
    assert reports.jobs[-1] == ended
    times = [job.get("updatedAt", job["createdAt"]) for job in reports.jobs]
    assert times == sorted(set(times))


def test_every_state_comes_once_and_the_last_one_ends_it(job: firestore.DocumentReference) -> None:
    reports = Reports()
    monitor = monitor_job(job.id, reports)
    for progress in (0, 25, 50, 75):
        write(job, progress=progress)
        reports.until(progress)
    write(job, progress=100, status="completed")
    assert monitor.wait(20)["status"] == "completed"
    assert reports.progress == sorted(reports.progress)
    assert reports.progress[-4:] == [25, 50, 75, 100]
    write(job, progress=1)  # a retry, say: this monitor has done its work
    monitor.stop()
    assert reports.progress[-1] == 100


@pytest.mark.parametrize("fail", [TcpProxy.cut, TcpProxy.lose])
def test_a_connection_that_fails_is_replaced_and_nothing_is_lost_or_reported_twice(
    job: firestore.DocumentReference,
    network: TcpProxy,
    fail: Callable[[TcpProxy], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "MONITOR_SILENCE_SECONDS", 0.5)
    reports = Reports()
    with monitor_job(job.id, reports) as monitor:
        for progress in range(10, 100, 30):
            write(job, progress=progress)
            reports.until(progress)
            fail(network)
            write(job, progress=progress + 5)
            reports.until(progress + 5)
        write(job, status="failed", errorCode="input-empty")
        assert monitor.wait(20)["errorCode"] == "input-empty"
    assert reports.progress == [0, 10, 15, 40, 45, 70, 75, 75]


def test_a_server_that_falls_silent_is_followed_again_when_it_speaks(
    job: firestore.DocumentReference, network: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "MONITOR_SILENCE_SECONDS", 0.3)
    reports = Reports()
    with monitor_job(job.id, reports) as monitor:
        write(job, progress=10)
        reports.until(10)
        opened = network.opened
        with network.muted():
            write(job, progress=20)
            write(job, progress=30)
            until(lambda: network.opened > opened, what="A new connection is tried")
        reports.until(30)
        write(job, status="completed", progress=100)
        assert monitor.wait(20)["progress"] == 100
    assert reports.progress == sorted(set(reports.progress))


def test_a_callback_that_raises_is_logged_and_called_again(
    job: firestore.DocumentReference, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = Reports()

    def raising(update: dict[str, Any]) -> None:
        reports(update)
        raise RuntimeError("the caller's own mistake")

    with monitor_job(job.id, raising) as monitor:
        write(job, progress=10)
        reports.until(10)
        write(job, status="completed", progress=100)
        assert monitor.wait(20)["status"] == "completed"
    assert reports.progress == [0, 10, 100]
    logged = capsys.readouterr().err
    assert logged.count("The callback of a monitor raised an error.") == 3
    assert "in raising" in logged  # the stack


def test_a_job_that_is_deleted_ends_the_monitoring(job: firestore.DocumentReference) -> None:
    reports = Reports()
    monitor = monitor_job(job.id, reports)
    reports.until(0)
    job.delete()
    with pytest.raises(JobNotFound, match="was deleted before it ended"):
        monitor.wait(20)
    assert reports.progress == [0]


@pytest.mark.parametrize("job_id", ["no-such-job", "", "a/b/c", "x" * 200, None])
def test_there_must_be_such_a_job(job: firestore.DocumentReference, job_id: Any) -> None:
    with pytest.raises(JobNotFound, match="There is no job"):
        monitor_job(job_id, print)


def test_waiting_has_an_end(job: firestore.DocumentReference) -> None:
    reports = Reports()
    with monitor_job(job.id, reports) as monitor:
        with pytest.raises(TimeoutError):
            monitor.wait(0.2)
        write(job, progress=50)  # it goes on
        reports.until(50)
        monitor.stop()
        monitor.stop()
        with pytest.raises(CancelledError):
            monitor.wait(20)


def test_after_stop_nothing_is_reported(job: firestore.DocumentReference) -> None:
    reports = Reports()
    monitor = monitor_job(job.id, reports)
    reports.until(0)
    monitor.stop()
    write(job, progress=50)
    assert reports.progress == [0]
    assert not [one.name for one in threading.enumerate() if job.id in one.name]


@pytest.mark.parametrize("times", [30, pytest.param(1_000, marks=pytest.mark.soak)])
def test_monitors_leave_no_thread_and_no_file(job: firestore.DocumentReference, times: int) -> None:
    process = psutil.Process()
    monitor_job(job.id, Reports()).stop()
    files, alive = process.num_fds(), threading.active_count()
    for number in range(times):
        reports = Reports()
        with monitor_job(job.id, reports):
            if number % 2:
                reports.until(0)
    until(lambda: process.num_fds() <= files and threading.active_count() <= alive)


def test_a_callback_may_stop_its_monitor(job: firestore.DocumentReference) -> None:
    reports = Reports()
    monitors: list[JobMonitor] = []

    def stop_at_half(update: dict[str, Any]) -> None:
        reports(update)
        if update["progress"] == 50:
            monitors[0].stop()

    monitors.append(monitor_job(job.id, stop_at_half))
    reports.until(0)
    write(job, progress=50)
    reports.until(50)
    with pytest.raises(CancelledError):
        monitors[0].wait(20)


def test_a_job_that_has_ended_is_reported_once(job: firestore.DocumentReference) -> None:
    write(job, status="cancelled")
    reports = Reports()
    assert monitor_job(job.id, reports).wait(20)["status"] == "cancelled"
    assert len(reports.jobs) == 1


def test_a_document_that_is_no_valid_job_is_followed_too(
    job: firestore.DocumentReference, database: firestore.Client
) -> None:
    elsewhere = firestore.Client(project="another", credentials=database._credentials).document("a/b")
    write(job, input={"source": elsewhere}, userId=7)  # which the client library can't decode
    reports = Reports()
    with monitor_job(job.id, reports) as monitor:
        reports.until(0)
        write(job, status="failed", errorCode="invalid-job")
        assert monitor.wait(20)["errorCode"] == "invalid-job"
    assert reports.jobs[0]["input"] == {"source": elsewhere._document_path}


def test_firestore_may_be_away_for_a_while(job: firestore.DocumentReference, network: TcpProxy) -> None:
    reports = Reports()
    with monitor_job(job.id, reports) as monitor:
        reports.until(0)
        with network.away():
            write(job, status="completed", progress=100)
            with pytest.raises(TimeoutError):
                monitor.wait(0.5)
        assert monitor.wait(20)["progress"] == 100


def test_who_waits_learns_that_firestore_refuses(
    job: firestore.DocumentReference, network: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = Reports()
    monitor = monitor_job(job.id, reports)
    write(job, progress=10)
    reports.until(10)
    monkeypatch.setattr(listening, "METHOD", "/google.firestore.v1.Firestore/NoSuchMethod")
    network.cut()
    with pytest.raises(exceptions.MethodNotImplemented):
        monitor.wait(20)
