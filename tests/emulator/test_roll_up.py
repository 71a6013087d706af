"""Events become aggregates, each of them once."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud.firestore import SERVER_TIMESTAMP
from google.cloud.firestore_v1.types import Document, Value

from emulator.analytics import aggregates, deliver, drawn, name_of, recounted, waiting, write_raw
from stoker import config
from stoker.analytics.raw_events import FIELDS, read
from stoker.analytics.record import record_event
from stoker.analytics.roll_up import RollUp, batches, roll_up, roll_up_through_the_minute
from stoker.analytics.roll_up_lease import RollUpLease, RollUpLeaseLost
from stoker.firestore import raw
from stoker.firestore.client import client
from stoker.queries.declared import waiting_events
from stoker_tools.samples.user import SampleUser

pytestmark = pytest.mark.usefixtures("apart")

NOW = datetime.now(UTC).replace(microsecond=0)


def event(event_id: str, **fields: Any) -> dict[str, Any]:
    least = {"id": event_id, "userId": "ada", "name": "a", "occurredAt": NOW, "createdAt": NOW, "rolledUp": False}
    return {**least, **fields}


def stored(event_id: str) -> dict[str, Any]:
    return client().collection(config.ANALYTICS_EVENTS).document(event_id).get().to_dict() or {}


def test_aggregates_equal_a_recount_after_each_of_several_roll_ups() -> None:
    events = drawn(900, users=50, days=2, seed=1)
    for end in (1, 300, 301, 900):
        deliver(events[:end])
        roll_up()
        assert aggregates() == recounted(events[:end])
        assert waiting() == 0
    assert roll_up() is None


def test_an_event_comes_by_way_of_the_rules_and_is_counted(user: SampleUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "ANALYTICS_EVENTS", "analyticsEvents")
    name = f"clicked.{user.id.lower()}"
    reference = user.firestore.collection("analyticsEvents").document()
    now = datetime.now(UTC)
    fields = event(reference.id, userId=user.id, name=name, value=2, occurredAt=now)
    reference.create({**fields, "createdAt": SERVER_TIMESTAMP})
    with pytest.raises(exceptions.PermissionDenied):
        reference.set({**fields, "createdAt": SERVER_TIMESTAMP})  # delivered again, it would be counted again
    roll_up()
    day = client().document(f"{config.ANALYTICS_AGGREGATES}/day_{now:%Y-%m-%d}_{name}").get().to_dict() or {}
    assert (day["count"], day["sum"], day["uniqueUsers"]) == (1, 2, 1)


def test_a_raw_event_expires_some_weeks_after_it_was_counted() -> None:
    deliver([event("one")])
    roll_up()
    kept = stored("one")["expiresAt"] - datetime.now(UTC)
    assert timedelta(days=config.KEEP_EVENTS_DAYS - 1) < kept <= timedelta(days=config.KEEP_EVENTS_DAYS)


BAD: dict[str, dict[str, Any]] = {
    "not-a-number": {"value": float("nan")},
    "infinite": {"value": float("inf")},
    "infinitely-small": {"value": float("-inf")},
    "too-great": {"value": 1e300},
    "a-text": {"value": "5"},
    "true": {"value": True},
    "slash": {"name": "a/b"},
    "up": {"name": "../.."},
    "reserved": {"name": "all"},
    "no-name": {"name": None},
    "long-name": {"name": "a" * 65},
    "long-ago": {"occurredAt": datetime(1900, 1, 1, tzinfo=UTC)},
    "too-late": {"occurredAt": NOW - timedelta(hours=72, seconds=1)},
    "too-late-by-its-own-clock": {"occurredAt": NOW - timedelta(hours=72), "sentAt": NOW + timedelta(seconds=1)},
    "written-far-ahead": {"createdAt": datetime(2100, 1, 1, tzinfo=UTC)},
    "never-written": {"createdAt": None},
    "of-the-server-far-ahead": {"name": "job.completed", "occurredAt": datetime(2100, 1, 1, tzinfo=UTC)},
    "a-date-as-text": {"occurredAt": NOW.isoformat()},
    "no-user": {"userId": ""},
    "user-with-slash": {"userId": "a/b"},
    "a-list-of-users": {"userId": ["ada"]},
    "bytes": {"name": b"a"},
}
"""Events that can't be counted. Only an admin can write most of them."""


