"""`update-tasks` and `delete-tasks`: the owner's tasks that a filter finds, and no other."""

from datetime import UTC, datetime

from development.user import User
from emulator.batch import figures, tasks_of, write_tasks


def test_a_user_updates_tasks(user: User) -> None:
    found = write_tasks(user.id, 450, category="home")
    others = write_tasks(user.id, 3, category="work")
    strangers = write_tasks("a-stranger", 3, category="home")
    due = datetime(2027, 1, 2, tzinfo=UTC)
    change = {"status": "completed", "tags": ["done", "old"], "dueDate": due}
    seen = list(
        user.watch(
            user.write_job(
                {"operation": "update-tasks", "where": {"category": "home", "tag": "green"}, "set": change},
                type="batch-operation",
            )
        )
    )
    job = seen[-1]
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
