"""The facts that are read, each with the place that it is read from."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """The place of a fact.

    Attributes:
        subject: The fact, as the subject of a sentence.
        permission: The permission that reading needs.
        role: The smallest role of Google that has this permission.
        api: The API that answers.
        after: The names of the facts that are read first to read this one.
    """

    subject: str
    permission: str
    role: str
    api: str
    after: tuple[str, ...] = ()


_DOCUMENTS = ("datastore.entities.list", "roles/datastore.viewer", "firestore.googleapis.com")

SOURCES: Mapping[str, Source] = {
    "functions": Source(
        "The functions", "cloudfunctions.functions.list", "roles/cloudfunctions.viewer", "cloudfunctions.googleapis.com"
    ),
    "schedules": Source(
        "The schedules", "cloudscheduler.jobs.list", "roles/cloudscheduler.viewer", "cloudscheduler.googleapis.com"
    ),
    "queues": Source("The queues", "cloudtasks.queues.list", "roles/cloudtasks.viewer", "cloudtasks.googleapis.com"),
    "indexes": Source("The indexes", "datastore.indexes.list", "roles/datastore.viewer", "firestore.googleapis.com"),
    "fields": Source(
        "The TTL policies", "datastore.indexes.list", "roles/datastore.viewer", "firestore.googleapis.com"
    ),
    "policies": Source(
        "The roles",
        "resourcemanager.projects.getIamPolicy",
        "roles/iam.securityReviewer",
        "cloudresourcemanager.googleapis.com",
        after=("functions", "queues", "bucket"),
    ),
    "bucket": Source("The bucket", "storage.buckets.get", "roles/storage.bucketViewer", "storage.googleapis.com"),
    "rules": Source(
        "The rules", "firebaserules.releases.list", "roles/firebaserules.viewer", "firebaserules.googleapis.com"
    ),
    "sweep": Source("The last sweep", *_DOCUMENTS),
    "settings": Source("The settings of jobs", *_DOCUMENTS),
    "keyring": Source("The keyring", *_DOCUMENTS),
    "waiting": Source("The jobs that wait", *_DOCUMENTS),
    "lapsed": Source("The jobs whose worker has died", *_DOCUMENTS),
    "failed": Source("The jobs that have failed", *_DOCUMENTS),
    "used": Source("The work of today", *_DOCUMENTS),
}
"""The places of all facts, by the names of the facts."""
