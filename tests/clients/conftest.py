"""Tests of what clients are given: as clients, against the suite."""

from emulator.conftest import _suite, user

__all__ = ["_suite", "user"]
