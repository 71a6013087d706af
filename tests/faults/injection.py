"""What goes wrong in the functions of the faulty suite, and when. It runs in their processes.

A test asks for the faults of a job by a field of its document, `fault`, which the job's model ignores:

    worker      "copy", "nothing" or "poison", in place of the video worker
    signals     by attempt: the point (see `POINTS`) at which the worker's process sends itself a signal, and its name
    together    the place, "claim" or "enqueue", where deliveries wait until there are so many, to go on all at once
    drop        whether the dispatcher loses the event
    waits       by attempt: seconds to wait before the next one

and makes Google's services unreliable for all jobs by a file, `unreliable.json`: the share of calls that fail, and a
seed. Another file, `firestore-down`, takes Firestore away from the functions that Auth asks: it holds "refuses" or,
where Firestore is to be silent, "hangs". All lie in the functions' temporary folder, as does `notes.jsonl`, where it is
noted what has happened.

Faults come in where Google's client classes and the package's public functions are called; nothing is left out of what
is tested.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

import firebase_admin.exceptions
import requests
from google.api_core import exceptions
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
"""Where a worker can send itself a signal, in the order in which a job comes by."""

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
"""Time made shorter and files made of more parts, by module and constant."""

SWEEP_OCCASION_SECONDS = 20
"""In place of ten minutes: how often sweeps may queue the same attempt again."""

TOGETHER_SECONDS = 60
"""How long deliveries wait for each other."""

FOLDER = Path(os.environ.get("TMPDIR", "/tmp"))
NOTES = "notes.jsonl"
UNRELIABLE = "unreliable.json"
FIRESTORE_DOWN = "firestore-down"
SILENCE_SECONDS = 20
APP_CHECK_KEYS = "app-check-keys.json"
"""The public keys that App Check's tokens are verified with, in place of Google's."""

KINDS = {
    "unavailable": (exceptions.ServiceUnavailable, firebase_admin.exceptions.UnavailableError, 503),
    "aborted": (exceptions.Aborted, firebase_admin.exceptions.AbortedError, 409),
    "deadline-exceeded": (exceptions.DeadlineExceeded, firebase_admin.exceptions.DeadlineExceededError, 504),
    "resource-exhausted": (exceptions.ResourceExhausted, firebase_admin.exceptions.ResourceExhaustedError, 429),
}
"""How an unreliable service fails: as Firestore, Tasks and Storage say it.
Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto"""


def install() -> None:
    """Puts every fault in its place, before the functions import what they run."""
    # First what others bind by its name when they are imported.
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
    wrap(FirestoreClient, "batch_get_documents", _read)
    wrap(FirestoreClient, "run_query", _read)
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
    """Lets a queue send a task again after a second, and hold as many of those as there are."""
    trigger = task_function.__firebase_endpoint__.taskQueueTrigger
    trigger["retryConfig"].update(minBackoffSeconds=1, maxBackoffSeconds=1)
    # The emulator counts a task that waits to be sent again among those under way; production does not.
    trigger["rateLimits"].update(maxConcurrentDispatches=1000)


def note(what: str, **fields: Any) -> None:
    """Tells the test what happened."""
    line = json.dumps({"what": what, "pid": os.getpid(), "time": time.time(), **fields}) + "\n"
    descriptor = os.open(FOLDER / NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(descriptor, line.encode())  # in one piece, since many processes write
    os.close(descriptor)


def noted(what: str, job_id: str) -> int:
    """How often something was noted of a job."""
    words = (f'"what": "{what}"', f'"jobId": "{job_id}"')
    return sum(all(word in line for word in words) for line in (FOLDER / NOTES).read_text().splitlines())


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


# --- The job at hand, and what it asks for --------------------------------------------------------


class _Here(threading.local):
    """Each request has a thread of its own; the reporter's thread meets no faults of a job."""

    job_id = ""
    fault: Mapping[str, Any] = MappingProxyType({})
    signal: Mapping[str, str] | None = None


