"""The time from the start of a function's process to its first answer. Blocking functions: at most 3 s.

Each function is started as in production, by `functions-framework` in `functions/venv`, and gets a request that it
answers with the emulators. In turn with it, an empty function of the same trigger is started. The second answer shows
the time without the start. `roll_up_events` answers after 41 s, because it rolls up three times. So its time is the
time until the first event is rolled up. Beside each time stands the processor time of the process, with its end.
"""

import argparse
import base64
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from stoker_tools import emulators as suite

FUNCTIONS = Path(__file__).parents[1] / "functions"
EMPTY = Path(__file__).parent / "empty"
TRIGGER = Path(__file__).parent / "trigger"
FRAMEWORK = FUNCTIONS / "venv/bin/functions-framework"
BLOCKING_LIMIT = 3.0
"""For the first answer of a blocking function, in seconds. Firebase Auth waits for 7 s."""

MOST_SECONDS = 120.0
"""For a first answer."""


@dataclass(frozen=True)
class Request:
    """A request to a function.

    Attributes:
        body: Its body.
        headers: Its headers.
        statuses: The codes of a right answer.
    """

    body: bytes
    headers: Mapping[str, str]
    statuses: tuple[int, ...] = (200, 204)


@dataclass(frozen=True)
class Case:
    """A function, and the empty function that it is measured against.

    Attributes:
        name: The function's name.
        peer: The empty function's name in `benchmarks/empty`.
        signature: The kind of its signature, for `functions-framework`.
        request: Makes a request that it answers.
        done: For a function whose answer comes late: whether it has done its first work. None to wait for the answer.
    """

    name: str
    peer: str
    signature: str
    request: Callable[[], Request]
    done: Callable[[], bool] | None = None

    @property
    def is_blocking(self) -> bool:
        return self.name.startswith("before_")


@dataclass(frozen=True)
class Start:
    """A start of a function.

    Attributes:
        first: The time until the first answer, in seconds.
        second: The time of the second answer alone, in seconds.
        processor: The time of the processor, in seconds; 0 if it is not known.
    """

    first: float
    second: float
    processor: float


@dataclass(frozen=True)
class Figures:
    """The medians of a function's starts, in seconds, and their ratios to those of the empty function."""

    name: str
    first: float
    peer_first: float
    ratio: float
    least: float
    most: float
    processor: float
    peer_processor: float
    second: float


def main() -> int:
    """Runs the comparison."""
    parser = argparse.ArgumentParser(prog="scripts/bench cold_start", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="FUNCTION", help="the functions to measure; all by default")
    parser.add_argument("--rounds", type=int, default=5, help="pairs that count")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args()
    # Only the trigger of another benchmark is deployed, so the suite's own functions take no time of the processor.
    with suite.running(schedules=False, functions=TRIGGER) as emulators:
        os.environ.update(emulators.environment)
        known = {case.name: case for case in _cases()}
        if unknown := set(options.names) - set(known):
            parser.error(f"there is no function {', '.join(sorted(unknown))} here: choose from {', '.join(known)}")
        figures = [_compare(known[name], options.rounds) for name in options.names or known]
    _show(figures, options.json)
    return int(any(known[one.name].is_blocking and one.first > BLOCKING_LIMIT for one in figures))


def _show(figures: list[Figures], as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(one) for one in figures], indent=2))
        return
    print(
        f"{'function':18} {'first':>7} {'empty':>7} {'ratio':>6} {'(spread)':16} {'cpu':>6} {'empty':>6} {'second':>8}"
    )
    for one in figures:
        spread = f"({one.least:.2f} to {one.most:.2f})"
        print(
            f"{one.name:18} {one.first:7.2f} {one.peer_first:7.2f} {one.ratio:6.2f} {spread:16}"
            f" {one.processor:6.2f} {one.peer_processor:6.2f} {one.second:8.3f}"
        )


def _compare(case: Case, rounds: int) -> Figures:
    ours: list[Start] = []
    peers: list[Start] = []
    for number in range(rounds + 1):  # The first pair fills the caches of the disk, and does not count.
        for is_ours in (True, False) if number % 2 else (False, True):
            start = _start(case, is_ours)
            if number:
                (ours if is_ours else peers).append(start)
    ratios = [our.first / peer.first for our, peer in zip(ours, peers, strict=True)]
    return Figures(
        case.name,
        statistics.median(one.first for one in ours),
        statistics.median(one.first for one in peers),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        statistics.median(one.processor for one in ours),
        statistics.median(one.processor for one in peers),
        statistics.median(one.second for one in ours),
    )


