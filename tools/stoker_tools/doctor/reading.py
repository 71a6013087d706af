"""Reading facts in parallel. A fact that can't be read is a fact too."""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from google.api_core.exceptions import GoogleAPIError, PermissionDenied

from stoker_tools.deploy.findings import Finding
from stoker_tools.deploy.google import FORBIDDEN, GoogleRefusal
from stoker_tools.doctor.place import Place

DISABLED = ("has not been used in project", "it is disabled", "SERVICE_DISABLED")
"""Parts of Google's sentence about an API that is not enabled."""

QUOTA_ROLE = "roles/serviceusage.serviceUsageConsumer"
"""The role that lets a caller use the quota of a project. Google asks for it because each call names the project in
`x-goog-user-project`. Viewer and Browser do not hold it."""

NAMED = re.compile(r"[Pp]ermission '([\w.]+)'")
"""The permission that Google names in a refusal."""


@dataclass(frozen=True)
class Source:
    """The place of a fact.

    Attributes:
        subject: The fact, as the subject of a sentence.
        permission: The permission that reading needs.
        role: The smallest role of Google that has this permission.
        api: The API that answers.
    """

    subject: str
    permission: str
    role: str
    api: str


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
    ),
    "bucket": Source("The bucket", "storage.buckets.get", "roles/storage.bucketViewer", "storage.googleapis.com"),
    "rules": Source(
        "The rules", "firebaserules.releases.list", "roles/firebaserules.viewer", "firebaserules.googleapis.com"
    ),
    "sweep": Source("The last sweep", *_DOCUMENTS),
    "settings": Source("The settings of jobs", *_DOCUMENTS),
    "waiting": Source("The jobs that wait", *_DOCUMENTS),
    "lapsed": Source("The jobs whose worker has died", *_DOCUMENTS),
    "failed": Source("The jobs that have failed", *_DOCUMENTS),
    "used": Source("The work of today", *_DOCUMENTS),
}
"""The places of all facts, by the names of the facts."""


@dataclass(frozen=True)
class Unread:
    """A fact that could not be read.

    Attributes:
        reason: Google's sentence.
        is_forbidden: Whether the caller lacks a permission.
    """

    reason: str
    is_forbidden: bool = False

    def finding(self, name: str, place: Place) -> Finding:
        """Return the finding about the fact.

        Args:
            name: The name of the fact.
            place: The place that is looked at.
        """
        source = SOURCES[name]
        message = f"{source.subject} could not be read: {self.reason.rstrip('.')}."
        if any(part in self.reason for part in DISABLED):
            return Finding(f"unread-{name}", message, f"gcloud services enable {source.api} --project={place.project}")
        if self.is_forbidden:
            return Finding(f"unread-{name}", *self._forbidden(message, source, place))
        if "requires an index" in self.reason:
            cure = f"npx firebase-tools deploy --only firestore:indexes --project {place.project}"
            return Finding(f"unread-{name}", message, cure)
        return Finding(f"unread-{name}", message, "Check the network, and try again in a minute.")

    def _forbidden(self, message: str, source: Source, place: Place) -> tuple[str, str]:
        """Return the sentence and the cure if the caller lacks a permission."""
        grant = f"gcloud projects add-iam-policy-binding {place.project} --member=user:YOU@EXAMPLE.COM"
        if "serviceusage" in self.reason.lower():
            return message, f"{grant} --role={QUOTA_ROLE}"
        named = NAMED.search(self.reason)
        if named is not None and named[1] != source.permission:
            return message, f"Ask an owner of {place.project} for a role with the permission {named[1]}."
        return f"{message} Your account lacks the permission {source.permission}.", f"{grant} --role={source.role}"


def read_all(readers: Mapping[str, Callable[[], object]]) -> dict[str, object]:
    """Call all readers at the same time; return their facts by name. A fact that could not be read is `Unread`.

    Args:
        readers: A function for each fact, by the names of `SOURCES`.
    """
    with ThreadPoolExecutor(len(readers)) as threads:
        return dict(zip(readers, threads.map(_read, readers.values()), strict=True))


def _read(reader: Callable[[], object]) -> object:
    try:
        return reader()
    except GoogleRefusal as refusal:
        return Unread(refusal.message or f"HTTP {refusal.status}", refusal.status == FORBIDDEN)
    except GoogleAPIError as error:
        return Unread(str(getattr(error, "message", error)), isinstance(error, PermissionDenied))