_here = _Here()


@contextmanager
def _at_hand(job_id: str, data: Mapping[str, Any]) -> Iterator[None]:
    _here.job_id, _here.fault = job_id, data.get("fault", {})
    _here.signal = _here.fault.get("signals", {}).get(str(data.get("attempt", 0) + 1))
    try:
        yield
    finally:
        _here.job_id, _here.fault, _here.signal = "", {}, None


def _work(work: Callable[..., None], job_id: str, worker: Any, *arguments: Any, **named: Any) -> None:
    from faults import workers
    from stoker import config
    from stoker.firestore.client import client

    data = client().collection(config.JOBS).document(job_id).get().to_dict() or {}
    note("task", jobId=job_id)
    try:
        with _at_hand(job_id, data), _unreliable(f"task/{job_id}/{noted('task', job_id)}"):
            work(job_id, workers.chosen(_here.fault.get("worker"), worker), *arguments, **named)
    finally:
        note("task over", jobId=job_id)


def _dispatch(dispatch: Callable[..., None], found: Any, *arguments: Any, **named: Any) -> None:
    note("event", jobId=found.id)
    with _at_hand(found.id, found.data), _unreliable(f"event/{found.id}"):
        if not _here.fault.get("drop"):
            dispatch(found, *arguments, **named)


def _sweep(sweep: Callable[..., int], *arguments: Any, **named: Any) -> int:
    note("sweep", jobId="")
    with _unreliable(f"sweep/{noted('sweep', '')}"):
        return sweep(*arguments, **named)


def _backoff_seconds(backoff_seconds: Callable[[int], float], attempt: int) -> float:
    return float(_here.fault.get("waits", {}).get(str(attempt)) or backoff_seconds(attempt))


# --- Signals at points ----------------------------------------------------------------------------


def _asked_for(point: str) -> bool:
    return _here.signal is not None and _here.signal["at"] == point


def _reach(point: str) -> None:
    """Sends this process a signal, where the job asks for one here; once, since a stopped process goes on here."""
    if _here.signal is None or not _asked_for(point):
        return
    name, _here.signal = _here.signal["signal"], None
    note("signal", jobId=_here.job_id, at=point, signal=name)
    if name == "SIGSTOP":
        # To this thread: where another one takes it, this one may first go on for a while.
        signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
    else:
        os.kill(os.getpid(), signal.Signals[name])


def _commit(commit: Callable[..., Any], api: Any, request: Any, **named: Any) -> Any:
    def make() -> Any:
        return commit(api, request, **named)

    status = _status(request)
    if status == "processing":
        _meet("claim")
    if status == "completed":
        _reach("before the final write")
        if _asked_for("final write under way"):
            threading.Thread(target=make).start()
            _reach("final write under way")
    answer = _shaken("firestore", make, _fail_firestore)
    if status == "processing":
        _reach("claimed")
    if status == "completed":
        _reach("final write made")
    return answer


def _status(request: Any) -> str:
    """The status that a commit gives to a document; empty where it leaves it as it is."""
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
            _reach("in the download")
        on_bytes(arrived, size)

    _reach("before the download")
    return download(path, user_id, into, on_some_bytes, *most)


