"""`import-tasks`: a task for each line of a file."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest

from emulator.batch import BatchJob, figures, items, task, tasks_of, write_documents
from stoker import config
from stoker.batch import import_tasks as import_module
from stoker.batch.task_files import lines as lines_module
from stoker.errors import NotRetryable
from stoker.firestore.client import client
from stoker.jobs.commands import retry_job
from stoker.jobs.fields import RENEWED
from stoker.storage.client import bucket
from stoker_tools.samples.user import SampleUser


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch) -> str:
    """A user of the test's own, whose jobs the deployed functions do not hear of."""
    monkeypatch.setattr(config, "JOBS", "batchTests")
    return f"ada-{uuid4().hex}"


def put(user_id: str, content: bytes, content_type: str = "application/x-ndjson") -> str:
    blob = bucket().blob(f"user-uploads/{user_id}/tasks")
    blob.upload_from_string(content, content_type=content_type)
    return str(blob.name)


def lines_of(count: int) -> bytes:
    return b"".join(json.dumps({"title": f"Task {number}"}).encode() + b"\n" for number in range(1, count + 1))


def test_a_user_imports_tasks(user: SampleUser, tmp_path: Path) -> None:
    file = tmp_path / "tasks.csv"
    rows = [f'"Task, {number}",high,"a;b",2027-01-02T00:00:00Z' for number in range(1, 451)]
    rows[99] = "Task,whenever,,soon"
    file.write_text("\ufefftitle,priority,tags,dueDate\r\n" + "\r\n".join(rows) + "\r\n")
    began = datetime.now(UTC)
    job_input = {"operation": "import-tasks", "source": user.upload(file, "text/csv")}
    *_, job = user.watch(user.write_job(job_input, type="batch-operation"))
    assert job["status"] == "completed", job.get("error")
    assert figures(job["output"]) == (450, 449, 1)
    [failure] = job["output"]["failures"]
    assert (failure["item"], failure["errorCode"]) == ("101", "invalid-task")
    assert "priority: " in failure["error"]
    assert "dueDate: " in failure["error"]
    made = tasks_of(user.id)
    assert sorted(one["title"] for one in made.values()) == sorted(f"Task, {n}" for n in range(1, 451) if n != 100)
    one = made[f"{job['id']}-2"]
    assert abs(one["createdAt"] - began) < timedelta(minutes=5)
    assert one == {
        "id": f"{job['id']}-2",
        "userId": user.id,
        "title": "Task, 1",
        "priority": "high",
        "status": "todo",
        "category": "general",
        "tags": ["a", "b"],
        "subtasks": [],
        "dueDate": datetime(2027, 1, 2, tzinfo=UTC),
        "createdAt": one["createdAt"],
        "updatedAt": one["createdAt"],
    }


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("user-uploads/bob/tasks.csv", "input-forbidden"),
        ("user-uploads/{ada}/../bob/tasks.csv", "input-forbidden"),
        ("user-uploads/{ada}/missing.csv", "input-not-found"),
    ],
)
def test_a_file_that_is_not_the_owners_is_not_read(ada: str, source: str, code: str) -> None:
    job = BatchJob(ada, {"operation": "import-tasks", "source": source.format(ada=ada)}).work()
    assert (job["status"], job["errorCode"]) == ("failed", code)


def test_an_empty_file_and_one_that_is_no_list(ada: str) -> None:
    job_input = {"operation": "import-tasks", "source": put(ada, b"")}
    assert BatchJob(ada, job_input).work()["errorCode"] == "input-empty"
    for content in (
        b'{\n"cards": [\n{"name": "Water"}\n]}',
        b'{"name": "Water"}\n' * 20,
        "title\nBücher".encode("cp1252"),
    ):
        put(ada, content, "text/csv" if content.startswith(b"title") else "application/json")
        job = BatchJob(ada, job_input).work()
        assert (job["status"], job["errorCode"]) == ("failed", "unsupported-media")
    assert tasks_of(ada) == {}


def test_dates_and_the_encoding_of_a_spreadsheet_are_read_if_the_job_says_so(ada: str) -> None:
    source = put(ada, "sep=;\r\nTitle;Due Date;\r\nBücher;46387,5;\r\n".encode("cp1252"), "text/csv")
    how = {"encoding": "windows-1252", "dates": "excel", "timeZone": "Europe/Berlin"}
    job = BatchJob(ada, {"operation": "import-tasks", "source": source, **how}).work()
    assert figures(job["output"]) == (1, 1, 0)
    [made] = tasks_of(ada).values()
    assert (made["title"], made["dueDate"]) == ("Bücher", datetime(2026, 12, 31, 11, tzinfo=UTC))


def exported(user_id: str) -> tuple[bytes, list[dict[str, Any]]]:
    """The list of tasks of an export, as it is and read, without the facts that a new task has of its own."""
    output = BatchJob(user_id, {"operation": "export-user-data"}).work()["output"]
    with ZipFile(io.BytesIO(bucket().blob(output["files"][0]["path"]).download_as_bytes())) as archive:
        content = archive.read("data/tasks-001.json")
    own = {"id", "createdAt", "updatedAt"}
    tasks = [{name: value for name, value in one["fields"].items() if name not in own} for one in json.loads(content)]
    return content, sorted(tasks, key=lambda one: str(one["title"]))