def _start(case: Case, is_ours: bool) -> Start:
    done = case.done if is_ours else None
    request = case.request()
    port = _free_port()
    variables = {
        **os.environ,
        "FUNCTION_TARGET": case.name if is_ours else case.peer,
        "FUNCTION_SIGNATURE_TYPE": case.signature,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "STOKER_BLOCKING": "true",
    }
    del variables["PYTHONPATH"]  # A deployed function does not have the path of this process.
    began = time.perf_counter()
    process = subprocess.Popen(
        [FRAMEWORK],
        cwd=FUNCTIONS if is_ours else EMPTY,
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        first = _answered(port, request, began, done) - began
        again = time.perf_counter()
        second = first if done else _answered(port, request, again, None) - again
    finally:
        if done:
            _wait_for_the_lease()
        # The processor time is known only if the process ends in order. If it still answers, that takes 30 s.
        os.killpg(process.pid, signal.SIGKILL if done else signal.SIGTERM)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return Start(first, second, 0.0 if done else usage.ru_utime + usage.ru_stime)


def _wait_for_the_lease() -> None:
    """Wait until the roll-up has given its lease back. Otherwise, the next roll-up would wait for 20 s."""
    from stoker.analytics.roll_up_lease import RollUpLease

    while (lease := RollUpLease.take()) is None:
        time.sleep(0.05)
    lease.give_back()


def _answered(port: int, request: Request, began: float, done: Callable[[], bool] | None) -> float:
    """Send a request as soon as the port is open. Return the time of the answer, or of the first work."""
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=MOST_SECONDS)
        try:
            connection.connect()
            break
        except ConnectionError:
            if time.perf_counter() > began + MOST_SECONDS:
                raise TimeoutError("The function's process opens no port.") from None
            time.sleep(0.002)
    connection.request("POST", "/", request.body, dict(request.headers))
    while done is not None:
        if done():
            connection.close()
            return time.perf_counter()
        time.sleep(0.01)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status not in request.statuses:
        raise RuntimeError(f"The function answered with {answer.status}: {text!r}")
    return time.perf_counter()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _cases() -> list[Case]:
    """Return the functions. Their documents and accounts are written into the emulators."""
    from stoker import config
    from stoker.firestore.client import client
    from stoker_tools.samples.user import SampleUser

    user = SampleUser.sign_up()
    now = datetime.now(UTC)
    client().collection(config.USERS).document(user.id).set({"id": user.id, "preferences": {"timeZone": "UTC"}})
    _make_queue("batchoperation")

    def new_job() -> Request:
        """The event of a job that is put into its queue."""
        job = client().collection(config.JOBS).document()
        batch = {"operation": "update-tasks", "where": {"category": "none"}, "set": {"priority": "high"}}
        own = {"id": job.id, "userId": user.id, "type": "batch-operation", "input": batch}
        job.set({**own, "status": "pending", "createdAt": now})
        return _document_event("created", job)

    def completed_task() -> Request:
        task = client().collection(config.TASKS).document()
        own = {"id": task.id, "userId": user.id, "title": "Water", "priority": "low", "tags": [], "subtasks": []}
        task.set({**own, "status": "completed", "createdAt": now, "updatedAt": now})
        return _document_event("written", task)

    event = client().collection(config.ANALYTICS_EVENTS).document(f"server.{uuid4().hex}")

    def new_event() -> Request:
        own = {"id": event.id, "userId": user.id, "name": "task.completed", "rolledUp": False}
        event.set({**own, "occurredAt": now, "createdAt": now})
        return _json({})

    def rolled_up() -> bool:
        return event.get().get("rolledUp") is True

    def no_job() -> Request:
        return _json({"data": {"jobId": "none"}})

    def call(data: dict[str, str], *statuses: int) -> Callable[[], Request]:
        # Each user may make only some calls in a minute.
        return lambda: _json({"data": data}, statuses, Authorization=f"Bearer {SampleUser.sign_up().token}")

    def sign_in(operation: str) -> Callable[[], Request]:
        return lambda: _json({"data": {"jwt": _blocking_token(user.id, operation)}})

    return [
        Case("before_created", "before_created", "http", sign_in("beforeCreate")),
        Case("before_signed_in", "before_signed_in", "http", sign_in("beforeSignIn")),
        Case("retryJob", "called", "http", call({"jobId": "none"}, 200, 404)),
        Case("ensureProfile", "called", "http", call({}, 200)),
        Case("dispatch_job", "created", "cloudevent", new_job),
        Case("on_task_written", "written", "cloudevent", completed_task),
        Case("on_user_created", "account", "cloudevent", lambda: _account_event(user.id)),
        Case("videoprocessing", "task", "http", no_job),
        Case("batchoperation", "task", "http", no_job),
        Case("sweep_jobs", "scheduled", "http", lambda: _json({})),
        Case("roll_up_events", "scheduled", "http", new_event, rolled_up),
    ]


