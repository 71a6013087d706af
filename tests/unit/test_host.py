"""The machine's own functions."""

import threading

import pytest

from stoker.host import within


def test_work_that_is_done_in_time_gives_its_result() -> None:
    assert within(10, lambda: "done") == "done"


def test_an_error_of_the_work_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        within(10, lambda: 1 / 0)


def test_work_that_hangs_is_left_behind() -> None:
    goes_on = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.01, goes_on.wait)
    goes_on.set()
