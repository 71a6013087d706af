"""The aggregates as an app reads them, and `stoker analytics` at a terminal."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from firebase_functions import logger

from emulator.analytics import aggregates, deliver, drawn, recounted
from stoker import config
from stoker.analytics import rebuild as rebuilding
from stoker.analytics.rebuild import earliest_start, rebuild
from stoker.analytics.record import record_event
from stoker.analytics.roll_up import roll_up
from stoker.analytics.roll_up_lease import RollUpLease
from stoker.analytics.series import Period, active_users, series, top
from stoker.analytics.user_sketch import UserSketch
from stoker.errors import NotRebuildable, RollUpBusy
from stoker.firestore.client import client
from stoker.models.analytics import SERVER_EVENTS
from stoker_tools.cli import stoker
from stoker_tools.setup.environment import ROOT

pytestmark = pytest.mark.usefixtures("apart")

Events = list[dict[str, Any]]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def now() -> datetime:
    """Return the time at which a test began. A time of the import may lie in an hour, a day or a month before."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def today(now: datetime) -> date:
    return now.date()


@pytest.fixture
def events(now: datetime) -> Events:
    """Return events of the five days before `now`, rolled up."""
    made = drawn(600, users=40, days=5, seed=11, until=now)
    deliver(made)
    roll_up()
    return made


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process, on the test's own collections; return exit code, output and errors."""

    monkeypatch.setattr(logger, "write", logger.write)  # The command diverts the log for as long as it lives.

    def made(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()  # what was logged before
        try:
            code = stoker.main(["analytics", *words])
        except SystemExit as end:
            code = int(end.code or 0)
        output = capsys.readouterr()
        return code, output.out, output.err

    return made


@pytest.mark.parametrize("seconds", [-1, 0, 1, None], ids=["before", "on", "after", "now"])
def test_a_series_has_every_hour_also_those_in_which_nothing_happened(
    events: Events, now: datetime, seconds: int | None
) -> None:
    """Seven days and the hour that they end in have 169 hours; 168 if they end on an hour."""
    this_hour = now.replace(minute=0, second=0)
    end = now if seconds is None else this_hour + timedelta(seconds=seconds)
    found = series("search", "hour", end - timedelta(days=7), end)
    assert len(found) == 7 * 24 + (1 if end.minute or end.second else 0)
    expected = recounted(events)
    for one in found:
        same = expected.get(f"hour_{one.bucket}_search", {"count": 0, "sum": 0, "uniqueUsers": 0})
        assert (one.count, one.sum, one.unique_users) == (same["count"], same["sum"], same["uniqueUsers"])
    searches = [event["occurredAt"] for event in events if event["name"] == "search"]
    until = this_hour if end <= this_hour else now
    assert sum(one.count for one in found) == sum(occurred < until for occurred in searches)


def test_a_series_that_is_too_long_is_refused(now: datetime) -> None:
    with pytest.raises(ValueError, match="more than 10,000 hours"):
        series("search", "hour", now - timedelta(days=500), now)


def test_the_top_names_those_of_the_most_events_without_all(events: Events, now: datetime) -> None:
    expected = recounted(events)
    month = f"{now - timedelta(days=1):%Y-%m}"
    counts = {one["name"]: one["count"] for name, one in expected.items() if name.startswith(f"month_{month}_")}
    del counts["all"]
    found = top("month", month, 3)
    assert [one.count for one in found] == sorted(counts.values(), reverse=True)[:3]
    assert all(counts[one.name] == one.count for one in found)
    with pytest.raises(ValueError, match="is no month"):
        top("month", "2026-13")


def test_active_users_of_a_day_a_week_and_a_month(events: Events, today: date) -> None:
    days = [(event["occurredAt"].date(), event["userId"]) for event in events if event["name"] not in SERVER_EVENTS]
    for on in (today, today - timedelta(days=1)):
        back = [((on - day).days, day, user) for day, user in days]
        assert active_users("day", on) == len({user for ago, _, user in back if ago == 0})
        week, month = on.isocalendar()[:2], f"{on:%Y-%m}"
        assert active_users("week", on) == len({user for _, day, user in back if day.isocalendar()[:2] == week})
        assert active_users("month", on) == len({user for _, day, user in back if f"{day:%Y-%m}" == month})
        assert active_users("7-days", on) == len({user for ago, _, user in back if 0 <= ago < 7})
        assert active_users("28-days", on) == len({user for ago, _, user in back if 0 <= ago < 28})
    assert active_users("day", today - timedelta(days=30)) == 0


def test_who_has_nothing_but_events_of_the_server_is_not_active(now: datetime, today: date) -> None:
    """A sign-up by an import, or a job that ends at night, makes nobody active. An event of the app does."""
    for number in range(30):
        assert record_event("user.signed-up", f"user-{number}", id="profile", occurred_at=now)
        assert record_event("job.completed", f"user-{number}", id="job", value=12.5, occurred_at=now)
    used = [{"userId": f"user-{number}", "name": "app.opened"} for number in range(9)]
    least = {"occurredAt": now, "createdAt": now, "rolledUp": False}
    deliver([{**least, **event, "id": f"opened-{number}"} for number, event in enumerate(used)])
    roll_up()
    assert {active_users(period, today) for period in get_args(Period)} == {9}
    [whole] = series("all", "day", now, now + timedelta(seconds=1))
    assert (whole.count, whole.unique_users) == (69, 9)
    [ended] = series("job.completed", "day", now, now + timedelta(seconds=1))
    assert (ended.count, ended.unique_users, ended.sum) == (30, 30, 375.0)


def test_values_of_different_units_are_not_added_up(run: Run, tmp_path: Path, now: datetime, today: date) -> None:
    assert record_event("job.completed", "ada", id="job", value=93.5, occurred_at=now)  # seconds
    assert record_event("task.completed", "ada", id="task", value=25.0, occurred_at=now)  # minutes
    # What was stored before, with values.
    day = client().collection(config.ANALYTICS_AGGREGATES).document(f"day_{today}_all")
    before = {"granularity": "day", "bucket": str(today), "name": "all", "count": 1, "sum": 7.0, "min": 7.0, "max": 7.0}
    day.set({**before, "uniqueUsers": 0, "updatedAt": now, "schemaVersion": 1})
    client().collection(config.ANALYTICS_SKETCHES).document(day.id).set(
        {"users": UserSketch().to_bytes(), "sum": [7.0]}
    )
    roll_up()
    of_all = [one for name, one in aggregates().items() if name.endswith("_all")]
    assert len(of_all) == 3
    assert all(one.keys().isdisjoint({"sum", "min", "max"}) for one in of_all)
    page = tmp_path / "day.html"
    ends = ["--from", str(today), "--to", str(today + timedelta(days=1))]
    code, output, _ = run("report", "all", *ends, "--html", str(page))
    assert code == 0
    assert output.splitlines()[-1].split()[:3] == [str(today), "3", "0"]
    assert not any(figure in output + page.read_text() for figure in ("118.5", "125.5", "93.5"))
    code, output, _ = run("report", "all", *ends, "--json")
    assert json.loads(output)[0].keys().isdisjoint({"sum", "min", "max"})


def test_a_rebuild_mends_what_was_spoiled_and_leaves_the_rest(events: Events, now: datetime, today: date) -> None:
    expected = recounted(events)
    collection = client().collection(config.ANALYTICS_AGGREGATES)
    yesterday, before = (f"{now - timedelta(days=days):%Y-%m-%d}" for days in (1, 2))
    collection.document(f"day_{yesterday}_search").update({"count": 10**6})
    collection.document(f"day_{yesterday}_ghost").set(
        {**expected[f"day_{yesterday}_search"], "name": "ghost", "updatedAt": now}
    )
    collection.document(f"day_{before}_search").update({"count": 10**6})
    start = datetime.combine(today - timedelta(days=1), datetime.min.time(), UTC)
    rebuilt = rebuild(start)
    assert rebuilt.removed == 1
    found = aggregates()
    assert found.pop(f"day_{before}_search")["count"] == 10**6
    del expected[f"day_{before}_search"]
    assert found == expected
    assert rebuild().removed == 0
    assert aggregates() == recounted(events)
    # What comes after goes on from there.
    later = drawn(50, users=60, days=1, seed=12, until=now)
    deliver(later)
    roll_up()
    assert aggregates() == recounted(events + later)


def test_what_was_skipped_stays_so_when_it_is_counted_again(events: Events) -> None:
    client().collection(config.ANALYTICS_EVENTS).document(events[0]["id"]).update({"skipped": "why"})
    rebuild()
    assert aggregates() == recounted(events[1:])


def test_what_may_have_expired_is_not_counted_again(
    monkeypatch: pytest.MonkeyPatch, events: Events, now: datetime
) -> None:
    with pytest.raises(NotRebuildable, match="deleted after 62 days or later"):
        rebuild(now - timedelta(days=90))
    # By default, older aggregates are left as they are: here, those of the days before yesterday.
    monkeypatch.setattr(config, "KEPT_AT_LEAST_DAYS", 3)
    old = f"day_{now - timedelta(days=4):%Y-%m-%d}_search"
    client().collection(config.ANALYTICS_AGGREGATES).document(old).update({"count": 10**6})
    rebuild()
    assert aggregates()[old]["count"] == 10**6
    assert earliest_start(now) > now - timedelta(days=2)


def test_a_rebuild_waits_for_a_roll_up_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "LEASE_WAIT_SECONDS", 0.3)
    lease = RollUpLease.take()
    assert lease is not None
    with pytest.raises(RollUpBusy):
        rebuild()
    lease.give_back()
    assert rebuild().events == 0


