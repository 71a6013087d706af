"""`stoker jobs`, as a person or a script runs it."""

import json
import os
import re
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from google.cloud import firestore

from emulator.jobs_command import Jobs, line, on_a_terminal, run, start
from stoker import config
from stoker.models.settings import JobSettings
from stoker_tools.samples.user import SampleUser

HOSTILE = "\x1b[31m\x07\r\n[red]evil[/red]\u202e\x9b2J" + "x" * 5000


@pytest.fixture
def jobs(database: firestore.Client) -> Jobs:
    return Jobs(database)


# list, show


def test_the_newest_jobs_come_first_and_filters_narrow_them(jobs: Jobs) -> None:
    now = datetime.now(UTC)
    for age, (name, fields) in enumerate(
        {
            "newest": {"status": "failed", "errorCode": "input-empty"},
            "bobs": {"userId": "bob"},
            "sound": {"type": "audio-generation", "status": "failed"},
            "oldest": {"status": "pending"},
        }.items()
    ):
        jobs.write(name, createdAt=now - timedelta(minutes=age), **fields)

    def listed(*arguments: str) -> list[str]:
        return [job["id"] for job in jobs.json("list", *arguments)]

    assert listed() == ["newest", "bobs", "sound", "oldest"]
    assert listed("--limit", "2") == ["newest", "bobs"]
    assert listed("--user", "ada") == ["newest", "sound", "oldest"]
    assert listed("--status", "failed") == ["newest", "sound"]
    assert listed("--type", "audio-generation") == ["sound"]
    assert listed("--user", "ada", "--status", "failed", "--type", "video-processing") == ["newest"]
    done = jobs.run("list")
    lines = done.stdout.splitlines()
    assert re.split(r"\s{2,}", lines[1].strip())[:5] == ["newest", "ada", "video-processing", "failed", "40.0 %"]
    assert lines[1].rstrip().endswith("input-empty")
    assert jobs.run("list", "--user", "nobody").stdout == "No job matches.\n"


def test_show_prints_every_field_of_a_job(jobs: Jobs) -> None:
    output = {"files": [{"kind": "mp4", "path": "job-outputs/ada/one/video.mp4", "bytes": 7}]}
    reference = jobs.write("one", status="completed", output=output, where=firestore.GeoPoint(1, 2), raw=b"\x00\xff")
    reference.update({"self": reference, "nan": float("nan")})
    shown = jobs.json("show", "one")
    assert shown["output"] == output
    assert (shown["self"], shown["nan"], shown["raw"]) == (f"{config.JOBS}/one", "nan", "AP8=")
    assert shown["createdAt"].endswith("Z")
    missing = run("show", "nobody", "--json", "--project", jobs.project)
    assert (missing.returncode, json.loads(missing.stdout)) == (10, {"error": missing.stderr.rstrip("\n")})
    text = jobs.run("show", "one").stdout
    assert re.search(r"^status +completed$", text, re.MULTILINE)
    assert '"path": "job-outputs/ada/one/video.mp4"' in text


def test_hostile_text_does_not_reach_the_terminal(jobs: Jobs, database: firestore.Client) -> None:
    elsewhere = firestore.Client(project="another", credentials=database._credentials).document("a/b")
    evil = {"userId": HOSTILE, "stage": HOSTILE, "error": HOSTILE, "errorCode": HOSTILE, "progress": HOSTILE}
    jobs.write("evil", **evil, input={HOSTILE[:60]: HOSTILE, "deep": [HOSTILE] * 100}, note=HOSTILE)
    jobs.write("foreign", input={"source": elsewhere}, status=["no", "status"], createdAt=datetime.now(UTC))
    project = ("--project", jobs.project)
    ended = jobs.write("ended", **evil, status="failed")
    for arguments in (["list"], ["show", "evil"], ["show", "foreign"], ["watch", ended.id]):
        done = run(*arguments, *project)
        assert done.stderr == ""
        assert all(letter.isprintable() or letter == "\n" for letter in done.stdout)
        assert len(done.stdout) < 30_000
        assert json.loads(run(*arguments, *project, "--json").stdout)
        _, written = on_a_terminal(*arguments, *project)
        # What is left are the colours and the cursor of our own.
        left = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written)
        assert all(letter.isprintable() or letter in "\r\n" for letter in left)
        assert "\x1b[31m\x07" not in written
    assert "[red]evil[/red]" in jobs.run("show", "evil").stdout


