"""`update-tasks` and `delete-tasks`: the owner's tasks that a filter finds, and no other."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from google.cloud import firestore
from google.cloud.firestore_v1 import DocumentSnapshot

from emulator.batch import BatchJob, figures, items, task, tasks_of, write_documents, write_tasks
from engine.stores import QueueInMemory
from stoker import config
from stoker.batch import pages
from stoker.firestore.client import client
from stoker.jobs.commands import retry_job
from stoker.jobs.store import using
from stoker.models.task import STATUS_TRANSITIONS, TaskStatus, may_become
from stoker_tools.samples.user import SampleUser

HOME = {"operation": "update-tasks", "where": {"category": "home"}, "set": {"status": "completed"}}
DELETE = {"operation": "delete-tasks", "where": {"category": "home"}}


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch) -> str:
    """A user of the test's own, whose jobs the deployed functions do not hear of."""
    monkeypatch.setattr(config, "JOBS", "batchTests")
    return f"ada-{uuid4().hex}"


def test_a_user_updates_tasks(user: SampleUser) -> None:
    found = write_tasks(user.id, 450, category="home")
    others = write_tasks(user.id, 3, category="work")
    strangers = write_tasks("a-stranger", 3, category="home")
    due = datetime(2027, 1, 2, tzinfo=UTC)
    change = {"status": "completed", "tags": ["done", "old"], "dueDate": due}
    batch_input = {"operation": "update-tasks", "where": {"category": "home", "tag": "green"}, "set": change}
    *_, job = user.watch(user.write_job(batch_input, type="batch-operation"))
    assert job["status"] == "completed", job.get("error")
    assert (figures(job["output"]), job["output"]["failures"]) == ((450, 450, 0), [])
    assert (job["progress"], "checkpoint" in job) == (100, False)
    after = tasks_of(user.id)
    assert {(after[name]["status"], *after[name]["tags"], after[name]["dueDate"]) for name in found} == {
        ("completed", "done", "old", due)
    }
    assert all(after[name]["updatedAt"] > after[name]["createdAt"] for name in found)
    assert {after[name]["status"] for name in others} == {"todo"}
    assert {tasks_of("a-stranger")[name]["status"] for name in strangers} == {"todo"}


def test_a_user_deletes_tasks(user: SampleUser) -> None:
    write_tasks(user.id, 230, status="cancelled", projectId="garden")
    kept = [*write_tasks(user.id, 2, status="cancelled"), *write_tasks(user.id, 2, projectId="garden")]
    write_tasks("a-stranger", 1, status="cancelled", projectId="garden")
    where = {"status": "cancelled", "projectId": "garden"}
    *_, job = user.watch(user.write_job({"operation": "delete-tasks", "where": where}, type="batch-operation"))
    assert job["status"] == "completed", job.get("error")
    assert figures(job["output"]) == (230, 230, 0)
    assert set(tasks_of(user.id)) == set(kept)
    assert len(tasks_of("a-stranger")) >= 1


def test_all_tasks_are_deleted_only_if_the_input_asks_for_all(ada: str) -> None:
    write_tasks(ada, 3)
    job = BatchJob(ada, {"operation": "delete-tasks", "where": {}}).work()
    assert (job["errorCode"], len(tasks_of(ada))) == ("invalid-job", 3)
    job = BatchJob(ada, {"operation": "delete-tasks", "where": {"all": True}}).work()
    assert (figures(job["output"]), len(tasks_of(ada))) == ((3, 3, 0), 0)


def test_nothing_found_is_no_error(ada: str) -> None:
    job = BatchJob(ada, HOME).work()
    assert (job["status"], figures(job["output"])) == ("completed", (0, 0, 0))


def test_tasks_that_are_none_fail_alone_and_stay_as_they_are(ada: str) -> None:
    elsewhere = firestore.Client(project="another", credentials=client()._credentials).document("a/b")
    bad: dict[str, dict[str, Any]] = {
        f"{ada}-1": {"priority": "whenever", "hue": "blue"},
        f"{ada}-2": {"id": "another"},
        f"{ada}-3": {"description": elsewhere},
    }
    write_documents(config.TASKS, {name: task(name, ada, **fields) for name, fields in bad.items()})
    good = write_tasks(ada, 4)
    job = BatchJob(ada, HOME).work()
    assert (job["status"], figures(job["output"])) == ("completed", (7, 4, 3))
    assert set(items(job["output"])) == set(bad)
    by_item = {one["item"]: one for one in job["output"]["failures"]}
    assert {one["errorCode"] for one in by_item.values()} == {"invalid-task"}
    assert "priority: " in by_item[f"{ada}-1"]["error"]
    assert "hue: there is no such field" in by_item[f"{ada}-1"]["error"]
    statuses = client().get_all([client().document(f"tasks/{name}") for name in [*bad, *good]], field_paths=["status"])
    assert {one.id: one.get("status") for one in statuses} == {
        **dict.fromkeys(bad, "todo"),
        **dict.fromkeys(good, "completed"),
    }
    job = BatchJob(ada, DELETE).work()
    assert figures(job["output"]) == (7, 7, 0)  # their owner wants them gone, proper or not


