"""A project of Google in memory: how it is set up, what has been deployed to it, and the calls that were made."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from twin.calls import Call
from twin.refusals import Json, not_found

NEEDS_BILLING = frozenset(
    f"{service}.googleapis.com"
    for service in (
        *("artifactregistry", "cloudbuild", "cloudscheduler", "cloudtasks", "run", "secretmanager", "texttospeech"),
    )
)
"""APIs that can't be enabled without a billing account."""


def new_policy() -> Json:
    """Return an IAM policy without bindings."""
    return {"version": 1, "etag": "BwX0", "bindings": []}


@dataclass
class World:
    """A project, with everything in it that Stoker's tools and the Firebase CLI ask for.

    A test sets the attributes of the first group before it starts a command. The second group is the state: a test may
    put something there as if it had been deployed before. The third group is the log.

    Attributes:
        project: Its id.
        number: Its number.
        database: The location of the Firestore database; None if there is none.
        bucket: The location of the default bucket; None if there is none.
        bucket_name: The name of the default bucket.
        retention: The time for which the bucket keeps each object, in seconds; 0 if it has no such policy.
        blaze: Whether the project has a billing account. Set it with `without_blaze`.
        identity_platform: Whether Firebase Auth has been upgraded to Identity Platform.
        vcpu: Cloud Run's quota of processors in each region, in vCPU; None if there is no quota.
        memory_gib: Cloud Run's quota of memory in each region, in GiB; None if there is no quota.
        broken: The functions whose build fails, by id.
        off: The APIs that are not enabled. Runtime Config is off in every new project.
        denied: The permissions that the deployer lacks.

        functions: The functions of the second generation, by name.
        sources: The uploaded archives, by the name of the object.
        queues: The queues of Cloud Tasks, by name.
        schedules: The jobs of Cloud Scheduler, by name.
        rulesets: The files of each ruleset, by name.
        releases: The released rules, by name.
        indexes: The composite indexes, by name.
        fields: The fields with settings of their own, such as a TTL, by name.
        cors: The CORS configuration of the bucket.
        repositories: The repositories of Artifact Registry, by name.
        service_accounts: The service accounts that were made, by e-mail address.
        policy: The IAM policy of the project.
        policies: The IAM policies of services, queues, service accounts and the bucket, by name.
        late_account: The number of policies that Google will refuse, because it does not know a new account everywhere.
        blocking: The blocking functions that Firebase Auth calls.
        operations: The long-running operations, by name.
        monitoring: The metrics, alert policies, notification channels and dashboards, by name.
        accounts: The accounts of Firebase Auth, by uid.
        documents: The documents of Firestore, by name. They are served by gRPC only if the twin is started so.
        unknown_metrics: Metrics that are so new that Cloud Monitoring does not know them yet.

        calls: Every call, in order.
        unknown: The calls that the twin does not know. A test that leaves one here fails.
    """

    project: str = "acme-prod"
    number: str = "123456789012"
    database: str | None = "nam5"
    bucket: str | None = "US-CENTRAL1"
    bucket_name: str = "acme-prod.firebasestorage.app"
    retention: int = 0
    blaze: bool = True
    identity_platform: bool = True
    vcpu: int | None = 100
    memory_gib: int | None = None
    broken: set[str] = field(default_factory=set)
    off: set[str] = field(default_factory=lambda: {"runtimeconfig.googleapis.com"})
    denied: set[str] = field(default_factory=set)

    functions: dict[str, Json] = field(default_factory=dict)
    sources: dict[str, bytes] = field(default_factory=dict)
    queues: dict[str, Json] = field(default_factory=dict)
    schedules: dict[str, Json] = field(default_factory=dict)
    rulesets: dict[str, Json] = field(default_factory=dict)
    releases: dict[str, Json] = field(default_factory=dict)
    indexes: dict[str, Json] = field(default_factory=dict)
    fields: dict[str, Json] = field(default_factory=dict)
    cors: list[Json] = field(default_factory=list)
    repositories: dict[str, Json] = field(default_factory=dict)
    service_accounts: dict[str, Json] = field(default_factory=dict)
    policy: Json = field(default_factory=new_policy)
    policies: dict[str, Json] = field(default_factory=dict)
    late_account: int = 0
    blocking: Json = field(default_factory=dict)
    operations: dict[str, Json] = field(default_factory=dict)
    monitoring: dict[str, Json] = field(default_factory=dict)
    accounts: dict[str, Json] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)
    unknown_metrics: set[str] = field(default_factory=set)

    calls: list[Call] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def without_blaze(self) -> None:
        """Take the billing account away, and with it the APIs that need one."""
        self.blaze = False
        self.off |= NEEDS_BILLING

    @property
    def default_account(self) -> str:
        """The service account of functions that name none."""
        return f"{self.number}-compute@developer.gserviceaccount.com"

    def done(self, parent: str, response: Any) -> Json:
        """Record an operation that has ended; return it as the answer to the call that started it.

        Args:
            parent: The name of the resource or the location that the operation belongs to.
            response: The result of the operation.
        """
        name = f"{parent}/operations/operation-{len(self.operations)}"
        self.operations[name] = {"name": name, "done": True, "response": response}
        return {"name": name, "done": False}

    def operation(self, name: str) -> Json:
        """Return an operation."""
        if name not in self.operations:
            raise not_found(name)
        return self.operations[name]

    def ids(self, region: str = "") -> set[str]:
        """Return the ids of the functions, of all regions or of one."""
        names = [name.split("/") for name in self.functions]
        return {parts[5] for parts in names if region in ("", parts[3])}

    def function(self, function_id: str) -> Json:
        """Return a function by its id, which must be in one region only."""
        [found] = [one for name, one in self.functions.items() if name.endswith(f"/functions/{function_id}")]
        return found

    def roles_of(self, email: str, resource: str = "") -> set[str]:
        """Return the roles of a service account in the project, or on one of its resources."""
        member = f"serviceAccount:{email}"
        policy = self.policies.get(resource, new_policy()) if resource else self.policy
        return {binding["role"] for binding in policy["bindings"] if member in binding["members"]}

    def writes(self) -> list[str]:
        """Return the calls that were accepted and may have changed something."""
        return [str(call) for call in self.calls if call.writes and call.status < 400]

    def made(self, method: str, text: str) -> Iterator[Call]:
        """Yield the calls of a method whose host and path contain a text."""
        return (call for call in self.calls if call.method == method and text in f"{call.host}{call.path}")