def test_the_report_of_a_name_as_text_json_picture_and_page(
    run: Run, events: Events, tmp_path: Path, now: datetime
) -> None:
    png, page = tmp_path / "week.png", tmp_path / "week.html"
    code, output, _ = run("report", "search", "--png", str(png), "--html", str(page))
    assert code == 0
    expected = recounted(events)[f"day_{now - timedelta(days=1):%Y-%m-%d}_search"]
    [line] = [line for line in output.splitlines() if line.startswith(expected["bucket"])]
    assert line.split()[1:3] == [str(expected["count"]), str(expected["uniqueUsers"])]
    assert png.read_bytes().startswith(b"\x89PNG")
    assert expected["bucket"] in page.read_text()
    assert "<svg" in page.read_text()
    code, output, _ = run("report", "search", "--json")
    assert code == 0
    assert [one["count"] for one in json.loads(output)][-2] == expected["count"]
    assert len(json.loads(output)) == 14


@pytest.mark.parametrize("by", ["hour", "day", "month"])
def test_what_has_not_come_yet_is_neither_listed_nor_drawn(run: Run, tmp_path: Path, by: str, now: datetime) -> None:
    """A bar of zero would mean that nothing happened at that time."""
    form = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "month": "%Y-%m"}[by]
    ends = ["--from", f"{now - timedelta(days=2):%Y-%m-%d}", "--to", f"{now + timedelta(days=70):%Y-%m-%d}"]
    page = tmp_path / "weeks.html"
    before = datetime.now(UTC).strftime(form)
    code, output, _ = run("report", "search", "--by", by, *ends, "--html", str(page))
    assert code == 0
    # Three zeros in a row and more are one line, from the first time to the last.
    last = [
        re.findall(r"20[0-9T-]+", output.splitlines()[-1])[-1],
        re.findall(r"<td>(?:[^<]* to )?(20[0-9T-]+)</td>", page.read_text())[-1],
    ]
    # Without a beginning, a report ends now as well, and is as long as without any end.
    for words in ([], ends, ends[2:]):
        code, output, _ = run("report", "search", "--by", by, *words, "--json")
        last.append(json.loads(output)[-1]["bucket"])
    assert len(json.loads(output)) in {"hour": (48,), "day": (14,), "month": (11, 12)}[by]
    after = datetime.now(UTC).strftime(form)
    assert all(before <= bucket <= after for bucket in last)


