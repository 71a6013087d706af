"""A live query with several consumers, and with starts and stops that meet its functions."""

import asyncio
import functools
import queue
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, cast

import pytest

from stoker.live import async_updates, realtime_sync
from stoker.live.listen_state import TargetMessage
from stoker.live.listener import Listener
from stoker.live.realtime_sync import RealtimeSync
from stoker.live.update import SyncUpdate
from unit.live.listen_server import ListenServer
from unit.live.memory_stream import MemoryStream
from waiting import until

Update = SyncUpdate[dict[str, Any]]
Sync = RealtimeSync[dict[str, Any]]


class Database:
    """Documents, and the connections of listeners that follow them."""

    def __init__(self) -> None:
        self.server = ListenServer()
        self.server.set("a", createdAt=1)
        self._streams: list[MemoryStream] = []

    def connect(self, asked: Any) -> MemoryStream:
        stream = MemoryStream(asked)
        stream.say(*self.server.answer(asked))
        self._streams.append(stream)
        return stream

    def set(self, name: str) -> None:
        message = self.server.set(name, createdAt=1)
        for stream in self._streams:
            stream.say(message, self.server.flush())


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    made = Database()
    monkeypatch.setattr(realtime_sync, "_target", lambda _: TargetMessage())
    monkeypatch.setattr(realtime_sync, "Listener", functools.partial(Listener, connect=made.connect))
    yield made
    until(lambda: not [one.name for one in threading.enumerate() if one.name.startswith("sync of")])


def sync_of(on_update: Callable[[Update], object] | None = None, **named: Any) -> Sync:
    return RealtimeSync("tasks", {"userId": "ada"}, on_update, **named)


async def following(updates: AsyncIterator[Update]) -> list[str]:
    """The ids of the next update."""
    return sorted(item["id"] for item in (await asyncio.wait_for(anext(updates), 20)).items)


async def close(updates: AsyncIterator[Update]) -> None:
    await cast("Any", updates).aclose()


@pytest.mark.usefixtures("database")
def test_each_consumer_has_lists_of_its_own() -> None:
    def empty(update: Update) -> None:
        for one in (update.items, update.added, update.warnings):
            one.clear()

    async def follow() -> list[int]:
        sync = sync_of(empty)
        first, second = aiter(sync), aiter(sync)
        task = asyncio.create_task(following(second))
        mine = await asyncio.wait_for(anext(first), 20)
        found = [len(mine.items), len(mine.added)]
        mine.items.clear()
        found.append(len(await task))
        third = aiter(sync)
        (await anext(third)).items.clear()
        fourth = aiter(sync)
        found.append(len((await anext(fourth)).items))
        for one in (first, second, third, fourth):
            await close(one)
        return found

    assert asyncio.run(follow()) == [1, 1, 1, 1]


def test_the_last_loop_that_ends_stops_the_sync(database: Database) -> None:
    async def follow() -> tuple[Any, ...]:
        sync = sync_of()
        first, second = aiter(sync), aiter(sync)
        begun = await following(first), await following(second)
        await close(first)
        database.set("b")
        after = sync.state == "stopped", await following(second)
        await close(second)
        return begun, after, sync.state

    assert asyncio.run(follow()) == ((["a"], ["a"]), (False, ["a", "b"]), "stopped")


@pytest.mark.usefixtures("database")
def test_a_loop_over_a_sync_that_was_started_does_not_stop_it() -> None:
    async def follow(sync: Sync) -> str:
        updates = aiter(sync)
        await following(updates)
        sync.start()
        await close(updates)
        return sync.state

    for sync in (sync_of(), sync_of().start()):
        assert asyncio.run(follow(sync)) != "stopped"
        sync.stop()


def test_a_loop_that_was_closed_does_not_hold_the_sync(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(async_updates, "CLOSED_SECONDS", 0.02)
    sizes = queue.SimpleQueue[int]()
    sync = sync_of(lambda update: sizes.put(len(update.items))).start()
    assert sizes.get(timeout=20) == 1
    loop = asyncio.new_event_loop()
    updates = aiter(sync)
    loop.run_until_complete(following(updates))
    database.set("b")
    assert sizes.get(timeout=20) == 2
    database.set("c")
    loop.close()
    assert sizes.get(timeout=20) == 3
    sync.stop()


def test_stop_releases_an_iterator_that_is_not_advanced(database: Database) -> None:
    sizes = queue.SimpleQueue[int]()
    sync = sync_of(lambda update: sizes.put(len(update.items))).start()
    assert sizes.get(timeout=20) == 1

    async def keep() -> str:
        updates = aiter(sync)
        await following(updates)
        database.set("b")
        assert await asyncio.to_thread(sizes.get, timeout=20) == 2
        await asyncio.wait_for(asyncio.to_thread(sync.stop), 20)
        assert [one async for one in updates] == []
        return sync.state

    assert asyncio.run(keep()) == "stopped"


class Slow:
    """A callback that notes how many of its calls run at once, and waits in its first one."""

    def __init__(self) -> None:
        self.now = self.most = self.calls = 0
        self.begun, self.may_go = threading.Event(), threading.Event()
        self.within: Callable[[], object] = lambda: None

    def __call__(self, _: Update) -> None:
        self.now += 1
        self.calls += 1
        self.most = max(self.most, self.now)
        if self.calls == 1:
            self.within()
            self.begun.set()
            assert self.may_go.wait(20)
        self.now -= 1


@pytest.mark.usefixtures("database")
def test_a_start_during_a_stop_waits_for_the_callback_that_runs() -> None:
    slow = Slow()
    states = list[str]()
    sync = sync_of(slow, on_state=states.append).start()
    assert slow.begun.wait(20)
    stopping = threading.Thread(target=sync.stop)
    stopping.start()
    until(lambda: sync.state == "stopped")
    for _ in range(3):  # Starts that are stopped before their turn call nothing, and the next one waits all the same.
        sync.start()
        assert sync.state == "connecting"
        with pytest.raises(TimeoutError):
            sync.wait_until_live(0.1)
        assert slow.calls == 1
        again = threading.Thread(target=sync.stop)
        again.start()
        until(lambda: sync.state == "stopped")
    sync.start()
    slow.may_go.set()
    sync.wait_until_live(20)
    stopping.join(20)
    assert (slow.calls, slow.most) == (2, 1)
    sync.stop()
    assert states[-2:] == ["live", "stopped"]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("ends_with_stop", [False, True])
def test_a_callback_may_stop_and_start_its_sync(ends_with_stop: bool) -> None:
    slow = Slow()

    def restart() -> None:
        sync.stop()
        sync.start()
        with pytest.raises(RuntimeError, match="in another thread"):
            sync.wait_until_live(20)
        if ends_with_stop:
            sync.stop()

    slow.within = restart
    slow.may_go.set()
    sync = sync_of(slow).start()
    assert slow.begun.wait(20)
    if ends_with_stop:
        sync.stop()
        assert (sync.state, slow.calls) == ("stopped", 1)
    else:
        sync.wait_until_live(20)
        sync.stop()
        assert (slow.calls, slow.most) == (2, 1)
