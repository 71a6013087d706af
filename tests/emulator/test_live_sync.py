"""A live query shows the database as it is, through a network that fails and callbacks that raise."""

import asyncio
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psutil
import pytest
from google.api_core import exceptions
from google.cloud import firestore

from emulator.heard import HeardUpdates, Update
from emulator.tcp_proxy import TcpProxy, proxied
from stoker import config
from stoker.errors import QueryNotDeclared
from stoker.firestore import listening
from stoker.live import patience
from stoker.live.realtime_sync import RealtimeSync
from stoker.models.task import Task
from waiting import until

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class Tasks:
    """The tasks of a user, in a collection that no function watches."""

    def __init__(self, database: firestore.Client) -> None:
        self.collection = database.collection(config.TASKS)
        self.filters = {"userId": "ada"}
        self._database = database

    def add(self, *numbers: int) -> None:
        """Create tasks. Those with greater numbers are newer, so they come first."""
        batch = self._database.batch()
        for number in numbers:
            fields = {"userId": "ada", "n": number, "createdAt": BEGAN + timedelta(seconds=number)}
            batch.set(self.collection.document(str(number)), fields)
        batch.commit()

    def change(self, number: int, **fields: Any) -> None:
        self.collection.document(str(number)).update(fields)

    def remove(self, *numbers: int) -> None:
        batch = self._database.batch()
        for number in numbers:
            batch.delete(self.collection.document(str(number)))
        batch.commit()


@pytest.fixture
def tasks(database: firestore.Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tasks]:
    monkeypatch.setattr(config, "TASKS", f"liveTests{uuid4().hex}")
    monkeypatch.setattr(patience, "SILENCE_SECONDS", 0.8)
    yield Tasks(database)
    wrong, HeardUpdates.wrong = HeardUpdates.wrong, []
    assert wrong == []


@pytest.fixture
def network(tasks: Tasks) -> Iterator[TcpProxy]:
    """The network between the listener and Firestore. The writes of the tests go past it."""
    with proxied(os.environ["FIRESTORE_EMULATOR_HOST"]) as proxy:
        yield proxy


def sync_of(tasks: Tasks, heard: HeardUpdates, **named: Any) -> RealtimeSync[dict[str, Any]]:
    return RealtimeSync(collection=config.TASKS, filters=tasks.filters, on_update=heard, **named)


def test_each_update_has_all_items_and_what_has_changed(tasks: Tasks) -> None:
    tasks.add(1, 2, 3)
    heard = HeardUpdates()
    with sync_of(tasks, heard) as sync:
        sync.wait_until_live(20)
        [first] = heard.updates
        assert [item["n"] for item in first.items] == [item["n"] for item in first.added] == [3, 2, 1]
        assert first.items[0]["id"] == "3"
        tasks.add(4)
        heard.until(lambda items: len(items) == 4)
        assert heard.values("n") == [4, 3, 2, 1]
        tasks.change(2, title="new")
        heard.until(lambda items: items[2].get("title") == "new")
        assert [item["id"] for item in heard.updates[-1].modified] == ["2"]
        tasks.remove(3)
        heard.until(lambda items: len(items) == 3)
        assert [item["id"] for item in heard.updates[-1].removed] == ["3"]
        assert heard.updates[-1].read_time > first.read_time
    assert sync.state == "stopped"


def test_a_query_without_documents_has_an_update_too(tasks: Tasks) -> None:
    heard = HeardUpdates()
    with sync_of(tasks, heard) as sync:
        sync.wait_until_live(20)
        assert [update.items for update in heard.updates] == [[]]


def test_a_query_that_is_not_declared_is_refused_at_once() -> None:
    with pytest.raises(QueryNotDeclared):
        RealtimeSync("tasks", {"colour": "red"})


def test_a_cut_connection_heals_and_what_was_deleted_meanwhile_is_gone(tasks: Tasks, network: TcpProxy) -> None:
    tasks.add(*range(110))
    heard, states = HeardUpdates(), list[str]()
    with sync_of(tasks, heard, on_state=states.append) as sync:
        sync.wait_until_live(20)
        with network.away():
            tasks.remove(*range(100))
            until(lambda: sync.state == "stale")
        heard.until(lambda items: len(items) == 10)
        sync.wait_until_live(20)
    assert states == ["live", "stale", "live", "stopped"]
    assert len(heard.updates[-1].removed) == 100


def test_a_connection_whose_other_end_is_gone_is_found_out(
    tasks: Tasks, network: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "STALE_SECONDS", 0.4)
    tasks.add(*range(101))
    heard, states = HeardUpdates(), list[str]()
    with sync_of(tasks, heard, on_state=states.append) as sync:
        sync.wait_until_live(20)
        network.lose()
        tasks.remove(*range(100))
        until(lambda: "stale" in states)
        heard.until(lambda items: len(items) == 1)
        sync.wait_until_live(20)
    assert heard.values("n") == [100]


