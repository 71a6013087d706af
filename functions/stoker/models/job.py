"""`processingJobs/{id}`: a piece of work, from the client's wish to its result."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints

from stoker import registry
from stoker.models.document import DocumentId, Model, SchemaVersion, Timestamp, UserId, utf_16_units
from stoker.models.media import Media
from stoker.models.warnings import MAX_WARNINGS, OutputWarning
from stoker.models.writers import CLIENT, CLIENT_ONCE, CREATION_TIME, WRITE_TIME, Becomes, Begins, Near

if TYPE_CHECKING:
    JobTypeName = str
else:
    # Literal checks a value when a document is read. A type checker can't see into the registry.
    JobTypeName = Literal[tuple(registry.job_types())]
"""The name of a type of job."""

JobStatus = Literal["pending", "processing", "completed", "failed", "cancelled"]
ENDED: frozenset[JobStatus] = frozenset({"completed", "failed", "cancelled"})


def has_ended(status: object) -> bool:
    """Whether this is the status of a job that has ended. A document may hold anything in its place.

    Example:
        >>> has_ended("failed"), has_ended("pending"), has_ended(["failed"])
        (True, False, False)
    """
    return isinstance(status, str) and status in ENDED


JobId = DocumentId
"""The id of a job: the client chooses it, and it becomes a folder's name."""

DedupeKey = Annotated[str, StringConstraints(min_length=1, max_length=128), utf_16_units(128)]
"""Chosen by the client, and its own: another user's same key is another key."""

if TYPE_CHECKING:
    Stage = str
else:
    # As above. Each type names the stages that its worker reports; the engine adds "queued" and "completed".
    Stage = Literal["queued", *(stage for kind in registry.job_types().values() for stage in kind.stages), "completed"]
"""What an attempt is doing; shown to the user beside the progress."""

HeldStage = Literal["paused", "waiting-for-other-jobs", "waiting-for-other-users", "waiting-for-tomorrow"]
"""Why a pending job is held back: an admin has paused its type, the owner is at a limit, or others need the places."""

WOKEN_STAGES: tuple[HeldStage, ...] = ("waiting-for-other-jobs", "waiting-for-other-users")
"""The stages of jobs that the ends of other jobs wake."""

FOUND_BY_STAGE = ("paused", *WOKEN_STAGES)
"""The stages of jobs that are held back without a time, and for which the sweeper has a step. It finds all other
pending jobs by their `runAfter`."""


END_HOOK_DUE: Final = "due"
"""The `endHook` of a job whose end hook has not yet run."""

RUNNING_JOBS: Final = "running-jobs"
"""The stage of a job that waits for its children."""

RUNNING_AGAIN: Final = "running-jobs-again"
"""The stage of a batch that has ended, and of which children were retried by hand and not yet counted."""


class StoredLease(Model):
    """Who works on the job, and until when that is believed.

    Attributes:
        token: Drawn anew by each attempt.
        expires_at: From then on, the attempt counts as dead.
        saved: Drawn anew with each checkpoint: the attempt knows its own by it.
    """

    token: str
    expires_at: Timestamp
    saved: str | None = None


class StoredFile(Model):
    """A file in Cloud Storage.

    Attributes:
        path: Its object in the default bucket, under `job-outputs/{userId}/{jobId}/`.
        content_type: Its media type.
        bytes: Its size.
        sha256: Its checksum, in hexadecimal.
    """

    path: str
    content_type: str
    bytes: int
    sha256: str


class OutputFile(StoredFile):
    """One file that a job made.

    Attributes:
        kind: The kind of output that asked for it.
        width: Pixels, where it is a picture.
        height: Pixels, where it is a picture.
        duration_seconds: Where it plays.
        parts: The files that it names, in the same folder: the streams of a playlist, the pictures of a sprite.
    """

    kind: str
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    parts: list[StoredFile] | None = None

    @property
    def paths(self) -> list[str]:
        """All its objects."""
        return [self.path, *(part.path for part in self.parts or [])]


class JobOutput(Model):
    """What a completed job made.

    Attributes:
        keep_days: How long the document is kept where its output is of this kind; None for as long as any.
        forgotten: Fields of the document that go with the end.
        media: What a film's source was found to be, or what was measured of speech.
        warnings: Parts of the source that were left out or guessed.
    """

    keep_days: ClassVar[int | None] = None
    forgotten: ClassVar[tuple[str, ...]] = ()

    files: list[OutputFile]
    media: Media | dict[str, Any] | None = None
    warnings: Annotated[list[OutputWarning], Field(max_length=MAX_WARNINGS)] | None = None

    @property
    def paths(self) -> set[str]:
        """All the objects that it names."""
        return {path for file in self.files for path in file.paths}

    @property
    def total_bytes(self) -> int:
        """The bytes of all its objects."""
        return sum(file.bytes + sum(part.bytes for part in file.parts or []) for file in self.files)

    @property
    def media_seconds(self) -> float:
        """How long the source plays, or the longest file; 0 if nothing plays."""
        source = self.media.duration_seconds if isinstance(self.media, Media) else None
        return max(
            (seconds for seconds in (source, *(file.duration_seconds for file in self.files)) if seconds), default=0
        )


