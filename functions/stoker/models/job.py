"""`processingJobs/{id}`: a piece of work, from the client's request to its result."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints

from stoker import registry
from stoker.models.document import DocumentId, Model, SchemaVersion, Timestamp, UserId, utf_16_units
from stoker.models.media import Media
from stoker.models.one_of import OneOf
from stoker.models.warnings import MAX_WARNINGS, OutputWarning
from stoker.models.writers import (
    CLIENT,
    CLIENT_ONCE,
    CREATION_TIME,
    WRITE_TIME,
    ChangesOnlyTo,
    InitialValue,
    TimeWindow,
)

JobTypeName = Annotated[str, OneOf(lambda: registry.job_types())]
"""The name of a job type. An app may register types of its own."""

JobStatus = Literal["pending", "processing", "completed", "failed", "cancelled"]
ENDED: frozenset[JobStatus] = frozenset({"completed", "failed", "cancelled"})


def has_ended(status: object) -> bool:
    """Return whether a job with this status has ended.

    Args:
        status: The field `status` of a document. It may hold any value.

    Example:
        >>> has_ended("failed"), has_ended("pending"), has_ended(["failed"])
        (True, False, False)
    """
    return isinstance(status, str) and status in ENDED


JobId = DocumentId
"""The id of a job. The client chooses it, and it becomes a folder's name."""

DedupeKey = Annotated[str, StringConstraints(min_length=1, max_length=128), utf_16_units(128)]
"""A key that the client chooses. Each user has keys of their own: two users may use the same key."""

Stage = str
"""The current step of an attempt, for the app to show beside the progress: `queued`, a stage that the job's type lists
in the registry, or `completed`."""

HeldStage = Literal["paused", "waiting-for-other-jobs", "waiting-for-other-users", "waiting-for-tomorrow"]
"""The reason why a pending job is held back: an admin has paused its type, its owner has reached a limit, or other
users need the places."""

WOKEN_STAGES: tuple[HeldStage, ...] = ("waiting-for-other-jobs", "waiting-for-other-users")
"""The stages of held-back jobs that begin when other jobs end."""

FOUND_BY_STAGE = ("paused", *WOKEN_STAGES)
"""The stages of jobs that are held back without a `runAfter`. The sweeper looks for each of these stages. It finds all
other pending jobs by their `runAfter`."""


END_HOOK_DUE: Final = "due"
"""The `endHook` of a job whose end hook has not yet run."""

RUNNING_JOBS: Final = "running-jobs"
"""The stage of a job that waits for its children."""

RUNNING_AGAIN: Final = "running-jobs-again"
"""The stage of a batch that had ended when some of its children were retried. They are not counted again yet."""


class StoredLease(Model):
    """An attempt's exclusive hold on the job. The engine writes it; apps don't need it.

    Attributes:
        token: A random text that names the attempt.
        expires_at: The time at which the lease expires. The attempt counts as dead from then on.
        saved: A random text that names the last checkpoint, so that the attempt recognizes its own write.
    """

    token: str
    expires_at: Timestamp
    saved: str | None = None


class StoredFile(Model):
    """A file in Cloud Storage.

    Attributes:
        path: The object's name in the default bucket, under `job-outputs/{userId}/{jobId}/`.
        content_type: The media type, such as `video/mp4`.
        bytes: The size in bytes.
        sha256: The SHA-256 checksum, in hexadecimal.
    """

    path: str
    content_type: str
    bytes: int
    sha256: str


class OutputFile(StoredFile):
    """A file that a job made.

    Attributes:
        kind: The kind of output, such as `mp4`, `poster`, `audio`, `captions` or `export`.
        width: The width of the picture in pixels. Missing if there is no picture.
        height: The height of the picture in pixels. Missing if there is no picture.
        duration_seconds: The duration in seconds. Missing if the file does not play.
        parts: The files in the same folder that this file names: the streams of a playlist, the pictures of a sprite.
    """

    kind: str
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    parts: list[StoredFile] | None = None

    @property
    def paths(self) -> list[str]:
        """The names of all objects of the file: its own, and those of its parts."""
        return [self.path, *(part.path for part in self.parts or [])]


class JobOutput(Model):
    """The result of a completed job.

    Attributes:
        keep_days: The days that a job with this kind of output is kept; None for as long as any other job.
        forgotten: Fields of the job's document that are removed when the job ends.
        files: The files that the job made.
        media: For a film, the properties of the source. For speech, a map with `loudness` (LUFS), `truePeak` (dBTP),
            `engine`, `voice` and `language`.
        warnings: Parts of the source that were left out or guessed.
    """

    keep_days: ClassVar[int | None] = None
    forgotten: ClassVar[tuple[str, ...]] = ()

    files: list[OutputFile]
    media: Media | dict[str, Any] | None = None
    warnings: Annotated[list[OutputWarning], Field(max_length=MAX_WARNINGS)] | None = None

    @property
    def paths(self) -> set[str]:
        """The names of all objects of the output."""
        return {path for file in self.files for path in file.paths}

    @property
    def total_bytes(self) -> int:
        """The size of all objects of the output, in bytes."""
        return sum(file.bytes + sum(part.bytes for part in file.parts or []) for file in self.files)

    @property
    def media_seconds(self) -> float:
        """The duration of the source, or else of the longest file, in seconds; 0 if nothing plays."""
        source = self.media.duration_seconds if isinstance(self.media, Media) else None
        return max(
            (seconds for seconds in (source, *(file.duration_seconds for file in self.files)) if seconds), default=0
        )


