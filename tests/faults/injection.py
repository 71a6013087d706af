"""What goes wrong in the functions of the faulty suite, and when. It runs in their processes.

A test asks for a fault of one job by a field of its document, `fault`, which the job's model ignores:

    worker      "copy", "nothing" or "poison" instead of the video worker
    signals     for each attempt: the point at which the worker's process is sent a signal, and the signal's name
    together    how many deliveries wait for each other where they would decide who comes first
    drop        the dispatcher never hears of the job
    wait        how long, in seconds, the job waits after an attempt that failed

and for unreliable services by a file, `unreliable.json`, in the functions' temporary folder. What happened is noted
there in `notes.jsonl`. Faults come in where Google's classes and the package's public functions are called.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

from google.auth.transport.requests import AuthorizedSession
from google.cloud.firestore_v1.services.firestore import FirestoreClient

POINTS = (
    "claimed",
    "before the download",
    "in the download",
    "probed",
    "in the encode",
    "encoded",
    "before the upload",
    "in the upload",
    "before the final write",
    "final write under way",
    "final write made",
)
"""Where a worker can be sent a signal, in the order in which a job comes by."""

HURRIED: Mapping[str, Mapping[str, float]] = {
    "stoker.config": {
        "LEASE_SECONDS": 8,
        "HEARTBEAT_SECONDS": 1.5,
        "PROGRESS_SECONDS": 0.5,
        "STALE_PENDING_SECONDS": 2,
    },
    "stoker.jobs.backoff": {"BASE_SECONDS": 0.5, "MOST_SECONDS": 2.0},
    "stoker.jobs.sweep": {"EVERYTHING_MINUTES": 1},
    "stoker.storage.sources": {"CHUNK_BYTES": 64 * 1024},
    "stoker.media.ffmpeg": {"POLL_SECONDS": 0.1},
}
"""Time and size made smaller, by module and constant."""

FOLDER = Path(os.environ.get("TMPDIR", "/tmp"))
NOTES = "notes.jsonl"

_here = threading.local()
"""What the job at hand asks for: each request has a thread of its own."""


def note(what: str, **fields: Any) -> None:
    """Tells the test what happened."""
    line = json.dumps({"what": what, "pid": os.getpid(), "time": time.time(), **fields}) + "\n"
    descriptor = os.open(FOLDER / NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, line.encode())  # at once: several processes write
    os.close(descriptor)


def install() -> None:
    """Puts everything in its place, before the functions import what they run."""
    assert "stoker.media.video" not in sys.modules, "it has bound what is to be replaced"
    for module, constants in HURRIED.items():
        for name, value in constants.items():
            _replace(_imported(module), name, value)
    _install_points()
    _install_requests()


def hurry(task_function: Any) -> None:
    """Lets the queue send a task again after a second."""
    task_function.__firebase_endpoint__.taskQueueTrigger["retryConfig"].update(minBackoffSeconds=1, maxBackoffSeconds=1)


def reach(point: str) -> None:
    """Sends this process the signal that the job at hand asks for here, if it does."""
    if not _asked_for(point):
        return
    wanted, _here.signal = _here.signal, None
    note("signal", jobId=_here.job_id, at=point, signal=wanted["signal"])
    os.kill(os.getpid(), signal.Signals[wanted["signal"]])


def _asked_for(point: str) -> bool:
    wanted = getattr(_here, "signal", None)
    return wanted is not None and wanted["at"] == point


def _imported(name: str) -> Any:
    __import__(name)
    return sys.modules[name]


def _replace(owner: Any, name: str, value: Any) -> None:
    getattr(owner, name)  # what is not there can't be replaced: better to fail than to inject nothing
    setattr(owner, name, value)


def _wrap(owner: Any, name: str, around: Callable[..., Any]) -> None:
    """Replaces a function by `around(function, *arguments)`."""
    function = getattr(owner, name)

    @wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        return around(function, *arguments, **named)

    setattr(owner, name, wrapped)


# --- Requests: which job is at hand, and what it asks for -----------------------------------------


def _install_requests() -> None:
    _wrap(_imported("stoker.jobs.work"), "work", _work)


def _work(work: Callable[..., None], job_id: str, worker: Any, *arguments: Any, **named: Any) -> None:
    from stoker import config
    from stoker.firestore.client import client

    data = client().collection(config.JOBS).document(job_id).get().to_dict() or {}
    fault = data.get("fault", {})
    attempt = data.get("attempt", 0) + 1
    note("task", jobId=job_id)
    _here.job_id = job_id
    _here.signal = fault.get("signals", {}).get(str(attempt))
    try:
        work(job_id, worker, *arguments, **named)
    finally:
        _here.signal = None


# --- Points ---------------------------------------------------------------------------------------


def _install_points() -> None:
    _wrap(FirestoreClient, "commit", _commit)
    _wrap(_imported("stoker.storage.sources"), "download", _download)
    _wrap(_imported("stoker.media.probe").Prober, "probe", _probe)
    _wrap(_imported("stoker.media.ffmpeg"), "run_ffmpeg", _run_ffmpeg)
    _wrap(_imported("stoker.storage.outputs").AttemptOutputs, "upload", _upload)
    _wrap(AuthorizedSession, "request", _http)


def _commit(commit: Callable[..., Any], api: Any, request: Any = None, **named: Any) -> Any:
    status = _status(request)
    if status == "completed":
        reach("before the final write")
        if _asked_for("final write under way"):
            threading.Thread(target=commit, args=(api, request), kwargs=named).start()
            reach("final write under way")
    answer = commit(api, request, **named)
    if status == "processing":
        reach("claimed")
    if status == "completed":
        reach("final write made")
    return answer


def _status(request: Any) -> str:
    """The status that a commit gives to a document; empty where it leaves it as it is."""
    fields = request["writes"][0].update.fields
    return str(fields["status"].string_value) if "status" in fields else ""


def _download(
    download: Callable[..., None], path: str, user_id: str, into: Path, on_bytes: Callable[[int, int], None]
) -> None:
    def on_some_bytes(arrived: int, size: int) -> None:
        if arrived < size:
            reach("in the download")
        on_bytes(arrived, size)

    reach("before the download")
    download(path, user_id, into, on_some_bytes)


def _probe(probe: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    info = probe(*arguments, **named)
    reach("probed")
    return info


def _run_ffmpeg(run_ffmpeg: Callable[..., str], arguments: Any, folder: Path, on_progress: Any) -> str:
    def on_some_progress(seconds: float) -> None:
        if seconds > 0:
            reach("in the encode")
        on_progress(seconds)

    note("encode", jobId=_here.job_id)
    complaint = run_ffmpeg(arguments, folder, on_some_progress)
    reach("encoded")
    return complaint


def _upload(upload: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    reach("before the upload")
    return upload(*arguments, **named)


def _http(request: Callable[..., Any], session: Any, method: str, url: str, data: Any = None, **named: Any) -> Any:
    if "/upload/" in url and isinstance(data, bytes) and _asked_for("in the upload"):
        data = _halves(data)
    return request(session, method, url, data=data, **named)


def _halves(data: bytes) -> Iterator[bytes]:
    middle = len(data) // 2
    yield data[:middle]
    reach("in the upload")
    yield data[middle:]
