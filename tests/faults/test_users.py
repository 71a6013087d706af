"""Sign-ups and completed tasks, many at once, and while Firestore is down."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from emulator.accounts import SignedIn, profile_of, sign_in, sign_up
from emulator.batch import task
from faults.faulty_suite import FaultySuite
from faults.folder import FIRESTORE_DOWN
from stoker import config
from stoker.access import account
from stoker.firestore.client import client
from stoker.models.user import User
from stoker.progress.ledger import entries
from waiting import until

SIGN_UPS = 50
FLIPS = 100
AUTH_SECONDS = 7.0
"""The time that Firebase Auth waits for a blocking function, in seconds.
Source: https://firebase.google.com/docs/auth/extend-with-blocking-functions"""


@pytest.fixture
def down(faulty: FaultySuite) -> Iterator[Path]:
    """The file that takes Firestore away, which is written by the test."""
    file = faulty.temporary / FIRESTORE_DOWN
    yield file
    file.unlink(missing_ok=True)


def test_of_fifty_who_sign_up_at_once_each_has_one_profile(faulty: FaultySuite) -> None:
    with ThreadPoolExecutor(SIGN_UPS) as pool:
        everyone: list[SignedIn] = list(pool.map(lambda _: sign_up(), range(SIGN_UPS)))
    assert len({who.id for who in everyone}) == SIGN_UPS
    for who in everyone:
        stored = profile_of(who.id)
        assert User.from_firestore(stored).email == who.email
        assert "provisional" not in stored


@pytest.mark.parametrize("how", ["refuses", "hangs"])
def test_while_firestore_is_down_people_sign_up_and_have_a_profile_later(
    faulty: FaultySuite, down: Path, how: str
) -> None:
    sign_up()  # so that the functions are there
    down.write_text(how)
    since = len(faulty.notes("down"))
    started = time.monotonic()
    who = sign_up()
    took = time.monotonic() - started
    # A sign-up asks twice: before the account is made, and before it is signed in.
    assert took < 2 * AUTH_SECONDS
    asked = {note["function"] for note in faulty.notes("down")[since:]}
    assert asked == {"before_created", "before_signed_in"}
    assert account.find(who.id) is not None
    assert profile_of(who.id) == {}
    down.unlink()
    sign_in(who)
    repaired = User.from_firestore(profile_of(who.id))
    assert (repaired.email, repaired.provisional) == (who.email, None)


def test_a_task_that_is_completed_and_reopened_a_hundred_times_at_once_counts_once(faulty: FaultySuite) -> None:
    who = sign_up()
    name, last = uuid4().hex, uuid4().hex
    tasks = client().collection(config.TASKS)
    long_open = datetime.now(UTC) - timedelta(hours=1)
    tasks.document(name).set(task(name, who.id, createdAt=long_open))

    def flip(number: int) -> None:
        status = "completed" if number % 2 == 0 else "todo"
        tasks.document(name).update({"status": status, "updatedAt": datetime.now(UTC)})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(flip, range(FLIPS)))
    tasks.document(last).set(
        task(last, who.id, status="completed", createdAt=long_open)
    )  # whose event comes after all of theirs
    until(lambda: profile_of(who.id)["progress"]["stats"]["completed"] == 2, 240, "Both tasks count")
    assert profile_of(who.id)["progress"]["xp"] == 20
    assert [one.xp for one in entries(who.id)] == [10, 10]
