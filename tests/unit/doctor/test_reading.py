"""Facts are read side by side, and a fact that can't be read says why."""

import threading
from typing import NoReturn

from google.api_core import exceptions

from stoker_tools.deploy.google import GoogleRefusal
from stoker_tools.doctor.reading import Unread, read_all


def refused() -> NoReturn:
    raise GoogleRefusal(403, "PERMISSION_DENIED", "You may not.")


def forbidden() -> NoReturn:
    raise exceptions.PermissionDenied("Missing or insufficient permissions.")


def absent() -> NoReturn:
    raise exceptions.DeadlineExceeded("Deadline exceeded")


def test_a_refusal_is_a_fact() -> None:
    read = read_all({"queues": refused, "sweep": forbidden, "used": absent, "settings": dict})
    assert read == {
        "queues": Unread("You may not.", is_forbidden=True),
        "sweep": Unread("Missing or insufficient permissions.", is_forbidden=True),
        "used": Unread("Deadline exceeded"),
        "settings": {},
    }


def test_all_facts_are_read_at_the_same_time() -> None:
    together = threading.Barrier(3)
    names = ("functions", "queues", "rules")
    read = read_all({name: lambda: together.wait(20) >= 0 for name in names})
    assert read == dict.fromkeys(names, True)
