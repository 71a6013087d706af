"""Tests of what clients are given: as clients, against the suite."""

from emulator.conftest import _suite

__all__ = ["_suite"]
