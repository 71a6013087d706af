"""Faults in the functions of the faulty suite. This module runs in the functions' processes.

A test asks for the faults of a job by a field of its document, `fault`, which the job's model ignores:

    worker      "copy", "nothing" or "poison", in place of the video worker
    signals     by attempt: the point (see `POINTS`) at which the worker's process sends itself a signal, and its name
    together    the place, "lease" or "enqueue", at which a number of deliveries wait for each other, to go on at once
    drop        true if the dispatcher loses the event
    waits       by attempt: seconds to wait before the next attempt

A file makes Google's services unreliable for all jobs: `unreliable.json` has the share of calls that fail, and a seed.
Another file, `firestore-down`, takes Firestore away from the blocking functions of Auth. It holds "refuses", or "hangs"
if Firestore does not answer. Both are in the functions' temporary folder. `notes.jsonl`, in the same folder, has a line
for each event that a test may ask about.

Faults are injected into Google's client classes and into the package's public functions. The rest of the tested code
runs as it is.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

from google.auth.transport.requests import AuthorizedSession
from google.cloud.firestore_v1.services.firestore import FirestoreClient

from faults.at_hand import asked_for, at_hand, here, meet, reach
from faults.folder import note, noted
from faults.services import fail_firestore, fail_tasks, failed_response, shaken, unreliable, unreliable_read

HURRIED: Mapping[str, Mapping[str, float]] = {
    "stoker.config": {
        "LEASE_SECONDS": 8,
        "HEARTBEAT_SECONDS": 1.5,
        "PROGRESS_SECONDS": 0.5,
        "STALE_PENDING_SECONDS": 2,
    },
    "stoker.jobs.backoff": {"BASE_SECONDS": 0.5, "MOST_SECONDS": 2},
    "stoker.jobs.sweeper": {"RECHECK_MINUTES": 0, "EVERYTHING_MINUTES": 0},
    "stoker.storage.sources": {"CHUNK_BYTES": 64 * 1024},
    "stoker.sandbox.ffmpeg": {"POLL_SECONDS": 0.1},
}
"""Shorter times, and smaller parts of files, by module and constant."""

SWEEP_OCCASION_SECONDS = 20
"""The time after which sweeps may queue the same attempt again. In production, it is ten minutes."""


def install() -> None:
    """Inject every fault, before the functions import the code that they run."""
    # Modules that are imported later bind these functions by name, so these are replaced first.
    for module, name, around in (
        ("stoker.jobs.backoff", "backoff_seconds", _backoff_seconds),
        ("stoker.storage.sources", "download", _download),
        ("stoker.sandbox.ffmpeg", "run_ffmpeg", _run_ffmpeg),
    ):
        owner = _imported(module)
        function = getattr(owner, name)
        bound = [
            other for other, loaded in sys.modules.items() if vars(loaded).get(name) is function and other != module
        ]
        assert not bound, f"{bound} have {name} already, without its faults"
        wrap(owner, name, around)
    for module, constants in HURRIED.items():
        for name, value in constants.items():
            _replace(_imported(module), name, value)
    wrap(_imported("stoker.storage.outputs").AttemptOutputs, "upload", _upload)
    wrap(_imported("stoker.probe.probe").Prober, "probe", _probe)
    wrap(FirestoreClient, "commit", _commit)
    wrap(FirestoreClient, "batch_get_documents", unreliable_read)
    wrap(FirestoreClient, "run_query", unreliable_read)
    wrap(AuthorizedSession, "request", _http)
    wrap(_imported("stoker.jobs.queue"), "enqueue", _enqueue)
    wrap(_imported("stoker.jobs.attempt"), "run_attempt", _work)
    # Each function has processes of its own. The sweeper dispatches too, and is to hear of every job.
    match os.environ.get("FUNCTION_TARGET"):
        case "dispatch_job":
            wrap(_imported("stoker.jobs.dispatch"), "dispatch", _dispatch)
        case "sweep_jobs":
            wrap(_imported("stoker.jobs.sweeper"), "sweep", _sweep)


def hurry(task_function: Any) -> None:
    """Let a queue send a task again after a second, and hold any number of such tasks."""
    trigger = task_function.__firebase_endpoint__.taskQueueTrigger
    trigger["retryConfig"].update(minBackoffSeconds=1, maxBackoffSeconds=1)
    # The emulator counts a task that waits to be sent again among those under way; production does not.
    trigger["rateLimits"].update(maxConcurrentDispatches=1000)


def _imported(name: str) -> Any:
    __import__(name)
    return sys.modules[name]


def _replace(owner: Any, name: str, value: Any) -> None:
    getattr(owner, name)  # better to fail than to replace what is not there
    setattr(owner, name, value)


def wrap(owner: Any, name: str, around: Callable[..., Any]) -> None:
    """Replaces a function by `around(function, *its arguments)`."""
    function = getattr(owner, name)

    @wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        return around(function, *arguments, **named)

    setattr(owner, name, wrapped)


def _work(work: Callable[..., None], job_id: str, worker: Any, *arguments: Any, **named: Any) -> None:
    from faults import workers
    from stoker import config
    from stoker.firestore.client import client

    data = client().collection(config.JOBS).document(job_id).get().to_dict() or {}
    note("task", jobId=job_id)
    try:
        with at_hand(job_id, data), unreliable(f"task/{job_id}/{noted('task', job_id)}"):
            work(job_id, workers.chosen(here.fault.get("worker"), worker), *arguments, **named)
    finally:
        note("task over", jobId=job_id)


def _dispatch(dispatch: Callable[..., None], found: Any, *arguments: Any, **named: Any) -> None:
    note("event", jobId=found.id)
    with at_hand(found.id, found.data), unreliable(f"event/{found.id}"):
        if not here.fault.get("drop"):
            dispatch(found, *arguments, **named)


def _sweep(sweep: Callable[..., int], *arguments: Any, **named: Any) -> int:
    note("sweep", jobId="")
    with unreliable(f"sweep/{noted('sweep', '')}"):
        return sweep(*arguments, **named)


def _backoff_seconds(backoff_seconds: Callable[[int], float], attempt: int) -> float:
    return float(here.fault.get("waits", {}).get(str(attempt)) or backoff_seconds(attempt))


def _commit(commit: Callable[..., Any], api: Any, request: Any, **named: Any) -> Any:
    def make() -> Any:
        return commit(api, request, **named)

    status = _status(request)
    if status == "processing":
        meet("lease")
    if status == "completed":
        reach("before the final write")
        if asked_for("final write under way"):
            threading.Thread(target=make).start()
            reach("final write under way")
    answer = shaken("firestore", make, fail_firestore)
    if status == "processing":
        reach("lease taken")
    if status == "completed":
        reach("final write made")
    return answer


def _status(request: Any) -> str:
    """Return the status that a commit writes into a document; empty if it writes none."""
    fields = request["writes"][0].update.fields
    return str(fields["status"].string_value) if "status" in fields else ""


def _download(
    download: Callable[..., int],
    path: str,
    user_id: str,
    into: Path,
    on_bytes: Callable[[int, int], None],
    *most: int,
) -> int:
    def on_some_bytes(arrived: int, size: int) -> None:
        if arrived < size:
            reach("in the download")
        on_bytes(arrived, size)

    reach("before the download")
    return download(path, user_id, into, on_some_bytes, *most)


def _probe(probe: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    info = probe(*arguments, **named)
    reach("probed")
    return info


def _run_ffmpeg(run_ffmpeg: Callable[..., str], arguments: Any, folder: Path, on_progress: Any, *rest: Any) -> str:
    def on_some_progress(seconds: float) -> None:
        if seconds > 0:
            reach("in the encode")
        on_progress(seconds)

    note("encode", jobId=here.job_id)
    error_output = run_ffmpeg(arguments, folder, on_some_progress, *rest)
    reach("encoded")
    return error_output


def _upload(upload: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    reach("before the upload")
    return upload(*arguments, **named)


def _http(request: Callable[..., Any], session: Any, method: str, url: str, data: Any = None, **named: Any) -> Any:
    if "/upload/" in url and isinstance(data, bytes) and asked_for("in the upload"):
        data = _halves(data)

    def make() -> Any:
        return request(session, method, url, data=data, **named)

    if not url.startswith(os.environ["STORAGE_EMULATOR_HOST"]):
        return make()
    return shaken("storage", make, lambda kind: failed_response(method, url, kind))


def _halves(data: bytes) -> Iterator[bytes]:
    middle = len(data) // 2
    yield data[:middle]
    reach("in the upload")
    yield data[middle:]


def _enqueue(enqueue: Callable[..., None], job: Any, occasion: str, due: Any = None) -> None:
    if os.environ.get("FUNCTION_TARGET") == "sweep_jobs":
        occasion = f"{occasion}/{int(time.time()) // SWEEP_OCCASION_SECONDS}"
    meet("enqueue")
    shaken("tasks", lambda: enqueue(job, occasion, due), fail_tasks)