@pytest.mark.parametrize("after", STATUS_TRANSITIONS)
def test_a_task_moves_as_a_client_may_move_it(ada: str, after: TaskStatus) -> None:
    before = {write_tasks(ada, 1, status=status)[0]: status for status in STATUS_TRANSITIONS}
    untold = write_tasks(ada, 1)[0]  # a task without a status is to do
    client().document(f"tasks/{untold}").update({"status": firestore.DELETE_FIELD})
    refused = {name for name, status in before.items() if not may_become(status, after)}
    job = BatchJob(ada, {**HOME, "set": {"status": after, "priority": "high"}}).work()
    assert (job["status"], figures(job["output"])) == ("completed", (5, 5 - len(refused), len(refused)))
    assert set(items(job["output"])) == refused
    for failure in job["output"]["failures"]:
        assert f"is '{before[failure['item']]}', and can't become '{after}'" in failure["error"]
    stored = tasks_of(ada)
    for name, status in {**before, untold: "todo"}.items():
        moved = name not in refused
        assert (stored[name]["status"], stored[name]["priority"]) == ((after, "high") if moved else (status, "low"))


def test_a_batch_that_is_retried_updates_what_has_failed_and_nothing_else(ada: str) -> None:
    elsewhere = firestore.Client(project="another", credentials=client()._credentials).document("a/b")
    names = [f"{ada}-{number}" for number in range(5)]
    hue: dict[str, Any] = {"hue": "blue"}
    unreadable: dict[str, Any] = {"description": elsewhere}
    bad = dict(zip(names, [hue, hue, hue, hue, unreadable], strict=True))
    write_documents(config.TASKS, {name: task(name, ada, **fields) for name, fields in bad.items()})
    good = write_tasks(ada, 4)
    job = BatchJob(ada, HOME)
    assert figures(job.work()["output"]) == (9, 4, 5)
    corrected, still_wrong, gone, elsewhere_now, _ = (client().document(f"tasks/{name}") for name in names)
    corrected.update({"hue": firestore.DELETE_FIELD})
    gone.delete()
    elsewhere_now.update({"category": "work", "hue": firestore.DELETE_FIELD})
    client().document(f"tasks/{good[0]}").update({"status": "todo"})  # by its owner, since
    later = write_tasks(ada, 1)
    with using(QueueInMemory()):
        retry_job(job.id)
    output = job.work()["output"]
    assert (figures(output), items(output)) == ((7, 5, 2), [still_wrong.id, names[4]])
    changed = [corrected.id, elsewhere_now.id, good[0], *later]
    assert [client().document(f"tasks/{name}").get(["status"]).get("status") for name in changed] == [
        "completed",
        "todo",
        "todo",
        "todo",
    ]


def test_a_batch_that_is_retried_and_finds_nothing_left_has_done_what_was_done(ada: str) -> None:
    write_documents(config.TASKS, {f"{ada}-1": task(f"{ada}-1", ada, hue="blue")})
    write_tasks(ada, 2)
    job = BatchJob(ada, HOME)
    assert figures(job.work()["output"]) == (3, 2, 1)
    client().document(f"tasks/{ada}-1").delete()
    with using(QueueInMemory()):
        retry_job(job.id)
    assert (figures(job.work()["output"]), job.data()["status"]) == ((2, 2, 0), "completed")


def test_a_project_must_be_the_owners(ada: str) -> None:
    write_tasks(ada, 2, dueDate=datetime.now(UTC))
    now = datetime.now(UTC)
    dates = {"createdAt": now, "updatedAt": now}
    mine, theirs = f"{ada}-garden", f"{ada}-theirs"
    project = {"id": mine, "userId": ada, "name": "Garden", **dates}
    write_documents(config.PROJECTS, {mine: project, theirs: {**project, "userId": "bob"}})
    for foreign in (theirs, "there-is-none"):
        job = BatchJob(ada, {**HOME, "set": {"projectId": foreign}}).work()
        assert (job["status"], job["errorCode"]) == ("failed", "invalid-job")
        assert foreign in job["error"]
        assert all("projectId" not in one for one in tasks_of(ada).values())
    BatchJob(ada, {**HOME, "set": {"projectId": mine, "dueDate": None}}).work()
    assert all(one["projectId"] == mine and "dueDate" not in one for one in tasks_of(ada).values())
    BatchJob(ada, {**HOME, "set": {"projectId": None}}).work()
    assert all("projectId" not in one for one in tasks_of(ada).values())


def test_tasks_that_change_while_they_are_worked_on_are_read_again(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 5)
    names = write_tasks(ada, 12)
    meddling = iter(
        [
            lambda: client().document(f"tasks/{names[1]}").update({"category": "work"}),
            lambda: client().document(f"tasks/{names[2]}").delete(),
            lambda: client().document(f"tasks/{names[3]}").update({"title": "Water them well"}),
        ]
    )
    read = pages.read_page

    def meddled(query: Any) -> list[DocumentSnapshot[Any]]:
        page = list(read(query))
        next(meddling, lambda: None)()
        return page

    monkeypatch.setattr(pages, "read_page", meddled)
    job = BatchJob(ada, HOME).work()
    assert (job["status"], job["attempt"], figures(job["output"])) == ("completed", 1, (10, 10, 0))
    after = tasks_of(ada)
    assert (after[names[1]]["status"], after[names[3]]["title"]) == ("todo", "Water them well")
    assert sum(one["status"] == "completed" for one in after.values()) == 10


def test_a_cancel_stops_between_pages(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 5)
    write_tasks(ada, 20)
    job = BatchJob(ada, HOME)
    read, pages_read = pages.read_page, iter(range(100))

    def cancelled(query: Any) -> list[DocumentSnapshot[Any]]:
        page = list(read(query))
        if next(pages_read) == 2:
            job.reference.update({"cancelRequested": True})
        return page

    monkeypatch.setattr(pages, "read_page", cancelled)
    assert job.work()["status"] == "cancelled"
    assert sum(one["status"] == "completed" for one in tasks_of(ada).values()) == 10
