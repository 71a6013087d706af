"""The wait before the next attempt."""

from stoker.jobs.backoff import BASE_SECONDS, MOST_SECONDS, backoff_seconds


def test_the_bound_doubles_and_has_an_end() -> None:
    for attempt, bound in [(1, BASE_SECONDS), (2, 2 * BASE_SECONDS), (4, 8 * BASE_SECONDS), (20, MOST_SECONDS)]:
        waits = [backoff_seconds(attempt) for _ in range(2000)]
        assert min(waits) >= 0
        assert max(waits) <= bound
        # Full jitter: the whole of the range is used.
        assert min(waits) < 0.05 * bound
        assert max(waits) > 0.95 * bound
