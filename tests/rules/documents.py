"""The documents in the database of the rules' tests: those of Ada, and of another user."""

from datetime import UTC, datetime, timedelta
from typing import Any

from stoker_tools.rules_lab.values import Later

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def documents() -> dict[str, dict[str, Any]]:
    """Return all documents, by their paths. The requests are about Ada's documents."""
    found: dict[str, dict[str, Any]] = {
        "users/ada": _user("ada"),
        "users/bob": _user("bob"),
        "departures/eve": {"jobId": "deletion"},
        "projects/adas": _project("adas", "ada"),
        "projects/adas-other": _project("adas-other", "ada"),
        "projects/bobs": _project("bobs", "bob"),
        "tasks/bobs": _task("bobs", "bob"),
        "tasks/in-project": _task("in-project", "ada", projectId="adas"),
        "tasks/in-lost-project": _task("in-lost-project", "ada", projectId="deleted"),
        "tasks/bare": {name: value for name, value in _task("bare", "ada").items() if name != "status"},
        "processingJobs/bobs": _job("bobs", "bob", "processing"),
        "analyticsEvents/played": event("played", "ada") | {"createdAt": LONG_AGO},
        "analyticsAggregates/day_2026-01-01_video.played": {"granularity": "day", "count": 1},
        "analyticsSketches/day_2026-01-01_video.played": {"users": b"", "sum": []},
        "analyticsLeases/roll-up": {"token": "a"},
        "adminData/jobs": {"paused": []},
        "adminData/signUps": {"blockedDomains": []},
        "adminData/notes": {"text": "Hello"},
        "jobKeys/key": {"jobId": "bobs"},
        "jobUsers/ada": {"running": []},
        "callCounts/count": {"calls": 1},
        "serverKeys/keyring": {"keys": [], "current": "00000000"},
        "tasks/todo/comments/first": {"userId": "ada"},
        "users/ada/completions/done": {"id": "done", "userId": "ada", "xp": 10, "completedAt": LONG_AGO},
        "users/bob/completions/done": {"id": "done", "userId": "bob", "xp": 10, "completedAt": LONG_AGO},
        "users/ada/tasks/inner": _task("inner", "ada"),
    }
    for status in ("todo", "in-progress", "completed", "cancelled"):
        found[f"tasks/{status}"] = _task(status, "ada", status=status)
    for status in ("pending", "processing", "completed", "failed", "cancelled", "ghost"):
        found[f"processingJobs/{status}"] = _job(status, "ada", status)
    return found


def event(event_id: str, user_id: str) -> dict[str, Any]:
    """An event that happened a moment ago."""
    return {
        "id": event_id,
        "userId": user_id,
        "name": "video.played",
        "properties": {"seconds": 12.5, "title": "Cat", "loop": True, "list": None},
        "value": 12,
        "occurredAt": Later(timedelta(minutes=-1)),
        "rolledUp": False,
    }


def _user(uid: str) -> dict[str, Any]:
    return {
        "id": uid,
        "email": f"{uid}@example.com",
        "displayName": "New User",
        "role": "user",
        "permissions": ["read:own-data"],
        "preferences": {"language": "en"},
        "progress": {"level": 1, "xp": 0, "streak": 0},
        "createdAt": LONG_AGO,
        "updatedAt": LONG_AGO,
        "schemaVersion": 1,
    }


def _project(project_id: str, user_id: str) -> dict[str, Any]:
    return {"id": project_id, "userId": user_id, "name": "House", "createdAt": LONG_AGO, "updatedAt": LONG_AGO}


def _task(task_id: str, user_id: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": task_id,
        "userId": user_id,
        "title": "Paint the door",
        "description": "Blue",
        "status": "todo",
        "schemaVersion": 1,
        "createdAt": LONG_AGO,
        "updatedAt": LONG_AGO,
        **fields,
    }


def _job(job_id: str, user_id: str, status: str) -> dict[str, Any]:
    return {
        "id": job_id,
        "userId": user_id,
        "type": "video-processing",
        "input": {"source": f"user-uploads/{user_id}/cat.mov"},
        "status": status,
        "createdAt": LONG_AGO,
        "attempt": 1,
    }
