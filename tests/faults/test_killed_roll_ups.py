"""The roll-up's process is killed at random points, while events come twice, late and in any order: all adds up."""

import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from emulator.analytics import aggregates, deliver, drawn, recounted, waiting
from faults.killed_roll_up import MOMENTS
from stoker import config
from stoker.analytics.rebuild import rebuild
from stoker.analytics.roll_up import roll_up
from stoker.firestore.client import client

ROOT = Path(__file__).parents[2]

EVENTS, USERS, DAYS = 500, 500, 3.0
"""Events for each kill; users and days of them all."""

CALLS = 12
"""Beyond so many calls, a roll-up of the events for one kill is done."""

CONSTANTS = {"ROLL_UP_LEASE_SECONDS": 0.5, "ROLL_UP_BATCH": 150, "ROLL_UP_WINDOW": 400}


def rolled_up(apart: dict[str, str], call: int, moment: str) -> int:
    """Rolls up in a process of its own, which is killed at a call; returns how it ended."""
    wanted = {"collections": apart, "constants": CONSTANTS, "call": call, "moment": moment}
    paths = os.pathsep.join(str(ROOT / name) for name in ("functions", "tests", "tools"))
    command = [sys.executable, "-m", "faults.killed_roll_up", json.dumps(wanted)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def what_is_marked_and_counted() -> tuple[int, int]:
    """Return the number of marked events and the number of events in the aggregates. They are equal at any time."""
    while True:
        marked = how_many_are_marked()
        months = [one for name, one in aggregates().items() if name.startswith("month_") and name.endswith("_all")]
        # A commit of the process that was killed may arrive between two looks.
        if marked == how_many_are_marked():
            return marked, sum(one["count"] for one in months)


def how_many_are_marked() -> int:
    events = client().collection(config.ANALYTICS_EVENTS).where(filter=FieldFilter("rolledUp", "==", True))
    counting: Any = events.count()
    return int(counting.get()[0][0].value)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kills", [6, pytest.param(20, marks=pytest.mark.soak)])
def test_aggregates_equal_a_recount_whatever_is_killed(
    apart: dict[str, str], pytestconfig: pytest.Config, kills: int
) -> None:
    seed = pytestconfig.getoption("randomly_seed", 0)
    choose = random.Random(seed)
    events = drawn(kills * EVENTS, USERS, DAYS, seed)
    # Each comes up to three times, all in random order.
    deliveries = [one for one in events for _ in range(choose.randint(1, 3))]
    choose.shuffle(deliveries)
    killed, size = 0, -(-len(deliveries) // kills)
    for begin in range(0, len(deliveries), size):
        deliver(deliveries[begin : begin + size])
        while rolled_up(apart, choose.randrange(CALLS), choose.choice(MOMENTS)) == 0:
            pass  # It was done before that call: another one is drawn.
        killed += 1
        marked, counted = what_is_marked_and_counted()
        assert marked == counted
    assert killed == kills
    while waiting():
        roll_up()
    expected = recounted(events)
    assert aggregates() == expected
    month = max(name for name in expected if name.startswith("month_") and name.endswith("_all"))
    assert expected[month]["uniqueUsers"] >= USERS * 0.9  # nearly all users have events in the month

    rebuilt = rebuild()
    assert (rebuilt.events, rebuilt.written, rebuilt.removed) == (len(events), len(expected), 0)
    assert aggregates() == expected
    assert apart["ANALYTICS_EVENTS"] == config.ANALYTICS_EVENTS
