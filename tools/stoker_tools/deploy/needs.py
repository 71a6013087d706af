"""The roles and the APIs that the deployed functions need, each with the calls that need it.

The CLI reads the APIs from `functions/functions.yaml`, and enables them. `stoker deploy` gives the roles to a service
account of the functions alone, each at the lowest level that has what its calls need.
"""

from dataclasses import dataclass
from typing import Literal

Level = Literal["project", "bucket", "account", "queue", "service"]
"""A level at which IAM knows roles: the project, the default bucket, the service account itself, each queue of the
functions, or each service of Cloud Run behind a function that no client calls."""


@dataclass(frozen=True)
class Role:
    """A role of the functions' service account.

    Attributes:
        name: Its name in IAM.
        level: The level at which the account has it.
        uses: The calls that fail without it, each as a phrase.
        permissions: The permissions of the role that Google checks for the functions' own calls. Empty if only the
            platform checks the role, for what it does in the name of the account.
        source: The page of Google that names the permissions, or the role.
    """

    name: str
    level: Level
    uses: tuple[str, ...]
    permissions: tuple[str, ...]
    source: str

    @property
    def calls(self) -> str:
        """The calls that fail without it, as a sentence without its full stop."""
        return "; ".join((self.uses[0], *(use[0].lower() + use[1:] for use in self.uses[1:])))


@dataclass(frozen=True)
class Api:
    """An API of Google that must be enabled in the project.

    Attributes:
        host: Its name.
        reason: The use that the functions make of it, as a sentence without its full stop.
        feature: The feature of `stoker.toml` that alone needs it; None if every app needs it.
    """

    host: str
    reason: str
    feature: str | None = None


QUEUEING = "Putting a job into its queue"

ROLES = (
    Role(
        "roles/datastore.user",
        "project",
        ("Reading documents", "Finding and counting documents", "Writing and deleting documents"),
        (
            "datastore.entities.create",
            "datastore.entities.delete",
            "datastore.entities.get",
            "datastore.entities.list",
            "datastore.entities.update",
        ),
        "https://cloud.google.com/firestore/docs/security/iam",
    ),
    Role(
        "roles/storage.objectAdmin",
        "bucket",
        (
            "Reading a source",
            "Uploading a file",
            "Joining the parts of a large file",
            "Listing a job's or a user's files",
            "Deleting files",
        ),
        (
            "storage.objects.create",
            "storage.objects.delete",
            "storage.objects.get",
            "storage.objects.list",
            "storage.objects.update",
        ),
        "https://cloud.google.com/storage/docs/access-control/iam-json",
    ),
    Role(
        "roles/cloudtasks.enqueuer",
        "queue",
        (QUEUEING,),
        ("cloudtasks.tasks.create",),
        "https://cloud.google.com/tasks/docs/access-control",
    ),
    # Each task names the account of the functions, for which Cloud Tasks then makes a token.
    Role(
        "roles/iam.serviceAccountUser",
        "account",
        (QUEUEING,),
        ("iam.serviceAccounts.actAs",),
        "https://cloud.google.com/tasks/docs/reference/rest/v2/OidcToken",
    ),
    Role(
        "roles/firebaseauth.admin",
        "project",
        (
            "Looking up an account",
            "Listing the accounts",
            "Locking and unlocking an account",
            "Setting the claim of a role",
            "Deleting an account",
        ),
        ("firebaseauth.users.delete", "firebaseauth.users.get", "firebaseauth.users.update"),
        "https://cloud.google.com/identity-platform/docs/access-control",
    ),
    Role(
        "roles/run.invoker",
        "service",
        ("Calling a worker for a task", "Calling a function for an event or by a schedule"),
        (),
        "https://cloud.google.com/run/docs/authenticating/service-to-service",
    ),
    Role(
        "roles/eventarc.eventReceiver",
        "project",
        ("Receiving the events of Firestore and of Firebase Auth",),
        (),
        "https://cloud.google.com/eventarc/docs/access-control",
    ),
    Role(
        "roles/logging.logWriter",
        "project",
        ("Writing the log",),
        (),
        "https://cloud.google.com/logging/docs/access-control",
    ),
)
"""The roles. The account has no other role. Four roles are on the whole project, because Firestore, Firebase Auth,
Eventarc and Cloud Logging know no lower level that fits.

Two roles are left out, because no call needs them:

- `roles/serviceusage.serviceUsageConsumer`. Google checks it only for a call that names the project whose quota it
  uses. The functions' calls name no such project, so Google takes the project of their account.
  Source: https://cloud.google.com/docs/quotas/set-quota-project
- `roles/iam.serviceAccountTokenCreator`. It is needed to sign URLs. The functions sign none.
"""

APIS = (
    Api("firestore.googleapis.com", "Documents are kept in Firestore"),
    Api("storage.googleapis.com", "Files are kept in Cloud Storage"),
    Api("cloudtasks.googleapis.com", "Jobs wait in queues of Cloud Tasks"),
    Api("cloudscheduler.googleapis.com", "The sweeper, the roll-up and the reconciles run on a schedule"),
    Api("eventarc.googleapis.com", "Functions are called for events of Firestore and of Firebase Auth"),
    Api("identitytoolkit.googleapis.com", "Users are kept in Firebase Auth"),
    Api(
        "texttospeech.googleapis.com",
        "The engine google of audio-generation speaks through Cloud Text-to-Speech",
        feature="speech",
    ),
)
"""The APIs. The CLI enables further APIs for itself, such as Cloud Build."""