def test_bad_events_hold_up_no_other_and_say_what_is_wrong() -> None:
    good = [event("good"), event("unknown-user", userId="nobody-knows-me", value=1)]
    large = event("large", properties={"text": "x" * 1_000_000})
    deliver([*good, *(event(name, **fields) for name, fields in BAD.items())])
    deliver([large])
    # What the client library can't even read: a reference into another project.
    elsewhere = Document(name=name_of("reference"), fields={"rolledUp": Value(boolean_value=False)})
    for field in ("name", "userId", "value", "occurredAt", "properties"):
        elsewhere.fields[field] = Value(reference_value="projects/other/databases/(default)/documents/a/b")
    write_raw(elsewhere)
    roll_up()
    assert aggregates() == recounted([*good, large])
    reasons = {name: stored(name) for name in BAD}
    assert all(fields["rolledUp"] is True and fields["skipped"] for fields in reasons.values())
    assert reasons["slash"]["skipped"].startswith("name: ")
    assert reasons["not-a-number"]["skipped"] == "value: must be a finite number"
    assert reasons["too-late"]["skipped"] == "occurredAt: must lie at most 72 hours before createdAt"
    assert "skipped" not in stored("large")
    assert roll_up() is None


def test_only_what_is_counted_is_read() -> None:
    """A megabyte of properties must not be fetched for each event."""
    deliver([event("large", properties={"text": "x" * 1_000_000})])
    [document] = raw.find(waiting_events().select(FIELDS))
    assert document.ByteSize() < 1000


def test_an_event_that_is_deleted_meanwhile_is_left_out() -> None:
    events = drawn(20, users=5, days=0.1, seed=2)
    deliver(events)
    batch = list(read(waiting_events()))
    client().collection(config.ANALYTICS_EVENTS).document(events[7]["id"]).delete()
    lease = RollUpLease.take()
    assert lease is not None
    RollUp(lease).commit(batch)
    assert aggregates() == recounted(events[:7] + events[8:])


def test_who_has_lost_the_lease_can_commit_nothing() -> None:
    events = drawn(20, users=5, days=0.1, seed=3)
    deliver(events)
    batch = list(read(waiting_events()))
    lease = RollUpLease.take()
    assert lease is not None
    assert RollUpLease.take() is None  # nobody else gets it meanwhile
    lease.give_back()
    other = RollUpLease.take()
    assert other is not None
    with pytest.raises(RollUpLeaseLost):
        RollUp(lease).commit(batch)
    assert aggregates() == {}
    RollUp(other).commit(batch)
    assert aggregates() == recounted(events)


