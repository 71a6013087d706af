"""The roles and the APIs that the deployed functions need, each with the calls that need it.

The CLI reads both from `functions/functions.yaml`. It enables the APIs, and gives the roles to a service account that
it makes for the functions alone.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A role of the functions' service account.

    Attributes:
        name: Its name in IAM.
        calls: The calls that fail without it, as a sentence without its full stop.
    """

    name: str
    calls: str


@dataclass(frozen=True)
class Api:
    """An API of Google that must be enabled in the project.

    Attributes:
        host: Its name.
        reason: The use that the functions make of it, as a sentence without its full stop.
    """

    host: str
    reason: str


ROLES = (
    Role("roles/datastore.user", "Every read and write of a document"),
    Role("roles/storage.objectAdmin", "Every read, write and deletion of a file in the bucket"),
    Role("roles/cloudtasks.enqueuer", "Putting a job into its queue"),
    Role(
        "roles/iam.serviceAccountUser", "Putting a job into its queue: the task names the account that calls the worker"
    ),
    Role("roles/run.invoker", "Calling a function: a queue calls a worker, and Eventarc calls a function for an event"),
    Role("roles/eventarc.eventReceiver", "Receiving the events of Firestore and of Firebase Auth"),
    Role("roles/firebaseauth.admin", "Reading, changing and deleting accounts, and setting the claim of a role"),
    Role("roles/logging.logWriter", "Writing the log"),
    Role(
        "roles/serviceusage.serviceUsageConsumer",
        "Calling Cloud Text-to-Speech and Firebase Auth on the project's quota",
    ),
)
"""The roles. The account has no other role, so a mistake in the functions can't change anything else in the project."""

APIS = (
    Api("firestore.googleapis.com", "Documents are kept in Firestore"),
    Api("storage.googleapis.com", "Files are kept in Cloud Storage"),
    Api("cloudtasks.googleapis.com", "Jobs wait in queues of Cloud Tasks"),
    Api("cloudscheduler.googleapis.com", "The sweeper, the roll-up and the reconciles run on a schedule"),
    Api("eventarc.googleapis.com", "Functions are called for events of Firestore and of Firebase Auth"),
    Api("identitytoolkit.googleapis.com", "Users are kept in Firebase Auth"),
    Api("texttospeech.googleapis.com", "The engine google of audio-generation speaks through Cloud Text-to-Speech"),
)
"""The APIs. The CLI enables further APIs for itself, such as Cloud Build."""
