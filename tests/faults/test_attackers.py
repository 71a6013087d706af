"""Honest users do not wait for attackers, in a suite whose queues have few places.

Sweeps come each minute and all times are those of production. A wait is judged from the delivery of the job's event on,
because the Firestore emulator delivers one event after another. `docs/fairness.md` has the figures.
"""

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from faults.crowd_figures import Costs, Waits
from faults.crowd_users import BATCH, FILM, KINDS, OPEN_SECONDS, SHORT, Attacker, Honest, all_perform
from faults.crowded import PARALLEL, PLACES
from faults.faulty_suite import FaultySuite, entered, started
from stoker import config, registry
from stoker.firestore.client import client
from stoker.jobs.sweeper import MOST_OWNERS, MOST_PARENTS, MOST_RECHECKED
from waiting import until

HONEST, ATTACKERS = 20, 5

SWEEP_SECONDS = 60.0
"""As in production."""

LONGER_SECONDS = 10.0
"""A job of an honest user may wait so much longer beside attackers, from its event on, than it does alone."""

MOST_OPERATIONS = 5
"""The most reads, and the most writes, for each document that an attacker writes. A job that begins costs three reads
and five writes, and a completed task no more. Most jobs of an attacker are refused a place, or not due."""

SWEEP_READS = 50 + len(registry.job_types()) * config.SWEEP_PAGE + 4 * (MOST_RECHECKED + MOST_OWNERS + MOST_PARENTS)
"""The most reads of a sweep, beside one for each job that was written lately: its queries, for each type a page of jobs
that wait for others, and the second looks, of which each may read a few documents."""

LATELY_SECONDS = 300.0
"""A minute in which a job is not stale yet, three that a sweep looks back, and one between two sweeps."""


@pytest.fixture
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultySuite]:
    """A suite of which the processes have started. Accounts count as old, so that an attacker may have as many jobs at
    once as any user. Each test has a suite of its own, because the jobs of attackers go on for minutes."""
    with (
        started(tmp_path_factory.mktemp("functions"), "crowded.py", PARALLEL) as emulators,
        entered(emulators) as suite,
    ):
        limits = {"userLimits": {"newUsers": None}}
        client().collection(config.ADMIN_DATA).document(config.JOB_SETTINGS).set(limits)
        _warm_up(suite, Honest.come(tmp_path_factory.mktemp("warm")))
        yield suite


def _warm_up(suite: FaultySuite, honest: Honest) -> None:
    """Starts the processes one after another: started at the same time, two may be given the same port."""
    busy: list[str] = []
    for number in range(PLACES):
        owner = {"userId": f"warm-{number}-{uuid4().hex}"}
        long = {"operation": "update-tasks", "where": {"category": "60-seconds"}, "set": {"status": "completed"}}
        busy.append(suite.write_job("", {}, type=FILM, input={"source": "public/60-seconds"}, **owner))
        busy.append(suite.write_job("", {}, type=BATCH, input=long, **owner))
        until(lambda: all("startedAt" in suite.job(one) for one in busy), 120, "A process has started")
    for number in range(1, PARALLEL - PLACES):
        _write_events(suite, honest, number)
    suite.sweep()
    for one in busy:
        client().collection(config.JOBS).document(one).update({"cancelRequested": True})
    suite.results(busy, 120)


def _write_events(suite: FaultySuite, honest: Honest, number: int) -> None:
    """Has so many events of each kind delivered at the same time."""
    before = _served(suite)
    batch = client().batch()
    for _ in range(number):
        task, job = client().collection(config.TASKS).document(), client().collection(config.JOBS).document()
        batch.set(task, {"id": task.id, "userId": honest.user.id, "title": "Warm", "status": "completed"})
        batch.set(job, {"id": job.id, "userId": "nobody", "type": "no-type", "input": SHORT, "status": "pending"})
    batch.commit()
    names = ("on_task_written", "dispatch_job")
    until(lambda: all((_served(suite) - before)[name] >= number for name in names), 240, f"{number} of each are served")


def _served(suite: FaultySuite) -> Counter[str]:
    return Counter(note["function"] for note in suite.notes("operations"))


@pytest.mark.soak
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("seconds", [pytest.param(60, id="a-minute"), pytest.param(600, id="ten-minutes")])
def test_honest_users_wait_no_longer_beside_attackers(
    crowded: FaultySuite, tmp_path: Path, pytestconfig: pytest.Config, seconds: float
) -> None:
    seed = str(pytestconfig.getoption("randomly_seed", 0))
    alone = [Honest.come(tmp_path) for _ in range(HONEST)]
    honest = [Honest(one.user, one.source) for one in alone]
    attackers = [Attacker.come(tmp_path) for _ in range(ATTACKERS)]
    for one in attackers:
        one.record("video.played", uuid4().hex)  # What they forge is refused for its name or its id alone.

    with crowded.sweeping(SWEEP_SECONDS):
        began = datetime.now(UTC)
        all_perform([list(one.acts(seconds / 4, f"{seed}/alone/{name}")) for name, one in enumerate(alone)])
        waits_alone = Waits.of(crowded, alone, began)
        print(f"Alone: {waits_alone}")
        began = datetime.now(UTC)
        acts = [list(one.acts(seconds, f"{seed}/attacker/{name}")) for name, one in enumerate(attackers)]
        all_perform([*acts, *(list(one.acts(seconds, f"{seed}/honest/{name}")) for name, one in enumerate(honest))])
        waits = Waits.of(crowded, honest, began)
        print(f"Beside attackers: {waits}")
    costs = Costs(crowded, began)

    _check_attackers(attackers, costs, seconds)
    _check_sweeps(costs)
    for kind in KINDS:
        alone_seconds = statistics.median(waits_alone.of_kind(kind))
        assert max(waits.of_kind(kind)) <= alone_seconds + LONGER_SECONDS, (kind, seed)


def _check_attackers(attackers: Sequence[Attacker], costs: Costs, seconds: float) -> None:
    for one in attackers:
        cost = costs.users[one.user.id]
        user = client().collection(config.USERS).document(one.user.id).get().to_dict() or {}
        xp = user["progress"]["xp"] if "progress" in user else 0
        print(f"An attacker has written {one.documents} documents, and got {xp} XP: {dict(cost)}")
        assert max(cost["reads"], cost["writes"]) <= MOST_OPERATIONS * one.documents
        assert one.refused > 0
        assert one.forged == []
        assert xp == (config.XP_A_DAY if seconds > OPEN_SECONDS else 0)


def _check_sweeps(costs: Costs) -> None:
    for sweep in costs.sweeps:
        lately = costs.jobs_before(sweep["time"], LATELY_SECONDS)
        print(
            f"A sweep after {lately} new jobs: {sweep['reads']} reads, {sweep['writes']} writes, {sweep['seconds']} s"
        )
        assert sweep["reads"] <= SWEEP_READS + lately
        assert sweep["seconds"] <= SWEEP_SECONDS
