"""In a crowd, honest users wait for seconds: the queues have as many places as in production."""

import pytest

from simulation.crowd import FILM, SPEECH
from simulation.fair import (
    a_burst,
    a_flood,
    a_place_is_left,
    behind_deletions,
    beside_deletions,
    deletions,
    fifty_users,
    five_greedy_users,
    many_users,
)
from simulation.runs import todays_seed
from stoker import registry


@pytest.mark.parametrize("job_type", registry.job_types())
def test_beside_five_users_with_fifty_jobs_a_first_job_begins_within_seconds(job_type: str) -> None:
    waits = five_greedy_users(todays_seed(), job_type, jobs=50)
    most = waits.most[registry.queue_of(job_type).name]
    print(f"{job_type}: honest users wait for {max(waits.honest):.1f} s; at once there ran {most}.")


@pytest.mark.slow
def test_after_five_users_write_a_hundred_jobs_each_at_once_a_first_job_waits_for_seconds() -> None:
    waits = a_burst(todays_seed())
    print(f"After the burst, honest users wait for {', '.join(f'{wait:.1f}' for wait in waits.honest)} s.")


def test_behind_fifty_users_with_a_batch_each_a_batch_begins_within_a_minute() -> None:
    waits = fifty_users(todays_seed())
    print(f"The last batch waits for {max(waits.honest):.1f} s.")


def test_behind_fifty_users_with_a_speech_each_a_speech_begins_within_a_minute() -> None:
    # A speech of a hundred thousand characters takes less.
    fifty_users(todays_seed(), SPEECH, work_seconds=10.0)


def test_places_are_taken_that_others_have_left() -> None:
    a_place_is_left(todays_seed())


@pytest.mark.slow
def test_a_flood_of_one_user_keeps_nobody_waiting() -> None:
    waits = a_flood(todays_seed())
    print(f"Beside two thousand jobs of one user, others wait for {max(waits.honest):.1f} s at most.")


def test_deletions_pass_limits_and_pauses() -> None:
    deletions(todays_seed())


@pytest.mark.parametrize(
    ("count", "work_seconds"), [(20, 900.0), pytest.param(2000, 3.0, marks=pytest.mark.slow)], ids=["long", "many"]
)
def test_beside_the_deletions_of_other_accounts_a_batch_begins_within_seconds(count: int, work_seconds: float) -> None:
    waits = beside_deletions(todays_seed(), count, work_seconds)
    print(f"Beside {count} deletions of {work_seconds:.0f} s, a batch waits for {max(waits.honest):.1f} s.")


def test_behind_twenty_long_deletions_a_deletion_begins_within_a_minute() -> None:
    waits = behind_deletions(todays_seed())
    print(f"The last deletion waits for {max(waits.honest):.1f} s.")


@pytest.mark.slow
def test_a_hundred_users_wait_for_seconds_beside_five_who_always_have_jobs_queued() -> None:
    waits = many_users(todays_seed(), users=100, hours=0.1)
    print(f"Honest users wait for {max(waits.honest):.1f} s at most.")


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_ten_thousand_users_wait_for_seconds_beside_five_who_always_have_jobs_queued() -> None:
    waits = many_users(todays_seed(), users=10_000, hours=1)
    assert len(waits.honest) == 10_000
    print(f"Honest users wait for {max(waits.honest):.1f} s at most; {waits.ended:,} jobs have ended.")


@pytest.mark.slow
def test_the_same_seed_gives_the_same_waits() -> None:
    assert five_greedy_users(1, FILM) == five_greedy_users(1, FILM)