class ItemFailure(Model):
    """An item of a batch that could not be done.

    Attributes:
        item: Which: a document's id, a line's number, or a job's place in the list.
        error: A sentence for the owner.
        error_code: A stable kebab-case code.
    """

    item: str
    error: str
    error_code: str


class BatchOutput(JobOutput):
    """What a completed `batch-operation` did.

    Attributes:
        total: Items that there were; `succeeded` and `failed` add up to it.
        failures: The first 100 items that failed.
        removed: What a deletion removed, by kind, such as `{"tasks": 12, "files": 3}`.
        generation: The generation of the file that an import has read. It is another if the file is replaced.
    """

    files: list[OutputFile] = Field(default_factory=list)
    total: int
    succeeded: int
    failed: int
    failures: Annotated[list[ItemFailure], Field(max_length=100)] = Field(default_factory=list)
    removed: dict[str, int] | None = None
    generation: str | None = None


class DeletionReceipt(BatchOutput):
    """What is left of a user: figures, for a day."""

    keep_days: ClassVar[int | None] = 1
    forgotten: ClassVar[tuple[str, ...]] = ("dedupeKey",)


class Attempt(Model):
    """What became of an attempt that did not complete the job.

    Attributes:
        number: From 1.
        error_code: Why it ended; `lease-lost` where it went silent.
    """

    number: int
    started_at: Timestamp
    ended_at: Timestamp
    error_code: str


class ProcessingJob(Model):
    """The document. The client writes the first group of fields on creation, and may later set `cancel_requested`;
    the server writes the rest. `schema_version` may be left out.

    Attributes:
        id: Repeats the document's id.
        user_id: The owner.
        type: Which worker runs it.
        input: By type; the worker's own model reads it.
        created_at: The server's time at creation.
        cancel_requested: The owner wants it to stop.
        dedupe_key: No second job of the owner's with this key is run while this one is alive.
        run_after: Not before this time: the owner's wish, or the wait after an attempt that failed.
        status: Where it stands.
        eta_seconds: How long the attempt will still take, as far as its progress tells.
        progress: Percent; never falls within an attempt, and is 100 only when completed.
        attempt: How many attempts have begun.
        attempts: What became of the last of them.
        work_seconds: How long the attempts so far took together, in seconds.
        error: A sentence for the owner.
        error_code: A stable kebab-case code, from `stoker.errors`.
        ended_by: The token of the attempt that has written last of all, or handed the job on.
        parent_id: The batch job that made this one.
        children: How many jobs this one has made and waits for.
        checkpoint: How far the work is, in the worker's own terms: where the next attempt goes on.
        end_hook: `due` if the end hook of the type must run after the job's end; then the hook's result. A deletion
            has `account-gone`, `account-unlocked`, `account-locked` if somebody else had locked the account, or
            `account-made-again` if the uid has a new account by then.
        owner_is_gone: Whether the job deletes all that is left of an owner without an account. The job touches no
            account, because any account of that uid is a new account.
    """

    # The rules refuse what a client adds; an extension or a newer version may add fields while a job waits.
    model_config = ConfigDict(extra="ignore")

    id: Annotated[JobId, CLIENT_ONCE]
    user_id: Annotated[UserId, CLIENT_ONCE]
    type: Annotated[JobTypeName, CLIENT_ONCE]
    input: Annotated[dict[str, Any], CLIENT_ONCE]
    status: Annotated[JobStatus, CLIENT_ONCE, Begins("pending")]
    created_at: Annotated[Timestamp, CREATION_TIME]
    cancel_requested: Annotated[bool, CLIENT, Begins(False), Becomes(True)] = False
    dedupe_key: Annotated[DedupeKey | None, CLIENT_ONCE] = None
    run_after: Annotated[Timestamp | None, CLIENT_ONCE, Near(after=timedelta(days=30))] = None
    schema_version: Annotated[SchemaVersion, CLIENT_ONCE] = 1

    progress: Annotated[float, CLIENT_ONCE, Begins(0), Field(ge=0, le=100)] = 0
    stage: str | None = None
    eta_seconds: int | None = None
    output: BatchOutput | JobOutput | None = None
    error: str | None = None
    error_code: str | None = None
    attempt: Annotated[int, Field(ge=0)] = 0
    max_attempts: Annotated[int, Field(ge=1, le=20)] | None = None
    attempts: list[Attempt] = Field(default_factory=list)
    work_seconds: Annotated[int, Field(ge=0)] = 0
    lease: StoredLease | None = None
    ended_by: str | None = None
    parent_id: JobId | None = None
    children: Annotated[int, Field(ge=1)] | None = None
    checkpoint: dict[str, Any] = Field(default_factory=dict)
    end_hook: str | None = None
    owner_is_gone: bool = False
    started_at: Timestamp | None = None
    updated_at: Annotated[Timestamp | None, WRITE_TIME] = None
    completed_at: Timestamp | None = None
    expires_at: Timestamp | None = None

    @property
    def waits_for_children(self) -> bool:
        """Whether it has made other jobs and is held by nobody while they run."""
        return self.status == "processing" and self.children is not None and self.lease is None