def test_colours_are_for_terminals_alone(jobs: Jobs) -> None:
    jobs.write("one", status="failed")
    assert "\x1b" not in jobs.run("list").stdout
    code, written = on_a_terminal("list", "--project", jobs.project)
    assert code == 0
    assert "\x1b[31mfailed" in written


# watch


def test_watch_follows_jobs_to_their_ends(user: SampleUser, clip: Path) -> None:
    source = user.upload(clip, "video/mp4")
    good = user.write_job({"source": source})
    assert run("watch", good).stdout.splitlines()[-1] == f"{good}  video-processing  100.0 %  completed"
    bad = user.write_job({"source": f"user-uploads/{user.id}/none.mp4"})
    done = run("watch", good, bad)
    assert done.returncode == 3
    assert f"{bad}  video-processing    0.0 %  failed (input-not-found): There is no file" in done.stdout
    assert {job["id"]: job["status"] for job in json.loads(run("watch", good, bad, "--json").stdout)} == {
        good: "completed",
        bad: "failed",
    }


def test_watch_shows_bars_on_a_terminal(jobs: Jobs) -> None:
    jobs.write("one", status="completed", progress=100, stage="completed")
    code, written = on_a_terminal("watch", "one", "--project", jobs.project)
    assert code == 0
    assert "100.0 %" in written
    assert "━" in written
    assert "completed" in written


def test_watch_follows_every_live_job_and_reports_deleted_jobs(jobs: Jobs) -> None:
    assert jobs.run("watch").stdout == "No job is running or due.\n"
    jobs.write("ended", status="completed")
    first, second = jobs.write("first"), jobs.write("second", status="pending", stage="queued")
    with start("watch", "--project", jobs.project) as watching:
        seen = {line(watching), line(watching)}
        kind = "video-processing"
        assert seen == {f"first  {kind}   40.0 %  encoding", f"second  {kind}   40.0 %  queued"}
        first.update({"progress": 70, "etaSeconds": 75})
        assert line(watching) == f"first  {kind}   70.0 %  encoding, 1:15 min left"
        second.delete()
        assert line(watching) == f"second  {kind}    0.0 %  deleted"
        first.update({"progress": 100, "status": "completed"})
        assert line(watching) == f"first  {kind}  100.0 %  completed"
        assert watching.wait(30) == 3


def test_watch_does_not_wait_for_jobs_that_begin_later(jobs: Jobs) -> None:
    jobs.write("in an hour", status="pending", runAfter=datetime.now(UTC) + timedelta(hours=1))
    assert jobs.run("watch").stdout == "No job is running or due.\n"
    now = jobs.write("now", status="pending", runAfter=datetime.now(UTC) - timedelta(hours=1))
    with start("watch", "--project", jobs.project) as watching:
        assert line(watching) == "now  video-processing   40.0 %  encoding"
        now.update({"progress": 100, "status": "completed"})
        assert line(watching) == "now  video-processing  100.0 %  completed"
        assert watching.wait(30) == 0
        assert watching.stderr is not None
        assert watching.stderr.read().strip() == "Not followed, because they begin later: in an hour."


def test_ctrl_c_ends_it_quietly(jobs: Jobs) -> None:
    jobs.write("one")
    with start("watch", "one", "--project", jobs.project) as watching:
        line(watching)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 128 + signal.SIGINT
        assert watching.stderr is not None
        assert watching.stderr.read().strip() == ""


# cancel, retry