def test_roll_ups_that_rob_each_other_count_each_event_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease that has always run out: each takes it from the others, in the middle of their work."""
    monkeypatch.setattr(config, "ROLL_UP_LEASE_SECONDS", 0.0)
    monkeypatch.setattr(config, "ROLL_UP_BATCH", 40)
    events = drawn(400, users=20, days=1, seed=4)
    deliver(events)
    threads = [threading.Thread(target=roll_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while roll_up():
        pass
    assert aggregates() == recounted(events)


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Callable[[], Any], int], Any]], None]:
    """Puts something around each commit: it is given the commit, and of how many writes it is."""

    def put(around: Callable[[Callable[[], Any], int], Any]) -> None:
        commit = raw.commit
        monkeypatch.setattr(raw, "commit", lambda writes: around(lambda: commit(writes), len(writes)))

    return put


def test_commits_whose_answers_are_lost_are_not_made_twice(commits: Callable[..., None]) -> None:
    events = drawn(300, users=20, days=1, seed=5)
    deliver(events)
    made: list[int] = []

    def unreliable(commit: Callable[[], Any], size: int) -> Any:
        made.append(size)
        if len(made) % 3 == 0:
            raise exceptions.ServiceUnavailable("before")
        answer = commit()
        if len(made) % 3 == 1 and len(made) > 1:
            raise exceptions.DeadlineExceeded("after")
        return answer

    commits(unreliable)
    for _ in range(20):
        roll_up()
        if not waiting():
            break
    assert aggregates() == recounted(events)


def test_what_is_too_much_for_one_commit_is_made_in_several(commits: Callable[..., None]) -> None:
    """Events of a megabyte each exceed the 10 MiB of a commit by their size, which is not known before."""
    events = drawn(200, users=20, days=0.01, seed=6)
    deliver(events)

    def limited(commit: Callable[[], Any], size: int) -> Any:
        if size > 90:
            raise exceptions.InvalidArgument("Transaction too big.")
        return commit()

    commits(limited)
    roll_up()
    assert aggregates() == recounted(events)


def test_an_aggregate_that_someone_has_spoiled_holds_up_no_other() -> None:
    deliver([event("one", name="a")])
    client().document(f"{config.ANALYTICS_AGGREGATES}/day_{NOW:%Y-%m-%d}_a").set({"count": "many"})
    client().document(f"{config.ANALYTICS_SKETCHES}/month_{NOW:%Y-%m}_a").set({"users": b"spoiled"})
    roll_up()
    assert aggregates() == recounted([event("one", name="a")])


def test_events_of_an_hour_come_together_and_a_commit_has_not_too_many_aggregates(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(config, "ROLL_UP_BATCH", 50)
    monkeypatch.setattr(config, "ROLL_UP_SERIES", 10)
    deliver(drawn(300, users=20, days=2, seed=7))
    made = list(batches(list(read(waiting_events()))))
    assert sum(len(batch) for batch in made) == 300
    assert all(len(batch) <= 50 and len({one.series for one in batch}) <= 10 for batch in made)
    places = [one.series for batch in made for one in batch]
    assert places == sorted(places)


def test_a_roll_up_stops_when_its_time_is_up_and_the_next_goes_on() -> None:
    events = drawn(50, users=5, days=0.1, seed=8)
    deliver(events)
    assert roll_up(until=time.monotonic() - 1) == 0
    assert roll_up() == 50
    assert aggregates() == recounted(events)


def test_the_servers_own_events_are_recorded_once() -> None:
    for _ in range(3):
        assert record_event("task.completed", "ada", id="spring/1", value=25.0, properties={"late": False})
    assert record_event("task.completed", "ada", id="spring/2", value=5.0)
    roll_up()
    day = aggregates()[f"day_{datetime.now(UTC):%Y-%m-%d}_task.completed"]
    assert (day["count"], day["sum"], day["uniqueUsers"]) == (2, 30.0, 1)


def test_no_client_can_forge_an_event_of_the_server_or_suppress_it(user: SampleUser) -> None:
    assert record_event("task.completed", user.id, id="spring")
    [recorded] = [one.to_dict() or {} for one in client().collection(config.ANALYTICS_EVENTS).stream()]
    events = user.firestore.collection("analyticsEvents")
    for forged in ({"name": "task.completed", "value": -1e12}, {"name": "mine", "id": recorded["id"]}):
        fields = {**event(events.document().id, userId=user.id, occurredAt=datetime.now(UTC)), **forged}
        with pytest.raises(exceptions.PermissionDenied):
            events.document(fields["id"]).create({**fields, "createdAt": SERVER_TIMESTAMP})


def test_events_of_the_server_from_before_their_names_and_ids_were_reserved_are_counted() -> None:
    deliver([event("0123456789abcdef" * 2, name="task.completed", value=25.0)])
    assert record_event("task.completed", "ada", id="spring/1", value=5.0, occurred_at=NOW)
    roll_up()
    day = aggregates()[f"day_{NOW:%Y-%m-%d}_task.completed"]
    assert (day["count"], day["sum"]) == (2, 30.0)


def test_recording_an_event_harms_nothing_where_firestore_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*arguments: Any, **named: Any) -> None:
        raise exceptions.ServiceUnavailable("An injected fault.")

    monkeypatch.setattr(type(client()._firestore_api), "commit", unavailable)
    assert record_event("user.signed-up", "ada", id="ada") is False


class Minute:
    """A clock that a roll-up moves on by reading it and by sleeping. Meanwhile, events come.

    Attributes:
        time: Seconds since the full minute.
        came: When each event came, by its id.
        waited: For how many seconds each event waited that is rolled up, by its id.
    """

    def __init__(self) -> None:
        self.time = 0.0
        self.came: dict[str, float] = {}
        self.waited: dict[str, float] = {}

    def now(self) -> float:
        """Returns the time; 0.1 s goes by, as if a commit were made, and events come."""
        self.look()
        self._pass(0.1)
        return self.time

    def sleep(self, seconds: float) -> None:
        self._pass(seconds)

    def look(self) -> None:
        """Notes which of the events are rolled up by now."""
        waiting_ids = {one.name.rpartition("/")[2] for one in read(waiting_events())}
        for event_id in self.came.keys() - self.waited.keys() - waiting_ids:
            self.waited[event_id] = self.time - self.came[event_id]

    def _pass(self, seconds: float) -> None:
        self.time += seconds
        events = [event(f"{len(self.came) + one:04}", userId=f"user-{one}") for one in range(2)]
        deliver(events)
        self.came |= {one["id"]: self.time for one in events}


def test_an_event_is_counted_within_a_minute_whenever_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs as Cloud Scheduler starts them: one at the full minute, and the next a minute later."""
    monkeypatch.setattr(config, "ROLL_UP_BATCH", 10)  # so that events come between the commits of a roll-up
    minute = Minute()
    roll_up_through_the_minute(minute.now, minute.sleep)
    assert minute.time < 60  # the next run finds nobody at it
    while minute.time < 60:
        minute.sleep(0.5)
    roll_up(now=minute.now)
    roll_up()
    minute.look()
    assert len(minute.waited) == len(minute.came) > 200
    assert max(minute.waited.values()) < config.ROLL_UP_EVERY_SECONDS + 5 < 60


