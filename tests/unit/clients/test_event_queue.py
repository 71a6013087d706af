"""The queue of events for apps: it loses no event that may still be written, and none holds up the others."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import missing
from stoker_tools.setup.environment import ROOT

RETRIED = [
    *("unavailable", "deadline-exceeded", "unauthenticated", "resource-exhausted"),
    *("aborted", "internal", "unknown", "cancelled", "auth/network-request-failed"),
]
"""Firestore can't be reached. An error of the sign-in comes through Firestore if a token is renewed offline."""

OF_ONE = ["failed-precondition", "out-of-range", "not-found", "already-exists", "unimplemented", "data-loss"]

Outcome = dict[str, Any]


def outcome(written: str, left: str = "", *, refused: str = "", waiting: int | None = None, waits: int = 3) -> Outcome:
    """Return what a case prints.

    Args:
        written: The events that were written, by their names of a letter.
        left: Those that the storage has afterwards.
        refused: Those that the queue has given up.
        waiting: The number that `send` returns, if that is not the number of those that are left.
        waits: The number of calls of `record` that returned true.
    """
    return {
        "waits": [True] * waits,
        "written": list(written),
        "sent": len(written),
        "refused": list(refused),
        "waiting": len(left) if waiting is None else waiting,
        "left": list(left),
    }


def three(code: str | None = None, **given: Any) -> Outcome:
    """Return a case in which three events wait, of which Firestore answers the second with an error."""
    return {"record": ["a", "b", "c"], "answers": {"b": code} if code else {}, **given}


DENIED = "permission-denied"
CASES: list[tuple[str, Outcome, Outcome]] = [
    ("all are written", three(), outcome("abc")),
    *[(f"{code} is refused", three(code), outcome("ac", refused="b")) for code in (DENIED, "invalid-argument")],
    *[(f"{code} stops", three(code), outcome("a", "bc")) for code in RETRIED],
    *[(f"{code} holds up no other", three(code), outcome("ac", "b")) for code in OF_ONE],
    ("the user signs out", three(DENIED, leaves=["b", None]), outcome("a", "bc", waiting=0)),
    ("another user signs in", three(DENIED, leaves=["b", "bob"]), outcome("a", "bc", waiting=0)),
    ("a full storage", {"record": ["a"], "storage": "setItem"}, {**outcome(""), "waits": [False]}),
    ("a blocked storage", {"record": ["a"], "storage": "both"}, {**outcome(""), "waits": [False]}),
    ("a storage that is full later", three(storage="later"), outcome("abc", "abc")),
    *[
        (f"{stored!r} was stored", {"record": ["a"], "stored": stored}, outcome("a", waits=1))
        for stored in ("", "[{", "null", "{}", "7", "[null, 7, {}]")
    ],
]


@pytest.fixture(scope="module")
def results() -> dict[str, Outcome]:
    """Run all cases in one process."""
    if shutil.which("node") is None:
        missing("Node.js")
    queue = ROOT / "clients/typescript/events.ts"
    runner = Path(__file__).with_name("event_queue.cjs")
    given = json.dumps([given for _, given, _ in CASES])
    command = ["node", str(runner), str(ROOT / "node_modules"), str(queue), given]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return dict(zip([name for name, _, _ in CASES], json.loads(done.stdout), strict=True))


@pytest.mark.parametrize(("name", "expected"), [(name, expected) for name, _, expected in CASES])
def test_no_event_is_lost_or_holds_up_the_others(results: dict[str, Outcome], name: str, expected: Outcome) -> None:
    assert results[name] == expected