def test_cancel_asks_for_the_end_of_those_that_are_alive(jobs: Jobs) -> None:
    alive, ended = jobs.write("alive"), jobs.write("ended", status="completed")
    done = jobs.run("cancel", "alive", "ended", "none")
    assert done.returncode == 3
    assert done.stdout == "alive will stop.\n"
    assert "The job ended can't be cancelled, because it has ended: it is completed." in done.stderr
    assert "There is no job none." in done.stderr
    assert alive.get().get("cancelRequested") is True
    assert "cancelRequested" not in (ended.get().to_dict() or {})
    results = jobs.json("cancel", "alive", "ended")
    assert [(one["id"], one["done"], one.get("errorCode")) for one in results] == [
        ("alive", True, None),
        ("ended", False, "not-cancellable"),
    ]


def test_retry_runs_a_job_again(user: SampleUser, clip: Path) -> None:
    job_id = user.write_job({"source": f"user-uploads/{user.id}/clip.mp4", "outputs": [{"kind": "poster"}]})
    assert user.result(job_id)["status"] == "failed"
    user.upload(clip, "video/mp4")
    done = run("retry", job_id)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{job_id} is pending again.\n", "")
    assert user.result(job_id)["status"] == "completed"
    done = run("retry", job_id)
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing of it has failed" in done.stderr


def test_a_retry_that_can_not_be_queued_from_here_is_left_to_the_sweeper(jobs: Jobs) -> None:
    reference = jobs.write("one", status="failed")
    done = run(
        "retry",
        "one",
        "--project",
        jobs.project,
        environment={**os.environ, "CLOUD_TASKS_EMULATOR_HOST": "127.0.0.1:1"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "the sweeper will queue it, within two minutes" in done.stdout
    job = reference.get().to_dict() or {}
    assert job["status"] == "pending"
    assert job["runAfter"] <= datetime.now(UTC)


# pause, resume, limits


def test_pauses_and_limits_are_written_beside_what_is_there(jobs: Jobs) -> None:
    settings = jobs.firestore.collection(config.ADMIN_DATA).document(config.JOB_SETTINGS)
    assert jobs.json("limits") == JobSettings().model_dump(by_alias=True, exclude={"schema_version"})
    assert not settings.get().exists
    settings.set({"note": "of the admin's"})
    for _ in range(2):
        assert jobs.json("pause", "video-processing")["paused"] == ["video-processing"]
    assert jobs.json("pause", "audio-generation")["paused"] == ["video-processing", "audio-generation"]
    assert jobs.json("limits", "--at-once", "3")["userLimits"]["atOnce"] == 3
    limits = jobs.json("limits", "--a-day", "20")["userLimits"]
    assert (limits["atOnce"], limits["aDay"]) == (3, 20)
    assert jobs.json("resume", "video-processing")["paused"] == ["audio-generation"]
    assert jobs.json("limits", "--at-once", "none")["userLimits"]["atOnce"] is None
    assert settings.get().to_dict() == {
        "note": "of the admin's",
        "paused": ["audio-generation"],
        "userLimits": {"atOnce": None, "aDay": 20},
    }
    shown = jobs.run("limits").stdout.splitlines()
    assert shown == [
        "paused       audio-generation",
        "at once      no limit",
        "a day        20",
        "work a day   1440 min",
        "media a day  1440 min",
        "files a day  100 GiB",
        "storage      100 GiB",
        "new users    in the first 24 h 3 at once, 100 a day",
    ]


def test_settings_that_are_not_as_they_must_be_are_named(jobs: Jobs) -> None:
    jobs.firestore.collection(config.ADMIN_DATA).document(config.JOB_SETTINGS).set({"userLimits": {"atOnce": -1}})
    done = jobs.run("limits")
    assert done.returncode == 1
    assert "adminData/jobs is not valid, so workers keep the last valid settings: userLimits.atOnce" in done.stderr
    assert jobs.run("limits", "--at-once", "2").returncode == 0
