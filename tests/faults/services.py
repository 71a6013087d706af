"""Google's services, unreliable for as long as a test wants that."""

import json
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import firebase_admin.exceptions
import requests
from google.api_core import exceptions

from faults.at_hand import here
from faults.folder import FIRESTORE_DOWN, FOLDER, UNRELIABLE, note

SILENCE_SECONDS = 20
"""Longer than any deadline of a call."""

KINDS = {
    "unavailable": (exceptions.ServiceUnavailable, firebase_admin.exceptions.UnavailableError, 503),
    "aborted": (exceptions.Aborted, firebase_admin.exceptions.AbortedError, 409),
    "deadline-exceeded": (exceptions.DeadlineExceeded, firebase_admin.exceptions.DeadlineExceededError, 504),
    "resource-exhausted": (exceptions.ResourceExhausted, firebase_admin.exceptions.ResourceExhaustedError, 429),
}
"""The failures of an unreliable service: the errors of Firestore and Tasks, and the status code of Storage.
Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto"""

_share = 0.0
_random: random.Random | None = None
_drawing = threading.Lock()
"""Held while a random number is drawn, because the reporter's thread calls services too."""


@contextmanager
def unreliable(occasion: str) -> Iterator[None]:
    """Let calls fail while the block runs, if the test wants that. Seed and occasion decide which calls fail."""
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
    """Fail as Firestore does while it is down, if a test wants that."""
    file = FOLDER / FIRESTORE_DOWN
    if os.environ.get("FUNCTION_TARGET") not in ("before_created", "before_signed_in") or not file.exists():
        return
    note("down", function=os.environ["FUNCTION_TARGET"])
    if file.read_text() == "hangs":
        time.sleep(SILENCE_SECONDS)
    fail_firestore("unavailable")


def shaken(service: str, make: Callable[[], Any], fail: Callable[[str], Any]) -> Any:
    """Make a call, or fail before it, or make it and lose its answer."""
    if service == "firestore":
        _be_down()
    with _drawing:
        if _random is None or _random.random() >= _share:
            kind, made = "", True
        else:
            kind, made = _random.choice(list(KINDS)), _random.random() < 0.5
    if not kind:
        return make()
    note("fault", jobId=here.job_id, service=service, kind=kind, made=made)
    if made:
        make()
    return fail(kind)


def unreliable_read(read: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    return shaken("firestore", lambda: read(*arguments, **named), fail_firestore)


def fail_firestore(kind: str) -> NoReturn:
    raise KINDS[kind][0]("An injected fault.")  # type: ignore[no-untyped-call] # The library has no types.


def fail_tasks(kind: str) -> NoReturn:
    raise KINDS[kind][1]("An injected fault.")


def failed_response(method: str, url: str, kind: str) -> requests.Response:
    response = requests.Response()
    response.status_code = KINDS[kind][2]
    response.url = url
    response.request = requests.Request(method, url).prepare()
    response._content = b'{"error": {"message": "An injected fault."}}'
    return response