def test_a_server_that_falls_silent_makes_the_sync_stale_until_it_speaks(
    tasks: Tasks, network: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "STALE_SECONDS", 0.4)
    tasks.add(1)
    heard = HeardUpdates()
    with sync_of(tasks, heard) as sync:
        sync.wait_until_live(20)
        opened = network.opened
        with network.muted():
            tasks.add(2)
            until(lambda: sync.state == "stale" and network.opened > opened)
            with pytest.raises(TimeoutError, match="stale"):
                sync.wait_until_live(0.01)
        heard.until(lambda items: len(items) == 2)
        sync.wait_until_live(20)


def test_a_sync_that_is_not_live_in_time_names_the_failure_of_its_connection(tasks: Tasks, network: TcpProxy) -> None:
    with network.away(), sync_of(tasks, HeardUpdates()) as sync:

        def is_named() -> bool:
            with pytest.raises(TimeoutError) as raised:
                sync.wait_until_live(0.01)
            return "has ended with UNAVAILABLE: " in str(raised.value)

        until(is_named)


def test_a_slow_connection_delivers_whole_states_only(
    tasks: Tasks, network: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "SILENCE_SECONDS", 20.0)
    tasks.add(*range(200))
    network.bytes_a_second = 100_000
    heard = HeardUpdates()
    with sync_of(tasks, heard) as sync:
        sync.wait_until_live(20)
        assert len(heard.updates[0].items) == 200
        assert network.opened == 1


def test_a_quiet_query_of_the_emulator_is_not_called_stale(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "EMULATOR_SILENCE_SECONDS", 0.2)
    heard, states = HeardUpdates(), list[str]()
    tasks.add(1)
    with proxied(os.environ["FIRESTORE_EMULATOR_HOST"]) as network, sync_of(tasks, heard, on_state=states.append):
        until(lambda: network.opened > 3)
    assert states == ["live", "stopped"]
    assert len(heard.updates) == 1


