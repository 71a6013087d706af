"""Optimistic writes: conflicts are tried again a bounded number of times, outages until the deadline."""

from collections.abc import Callable, Iterable
from itertools import chain, repeat

import pytest
from google.api_core import exceptions

from stoker.firestore.api_errors import CONFLICTS, TRANSIENT, Conflict
from stoker.firestore.deadline import deadline, seconds_left
from stoker.firestore.optimistic import LONGEST_WAIT_SECONDS, TRIES, until_written
from unit.firestore.clocks import StillHost

OUTAGE = exceptions.ServiceUnavailable("Try later.")


def raising(errors: Iterable[Exception], attempts: list[int] | None = None) -> Callable[[], str]:
    """An attempt that raises these errors, one each time, and then succeeds."""
    coming = iter(errors)

    def attempt() -> str:
        if attempts is not None:
            attempts.append(1)
        for error in coming:
            raise error
        return "written"

    return attempt


@pytest.mark.parametrize("kind", CONFLICTS)
def test_a_conflict_is_tried_again_at_once(kind: type[Exception]) -> None:
    host = StillHost()
    assert until_written(raising([kind("no")]), host=host) == "written"
    assert host.waits == [0]


def test_waits_grow_with_each_conflict() -> None:
    host = StillHost()
    until_written(raising([Conflict()] * 4), host=host)
    assert host.waits == pytest.approx([0, 0.05, 0.1, 0.15])


def test_conflicts_are_bounded() -> None:
    host, attempts = StillHost(), list[int]()
    with pytest.raises(exceptions.Aborted) as raised:
        until_written(raising(repeat(Conflict("a")), attempts), host=host)
    assert len(attempts) == TRIES
    assert isinstance(raised.value.__cause__, Conflict)


def test_the_number_of_tries_may_be_another() -> None:
    attempts = list[int]()
    with pytest.raises(exceptions.Aborted):
        until_written(raising(repeat(Conflict()), attempts), tries=3, host=StillHost())
    assert len(attempts) == 3


def test_what_was_read_before_the_first_attempt_is_read_again_before_each_other() -> None:
    calls = list[str]()
    errors = iter([Conflict(), Conflict()])

    def attempt() -> None:
        calls.append("attempt")
        for error in errors:
            raise error

    until_written(attempt, read_again=lambda: calls.append("read"), host=StillHost())
    assert calls == ["attempt", "read", "attempt", "read", "attempt"]


def test_an_error_of_reading_again_counts_as_the_attempts() -> None:
    reads = raising([OUTAGE])
    done = until_written(raising([OUTAGE]), read_again=reads, through_outages=True, host=StillHost())
    assert done == "written"


def test_unexpected_errors_propagate_at_once() -> None:
    host, attempts = StillHost(), list[int]()
    for through_outages in (False, True):
        with pytest.raises(ZeroDivisionError):
            until_written(raising([ZeroDivisionError()], attempts), through_outages=through_outages, host=host)
    assert (len(attempts), host.waits) == (2, [])


@pytest.mark.parametrize("kind", [kind for kind in TRANSIENT if kind not in CONFLICTS])
def test_transient_errors_propagate_unless_it_goes_on_through_outages(kind: type[Exception]) -> None:
    error = exceptions.RetryError("late", None) if kind is exceptions.RetryError else kind("gone")
    host = StillHost()
    with pytest.raises(kind):
        until_written(raising([error]), host=host)
    assert host.waits == []
    assert until_written(raising([error]), through_outages=True, host=host) == "written"


def test_it_goes_on_through_an_outage_until_the_deadline() -> None:
    host, attempts = StillHost(), list[int]()
    with pytest.raises(exceptions.ServiceUnavailable):
        until_written(raising(repeat(OUTAGE), attempts), tries=2, seconds=60, through_outages=True, host=host)
    assert host.time <= 1060
    assert host.waits[:4] == pytest.approx([0.4, 0.8, 1.6, 3.2])
    assert max(host.waits) == LONGEST_WAIT_SECONDS
    assert len(attempts) > 2


def test_outages_are_no_conflicts() -> None:
    """After many lost answers, the conflict with the write that has arrived must not be one too many."""
    errors = chain(repeat(OUTAGE, 5), [Conflict()])
    done = until_written(raising(errors), tries=2, seconds=600, through_outages=True, host=StillHost())
    assert done == "written"


def test_the_deadline_is_for_all_attempts_together() -> None:
    host, attempts = StillHost(), list[int]()

    def slow() -> None:
        attempts.append(1)
        host.time += 4
        raise Conflict

    with pytest.raises(exceptions.Aborted):
        until_written(slow, seconds=10, host=host)
    assert len(attempts) == 3


def test_an_outer_deadline_that_ends_earlier_holds() -> None:
    host, attempts = StillHost(), list[int]()
    with deadline(2), pytest.raises(exceptions.ServiceUnavailable):
        until_written(raising(repeat(OUTAGE), attempts), seconds=600, through_outages=True, host=host)
    assert host.waits == pytest.approx([0.4, 0.8, 1.6])


def test_calls_within_know_how_long_they_may_take() -> None:
    left = until_written(seconds_left, seconds=7)
    assert left is not None
    assert 0 < left <= 7
    assert seconds_left() is None