def _probe(probe: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    info = probe(*arguments, **named)
    _reach("probed")
    return info


def _run_ffmpeg(run_ffmpeg: Callable[..., str], arguments: Any, folder: Path, on_progress: Any, *rest: Any) -> str:
    def on_some_progress(seconds: float) -> None:
        if seconds > 0:
            _reach("in the encode")
        on_progress(seconds)

    note("encode", jobId=_here.job_id)
    error_output = run_ffmpeg(arguments, folder, on_some_progress, *rest)
    _reach("encoded")
    return error_output


def _upload(upload: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    _reach("before the upload")
    return upload(*arguments, **named)


def _http(request: Callable[..., Any], session: Any, method: str, url: str, data: Any = None, **named: Any) -> Any:
    if "/upload/" in url and isinstance(data, bytes) and _asked_for("in the upload"):
        data = _halves(data)

    def make() -> Any:
        return request(session, method, url, data=data, **named)

    if not url.startswith(os.environ["STORAGE_EMULATOR_HOST"]):
        return make()
    return _shaken("storage", make, lambda kind: _failed_response(method, url, kind))


def _halves(data: bytes) -> Iterator[bytes]:
    middle = len(data) // 2
    yield data[:middle]
    _reach("in the upload")
    yield data[middle:]


# --- Deliveries that come together ----------------------------------------------------------------


def _enqueue(enqueue: Callable[..., None], job: Any, occasion: str, due: Any = None) -> None:
    if os.environ.get("FUNCTION_TARGET") == "sweep_jobs":
        occasion = f"{occasion}/{int(time.time()) // SWEEP_OCCASION_SECONDS}"
    _meet("enqueue")
    _shaken("tasks", lambda: enqueue(job, occasion, due), _fail_tasks)


def _meet(place: str) -> None:
    """Waits until as many deliveries are here as the job asks for, so that all go on at the same time."""
    wanted = _here.fault.get("together", {})
    if wanted.get("at") != place:
        return
    note("met", jobId=_here.job_id)
    until = time.monotonic() + TOGETHER_SECONDS
    while noted("met", _here.job_id) < wanted["of"]:
        if time.monotonic() > until:
            raise TimeoutError(f"{wanted['of']} deliveries did not meet at {place}.")
        time.sleep(0.01)


# --- Unreliable services --------------------------------------------------------------------------

_share = 0.0
_random: random.Random | None = None
_drawing = threading.Lock()
"""The reporter's thread calls services too."""


@contextmanager
def _unreliable(occasion: str) -> Iterator[None]:
    """Lets calls fail while the block runs, if the test wants that; the seed and the occasion tell which."""
    global _share, _random
    file = FOLDER / UNRELIABLE
    if file.exists():
        wanted = json.loads(file.read_text())
        _share, _random = wanted["share"], random.Random(f"{wanted['seed']}/{occasion}")
    try:
        yield
    finally:
        _random = None


def _be_down() -> None:
    """Fails as Firestore does while it is down, where a test wants that."""
    file = FOLDER / FIRESTORE_DOWN
    if os.environ.get("FUNCTION_TARGET") not in ("before_created", "before_signed_in") or not file.exists():
        return
    note("down", function=os.environ["FUNCTION_TARGET"])
    if file.read_text() == "hangs":
        time.sleep(SILENCE_SECONDS)  # longer than any deadline that the call was given
    _fail_firestore("unavailable")


def _shaken(service: str, make: Callable[[], Any], fail: Callable[[str], Any]) -> Any:
    """Makes a call, or fails before it, or makes it and loses its answer."""
    if service == "firestore":
        _be_down()
    with _drawing:
        if _random is None or _random.random() >= _share:
            kind, made = "", True
        else:
            kind, made = _random.choice(list(KINDS)), _random.random() < 0.5
    if not kind:
        return make()
    note("fault", jobId=_here.job_id, service=service, kind=kind, made=made)
    if made:
        make()
    return fail(kind)


def _read(read: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    return _shaken("firestore", lambda: read(*arguments, **named), _fail_firestore)


def _fail_firestore(kind: str) -> NoReturn:
    raise KINDS[kind][0]("An injected fault.")  # type: ignore[no-untyped-call]


def _fail_tasks(kind: str) -> NoReturn:
    raise KINDS[kind][1]("An injected fault.")


def _failed_response(method: str, url: str, kind: str) -> requests.Response:
    response = requests.Response()
    response.status_code = KINDS[kind][2]
    response.url = url
    response.request = requests.Request(method, url).prepare()
    response._content = b'{"error": {"message": "An injected fault."}}'
    return response
