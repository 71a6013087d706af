"""The types of jobs. One entry makes a type: its queue, rules, TypeScript and JSON Schema are generated from the entry.

Stoker's own types are listed here. An app adds its own with `stoker.job`.

This module imports nothing heavy, because `main.py` imports it. So an entry names its input model and its worker as
text.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any, Final

from stoker import capacity, config, features

NAME: Final = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
"""The form of a type's name."""

MAX_NAME: Final = 50
"""The most characters of a type's name. Cloud Run allows 63 for the name of a service, and the deployment adds none.
Source: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services/create (serviceId)"""

ENGINE_STAGES: Final = ("queued", "completed")
"""The stages that the engine itself reports."""

MEMORY_MB: Final = (256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
"""The memory that an instance may have, in MiB.
Source: https://firebase.google.com/docs/functions/manage-functions (memory), without 128, in which nothing starts."""

MEMORY_OF_CPU: Final[Mapping[int, tuple[int, int]]] = {
    1: (256, 4096),
    2: (256, 8192),
    4: (2048, 16384),
    8: (4096, 32768),
}
"""The least and the most memory of an instance with so many processors, in MiB.
Source: https://cloud.google.com/run/docs/configuring/services/memory-limits and .../cpu"""


MEDIA_TYPE: Final = r"[a-z]+/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}"
"""A media type in small letters, without parameters. Source: https://www.rfc-editor.org/rfc/rfc6838#section-4.2"""


ENDING: Final = r"[a-z0-9]{1,16}"
"""The ending of a file's name, without the dot."""


class RegistrationError(RuntimeError):
    """A registration of an app is wrong. The message says what to do."""


@dataclass(frozen=True)
class Queue:
    """A queue of Cloud Tasks, and the function that runs its tasks.

    Attributes:
        name: The name of both. Cloud Tasks allows no underscore in it.
            Source: https://cloud.google.com/tasks/docs/reference/rest/v2/projects.locations.queues (letters, digits
            and hyphens).
        at_once: The number of its places: the most attempts that it runs at the same time. The function has as many
            instances.
    """

    name: str
    at_once: int


@dataclass(frozen=True)
class JobType:
    """A type of job.

    The timeout is the same for all types: `config.ATTEMPT_SECONDS`.

    Attributes:
        name: Lower-case words with hyphens between them. Jobs name it in their field `type`.
        input: The model of the input, as `module:Name`. A union of models needs a discriminator.
        worker: The function that does the work, or its name as `module:name`.
        stages: Every stage that the worker may report, in the order of the work.
        memory_mb: The memory of an instance, in MiB, `/tmp` included.
        cpu: The processors of an instance.
        at_once: The most attempts that the queue runs at the same time. It is smaller if `config.VCPU` is too small.
        deletions: A second queue with the same worker, for jobs that delete all data of their owner. None if the type
            has no such jobs.
        makes_jobs: Whether the worker returns `Children`. No batch may contain such a job, because a batch of batches
            might never end.
        feature: The feature of `stoker.toml` that the type belongs to; None for a type of the app.
        uploads: The media types of files that clients may upload for such jobs, such as `image/jpeg`.
        upload_endings: The endings of the names of such files, in small letters. They decide if a client sends no
            media type, as browsers do for formats that they do not know.
        max_upload_bytes: The largest of these uploads, in bytes.
        end_hook: A function that runs after the end of each job that has asked for it, as `module:name`; see
            `stoker.jobs.end_hook`. It also runs if the job ends without its worker.
    """

    name: str
    input: str
    worker: str | Callable[..., Any]
    stages: tuple[str, ...]
    memory_mb: int
    cpu: int
    at_once: int
    deletions: Queue | None = None
    makes_jobs: bool = False
    end_hook: str | None = None
    feature: str | None = None
    uploads: tuple[str, ...] = ()
    upload_endings: tuple[str, ...] = ()
    max_upload_bytes: int = 0

    @property
    def queue(self) -> Queue:
        """The queue of all jobs but deletions. Its name is the type's name without hyphens."""
        return Queue(self.name.replace("-", ""), self.at_once)

    @property
    def queues(self) -> tuple[Queue, ...]:
        """All queues of the type."""
        return (self.queue,) if self.deletions is None else (self.queue, self.deletions)


_OURS = (
    JobType(
        name="video-processing",
        input="stoker.models.video:VideoInput",
        worker="stoker.video.worker:process_video",
        stages=("downloading", "probing", "encoding", "uploading"),
        # config.MAX_WORKSPACE_BYTES and config.MEDIA_MEMORY_BYTES must fit into it together.
        memory_mb=8192,
        cpu=2,
        at_once=20,
        feature="video",
    ),
    JobType(
        name="audio-generation",
        input="stoker.models.speech:AudioInput",
        worker="stoker.speech.worker:process_audio",
        stages=("synthesizing", "mastering", "uploading"),
        # The least memory that the platform gives to two processors. Four hours of speech take 1.4 GB, as PCM and again
        # as a WAV file.
        memory_mb=4096,
        cpu=2,
        # Each attempt sends several sentences at a time to Cloud Text-to-Speech, whose quota is for the whole project.
        at_once=10,
        feature="speech",
    ),
    JobType(
        name="batch-operation",
        input="stoker.models.batch:BatchInput",
        worker="stoker.batch.worker:process_batch",
        stages=("updating", "deleting", "waiting-for-running-jobs", "importing", "exporting"),
        # The worker reads one page of documents or one chunk of a file at a time, and mostly waits for the network.
        memory_mb=1024,
        cpu=1,
        at_once=20,
        # With a queue of their own, deletions and batches never wait for each other. A few places are enough, because
        # no user watches a deletion.
        deletions=Queue("accountdeletion", at_once=5),
        makes_jobs=True,
        feature="batch",
        end_hook="stoker.accounts.account_deletion:after_deletion",
    ),
)


_registered: list[JobType] = []
"""The types of the app, in the order of their registration."""


def register(job_type: JobType) -> None:
    """Add a type of the app.

    Args:
        job_type: The type.

    Raises:
        RegistrationError: The type can't be deployed, or has the name or the queue of another type.
        ParameterError: `STOKER_VCPU` is too small for another queue.
    """
    _check(job_type)
    _registered.append(job_type)
    _fitted.cache_clear()
    try:
        _fitted()
    except config.ParameterError:
        unregister(job_type.name)
        raise


def unregister(name: str) -> None:
    """Remove a type of the app.

    Args:
        name: The name of the type.
    """
    _registered[:] = [each for each in _registered if each.name != name]
    _fitted.cache_clear()


def _all() -> tuple[JobType, ...]:
    return (*(one for one in _OURS if one.feature is None or features.has(one.feature)), *_registered)


def _check(job_type: JobType) -> None:
    """Check that a type can be deployed.

    Raises:
        RegistrationError: The type can't be deployed. The message names the first problem.
    """
    name = job_type.name
    if not isinstance(name, str) or not re.fullmatch(NAME, name) or len(name) > MAX_NAME:
        raise RegistrationError(
            f"The job type {name!r} needs another name: lower-case words with hyphens between them, such as "
            f"word-count, of at most {MAX_NAME} characters."
        )
    for other in _all():
        if other.name == name:
            raise RegistrationError(f"The job type {name} is registered twice. Choose another name for one of both.")
        if shared := {queue.name for queue in other.queues} & {queue.name for queue in job_type.queues}:
            raise RegistrationError(
                f"The job types {other.name} and {name} would both have the queue {shared.pop()}. Rename {name}."
            )
    if not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", job_type.input):
        raise RegistrationError(
            f"The job type {name} names its input as {job_type.input!r}. Name the model as module:Class, such as "
            "words_input:WordsInput."
        )
    doubled = [stage for stage, count in Counter(job_type.stages).items() if count > 1]
    if not job_type.stages or doubled or {*job_type.stages} & {*ENGINE_STAGES}:
        raise RegistrationError(
            f"The job type {name} has the stages {job_type.stages!r}. List each stage that the worker reports once, "
            f"without {' and '.join(ENGINE_STAGES)}, which the engine reports."
        )
    if job_type.memory_mb not in MEMORY_MB:
        sizes = ", ".join(str(size) for size in MEMORY_MB)
        raise RegistrationError(f"The job type {name} has memory_mb={job_type.memory_mb}. Choose one of {sizes}.")
    fitting = [cpu for cpu, (least, most) in MEMORY_OF_CPU.items() if least <= job_type.memory_mb <= most]
    if job_type.cpu not in fitting:
        choices = " or ".join(str(cpu) for cpu in fitting)
        raise RegistrationError(
            f"The job type {name} has cpu={job_type.cpu}. With memory_mb={job_type.memory_mb}, choose {choices}."
        )
    if not 1 <= job_type.at_once <= 1000:
        raise RegistrationError(f"The job type {name} has at_once={job_type.at_once}. Choose 1 to 1000.")
    for media_type in job_type.uploads:
        if not re.fullmatch(MEDIA_TYPE, media_type):
            raise RegistrationError(
                f"The job type {name} has uploads={media_type!r}. Name whole media types, such as image/jpeg."
            )
    for ending in job_type.upload_endings:
        if not re.fullmatch(ENDING, ending):
            raise RegistrationError(
                f"The job type {name} has upload_endings={ending!r}. Name endings in small letters, such as heic."
            )
    if (job_type.uploads or job_type.upload_endings) and not 1 <= job_type.max_upload_bytes <= config.MAX_SOURCE_BYTES:
        raise RegistrationError(
            f"The job type {name} has max_upload_bytes={job_type.max_upload_bytes}. Choose 1 to "
            f"{config.MAX_SOURCE_BYTES:,}, which is the most of any upload."
        )


def job_types() -> Mapping[str, JobType]:
    """Return every type of job by its name.

    Example:
        >>> job_types()["video-processing"].queue.name
        'videoprocessing'
    """
    return _fitted()


@cache
def _fitted() -> dict[str, JobType]:
    """Return the types with so many places that the instances of all functions fit into the budget of processors."""
    wishes = {
        queue.name: capacity.Wish(queue.at_once, job_type.cpu) for job_type in _all() for queue in job_type.queues
    }
    places = capacity.fitted(wishes, config.VCPU)
    found = {}
    for job_type in _all():
        deletions = job_type.deletions
        if deletions is not None:
            deletions = Queue(deletions.name, places[deletions.name])
        found[job_type.name] = replace(job_type, at_once=places[job_type.queue.name], deletions=deletions)
    return found


def queue_of(job_type: str, *, deletes_owner: bool = False) -> Queue:
    """Return the queue that a job goes to.

    Args:
        job_type: The job's type.
        deletes_owner: Whether the job deletes all data of its owner.

    Example:
        >>> queue_of("batch-operation").name, queue_of("batch-operation", deletes_owner=True).name
        ('batchoperation', 'accountdeletion')
    """
    registered = job_types()[job_type]
    return registered.deletions if deletes_owner and registered.deletions is not None else registered.queue


def load(path: str | Callable[..., Any]) -> Any:
    """Import a function or a class that an entry names.

    Args:
        path: Its module and its name, as `module:name`. A function stands for itself.

    Example:
        >>> load("stoker.registry:JobType").__name__
        'JobType'
    """
    if not isinstance(path, str):
        return path
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
