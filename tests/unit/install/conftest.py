"""Settings of the tests of installations."""

import os

import pytest


@pytest.fixture(autouse=True)
def _without_flushing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the journal not wait for the disk. It would take most of the time, and only a power cut could show it."""
    monkeypatch.setattr(os, "fsync", lambda _file: None)