@pytest.mark.parametrize(
    ("events", "is_patient", "ends"), [(0, False, 0), (0, True, 40), (1, False, 20), (1, True, 40)]
)
def test_a_run_waits_only_as_long_as_there_are_events_because_waiting_is_billed(
    events: int, is_patient: bool, ends: int
) -> None:
    deliver([event(f"{number}", userId="ada") for number in range(events)])
    time_of_run = [0.0]

    def sleep(seconds: float) -> None:
        time_of_run[0] += seconds

    roll_up_through_the_minute(lambda: time_of_run[0], sleep, is_patient=is_patient)
    assert time_of_run == [ends]


def test_a_run_waits_for_events_that_another_roll_up_holds() -> None:
    """The other roll-up may have died."""
    deliver([event("one", userId="ada")])
    lease = RollUpLease.take()
    assert lease
    time_of_run = [0.0]

    def sleep(seconds: float) -> None:
        time_of_run[0] += seconds
        if time_of_run[0] == 19.5:
            lease.give_back()

    roll_up_through_the_minute(lambda: time_of_run[0], sleep, is_patient=False)
    assert waiting() == 0
    assert time_of_run == [40]


@pytest.mark.soak
@pytest.mark.timeout(200)
def test_an_event_is_counted_within_a_minute_by_the_real_clock() -> None:
    """Runs as Cloud Scheduler starts them: one at the full minute, and the next a minute later."""
    began = time.monotonic()
    run = threading.Thread(target=roll_up_through_the_minute)
    run.start()
    number = 0
    while time.monotonic() < began + 62:
        deliver([event(f"{number}-{one:04}", userId=f"user-{one}") for one in range(100)])
        number += 1
        time.sleep(max(0.0, began + number / 2 - time.monotonic()))  # 200 a second, as far as the machine goes along
        if time.monotonic() > began + 60 and not run.is_alive():
            roll_up()
    run.join()
    roll_up()
    rolled = list(client().collection(config.ANALYTICS_EVENTS).stream())
    assert len(rolled) == 100 * number
    kept = timedelta(days=config.KEEP_EVENTS_DAYS)
    waited = [(one.get("expiresAt") - kept - one.create_time).total_seconds() for one in rolled]
    assert max(waited) < 60
