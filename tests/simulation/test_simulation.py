"""Thousands of jobs live through everything that may go wrong, and no invariant breaks."""

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, count
from types import SimpleNamespace

import pytest

from simulation.outcome import Broken
from simulation.runs import given_seed, lives_in_processes, lives_of, todays_seed
from simulation.world import World, run_world

SHARES = 30
"""Runs of a second or less, which pytest-xdist can give to several processes."""

LIVES = 100
"""Lives of a share: together 3,000."""

FIXED = 2
"""Worlds of each share that are the same every day; the others change with the date."""

SOAK_LIVES = 100_000


@pytest.mark.parametrize("share", range(SHARES))
def test_three_thousand_lives_keep_every_invariant(share: int) -> None:
    first = todays_seed() + 100 * share
    print(f"Seeds from {FIXED * share}, and from {first}.")
    assert lives_of(chain(range(FIXED * share, FIXED * (share + 1)), count(first)), LIVES) >= LIVES


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_hundred_thousand_lives_keep_every_invariant() -> None:
    first = todays_seed()
    print(f"Seeds from {first}.")
    assert lives_in_processes(first, SOAK_LIVES, processes=2) >= SOAK_LIVES


def test_replay_the_seed_that_the_environment_names() -> None:
    seed = given_seed()
    if seed is None:
        pytest.skip("Set SIMULATION_SEED to the seed that a failure has named.")
    print(f"Seed {seed}: {run_world(seed)}")


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_same_seed_gives_the_same_run(seed: int) -> None:
    assert run_world(seed) == run_world(seed)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_run_in_another_process() -> None:
    # Strings are hashed differently there, and no order may depend on that.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(run_world, [1, 2, 4])) == [run_world(seed) for seed in (1, 2, 4)]


def test_another_seed_gives_another_run() -> None:
    assert run_world(1).hash != run_world(2).hash


def test_a_failure_names_its_seed_and_shows_the_last_steps() -> None:
    world = World(7)
    world.liveness = SimpleNamespace(  # type: ignore[assignment] # It has what the world calls.
        look=lambda *_, **__: None, judge_end=lambda *_: world.fail("an invariant", "It is broken.")
    )
    with pytest.raises(Broken) as raised:
        world.run()
    assert raised.value.invariant == "an invariant"
    assert "SIMULATION_SEED=7 scripts/test tests/simulation -k replay" in str(raised.value)
    assert "BROKEN an invariant It is broken." in str(raised.value)
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
