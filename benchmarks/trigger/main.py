"""The usual trigger, which `benchmarks.roll_up` is measured against: each event increments its six aggregates."""

import functools
import os
from datetime import datetime
from typing import Any

from firebase_functions.firestore_fn import Event, on_document_created
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore import SERVER_TIMESTAMP, Client, Increment
from google.cloud.firestore_v1 import DocumentSnapshot

FORMS = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "month": "%Y-%m"}


@functools.cache
def client() -> Client:
    """Of this process."""
    return Client(project=os.environ["GCLOUD_PROJECT"], credentials=AnonymousCredentials())


@on_document_created(document="triggers/{run}/events/{eventId}")
def increment(event: Event[DocumentSnapshot[Any] | None]) -> None:
    """Counts an event."""
    if event.data is not None:
        increments(event.params["run"], event.data.to_dict() or {})


def increments(run: str, event: dict[str, Any]) -> None:
    """Adds an event to the aggregates of a run, by one commit."""
    occurred: datetime = event["occurredAt"]
    aggregates = client().collection("triggers", run, "aggregates")
    batch = client().batch()
    for granularity, form in FORMS.items():
        for name in (event["name"], "all"):
            fields = {"count": Increment(1), "sum": Increment(event["value"]), "updatedAt": SERVER_TIMESTAMP}
            batch.set(aggregates.document(f"{granularity}_{occurred:{form}}_{name}"), fields, merge=True)
    batch.commit()


def counted(run: str) -> int:
    """Return the number of counted events of a run."""
    months = client().collection("triggers", run, "aggregates").select(["count"]).stream()
    return sum(one.get("count") for one in months if one.id.startswith("month_") and one.id.endswith("_all"))