def test_the_report_of_the_top_and_of_users(run: Run, events: Events, now: datetime, today: date) -> None:
    month = f"{now:%Y-%m}"
    code, output, _ = run("report", "--top", "--in", month, "-n", "2", "--json")
    assert (code, len(json.loads(output))) == (0, 2)
    assert run("report", "--top", "--in", month)[0] == 0
    code, output, _ = run("report", "--users", "--json")
    assert code == 0
    assert json.loads(output) == {
        "on": today.isoformat(),
        **{period: active_users(period) for period in ("day", "week", "month", "7-days", "28-days")},
    }


def test_the_rebuild_at_a_terminal(run: Run, events: Events) -> None:
    code, output, _ = run("rebuild", "--json")
    assert (code, json.loads(output)["events"]) == (0, 600)
    code, output, complaint = run("rebuild", "--from", "2020-01-01")
    assert (code, output) == (1, "")
    assert "deleted after 62 days or later" in complaint


@pytest.mark.parametrize(
    ("arguments", "code", "output"),
    [
        (["report", "a", "--from", "soon"], 2, "is not a time"),
        (["report"], 2, "required"),
        (["report", "a", "--from", "2026-11-22", "--to", "2026-11-01"], 2, "ends before it begins"),
        (["rebuild", "--from", "2026-11-22", "--to", "2026-11-01"], 2, "ends before it begins"),
        (["report", "a", "--from", "2999-01-01"], 2, "is in the future"),
        (["report", "--users", "--on", "2999-01-01"], 2, "is in the future"),
        (["report", "--top", "--in", "2999-01"], 2, "is in the future"),
        (["report", "--top", "--in", "2026-13"], 2, "is not an hour, a day or a month"),
        (["report", "a b"], 2, "no event can have the name 'a b': it begins with a-z"),
        (["report", ""], 2, "no event can have the name ''"),
        (["report", "A" * 65], 2, "no event can have the name 'AAAA"),
        (["report", "a", "--by", "hour", "--from", "2020-01-01", "--to", "2026-01-01"], 2, "more than 10,000"),
        (["report", "--users", "--png", "x.png"], 2, "is not drawn"),
        (["report", "a", "--png", "/nowhere/x.png"], 1, "can't be written"),
        (["report", "nothing.happened"], 0, "No such event happened"),
    ],
)
def test_mistakes_are_reported_without_a_stack_trace(run: Run, arguments: list[str], code: int, output: str) -> None:
    ended, _, complaint = run(*arguments)
    assert ended == code
    assert output in complaint
    assert "Traceback" not in complaint


def test_the_command_runs_by_itself() -> None:
    script = str(ROOT / "scripts" / "analytics")
    helped = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
    assert "examples:" in helped.stdout
    report = [script, "report", "nothing.happened", "--json"]
    found = subprocess.run(report, capture_output=True, text=True, check=True, env=dict(os.environ))
    assert {one["count"] for one in json.loads(found.stdout)} == {0}
