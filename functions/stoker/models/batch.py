"""The input of a `batch-operation` job: one model for each operation."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from stoker import registry
from stoker.models.document import DocumentId, KnownTimeZone, Model, RunsFailedAgain, StoresNothing, Timestamp
from stoker.models.task import Category, Tag, Tags, TaskContent, TaskPriority, TaskStatus
from stoker.models.video import SourcePath

FileEncoding = Literal["utf-8", "windows-1252"]
DateForm = Literal["iso", "excel"]

MAX_JOBS = 100
"""Jobs that one batch makes, in one commit."""

MAX_JOBS_CHARACTERS = 400_000
"""All their inputs together: the batch's own document of at most 1 MiB must keep room for what becomes of them."""


if TYPE_CHECKING:
    ChildTypeName = str
else:
    ChildTypeName = Literal[tuple(name for name, kind in registry.job_types().items() if not kind.makes_jobs)]
"""The name of a type of job that a batch may contain. A type checker can't see into the registry."""


class ChildInput(Model):
    """A job that a batch makes. No batch: what one makes must have an end.

    Attributes:
        type: Which worker runs it.
        input: By type; checked when the job arrives, as any job's.
    """

    type: ChildTypeName
    input: dict[str, Any]


class RunJobs(StoresNothing, RunsFailedAgain):
    """Makes jobs, which run as any other, and waits for their ends.

    Attributes:
        jobs: 1 to 100 of them.
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
    """Which of the owner's tasks: those of which all of this is true.

    Attributes:
        tag: One of the task's tags.
    """

    status: TaskStatus | None = None
    priority: TaskPriority | None = None
    category: Category | None = None
    project_id: DocumentId | None = None
    tag: Tag | None = None

    def filters(self) -> list[tuple[str, str, str]]:
        """The conditions of a query: field, operator, value."""
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
    """Which of the owner's tasks to delete.

    Attributes:
        all: Every one. Said in so many words, lest an empty filter do it.
    """

    all: Literal[True] | None = None

    def _check_named(self) -> None:
        if bool(self.filters()) == bool(self.all):
            raise ValueError("name either filters (status, priority, category, projectId, tag) or all: true")


class TaskChange(Model):
    """What to write into each task. A `dueDate` or a `projectId` of null removes it.

    Attributes:
        project_id: One of the owner's own projects.
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
        """The fields that are to go, by their names in Python."""
        return {name for name in self.model_fields_set if getattr(self, name) is None}


class UpdateTasks(StoresNothing, RunsFailedAgain):
    """Writes the same change into all of the owner's tasks that a filter finds."""

    operation: Literal["update-tasks"]
    where: TaskFilter
    set: TaskChange


class DeleteTasks(StoresNothing):
    """Deletes all of the owner's tasks that a filter finds."""

    operation: Literal["delete-tasks"]
    where: DeletionFilter


class ImportTasks(StoresNothing, RunsFailedAgain):
    """Makes tasks of the records of a file.

    Attributes:
        source: NDJSON, a JSON list or CSV under the owner's `user-uploads/{userId}/` or `job-outputs/{userId}/`, or
            under `public/`.
        encoding: The encoding of the file. Most programs write UTF-8.
        dates: The form of the due dates. With `excel`, a number is the serial number of a day in a spreadsheet.
        time_zone: The time zone of due dates that name no offset, such as `Europe/Berlin`.
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
    """A line of the file. What a task's document says beyond its content is the server's: it may be there, as in a file
    that was exported, and is not looked at."""

    id: Any = None
    user_id: Any = None
    created_at: Any = None
    updated_at: Any = None
    schema_version: Any = None

    def content(self) -> dict[str, Any]:
        """What goes into the new task's document."""
        ignored = {"id", "user_id", "created_at", "updated_at", "schema_version"}
        return self.model_dump(by_alias=True, exclude_none=True, exclude=ignored)


class ExportUserData(Model):
    """Puts all that there is of the owner into ZIP files."""

    operation: Literal["export-user-data"]


class DeleteUserData(StoresNothing):
    """Deletes all that there is of the owner, and the account."""

    operation: Literal["delete-user-data"]


BatchInput = Annotated[
    RunJobs | UpdateTasks | DeleteTasks | ImportTasks | ExportUserData | DeleteUserData,
    Field(discriminator="operation"),
]
"""The input of a `batch-operation` job. Its operation says which of the models reads it."""
