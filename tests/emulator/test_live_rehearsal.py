"""A live query stays right under many writes, through a network that fails again and again."""

import os
import random
from collections import Counter
from uuid import uuid4

import pytest
from google.cloud import firestore

from emulator.live_rehearsal import LiveRehearsal
from emulator.tcp_proxy import proxied
from stoker import config
from stoker.live import patience

FAULTS = {"cut": 20, "lose": 5, "mute": 5}


@pytest.mark.parametrize(
    ("seconds", "share", "stale", "silence"),
    [
        pytest.param(6, 0.2, 0.3, 0.6, marks=pytest.mark.slow),
        pytest.param(600, 1, 2.0, 4.0, marks=[pytest.mark.soak, pytest.mark.timeout(1200)]),
    ],
)
def test_every_state_is_delivered_in_order_and_memory_stays_flat(
    seconds: float,
    share: float,
    stale: float,
    silence: float,
    database: firestore.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(config, "TASKS", f"liveRehearsal{uuid4().hex}")
    monkeypatch.setattr(patience, "STALE_SECONDS", stale)
    monkeypatch.setattr(patience, "SILENCE_SECONDS", silence)
    faults = [fault for fault, times in FAULTS.items() for _ in range(int(times * share))]
    random.Random(18).shuffle(faults)
    with proxied(os.environ["FIRESTORE_EMULATOR_HOST"]) as network:
        rehearsal = LiveRehearsal(database.collection(config.TASKS), network, documents=40, writes_a_second=50)
        figures = rehearsal.run(seconds, faults, mute_seconds=2 * silence)
    print(figures)
    assert figures.writes > 10 * seconds
    assert Counter(faults).keys() == figures.longest_catch_up.keys()
    assert figures.longest_catch_up["lose"] < silence + 10
    assert figures.memory_at_the_end < figures.memory_after_a_fifth + 15
