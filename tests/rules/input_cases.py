"""Cases about the inputs of jobs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from rules.bad_values import MEGABYTE
from rules.case import MOMENT, Case, Fields
from rules.written import collections
from stoker_tools.rules_lab.firestore import Create
from stoker_tools.rules_lab.values import Later

BAD_SPEECH: tuple[Fields, ...] = (
    {"text": "a", "junk": 1},
    {"junk": MEGABYTE},
    {"source": "a"},
    {"text": "a" * 100_001},
    *({name: [] if number else 5} for name in ("text", "lines", "language", "voice", "format") for number in (0, 1)),
    *({name: None} for name in ("text", "lines", "language", "voice", "format")),
    *({name: None} for name in ("markdown", "speed", "pitch", "loudness", "captions")),
    *({name: "a" * 101} for name in ("lines", "language", "voice", "format")),
    *({name: "1"} for name in ("markdown", "speed", "pitch", "loudness", "captions")),
)
"""Inputs of `audio-generation` with more than a worker could use."""


def input_cases() -> Iterator[Case]:
    job = next(collection for collection in collections() if collection.name == "processingJobs")
    group = "processingJobs create"
    given: Fields

    def case(job_type: str, given: Any, allowed: bool = False, who: str = "ada") -> Case:
        name = f"{job_type} {str(given)[:60]}"
        return Case(
            group, name, who, Create("processingJobs/new", job.least | {"type": job_type, "input": given}), allowed
        )

    for given in (
        {"source": "a" * 1025},
        {"source": 5},
        {"source": None},
        {"source": []},
        {"trim": {"start": 1, "ghost": 1}},
        {"trim": "all"},
        {"loudness": "-16"},
        {"watermark": {"source": "a.png", "ghost": 1}},
        {"watermark": "a.png"},
        {"captions": {"source": "a.vtt", "ghost": 1}},
        {"captions": "a.vtt"},
        {"audio": {"language": "de", "ghost": 1}},
        {"audio": "de"},
        {"outputs": {}},
        {"source": ["a"]},
        {"outputs": [{"kind": "mp4"}] * 11},
        {"outputs": {"kind": "mp4"}},
        {"outputs": "mp4"},
        {"junk": "x" * 10_000},
        {"source": MEGABYTE},
        {"operation": "delete-tasks"},
        {"ghost": 1},
    ):
        yield case("video-processing", given)
    # A type that there is not, with an input that one of those takes which there are.
    for given in ({"source": "a.mp4"}, {"text": "Hello."}, {"operation": "delete-tasks"}):
        yield case("ghost", given)
    picture = {"source": "a.png", "position": "top-left", "opacity": 0.5}
    for given in (
        {"trim": {"start": 1, "end": 2}},
        {"loudness": -16.5},
        {"watermark": picture},
        {"captions": {"source": "a.vtt", "burnIn": True}},
        {"captions": {"from": "source", "language": "de"}},
        {"audio": {"language": "de"}},
    ):
        yield case("video-processing", given, allowed=True)
    for given in (*BAD_SPEECH, {"ghost": 1}):
        yield case("audio-generation", given)
    words = {"lines": "a" * 100, "language": "a" * 100, "voice": "a" * 100, "format": "a" * 100}
    figures = {"speed": 0.5, "pitch": -1, "loudness": -16.5, "captions": False}
    lines = {"lines": "keep", "markdown": True}
    for given in (
        {},
        {"text": "a" * 100_000},
        lines,
        words,
        figures,
        {"speed": 1, "captions": True},
        {"loudness": -16},
    ):
        yield case("audio-generation", given, allowed=True)
    for given in (
        {"operation": "drop-tables"},
        {"operation": "ghost"},
        {"operation": "run-jobs", "ghost": 1},
        {"operation": 5},
        {"operation": "run-jobs", "jobs": [{}] * 101},
        {"operation": "run-jobs", "jobs": "all"},
        {"operation": "run-jobs", "jobs": {}},
        {"operation": "update-tasks", "where": {"ghost": 1}},
        {"operation": "update-tasks", "where": "all"},
        {"operation": "update-tasks", "where": []},
        {"operation": "update-tasks", "set": "all"},
        {"operation": "import-tasks", "source": []},
        {"operation": "update-tasks", "set": {"ghost": 1}},
        {"operation": "update-tasks", "set": ["status"]},
        {"operation": "import-tasks", "source": "a" * 1025},
        {"operation": "import-tasks", "source": {}},
        {"operation": "import-tasks", "source": 5},
        {"operation": "run-jobs", "outputs": []},
        {"ghost": 1},
    ):
        yield case("batch-operation", given)
    yield case("batch-operation", {"operation": "delete-user-data"}, who="stale")
    yield case("batch-operation", {"operation": "export-user-data"}, allowed=True, who="stale")
    yield case("batch-operation", {"operation": "delete-user-data"}, allowed=True, who="fresh")
    yield case("batch-operation", {"operation": "delete-user-data"}, allowed=True, who="anonymous")
    deletion = job.least | {"type": "batch-operation", "input": {"operation": "delete-user-data"}}
    for who in ("fresh", "anonymous"):
        for run_after in (Later(timedelta(hours=1)), Later(-MOMENT)):
            planted = Create("processingJobs/new", deletion | {"runAfter": run_after})
            yield Case(group, "planted deletion", who, planted)
        at_once = Create("processingJobs/new", deletion | {"runAfter": None})
        yield Case(group, "deletion without runAfter", who, at_once, allowed=True)
    yield case("batch-operation", {})
    for given in (
        {"operation": "run-jobs", "jobs": [{}] * 100},
        {
            "operation": "update-tasks",
            "where": dict.fromkeys(("status", "priority", "category", "projectId", "tag", "all"), 1),
            "set": dict.fromkeys(("status", "priority", "category", "tags", "dueDate", "projectId"), 1),
        },
        {"operation": "import-tasks", "source": "a" * 1024},
        {"operation": "delete-tasks", "where": {"tag": "old"}},
        {"operation": "update-tasks"},
    ):
        yield case("batch-operation", given, allowed=True)
