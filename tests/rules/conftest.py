"""Tests of the rules: as users, with tokens of the Auth emulator, never as the owner of the project."""

from emulator.conftest import _suite, user

__all__ = ["_suite", "user"]
