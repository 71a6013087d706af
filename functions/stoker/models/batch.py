"""The input of a `batch-operation` job: a model for each operation."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from stoker import registry
from stoker.models.document import DocumentId, KnownTimeZone, MakesNoFiles, Model, RetriesFailedItems, Timestamp
from stoker.models.one_of import OneOf
from stoker.models.task import Category, Tag, Tags, TaskContent, TaskPriority, TaskStatus
from stoker.models.video import SourcePath

FileEncoding = Literal["utf-8", "windows-1252"]
DateForm = Literal["iso", "excel"]

MAX_JOBS = 100
"""The most jobs that a batch makes. They are written in one commit."""

MAX_JOBS_CHARACTERS = 400_000
"""The most characters that the inputs of all jobs of a batch have together. The batch's own document, of at most 1 MiB,
also needs room for the results."""


def _child_types() -> list[str]:
    return [name for name, kind in registry.job_types().items() if not kind.makes_jobs]


ChildTypeName = Annotated[str, OneOf(_child_types)]
"""The name of a type of job that a batch may contain. An app may register types of its own."""


class ChildInput(Model):
    """A job that a batch makes. It can't be a batch, because a batch of batches might never end.

    Attributes:
        type: The type of the job.
        input: The input of the job, in the form of its type. It is checked as the input of any other job.
    """

    type: ChildTypeName
    input: dict[str, Any]


class RunJobs(MakesNoFiles, RetriesFailedItems):
    """The input of a batch that makes jobs and waits for their ends.

    Attributes:
        jobs: The jobs, 1 to 100.
    """

    operation: Literal["run-jobs"]
    jobs: Annotated[list[ChildInput], Field(min_length=1, max_length=MAX_JOBS)]

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if sum(len(str(job.input)) for job in self.jobs) > MAX_JOBS_CHARACTERS:
            raise ValueError(
                f"the jobs' inputs have more than {MAX_JOBS_CHARACTERS:,} characters; write several batches"
            )
        return self


class TaskFilter(Model):
    """A filter of the owner's tasks. A task must match every field that is given. Name at least one field.

    Attributes:
        status: The status of the task.
        priority: The priority of the task.
        category: The category of the task.
        project_id: The project of the task.
        tag: A tag that is among the task's tags.
    """

    status: TaskStatus | None = None
    priority: TaskPriority | None = None
    category: Category | None = None
    project_id: DocumentId | None = None
    tag: Tag | None = None

    def filters(self) -> list[tuple[str, str, str]]:
        """Return the conditions of a query, each as field, operator and value."""
        named = self.to_firestore()
        tag = named.pop("tag", None)
        equal = [(field, "==", value) for field, value in named.items() if field != "all"]
        return [*equal, ("tags", "array_contains", tag)] if tag is not None else equal

    @model_validator(mode="after")
    def _named(self) -> Self:
        self._check_named()
        return self

    def _check_named(self) -> None:
        if not self.filters():
            raise ValueError("name at least one of status, priority, category, projectId and tag")


class DeletionFilter(TaskFilter):
    """A filter of the owner's tasks that are to be deleted: fields to match, or `all`.

    Attributes:
        all: True to delete every task. It must be written out, so that an empty filter does not delete everything.
    """

    all: Literal[True] | None = None

    def _check_named(self) -> None:
        if bool(self.filters()) == bool(self.all):
            raise ValueError("name either filters (status, priority, category, projectId, tag) or all: true")


class TaskChange(Model):
    """The fields to write into each task. Name at least one field.

    Attributes:
        status: The new status. A task that may not change to this status fails.
        priority: The new priority.
        category: The new category.
        tags: The new tags. They replace all old tags.
        due_date: The new due date. Null removes the due date.
        project_id: The id of one of the owner's projects. Null removes the task from its project.
    """

    status: TaskStatus | None = None
    priority: TaskPriority | None = None
    category: Category | None = None
    tags: Tags | None = None
    due_date: Timestamp | None = None
    project_id: DocumentId | None = None

    @model_validator(mode="after")
    def _change_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one of status, priority, category, tags, dueDate and projectId")
        kept = {"status", "priority", "category", "tags"} & self.removed()
        if kept:
            raise ValueError(f"only dueDate and projectId can be null, not {', '.join(sorted(kept))}")
        return self

    def removed(self) -> set[str]:
        """Return the names in Python of the fields that are null, and so are to be removed from the task."""
        return {name for name in self.model_fields_set if getattr(self, name) is None}


class UpdateTasks(MakesNoFiles, RetriesFailedItems):
    """The input of a batch that writes the same change into all tasks of the owner that a filter finds.

    Attributes:
        where: The filter.
        set: The change.
    """

    operation: Literal["update-tasks"]
    where: TaskFilter
    set: TaskChange


class DeleteTasks(MakesNoFiles):
    """The input of a batch that deletes all tasks of the owner that a filter finds.

    Attributes:
        where: The filter.
    """

    operation: Literal["delete-tasks"]
    where: DeletionFilter


class ImportTasks(MakesNoFiles, RetriesFailedItems):
    """The input of a batch that makes a task of each record of a file.

    Attributes:
        source: The name of a file in the default bucket: NDJSON, a JSON list or CSV. It lies under the owner's
            `user-uploads/{userId}/` or `job-outputs/{userId}/`, or under `public/`.
        encoding: The encoding of the file. Most programs write UTF-8.
        dates: The form of the due dates. With `excel`, a number is the serial number of a day in a spreadsheet.
        time_zone: The time zone of due dates without an offset, such as `Europe/Berlin`.
    """

    operation: Literal["import-tasks"]
    source: SourcePath
    encoding: FileEncoding = "utf-8"
    dates: DateForm = "iso"
    time_zone: KnownTimeZone | None = None

    @model_validator(mode="after")
    def _names_the_zone_of_serial_numbers(self) -> Self:
        if self.dates == "excel" and self.time_zone is None:
            raise ValueError("with dates: 'excel', timeZone must name the time zone of the dates")
        return self


class ImportedTask(TaskContent):
    """A record of the file. The fields that the server writes into a task may be there, as in a file of an export, and
    are ignored."""

    id: Any = None
    user_id: Any = None
    created_at: Any = None
    updated_at: Any = None
    schema_version: Any = None

    def content(self) -> dict[str, Any]:
        """Return the fields of the new task's document."""
        ignored = {"id", "user_id", "created_at", "updated_at", "schema_version"}
        return self.model_dump(by_alias=True, exclude_none=True, exclude=ignored)


class ExportUserData(Model):
    """The input of a batch that exports all data of the owner as ZIP files."""

    operation: Literal["export-user-data"]


class DeleteUserData(MakesNoFiles):
    """The input of a batch that deletes all data of the owner, and then the owner's account."""

    operation: Literal["delete-user-data"]


BatchInput = Annotated[
    RunJobs | UpdateTasks | DeleteTasks | ImportTasks | ExportUserData | DeleteUserData,
    Field(discriminator="operation"),
]
"""The input of a `batch-operation` job. The field `operation` selects the model."""
