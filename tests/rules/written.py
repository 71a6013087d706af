"""The collections that clients know, and what of them they may write."""

import functools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.documents import event
from stoker.models.analytics import AnalyticsEvent
from stoker.models.document import Model
from stoker.models.job import ProcessingJob
from stoker.models.project import Project
from stoker.models.task import Task
from stoker.models.user import User
from stoker_tools.generate.fields import DocumentField, fields_of
from stoker_tools.rules_lab.values import NOW, Later


@dataclass(frozen=True)
class Collection:
    """A collection, and documents that a client may write into it.

    Attributes:
        name: The name of the collection.
        model: The model of its documents.
        least: A new document with the required fields only; empty if clients create none.
        most: The optional fields.
        present: The id of an existing document of Ada's.
        change: The fields that a client may change; empty if clients change nothing.
    """

    name: str
    model: type[Model]
    least: dict[str, Any]
    most: dict[str, Any]
    present: str
    change: dict[str, Any] = field(default_factory=dict)

    def fields(self) -> list[DocumentField]:
        """Of the model."""
        return _fields(self.model)

    def schema(self) -> dict[str, Any]:
        """Of the model."""
        return _schema(self.model)


@functools.cache
def _schema(model: type[Model]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True)


@functools.cache
def _fields(model: type[Model]) -> list[DocumentField]:
    return fields_of(model, _schema(model))


def collections() -> list[Collection]:
    """Return the collections into which clients write."""
    own = {"id": "new", "userId": "ada", "createdAt": NOW}
    return [
        Collection("users", User, {}, {}, "ada", {"displayName": "Ada", "updatedAt": NOW}),
        Collection(
            "tasks",
            Task,
            {**own, "title": "a", "updatedAt": NOW},
            {
                "title": "a" * 200,
                "description": "a" * 10_000,
                "priority": "urgent",
                "status": "in-progress",
                "category": "a" * 100,
                "tags": ["a" * 50] * 50,
                "estimatedDuration": 525_600,
                "actualDuration": 0,
                "dueDate": datetime(2030, 1, 1, tzinfo=UTC),
                "subtasks": [{"title": "a", "completed": True}] * 100,
                "projectId": "adas",
                "schemaVersion": 1,
            },
            "todo",
            {"title": "b", "updatedAt": NOW},
        ),
        Collection(
            "projects",
            Project,
            {**own, "name": "a", "updatedAt": NOW},
            {"name": "a" * 200, "description": "a" * 10_000, "schemaVersion": 1},
            "adas",
            {"name": "b", "updatedAt": NOW},
        ),
        Collection(
            "processingJobs",
            ProcessingJob,
            {**own, "type": "video-processing", "input": {}, "status": "pending"},
            {
                "input": {"source": "a" * 1024, "outputs": [{"kind": "mp4"}] * 10},
                "cancelRequested": False,
                "dedupeKey": "a" * 128,
                "runAfter": Later(timedelta(days=29)),
                "progress": 0,
                "updatedAt": NOW,
                "schemaVersion": 1,
            },
            "processing",
            {"cancelRequested": True, "updatedAt": NOW},
        ),
        Collection(
            "analyticsEvents",
            AnalyticsEvent,
            {**own, "name": "a", "occurredAt": Later(timedelta()), "rolledUp": False},
            {
                **event("new", "ada"),
                "name": "a" * 64,
                "properties": {f"a{i:039}": "a" * 500 for i in range(20)},
                "value": 1e12,
                "sentAt": Later(timedelta(minutes=6)),
                "schemaVersion": 1,
            },
            "played",
        ),
    ]
