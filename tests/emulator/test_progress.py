"""Progress: users get points for their work once, and every way of counting gives the same."""

import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from emulator.accounts import profile_of, sign_up
from emulator.batch import task, write_documents
from stoker import config
from stoker.firestore.client import client
from stoker.models.user import MAX_RUNS, Progress
from stoker.progress import award as award_module
from stoker.progress import reconcile as reconcile_module
from stoker.progress.award import award, count, task_written
from stoker.progress.fold import fold
from stoker.progress.ledger import completion_of, entries, entry
from stoker.progress.rebuild import rebuild
from stoker.progress.reconcile import reconcile_progress
from stoker_tools.samples.user import SampleUser
from stoker_tools.setup.environment import ROOT
from waiting import until

NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)
EVE = NOON - timedelta(days=1)


@pytest.fixture
def ada() -> str:
    """A user with a profile, and no tasks."""
    name = f"ada-{uuid4().hex}"
    write_documents(config.USERS, {name: {"id": name, "preferences": {"timeZone": "Europe/Berlin"}}})
    return name


@pytest.fixture
def unheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put tasks into a separate collection, so that the deployed functions do not hear of them."""
    monkeypatch.setattr(config, "TASKS", f"tasks-{uuid4().hex}")


def progress_of(user_id: str) -> Progress:
    return Progress.from_firestore(profile_of(user_id).get("progress", {}))


def completed(user_id: str, **fields: Any) -> dict[str, Any]:
    return task("any", user_id, **{"status": "completed", "createdAt": EVE, "updatedAt": NOON, **fields})


def figures(progress: Progress) -> dict[str, Any]:
    stored_progress = progress.to_firestore()
    return {**stored_progress, "achievements": sorted(one["id"] for one in stored_progress["achievements"])}


# With the deployed functions


def test_completing_a_task_gives_xp_once_however_often_it_is_reopened() -> None:
    who = sign_up()
    tasks = client().collection(config.TASKS)
    name = uuid4().hex
    tasks.document(name).set(task(name, who.id, priority="urgent", actualDuration=25, dueDate=NOON, createdAt=EVE))
    tasks.document(name).update({"status": "completed", "updatedAt": NOON})
    until_counted(lambda: progress_of(who.id).xp)
    for _ in range(3):
        tasks.document(name).update({"status": "todo"})
        tasks.document(name).update({"status": "completed", "title": "Again", "updatedAt": datetime.now(UTC)})
    last = uuid4().hex
    tasks.document(last).set(completed(who.id))  # completed from the start
    until_counted(lambda: progress_of(who.id).stats.completed == 2)
    progress = progress_of(who.id)
    assert (progress.xp, progress.level, progress.streak) == (60, 1, 1)
    stats = progress.stats.to_firestore()
    assert stats == {
        "completed": 2,
        "onTime": 1,
        "late": 0,
        "minutes": 25,
        "byPriority": {"urgent": 1, "low": 1},
        "byCategory": {"home": 2},
    }
    assert [one.id for one in progress.achievements] == ["first-task"]
    tasks.document(name).delete()
    assert entry(who.id, name).get().get("counted") is True


def test_a_batch_gives_xp_for_the_tasks_that_may_be_completed(user: SampleUser) -> None:
    client().collection(config.USERS).document(user.id).set({"id": user.id})
    tasks = {uuid4().hex: task("any", user.id, status=status, createdAt=EVE) for status in ("todo", "cancelled")}
    write_documents(config.TASKS, {name: {**one, "id": name} for name, one in tasks.items()})
    batch_input = {"operation": "update-tasks", "where": {"category": "home"}, "set": {"status": "completed"}}
    *_, job = user.watch(user.write_job(batch_input, type="batch-operation"))
    assert (job["output"]["succeeded"], job["output"]["failed"]) == (1, 1)
    until_counted(lambda: progress_of(user.id).stats.completed)
    assert (progress_of(user.id).stats.completed, len(list(entries(user.id)))) == (1, 1)


def test_a_task_with_a_reference_into_another_project_gives_xp_at_once() -> None:
    who = sign_up()
    elsewhere = firestore.Client(project="another", credentials=client()._credentials).document("a/b")
    name = uuid4().hex
    write_documents(config.TASKS, {name: completed(who.id, subtasks=[{"title": elsewhere, "completed": True}])})
    until_counted(lambda: progress_of(who.id).xp)
    assert progress_of(who.id).stats.completed == 1


def test_what_one_commit_completes_counts_in_full() -> None:
    who = sign_up()
    write_documents(config.TASKS, {uuid4().hex: completed(who.id) for _ in range(150)})
    until_counted(lambda: progress_of(who.id).stats.completed == 150, 240)
    assert progress_of(who.id).xp == config.XP_A_DAY
    assert figures(fold(Progress(), entries(who.id))) == figures(progress_of(who.id))


def until_counted(condition: Callable[[], object], seconds: float = 90) -> None:
    """Wait until the deployed function has counted completed tasks."""
    until(condition, seconds, "The completed tasks are counted", every=0.2)


# Within this process


def test_a_hundred_deliveries_at_once_count_once(ada: str) -> None:
    name = uuid4().hex
    states = [None, task(name, ada), completed(ada)]

    def deliver(number: int) -> None:
        task_written(name, states[number % 2], completed(ada, updatedAt=NOON + timedelta(seconds=number)))
        task_written(name, completed(ada), task(name, ada))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(deliver, range(100)))
    assert (progress_of(ada).xp, progress_of(ada).stats.completed) == (10, 1)
    events = client().collection(config.ANALYTICS_EVENTS).where(filter=FieldFilter("userId", "==", ada))
    assert [(event.get("name"), event.get("rolledUp")) for event in events.stream()] == [("task.completed", False)]


def test_a_hundred_tasks_at_once_all_count(ada: str) -> None:
    names = [f"{number:03}-{uuid4().hex}" for number in range(100)]

    def deliver(number: int) -> None:
        days = timedelta(days=number % 10)
        done = completed(ada, actualDuration=number, category=f"c{number % 7}", updatedAt=NOON + days)
        task_written(names[number], None, done)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(deliver, reversed(range(100))))
    progress = progress_of(ada)
    assert (progress.xp, progress.level, progress.streak) == (1000, 5, 10)
    assert (progress.stats.completed, progress.stats.minutes) == (100, sum(range(100)))
    assert sum(progress.stats.by_category.values()) == 100
    assert figures(fold(Progress(), entries(ada))) == figures(progress)
    assert {one.id for one in progress.achievements} == {
        *("first-task", "ten-tasks", "hundred-tasks", "three-days", "a-week", "level-5"),
    }


def test_days_are_those_of_the_user(ada: str) -> None:
    award("late", completed(ada, updatedAt=datetime(2027, 1, 1, 22, 59, tzinfo=UTC)))  # 23:59 in Berlin
    award("midnight", completed(ada, updatedAt=datetime(2027, 1, 1, 23, 1, tzinfo=UTC)))
    assert progress_of(ada).streak == 2
    client().collection(config.USERS).document(ada).update({"preferences.timeZone": "Mars/Base"})
    award("berlin", completed(ada, updatedAt=datetime(2027, 1, 3, 22, 59, tzinfo=UTC)))
    award("utc", completed(ada, updatedAt=datetime(2027, 1, 4, 23, 59, tzinfo=UTC)))  # the 5th in Berlin
    assert progress_of(ada).streak == 4
    # What lies before a move to another zone is as it was.
    assert rebuild(ada).changed is False


def test_no_day_counts_twice_because_the_time_zone_is_changed(ada: str) -> None:
    for number, zone in enumerate(["Pacific/Kiritimati", "Etc/GMT+12", "UTC"] * 2):
        client().collection(config.USERS).document(ada).update({"preferences.timeZone": zone})
        award(f"t{number}", completed(ada))
    assert (progress_of(ada).streak, len(progress_of(ada).active_days)) == (1, 1)
    assert rebuild(ada).changed is False


def test_the_first_day_does_not_count_twice_before_its_completion_is_counted(ada: str) -> None:
    first = completion_of("first", completed(ada), "UTC")
    entry(ada, "first").set(stored(first))
    client().collection(config.USERS).document(ada).update({"preferences.timeZone": "Pacific/Kiritimati"})
    award("second", completed(ada))
    assert (progress_of(ada).streak, progress_of(ada).stats.completed) == (1, 2)


def test_tasks_that_a_script_creates_as_completed_and_deletes_give_no_xp() -> None:
    who = sign_up()
    now = datetime.now(UTC)
    tasks = {uuid4().hex: task("any", who.id, status="completed", createdAt=now, updatedAt=now) for _ in range(60)}
    write_documents(config.TASKS, tasks)
    batch = client().batch()
    for name in tasks:
        batch.delete(client().collection(config.TASKS).document(name))
    batch.commit()
    until_counted(lambda: progress_of(who.id).stats.completed == 60)
    assert (progress_of(who.id).xp, progress_of(who.id).level) == (0, 1)


def test_a_profile_that_others_write_all_the_time_is_no_hindrance(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = award_module.commit
    met = iter(range(5))

    def meeting(profile: Any, *rest: Any) -> None:
        if next(met, None) is not None:
            profile.reference.update({"displayName": "Ada"})
        commit(profile, *rest)

    monkeypatch.setattr(award_module, "commit", meeting)
    award("t", completed(ada))
    assert (progress_of(ada).xp, profile_of(ada)["displayName"]) == (10, "Ada")


def test_who_dies_in_between_is_finished_by_the_next(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as crash:
        crash.setattr(award_module, "commit", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            award("first", completed(ada))
    assert progress_of(ada).xp == 0
    award("first", completed(ada))
    assert progress_of(ada).xp == 10
    assert count(ada) == 0


def test_nothing_is_made_of_a_user_who_is_gone(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    award("before", completed("nobody-" + ada))
    assert list(entries("nobody-" + ada)) == []
    write_entry = award_module.write_entry

    def deleted_meanwhile(completion: Any) -> bool:
        written = write_entry(completion)
        client().collection(config.USERS).document(ada).delete()
        return written

    monkeypatch.setattr(award_module, "write_entry", deleted_meanwhile)
    award("t", completed(ada))
    assert list(entries(ada)) == []
    assert profile_of(ada) == {}


@pytest.mark.parametrize("category", ["__proto__", "a.b", "`", "/", "\n", "ü" * 100, ".", "__"])
def test_whatever_a_category_is_called_it_is_no_hindrance(ada: str, category: str) -> None:
    award("t", completed(ada, category=category))
    assert progress_of(ada).stats.completed == 1
    assert progress_of(ada).stats.by_category == ({} if category == "__proto__" else {category: 1})


@pytest.mark.parametrize("owner", ["", "a/b", "..", "__x__", 5, None, ["a"]])
def test_a_task_without_a_possible_owner_gives_nothing(owner: Any) -> None:
    task_written("t", None, completed(owner))


def test_a_progress_that_is_spoilt_is_made_anew(ada: str) -> None:
    award("one", completed(ada))
    client().collection(config.USERS).document(ada).update({"progress": {"xp": "many"}})
    award("two", completed(ada))
    assert (progress_of(ada).xp, progress_of(ada).stats.completed) == (20, 2)


def test_days_long_ago_that_come_to_be_known_late_count_right(ada: str) -> None:
    far = [completed(ada, updatedAt=NOON + timedelta(days=2 * number)) for number in range(MAX_RUNS + 3)]
    for number, one in enumerate(far[:-1]):
        write_documents(f"users/{ada}/completions", {f"t{number}": stored(completion_of(f"t{number}", one, "UTC"))})
    count(ada)
    for days in (1, 3):  # they join three runs, of which the first are not kept any more
        award(f"late{days}", completed(ada, updatedAt=NOON + timedelta(days=days)))
    award("last", far[-1])
    progress = progress_of(ada)
    assert progress.longest_streak == 5
    assert rebuild(ada).changed is False


def stored(completion: Any) -> dict[str, Any]:
    document: dict[str, Any] = completion.to_firestore()
    return document


# Reconcile and rebuild


@pytest.mark.usefixtures("unheard")
def test_the_reconcile_gives_what_was_lost(ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "RECONCILES", f"reconciles-{uuid4().hex}")
    monkeypatch.setattr(reconcile_module, "PAGE", 4)
    names = [uuid4().hex for _ in range(10)]
    write_documents(config.TASKS, {name: completed(ada) for name in names})
    write_documents(config.TASKS, {uuid4().hex: completed("nobody"), uuid4().hex: {"status": "completed"}})
    write_documents(config.TASKS, {uuid4().hex: task("todo", ada)})
    award(names[0], completed(ada))
    waits = completion_of("waits", completed(ada), "UTC")
    entry(ada, "waits").set(stored(waits))
    done = reconcile_progress()
    assert (done.awarded, done.counted >= 1) == (9, True)
    assert (progress_of(ada).stats.completed, progress_of(ada).xp) == (11, 110)
    assert reconcile_progress().awarded == 0


@pytest.mark.usefixtures("unheard")
def test_a_rebuild_gives_the_same_figures_and_mends_what_is_wrong(ada: str) -> None:
    for number in range(12):
        award(f"t{number}", completed(ada, updatedAt=NOON + timedelta(days=number // 2), dueDate=NOON))
    right = progress_of(ada)
    rebuilt = rebuild(ada)
    assert (rebuilt.changed, rebuilt.completions, rebuilt.after) == (False, 12, right)
    users = client().collection(config.USERS)
    users.document(ada).update({"progress.xp": 10**6, "progress.level": 99})
    write_documents(config.TASKS, {"lost": completed(ada)})
    rehearsed = rebuild(ada, dry_run=True)
    assert (rehearsed.changed, rehearsed.added, progress_of(ada).xp) == (True, 1, 10**6)
    mended = rebuild(ada)
    assert (mended.added, mended.after) == (1, rehearsed.after)
    assert progress_of(ada) == mended.after
    assert progress_of(ada).xp == right.xp + 10
    users.document(ada).update({"progress": firestore.DELETE_FIELD})
    assert figures(rebuild(ada).after) == figures(mended.after)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([str(ROOT / "scripts" / "progress"), *arguments], capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr
    return done


def test_a_person_rebuilds_progress(ada: str) -> None:
    award("t", completed(ada))
    assert run("rebuild", ada).stdout == (f"{ada}  unchanged: level 1, 10 XP, 1 tasks, 1 achievements, streak 1\n")
    client().collection(config.USERS).document(ada).update({"progress.xp": 99})
    rehearsed = json.loads(run("rebuild", ada, "--dry-run", "--json").stdout)
    assert (rehearsed["changed"], rehearsed["before"]["xp"], rehearsed["after"]["xp"]) == (True, 99, 10)
    assert "changed: level 1, 99 XP" in run("rebuild", ada).stdout
    assert progress_of(ada).xp == 10
    everyone = run("rebuild", "--all", "--dry-run")
    assert f"{ada}  unchanged" in everyone.stdout
    assert " users" in everyone.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "required: COMMAND"),
        (["rebuild"], 2, "one of the arguments UID --all is required"),
        (["rebuild", "ada", "--all"], 2, "not allowed"),
        (["rebuild", "no-such-user"], 10, "There is no profile of no-such-user"),
        (["rebuild", "a/b"], 10, "There is no profile of"),
        (["rebuild", ""], 10, "There is no profile of ''"),
    ],
    ids=str,
)
def test_a_wrong_command_line_is_named(arguments: list[str], code: int, message: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