class ItemFailure(Model):
    """An item of a batch that failed.

    Attributes:
        item: The item: the id of a task, the number of a line or list item of an imported file, or the number of a job
            in the list.
        error: A sentence for the owner.
        error_code: A stable code in kebab-case, for the app.
    """

    item: str
    error: str
    error_code: str


class BatchOutput(JobOutput):
    """The result of a completed `batch-operation` job.

    Attributes:
        total: The number of items: `succeeded` and `failed` together.
        succeeded: The number of items that are done.
        failed: The number of items that failed.
        failures: The first 100 items that failed.
        removed: The numbers of documents and files that a deletion removed, by kind, such as
            `{"tasks": 12, "files": 3}`.
        generation: The generation of the imported file in Cloud Storage. A file that is uploaded again under the same
            name has another generation.
    """

    files: list[OutputFile] = Field(default_factory=list)
    total: int
    succeeded: int
    failed: int
    failures: Annotated[list[ItemFailure], Field(max_length=100)] = Field(default_factory=list)
    removed: dict[str, int] | None = None
    generation: str | None = None


class DeletionReceipt(BatchOutput):
    """The result of a deletion: figures alone, which are kept for a day."""

    keep_days: ClassVar[int | None] = 1
    forgotten: ClassVar[tuple[str, ...]] = ("dedupeKey",)


class Attempt(Model):
    """An attempt that ended without completing the job.

    Attributes:
        number: The number of the attempt, from 1.
        started_at: The time at which the attempt began.
        ended_at: The time at which the attempt ended.
        error_code: The reason, as a stable code. `lease-lost` if the attempt stopped responding.
    """

    number: int
    started_at: Timestamp
    ended_at: Timestamp
    error_code: str


class ProcessingJob(Model):
    """A job: the document `processingJobs/{id}`. A client creates it and may later set `cancel_requested`. The server
    writes all other fields.

    Attributes:
        id: The id of the document, repeated.
        user_id: The uid of the owner.
        type: The type of the job, which decides the form of `input`.
        input: The request: what the job is to do.
        status: The state of the job.
        created_at: The time at which the document was created.
        cancel_requested: True if the owner wants the job to stop.
        dedupe_key: A key of the client's choice. While the job has not ended, another job of the same owner with the
            same key fails as `duplicate`.
        run_after: The job does not begin before this time. The client may set it at creation; the server sets it to
            wait after a failed attempt.
        schema_version: The version of the document's form.
        progress: The progress in percent. It never falls within an attempt, and is 100 only if the job is completed.
        stage: The current step, such as `encoding`. For a pending job that is held back, the reason, such as `paused`.
        eta_seconds: An estimate of the seconds until the attempt ends. Missing if it is not known.
        output: The result of a completed job.
        error: The reason for a failure, as a sentence for the owner.
        error_code: The reason for a failure, as a stable code in kebab-case.
        attempt: The number of attempts that have begun.
        max_attempts: The most attempts that the job may have. Missing for the default of all jobs.
        attempts: The last attempts that ended without completing the job.
        work_seconds: The duration of all attempts so far, in seconds.
        lease: The lease of the attempt that works on the job. The engine writes it; apps don't need it.
        ended_by: The token of the attempt that ended the job or released it. The engine writes it; apps don't need it.
        parent_id: The id of the batch that made this job.
        children: The number of jobs that this batch made and waits for.
        checkpoint: The place from which the next attempt goes on. Its form is the worker's; apps don't need it.
        end_hook: The result of the step that runs after the end of a deletion; `due` before it has run. The result is
            `account-gone`, `account-unlocked`, `account-locked` if somebody else had locked the account, or
            `account-made-again` if the uid has a new account.
        owner_is_gone: True if the owner's account was gone before this deletion. Such a job touches no account, because
            any account of that uid is a new account.
        started_at: The time at which the last attempt began.
        updated_at: The time of the last write.
        completed_at: The time at which the job ended, however it ended.
        expires_at: The time from which Firestore may delete the document.
    """

    # The rules refuse unknown fields of clients. An extension or a newer version may add fields while a job waits.
    model_config = ConfigDict(extra="ignore")

    id: Annotated[JobId, CLIENT_ONCE]
    user_id: Annotated[UserId, CLIENT_ONCE]
    type: Annotated[JobTypeName, CLIENT_ONCE]
    input: Annotated[dict[str, Any], CLIENT_ONCE]
    status: Annotated[JobStatus, CLIENT_ONCE, InitialValue("pending")]
    created_at: Annotated[Timestamp, CREATION_TIME]
    cancel_requested: Annotated[bool, CLIENT, InitialValue(False), ChangesOnlyTo(True)] = False
    dedupe_key: Annotated[DedupeKey | None, CLIENT_ONCE] = None
    run_after: Annotated[Timestamp | None, CLIENT_ONCE, TimeWindow(after=timedelta(days=30))] = None
    schema_version: Annotated[SchemaVersion, CLIENT_ONCE] = 1

    progress: Annotated[float, CLIENT_ONCE, InitialValue(0), Field(ge=0, le=100)] = 0
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
        """Return whether the job has made children and waits for their ends, without a lease."""
        return self.status == "processing" and self.children is not None and self.lease is None