def test_a_callback_that_raises_every_third_time_misses_nothing(tasks: Tasks) -> None:
    heard, errors = HeardUpdates(), list[Exception]()

    def sometimes(update: Update) -> None:
        heard(update)
        if len(heard.updates) % 3 == 0:
            raise RuntimeError("the caller's own mistake")

    sync = RealtimeSync(config.TASKS, tasks.filters, on_update=sometimes, on_error=errors.append)
    with sync:
        for number in range(10):
            tasks.add(number)
            heard.until(lambda items, number=number: len(items) == number + 1)  # type: ignore[misc]
        assert sync.state == "live"
    assert [str(error) for error in errors] == ["the caller's own mistake"] * (len(heard.updates) // 3)


def test_errors_are_logged_if_nobody_takes_them(tasks: Tasks, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("the caller's own mistake")

    with RealtimeSync(config.TASKS, tasks.filters, on_update=fail) as sync:
        sync.wait_until_live(20)
    with RealtimeSync(config.TASKS, tasks.filters, on_update=fail, on_error=fail) as sync:
        sync.wait_until_live(20)
    logged = capsys.readouterr().err
    assert logged.count("A function that a live query calls has raised an error.") == 2
    assert logged.count("The `on_error` of a live query has raised an error.") == 1


def test_changes_during_a_slow_callback_come_in_one_update(tasks: Tasks) -> None:
    heard, may_go = HeardUpdates(), threading.Event()

    def slow(update: Update) -> None:
        heard(update)
        assert may_go.wait(20)

    def is_last(items: list[dict[str, Any]]) -> bool:
        return len(items) == 21 and items[-1].get("title") == "new"

    tasks.add(1, 2)
    witness = HeardUpdates()
    with sync_of(tasks, witness), RealtimeSync(config.TASKS, tasks.filters, on_update=slow):
        heard.until(lambda items: len(items) == 2)
        for number in range(3, 23):
            tasks.add(number)
        tasks.remove(1)
        tasks.add(99)
        tasks.remove(99)
        tasks.change(2, title="new")
        witness.until(is_last)
        may_go.set()
        heard.until(is_last)
    assert len(heard.updates) <= 4  # The last changes may still have been on their way when the callback returned.


def test_stop_within_the_callback_ends_it_even_before_start_has_returned(tasks: Tasks) -> None:
    heard = HeardUpdates()

    def stop_at_once(update: Update) -> None:
        heard(update)
        sync.stop()

    sync = RealtimeSync(config.TASKS, tasks.filters, on_update=stop_at_once)
    for times in range(1, 4):  # and it can begin again
        heard.updates.clear()
        sync.start()
        until(lambda: len(heard.updates) == 1 and not threads(), what=f"It has ended {times} times")
        tasks.add(times)
    assert sync.state == "stopped"


def test_stop_meets_start_in_another_thread(tasks: Tasks) -> None:
    sync = RealtimeSync(config.TASKS, tasks.filters)
    starting = threading.Thread(target=sync.start)
    starting.start()
    sync.stop()
    starting.join()
    sync.stop()
    assert sync.state == "stopped"
    assert not threads()


def test_after_stop_nothing_is_reported_and_a_new_start_begins_anew(tasks: Tasks) -> None:
    tasks.add(1)
    heard = HeardUpdates()
    sync = sync_of(tasks, heard).start().start()
    sync.wait_until_live(20)
    sync.stop()
    sync.stop()
    tasks.add(2)
    assert len(heard.updates) == 1
    with pytest.raises(RuntimeError, match="stopped"):
        sync.wait_until_live(20)
    heard.updates.clear()
    with sync:
        sync.wait_until_live(20)
        assert [item["n"] for item in heard.updates[0].added] == [2, 1]


@pytest.mark.parametrize("times", [30, pytest.param(1_000, marks=pytest.mark.soak)])
def test_starts_and_stops_leave_no_thread_and_no_file(tasks: Tasks, times: int) -> None:
    tasks.add(1)
    process = psutil.Process()

    def begin_and_end(wait: bool) -> None:
        with sync_of(tasks, HeardUpdates()) as sync:
            if wait:
                sync.wait_until_live(20)

    begin_and_end(wait=True)
    files, alive = process.num_fds(), threading.active_count()
    for number in range(times):
        begin_and_end(wait=number % 2 == 0)
    until(lambda: process.num_fds() <= files and threading.active_count() <= alive)


def test_a_refusal_of_firestore_goes_to_on_error_and_ends_it(
    tasks: Tasks, network: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, errors = HeardUpdates(), list[Exception]()
    with sync_of(tasks, heard, on_error=errors.append) as sync:
        sync.wait_until_live(20)
        monkeypatch.setattr(listening, "METHOD", "/google.firestore.v1.Firestore/NoSuchMethod")
        network.cut()
        until(lambda: sync.state == "stopped")
        with pytest.raises(exceptions.MethodNotImplemented):
            sync.wait_until_live(20)
    assert [type(error) for error in errors] == [exceptions.MethodNotImplemented]


def test_any_document_can_be_an_item(tasks: Tasks, database: firestore.Client) -> None:
    elsewhere = firestore.Client(project="another", credentials=database._credentials).document("a/b")
    tasks.add(1)
    tasks.change(1, link=elsewhere, id="mine")
    heard = HeardUpdates()
    with sync_of(tasks, heard) as sync:
        sync.wait_until_live(20)
    assert heard.items[0]["link"] == elsewhere._document_path
    assert heard.items[0]["id"] == "1"


def test_documents_that_do_not_fit_the_model_are_named(tasks: Tasks, database: firestore.Client) -> None:
    good: dict[str, Any] = {"id": "9", "userId": "ada", "title": "Clean", "status": "todo", "priority": "low"}
    good |= {"createdAt": BEGAN, "updatedAt": BEGAN, "schemaVersion": 1}
    tasks.collection.document("9").set(good)
    tasks.add(1)
    updates: list[Any] = []
    with RealtimeSync(config.TASKS, tasks.filters, on_update=updates.append, model=Task) as sync:
        sync.wait_until_live(20)
        assert [task.title for task in updates[0].items] == ["Clean"]
        [warning] = updates[0].warnings
        assert warning.startswith(f"{config.TASKS}/1 does not fit Task. ")
        assert "title: is missing" in warning
        tasks.collection.document("1").set({**good, "id": "1", "title": "Sweep"})
        until(lambda: not updates[-1].warnings)
        assert [task.title for task in updates[-1].added] == ["Sweep"]
        tasks.change(9, priority="great")
        until(lambda: updates[-1].warnings)
        assert [task.title for task in updates[-1].removed] == ["Clean"]


def test_a_coroutine_gets_the_updates(tasks: Tasks) -> None:
    tasks.add(1)

    async def follow() -> list[list[int]]:
        seen = []
        async for update in RealtimeSync(config.TASKS, tasks.filters):
            seen.append([item["n"] for item in update.items])
            if len(seen) == 3:
                break
            await asyncio.to_thread(tasks.add, len(seen) + 1)
        return seen

    assert asyncio.run(follow()) == [[1], [2, 1], [3, 2, 1]]
    assert not threads()


def test_a_coroutine_may_join_a_sync_that_runs(tasks: Tasks) -> None:
    tasks.add(1)
    heard = HeardUpdates()

    async def follow(sync: RealtimeSync[dict[str, Any]]) -> None:
        seen = HeardUpdates()
        async for update in sync:
            seen(update)
            if len(seen.items) == 2:
                await asyncio.to_thread(sync.stop)
            else:
                await asyncio.to_thread(tasks.add, 2)

    with sync_of(tasks, heard) as sync:
        sync.wait_until_live(20)
        asyncio.run(follow(sync))
    assert len(heard.items) == 2


def test_a_coroutine_gets_the_error_with_which_firestore_refuses(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "METHOD", "/google.firestore.v1.Firestore/NoSuchMethod")

    async def follow() -> None:
        async for _ in RealtimeSync(config.TASKS, tasks.filters, on_error=lambda _: None):
            pass

    with pytest.raises(exceptions.MethodNotImplemented):
        asyncio.run(follow())


def threads() -> list[str]:
    """The threads of live queries."""
    return [one.name for one in threading.enumerate() if one.name.startswith("sync of")]