def _json(body: Any, statuses: tuple[int, ...] = (200, 204), **headers: str) -> Request:
    return Request(json.dumps(body).encode(), {"Content-Type": "application/json", **headers}, statuses)


def _document_event(kind: str, document: Any) -> Request:
    """Return Firestore's event of a document that was just written."""
    from google.events.cloud.firestore import DocumentEventData

    from stoker.firestore import raw

    found = raw.get(document.path)
    assert found is not None
    stored = type(found).pb(found)
    message = DocumentEventData.pb(DocumentEventData())
    message.value.name = stored.name
    for name, value in stored.fields.items():
        message.value.fields[name].ParseFromString(value.SerializeToString())
    message.value.create_time.CopyFrom(stored.create_time)
    message.value.update_time.CopyFrom(stored.update_time)
    database = str(stored.name).partition("/documents/")[0]
    attributes = {
        "type": f"google.cloud.firestore.document.v1.{kind}",
        "source": f"//firestore.googleapis.com/{database}",
        "subject": f"documents/{document.path}",
        "document": document.path,
        "project": suite.PROJECT,
        "database": "(default)",
        "namespace": "(default)",
        "location": "us-central1",
    }
    return _event(attributes, message.SerializeToString(), "application/protobuf")


def _account_event(user_id: str) -> Request:
    attributes = {
        "type": "google.firebase.auth.user.v2.created",
        "source": f"//firebaseauth.googleapis.com/projects/{suite.PROJECT}",
    }
    return _event(attributes, json.dumps({"value": {"uid": user_id}}).encode(), "application/json")


def _event(attributes: Mapping[str, str], data: bytes, content: str) -> Request:
    head = {"id": uuid4().hex, "specversion": "1.0", "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    headers = {f"ce-{name}": value for name, value in {**head, **attributes}.items()}
    return Request(data, {**headers, "Content-Type": content})


def _blocking_token(user_id: str, operation: str) -> str:
    """Return a token as Firebase Auth sends it to a blocking function. Emulators do not sign."""
    now = int(time.time())
    record = {
        "uid": user_id,
        "email": f"{user_id.lower()}@example.com",
        "metadata": {"creation_time": now * 1000, "last_sign_in_time": now * 1000},
        "provider_data": [],
    }
    claims = {
        "iss": f"https://securetoken.google.com/{suite.PROJECT}",
        "aud": "run.app",
        "sub": user_id,
        "iat": now,
        "exp": now + 600,
        "event_id": uuid4().hex,
        "event_type": operation,
        "ip_address": "127.0.0.1",
        "user_agent": "benchmark",
        "user_record": record,
        "sign_in_method": "password",
    }
    parts = (
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in ({"alg": "none"}, claims)
    )
    return f"{'.'.join(parts)}."


def _make_queue(name: str) -> None:
    """Make a queue in the emulator of Cloud Tasks. No function of this suite takes its tasks."""
    from stoker import config

    connection = http.client.HTTPConnection(os.environ["CLOUD_TASKS_EMULATOR_HOST"])
    path = f"/projects/{suite.PROJECT}/locations/{config.REGION}/queues/{name}"
    connection.request("POST", path, b"{}", {"Content-Type": "application/json"})
    assert connection.getresponse().status == 200
    connection.close()


if __name__ == "__main__":
    sys.exit(main())
