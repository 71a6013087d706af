"""The types of jobs. One entry makes a type: its queue, rules, TypeScript and JSON Schema are generated from the entry.

This module imports nothing heavy, because `main.py` imports it. So an entry names its input model and its worker as
text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

from stoker import capacity, config


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
        worker: The function that does the work, as `module:name`.
        stages: Every stage that the worker may report, in the order of the work.
        memory_mb: The memory of an instance, in MiB, `/tmp` included.
        cpu: The processors of an instance.
        at_once: The most attempts that the queue runs at the same time. It is smaller if `config.VCPU` is too small.
        deletions: A second queue with the same worker, for jobs that delete all data of their owner. None if the type
            has no such jobs.
        makes_jobs: Whether the worker returns `Children`. No batch may contain such a job, because a batch of batches
            might never end.
        end_hook: A function that runs after the end of each job that has asked for it, as `module:name`; see
            `stoker.jobs.end_hook`. It also runs if the job ends without its worker.
    """

    name: str
    input: str
    worker: str
    stages: tuple[str, ...]
    memory_mb: int
    cpu: int
    at_once: int
    deletions: Queue | None = None
    makes_jobs: bool = False
    end_hook: str | None = None

    @property
    def queue(self) -> Queue:
        """The queue of all jobs but deletions. Its name is the type's name without hyphens."""
        return Queue(self.name.replace("-", ""), self.at_once)

    @property
    def queues(self) -> tuple[Queue, ...]:
        """All queues of the type."""
        return (self.queue,) if self.deletions is None else (self.queue, self.deletions)


_TYPES = (
    JobType(
        name="video-processing",
        input="stoker.models.video:VideoInput",
        worker="stoker.video.worker:process_video",
        stages=("downloading", "probing", "encoding", "uploading"),
        # config.MAX_WORKSPACE_BYTES and config.MEDIA_MEMORY_BYTES must fit into it together.
        memory_mb=8192,
        cpu=2,
        at_once=20,
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
        end_hook="stoker.accounts.account_deletion:after_deletion",
    ),
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
        queue.name: capacity.Wish(queue.at_once, job_type.cpu) for job_type in _TYPES for queue in job_type.queues
    }
    places = capacity.fitted(wishes, config.VCPU)
    found = {}
    for job_type in _TYPES:
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


def load(path: str) -> Any:
    """Import a function or a class that an entry names.

    Args:
        path: Its module and its name, as `module:name`.

    Example:
        >>> load("stoker.registry:JobType").__name__
        'JobType'
    """
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
