"""Each wrong decision of the engine is noticed, by the invariant that is about it."""

from datetime import UTC, datetime
from random import Random

import pytest

from simulation.mutants import Mutant, applied
from simulation.runs import notice
from simulation.world import run_world
from simulation.wrong_decisions import MUTANTS

SAMPLE = 8
"""Mutants of every run, none of them rare; they change with the date."""


def test_the_table_is_large_and_names_each_mutant_once() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 40


def test_every_mutant_fits_the_engine_and_is_taken_back() -> None:
    before = run_world(0)
    for mutant in MUTANTS:
        with applied(mutant):
            pass
    assert run_world(0) == before


def test_a_mutant_whose_text_is_gone_is_refused() -> None:
    gone = Mutant("gone", "jobs.fields", "no such text", "", ())
    with pytest.raises(ValueError, match="0 times"), applied(gone):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("number", range(SAMPLE))
def test_a_mutant_of_the_day_is_noticed(number: int) -> None:
    day = datetime.now(UTC).date().toordinal()
    mutant = Random(day).sample([one for one in MUTANTS if not one.rare], SAMPLE)[number]
    print(f"The sample of day {day}: {mutant}.")
    _assert_noticed(mutant)


@pytest.mark.soak
@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_every_mutant_is_noticed(mutant: Mutant) -> None:
    _assert_noticed(mutant)


def _assert_noticed(mutant: Mutant) -> None:
    broken = notice(mutant)
    assert broken is not None, f"Nothing notices that {mutant}."
    assert broken.invariant in mutant.noticed_by, f"{mutant}: {broken}"
