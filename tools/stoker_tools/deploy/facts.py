"""The facts of a project that decide if a deployment succeeds, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stoker_tools.deploy.deployed_function import DeployedFunction
from stoker_tools.deploy.grants import Grant

MANAGED_BY_API: Mapping[str, str] = {
    "database": "firestore.googleapis.com",
    "bucket": "firebasestorage.googleapis.com",
    "sign_in": "identitytoolkit.googleapis.com",
    "deployed": "cloudfunctions.googleapis.com",
    "queues": "cloudtasks.googleapis.com",
    "images": "artifactregistry.googleapis.com",
    "quota": "run.googleapis.com",
    "account": "iam.googleapis.com",
}
"""The API of each fact that can't be there if its API is off, by the fact's name."""


@dataclass(frozen=True)
class Database:
    """The default database of Firestore.

    Attributes:
        location: A region, or a group of regions such as `nam5`.
        native: False if it is in Datastore mode, which has no listeners and no rules.
    """

    location: str
    native: bool = True


@dataclass(frozen=True)
class Bucket:
    """The default bucket of Cloud Storage.

    Attributes:
        name: Its name.
        location: A region or a group of regions, such as `US-CENTRAL1` or `EU`.
        cors: Its CORS configuration, as Cloud Storage has it.
        retention_days: The time for which no object can be deleted or replaced, in days; 0 without such a policy.
    """

    name: str
    location: str
    cors: tuple[Mapping[str, Any], ...] = ()
    retention_days: float = 0


@dataclass(frozen=True)
class SignIn:
    """The settings of Firebase Auth.

    Attributes:
        identity_platform: Whether it was upgraded to Identity Platform.
        triggers: The addresses of the blocking functions, by event, such as `beforeCreate`.
    """

    identity_platform: bool = True
    triggers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Quota:
    """The quota of Cloud Run in a region. A value is None if Google names none.

    Attributes:
        vcpu: The processors of all instances, in vCPU.
        memory_gib: The memory of all instances, in GiB.
    """

    vcpu: float | None = None
    memory_gib: float | None = None


@dataclass(frozen=True)
class Refusal:
    """An answer of Google that is no fact.

    Attributes:
        message: Google's sentence.
        status: The status of HTTP.
    """

    message: str
    status: int = 403


@dataclass(frozen=True)
class AccountRights:
    """The rights of the service account of the functions.

    Attributes:
        lacking: The roles that it lacks on what is there already, as far as they could be read.
        unread: Google's answer if a part of the roles could not be read.
    """

    lacking: tuple[Grant, ...] = ()
    unread: Refusal | None = None


@dataclass(frozen=True)
class Images:
    """The repository of container images that Cloud Functions makes.

    Attributes:
        clean_up: Whether old images are deleted, or somebody has decided that they are kept.
    """

    clean_up: bool


@dataclass(frozen=True)
class Facts:
    """The facts of a project. A fact that could not be read has its default, and is in `unread`.

    Attributes:
        seen: Whether the caller may see the project.
        refusal: Google's answer if the project can't be seen; None if it is there, but has no Firebase.
        billing: Whether the project has a billing account, which is the Blaze plan.
        off: The APIs that are not enabled, of those that are needed.
        missing: The permissions that the caller lacks, of those that may be needed.
        database: The database; None if there is none.
        bucket: The bucket; None if there is none.
        sign_in: Firebase Auth; None if it was never set up.
        deployed: All functions of the project.
        queues: The state of each queue in the region, such as `RUNNING`, by name.
        images: The repository of images in the region; None if there is none yet.
        quota: The quota of Cloud Run in the region.
        account: The rights of the service account of the functions; None if the account does not exist.
        unread: Google's answer for each fact that could not be read, by the name of its attribute.
    """

    seen: bool = True
    refusal: Refusal | None = None
    billing: bool = True
    off: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    database: Database | None = None
    bucket: Bucket | None = None
    sign_in: SignIn | None = None
    deployed: tuple[DeployedFunction, ...] = ()
    queues: Mapping[str, str] = field(default_factory=dict)
    images: Images | None = None
    quota: Quota = field(default_factory=Quota)
    account: AccountRights | None = None
    unread: Mapping[str, Refusal] = field(default_factory=dict)

    def knows(self, fact: str) -> bool:
        """Return whether a fact is known. If its API is off, its default is true: there is nothing yet."""
        return fact not in self.unread or MANAGED_BY_API.get(fact) in self.off
