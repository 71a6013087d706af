"""All kinds of documents, with their collections and their models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stoker import config, features, registry
from stoker.models.analytics import AnalyticsAggregate, AnalyticsEvent
from stoker.models.completion import Completion
from stoker.models.document import Model
from stoker.models.job import ProcessingJob
from stoker.models.project import Project
from stoker.models.settings import JobSettings, SignUpSettings
from stoker.models.task import Task
from stoker.models.user import User
from stoker_tools.generate.fields import models_in


@dataclass(frozen=True)
class Document:
    """A kind of document.

    Attributes:
        collection: The name of the collection.
        model: The model of the fields.
        name: The name in the rules, in singular.
    """

    collection: str
    model: type[Model]
    name: str


def documents() -> Sequence[Document]:
    """Return every kind of document that the features of the app use."""
    all_kinds = (
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
    return tuple(kind for kind in all_kinds if features.is_used(kind.collection))


def inputs() -> Mapping[str, Sequence[type[Model]]]:
    """Return the models that the input of a job may have, by the type of the job."""
    return {name: tuple(models_in(registry.load(one.input))) for name, one in registry.job_types().items()}
