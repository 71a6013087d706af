"""Facts are read side by side and within a time, and a fact that can't be read says why."""

import threading
import time
from collections.abc import Callable
from typing import NoReturn

import pytest
from google.api_core import exceptions
from google.auth.exceptions import RefreshError

from stoker_tools.deploy.google import Google, GoogleRefusal, GoogleSilence
from stoker_tools.doctor.reading import read_all
from stoker_tools.doctor.unread_facts import Unread


def refused() -> NoReturn:
    raise GoogleRefusal(403, "PERMISSION_DENIED", "You may not.")


def forbidden() -> NoReturn:
    raise exceptions.PermissionDenied("Missing or insufficient permissions.")


def absent() -> NoReturn:
    raise exceptions.DeadlineExceeded("Deadline exceeded")


def over() -> NoReturn:
    raise exceptions.RetryError("Timeout of 6.0s exceeded", None)


def unreached() -> NoReturn:
    raise GoogleSilence("cloudtasks.googleapis.com can't be reached")


def expired() -> NoReturn:
    raise RefreshError("invalid_grant: Token has been expired or revoked.")


def test_a_refusal_is_a_fact() -> None:
    readers: dict[str, Callable[[], object]] = {
        "queues": refused,
        "sweep": forbidden,
        "used": absent,
        "settings": dict,
        "failed": over,
    }
    read = read_all({**readers, "schedules": unreached, "lapsed": expired})
    assert read == {
        "queues": Unread("You may not.", 403),
        "sweep": Unread("Missing or insufficient permissions.", 403),
        "used": Unread("Deadline exceeded", 504),
        "settings": {},
        "failed": Unread("Timeout of 6.0s exceeded", 504),
        "schedules": Unread("cloudtasks.googleapis.com can't be reached", 504),
        "lapsed": Unread("invalid_grant: Token has been expired or revoked.", 401),
    }


def test_all_facts_are_read_at_the_same_time() -> None:
    together = threading.Barrier(3)
    names = ("functions", "queues", "rules")
    read = read_all({name: lambda: together.wait(20) >= 0 for name in names}, 20)
    assert read == dict.fromkeys(names, True)


def test_a_fact_that_takes_too_long_is_left_behind_and_the_others_are_there() -> None:
    end = threading.Event()
    began = time.monotonic()
    read = read_all({"sweep": end.wait, "settings": dict, "used": end.wait}, 0.1)
    assert time.monotonic() - began < 5
    late = Unread("No answer came within 0.1 s.", 504)
    assert read == {"sweep": late, "settings": {}, "used": late}
    assert late.reason == "no-answer"
    end.set()


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        read_all({"sweep": lambda: 1 // 0})


def test_a_call_after_the_end_of_the_time_does_not_wait() -> None:
    with pytest.raises(GoogleSilence, match=r"cloudtasks\.googleapis\.com was not asked"):
        Google("acme-prod", "token", until=time.monotonic()).call("GET", "cloudtasks.googleapis.com/v2/any")
