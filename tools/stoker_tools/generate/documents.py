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
from stoker.own_documents import OwnDocument, own_documents
from stoker_tools.generate.errors import GenerateError
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
    """Return every kind of document: those that the features of the app use, and the app's own.

    Raises:
        GenerateError: The model of an own kind can't be used.
    """
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
    return (*(kind for kind in all_kinds if features.is_used(kind.collection)), *own_kinds())


def own_kinds() -> Sequence[Document]:
    """Return the kinds of documents that the app has registered.

    Raises:
        GenerateError: The model of a kind can't be imported, or is no model.
    """
    return tuple(Document(one.collection, _model(one), one.name) for one in own_documents().values())


def _model(one: OwnDocument) -> type[Model]:
    try:
        model = one.load()
    except (ImportError, AttributeError) as error:
        raise GenerateError(
            f"The model {one.model} of the documents {one.collection} can't be imported: {error}. Name a class in a "
            "module beside main.py."
        ) from error
    if not isinstance(model, type) or not issubclass(model, Model):
        raise GenerateError(f"{one.model}, the model of the documents {one.collection}, must derive from stoker.Model.")
    return model


def inputs() -> Mapping[str, Sequence[type[Model]]]:
    """Return the models that the input of a job may have, by the type of the job."""
    return {name: tuple(models_in(registry.load(one.input))) for name, one in registry.job_types().items()}
