"""Runs of many worlds, and of mutants, in this process or in several."""

import multiprocessing
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import count, islice

from simulation.fair import run_fair_crowds
from simulation.mutants import Mutant, applied
from simulation.outcome import Broken
from simulation.world import run_world

MOST_WORLDS = 400
"""Worlds within which a mutant must be noticed."""

WORLDS_FIRST = 20
"""Worlds that run before the crowds, because the crowds take as long as eighty worlds."""


def todays_seed() -> int:
    """Return the first of the seeds that change with the date: as many days, ten thousand seeds each."""
    return (datetime.now(UTC).date() - datetime(2026, 1, 1).date()).days * 10_000 + 1_000


def given_seed() -> int | None:
    """Return the seed that `SIMULATION_SEED` names, if it names one.

    Raises:
        ValueError: It is no whole number.
    """
    text = os.environ.get("SIMULATION_SEED")
    if text and not text.isdecimal():
        raise ValueError(f"SIMULATION_SEED must be a whole number, and is {text!r}.")
    return int(text) if text else None


def lives_of(seeds: Iterable[int], enough: int) -> int:
    """Run worlds until so many jobs have lived; return how many there were."""
    lives = 0
    for seed in seeds:
        lives += run_world(seed).lives
        if lives >= enough:
            return lives
    raise ValueError("There are not enough seeds.")


def lives_in_processes(first_seed: int, enough: int, processes: int) -> int:
    """Run worlds in several processes until so many jobs have lived; return how many there were."""
    share = -(-enough // processes)
    # Forked processes would share greenlets with this one.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        runs = [pool.submit(_share, first_seed + n, processes, share) for n in range(processes)]
        return sum(run.result() for run in runs)


def _share(first_seed: int, step: int, enough: int) -> int:
    return lives_of(count(first_seed, step), enough)


def notice(mutant: Mutant) -> Broken | None:
    """Run `WORLDS_FIRST` worlds, then the crowds, then more worlds, until an invariant notices a mutant.

    Returns:
        How an invariant was broken; None if none was.
    """
    with applied(mutant):
        for seed in islice(count(), MOST_WORLDS):
            try:
                if seed == WORLDS_FIRST:
                    run_fair_crowds(seed)
                run_world(seed)
            except Broken as broken:
                return broken
    return None
