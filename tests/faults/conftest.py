"""Faults are injected into the running suite, and what a user would notice is what counts."""

from emulator.conftest import _suite, database, nothing_left_in_tmp, queued, undelivered, user
from emulator.conftest import settings as settings

__all__ = ["_suite", "database", "nothing_left_in_tmp", "queued", "settings", "undelivered", "user"]