def test_an_export_is_imported_and_the_next_export_is_the_same(ada: str) -> None:
    now = datetime.now(UTC)
    project = {"id": f"{ada}-p", "userId": ada, "name": "Garden", "createdAt": now, "updatedAt": now}
    write_documents("projects", {f"{ada}-p": project})
    kinds: list[dict[str, Any]] = [
        {"dueDate": datetime(2027, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), "projectId": f"{ada}-p"},
        {"status": "completed", "actualDuration": 0, "estimatedDuration": 30, "schemaVersion": 1},
        {"tags": ["a, b", "c;d", "[é]"], "description": 'A "quote",\n{and} a line', "priority": "urgent"},
        {"subtasks": [{"title": "Buy, then\n[plant]", "completed": True}], "status": "cancelled", "category": "\\"},
    ]
    tasks = {f"{ada}-{n}": task(f"{ada}-{n}", ada, title=f"Task {n}", **kinds[n % 4]) for n in range(60)}
    write_documents(config.TASKS, tasks)
    content, before = exported(ada)
    batch = client().batch()
    for name in tasks:
        batch.delete(client().collection(config.TASKS).document(name))
    batch.commit()
    job = BatchJob(ada, {"operation": "import-tasks", "source": put(ada, content, "application/json")}).work()
    assert figures(job["output"]) == (60, 60, 0)
    for one in before:
        one.pop("schemaVersion", None)
    assert exported(ada)[1] == before


def test_tasks_join_their_owners_projects_only(ada: str) -> None:
    now = datetime.now(UTC)
    project = {"name": "Garden", "createdAt": now, "updatedAt": now}
    write_documents("projects", {f"{ada}-p": {**project, "id": f"{ada}-p", "userId": ada}})
    write_documents("projects", {f"{ada}-q": {**project, "id": f"{ada}-q", "userId": "bob"}})
    lines = [{"title": "Water", "projectId": f"{ada}-{name}"} for name in ("p", "q", "r")]
    source = put(ada, "\n".join(json.dumps(line) for line in lines).encode())
    job = BatchJob(ada, {"operation": "import-tasks", "source": source}).work()
    assert (figures(job["output"]), items(job["output"])) == ((3, 1, 2), ["2", "3"])
    assert [one["projectId"] for one in tasks_of(ada).values()] == [f"{ada}-p"]


def test_a_file_is_read_in_windows(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_module, "MAX_LINE_BYTES", 200)
    monkeypatch.setattr(lines_module, "WINDOW_BYTES", 100)
    monkeypatch.setattr(import_module, "PAGE_BYTES", 500)
    source = put(ada, lines_of(40) + b"x" * 1000 + b"\n" + lines_of(40))
    job = BatchJob(ada, {"operation": "import-tasks", "source": source}).work()
    assert (figures(job["output"]), items(job["output"])) == ((81, 80, 1), ["41"])
    assert len(tasks_of(ada)) == 80


def test_a_file_of_blank_lines_takes_no_commit_for_them(ada: str) -> None:
    """More blank lines than an attempt could commit by pages of 200."""
    source = put(ada, b"title\n" + b"\n" * 4_000_000 + b"Water\n" + b",\n" * 2_000_000, "text/csv")
    job = BatchJob(ada, {"operation": "import-tasks", "source": source})
    began = client().collection(config.JOBS).document(job.id).get().update_time
    data = job.work()
    assert (data["status"], figures(data["output"])) == ("completed", (1, 1, 0))
    assert set(tasks_of(ada)) == {f"{job.id}-4000002"}
    assert (data["updatedAt"] - began).total_seconds() < 60


def test_a_file_of_too_many_records_ends_with_a_reason(
    ada: str, monkeypatch: pytest.MonkeyPatch, settings: Callable[..., None]
) -> None:
    monkeypatch.setattr(import_module, "PAGE", 2)
    settings(userLimits={"importRecords": 5})
    job = BatchJob(ada, {"operation": "import-tasks", "source": put(ada, lines_of(5) + b"\n\n")})
    assert job.work()["status"] == "completed"
    job = BatchJob(ada, {"operation": "import-tasks", "source": put(ada, b"no\n" + lines_of(6))})
    data = job.work()
    assert (data["status"], data["errorCode"]) == ("failed", "input-too-large")
    assert "more than 5 records" in data["error"]


def test_a_list_that_is_uploaded_as_a_film_is_no_larger_for_that(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "MAX_LIST_BYTES", 100)
    job = BatchJob(ada, {"operation": "import-tasks", "source": put(ada, b"\n" * 101, "video/mp4")})
    assert job.work()["errorCode"] == "input-too-large"


