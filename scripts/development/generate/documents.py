"""All documents: where they are, and which model says what is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from stoker import config
from stoker.models.analytics import AnalyticsAggregate, AnalyticsEvent
from stoker.models.audio import AudioInput
from stoker.models.batch import BatchInput
from stoker.models.completion import Completion
from stoker.models.document import Model
from stoker.models.job import JobType, ProcessingJob
from stoker.models.project import Project
from stoker.models.settings import JobSettings, SignUpSettings
from stoker.models.task import Task
from stoker.models.user import User
from stoker.models.video import VideoInput


@dataclass(frozen=True)
class Document:
    """A kind of document.

    Attributes:
        collection: Where it is.
        model: What is in it.
        name: In singular, as the rules call it.
    """

    collection: str
    model: type[Model]
    name: str


DOCUMENTS: Sequence[Document] = (
    Document(config.USERS, User, "user"),
    Document(config.COMPLETIONS, Completion, "completion"),
    Document(config.TASKS, Task, "task"),
    Document(config.PROJECTS, Project, "project"),
    Document(config.JOBS, ProcessingJob, "job"),
    Document(config.ANALYTICS_EVENTS, AnalyticsEvent, "event"),
    Document(config.ANALYTICS_AGGREGATES, AnalyticsAggregate, "aggregate"),
    Document(config.ADMIN_DATA, JobSettings, "jobSettings"),
    Document(config.ADMIN_DATA, SignUpSettings, "signUpSettings"),
)

INPUTS: Mapping[JobType, Sequence[type[Model]]] = {
    "video-processing": (VideoInput,),
    "audio-generation": (AudioInput,),
    "batch-operation": get_args(BatchInput),
}
"""Which models the input of a job may be of, by its type."""
