"""The chapters and titles of a file. The child process that opens files imports it."""

from itertools import islice
from typing import Any

import av

MAX_CHAPTERS = 1000
"""Chapters that are read: more than films have."""

MAX_TAG = 1000
"""Characters of a title or a language that are kept. No reader shows more."""


def chapters(container: Any) -> list[dict[str, Any]]:
    """Return the chapters of an open file, as fields of `stoker.probe.probe.Chapter`.

    Their times count from the start of the file, also if the file's clock does not begin at 0.
    """
    begins = (container.start_time or 0) / av.time_base
    found = [
        {
            "start": max(0.0, float(chapter["start"] * (chapter["time_base"] or 0)) - begins),
            "title": tag(chapter["metadata"], "title"),
        }
        for chapter in islice(container.chapters(), MAX_CHAPTERS)
    ]
    return sorted(found, key=lambda chapter: chapter["start"])


def tag(metadata: Any, name: str) -> str:
    """Return an entry of a file's metadata, at most `MAX_TAG` characters; empty if there is none."""
    return str(metadata.get(name) or "")[:MAX_TAG]