def test_a_job_that_is_run_again_makes_no_task_twice(ada: str) -> None:
    job = BatchJob(ada, {"operation": "import-tasks", "source": put(ada, lines_of(5))})
    write_documents("tasks", {f"{job.id}-2": task(f"{job.id}-2", "bob")})
    for _ in range(2):
        data = job.work()
        assert (data["status"], figures(data["output"]), items(data["output"])) == ("completed", (5, 4, 1), ["2"])
        assert set(tasks_of(ada)) == {f"{job.id}-{line}" for line in (1, 3, 4, 5)}
        job.reference.update(dict(RENEWED))


def test_a_file_that_is_replaced_ends_the_import(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module, "PAGE", 2)
    job = BatchJob(ada, {"operation": "import-tasks", "source": put(ada, lines_of(5))})
    write = import_module.write_page

    def dies(*arguments: Any) -> object:
        done = write(*arguments)
        raise ConnectionError(done)

    with monkeypatch.context() as patch:
        patch.setattr(import_module, "write_page", dies)
        assert job.work()["status"] == "pending"
    put(ada, lines_of(3))
    job.reference.update({"runAfter": datetime.now(UTC)})
    data = job.work()
    assert (data["status"], data["errorCode"]) == ("failed", "input-not-found")


# --- Run again for what has failed -------------------------------------------------------------------

Rows = list[dict[str, str]]
FORMATS: dict[str, Callable[[Rows], str]] = {
    "application/x-ndjson": lambda rows: "\n".join(json.dumps(row) for row in rows),
    "application/json": lambda rows: json.dumps(rows, indent=1),
    "text/csv": lambda rows: "title,projectId\n" + "\n".join(f"{r['title']},{r.get('projectId', '')}" for r in rows),
}
"""The ways to write a list of records, by the media type."""


def imported_in_part(user_id: str, form: str = "application/json") -> BatchJob:
    """An import of seven records. The third, the sixth and the last failed, because their project was missing."""
    project = f"{user_id}-garden"
    rows = [{"title": f"Task {n}", **({"projectId": project} if n in (3, 6, 7) else {})} for n in range(1, 8)]
    source = put(user_id, FORMATS[form](rows).encode(), form)
    job = BatchJob(user_id, {"operation": "import-tasks", "source": source})
    data = job.work()
    assert (data["status"], figures(data["output"])) == ("completed", (7, 4, 3))
    return job


def make_project(user_id: str) -> None:
    now, name = datetime.now(UTC), f"{user_id}-garden"
    project = {"id": name, "userId": user_id, "name": "Garden", "createdAt": now, "updatedAt": now}
    write_documents("projects", {name: project})


@pytest.mark.parametrize("form", FORMATS)
def test_the_records_that_failed_are_imported_by_a_retry_and_no_others(
    ada: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module, "PAGE", 2)
    job = imported_in_part(ada, form)
    before = tasks_of(ada)
    deleted = next(name for name, one in before.items() if one["title"] == "Task 2")
    client().document(f"tasks/{deleted}").delete()
    make_project(ada)
    retry_job(job.id)
    data = job.work()
    assert (data["status"], figures(data["output"]), items(data["output"])) == ("completed", (7, 7, 0), [])
    after = tasks_of(ada)
    assert sorted(one["title"] for one in after.values()) == [f"Task {n}" for n in (1, 3, 4, 5, 6, 7)]
    assert {name: one for name, one in before.items() if name != deleted}.items() <= after.items()
    with pytest.raises(NotRetryable, match="nothing of it has failed"):
        retry_job(job.id)


def test_records_that_fail_once_more_can_be_retried_once_more(ada: str) -> None:
    job = imported_in_part(ada)
    retry_job(job.id)
    data = job.work()
    assert (figures(data["output"]), items(data["output"])) == ((7, 4, 3), ["3", "6", "7"])
    make_project(ada)
    retry_job(job.id)
    assert figures(job.work()["output"]) == (7, 7, 0)


def test_a_retry_that_ends_early_keeps_the_figures_of_what_it_has_imported(
    ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module, "PAGE", 2)
    job = imported_in_part(ada)
    make_project(ada)
    retry_job(job.id)
    write = import_module.write_page

    def cancels(*arguments: Any) -> object:
        done = write(*arguments)
        job.reference.update({"cancelRequested": True})
        raise ConnectionError(done)

    with monkeypatch.context() as patch:
        patch.setattr(import_module, "write_page", cancels)
        job.work()
    job.reference.update({"runAfter": datetime.now(UTC)})
    data = job.work()
    assert (data["status"], figures(data["output"]), items(data["output"])) == ("cancelled", (7, 5, 2), ["6", "7"])
    retry_job(job.id)
    data = job.work()
    assert (data["status"], figures(data["output"])) == ("completed", (7, 7, 0))
    assert len(tasks_of(ada)) == 7


def test_a_file_that_was_replaced_is_not_read_for_what_has_failed(ada: str) -> None:
    """Its third line may be another record now."""
    job = imported_in_part(ada)
    make_project(ada)
    put(ada, lines_of(7))
    retry_job(job.id)
    data = job.work()
    assert (data["status"], data["errorCode"]) == ("failed", "input-not-found")
    assert "is not the file that was imported" in data["error"]
    assert (figures(data["output"]), len(tasks_of(ada))) == ((7, 4, 3), 4)
