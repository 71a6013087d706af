"""Due dates in files: a date is read as it is written, and other texts are refused with a sentence."""

import json
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stoker.batch.task_files.due_date import ISO_DATES, DueDates, InvalidDate
from stoker.models.batch import ImportedTask, ImportTasks
from stoker_tools.setup.environment import ROOT
from unit.batch.task_files.reading import records

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 12, 31, 12, tzinfo=UTC)

NUMBERS = ["46387", "46387.5", "46387,5", "2026", "20261231", "-5", "0", "1e5", "1798718400", "1798718400000"]
OTHERS = ["tomorrow", "31.12.2026", "12/31/2026", "2026-13-01", "2026-02-30T09:00:00Z", "24:00", "2026-12", "NaN"]


def found(value: object, dates: DueDates = ISO_DATES, *, csv: bool = False) -> ImportedTask | str:
    """The record of a task with a due date, as a row of CSV or as JSON."""
    content = f'title,dueDate\nWater,"{value}"\n' if csv else json.dumps({"title": "Water", "dueDate": value}) + "\n"
    [record] = records(content.encode(), "tasks.csv" if csv else "tasks.ndjson", dates=dates)
    return record.found if isinstance(record.found, ImportedTask) else str(record.found)


@pytest.mark.parametrize("value", [*NUMBERS, *OTHERS])
def test_a_cell_that_is_no_date_is_refused(value: str) -> None:
    message = found(value, csv=True)
    assert isinstance(message, str)
    assert "dueDate: " in message
    assert "no date" in message


@pytest.mark.parametrize("value", [46387, 46387.5, -5, True, [], {}, 1e300, *NUMBERS, *OTHERS])
def test_a_json_value_that_is_no_date_is_refused(value: object) -> None:
    message = found(value)
    assert isinstance(message, str)
    assert "dueDate: " in message
    assert "no date" in message


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-31T12:00:00Z",
        "2026-12-31T12:00Z",
        " 2026-12-31 12:00:00z ",
        "2026-12-31T13:00:00+01:00",
        "2026-12-31T13:00:00 +0100",
        "2026-12-31T13:00:00.000000000+01",
    ],
)
@pytest.mark.parametrize("csv", [True, False])
def test_dates_and_times_are_read_in_the_forms_of_other_programs(text: str, csv: bool) -> None:
    task = found(text, csv=csv)
    assert isinstance(task, ImportedTask)
    assert task.due_date == NOON


@pytest.mark.parametrize("text", ["2026-12-31", "2026-12-31T12:00:00", "2026-12-31 12:00"])
def test_a_date_without_an_offset_needs_the_jobs_time_zone(text: str) -> None:
    message = found(text, csv=True)
    assert isinstance(message, str)
    assert "has no time zone" in message
    assert "timeZone" in message
    task = found(text, DueDates(zone=BERLIN), csv=True)
    assert isinstance(task, ImportedTask)
    assert task.due_date == NOON - timedelta(hours=13 if len(text) == 10 else 1)


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("61", "1900-03-01"),
        ("46387", "2026-12-31"),
        ("2958465", "9999-12-31"),
    ],
)
def test_serial_numbers_of_a_spreadsheet_are_read_if_the_job_says_so(serial: str, day: str) -> None:
    assert DueDates("excel", UTC).read(serial).date().isoformat() == day


def test_the_fraction_of_a_serial_number_is_the_time_of_the_day() -> None:
    dates = DueDates("excel", BERLIN)
    expected = NOON.replace(tzinfo=BERLIN)
    assert [dates.read(value) for value in ("46387.5", "46387,5", 46387.5)] == [expected] * 3
    assert dates.read(46387 + 1 / 3) == NOON.replace(hour=8, tzinfo=BERLIN)


@pytest.mark.parametrize("serial", ["0", "0.9", "60", "60.5", "-5", "2958466", "20261231", "9" * 400, 1e300])
def test_a_number_that_no_day_has_is_refused(serial: object) -> None:
    with pytest.raises(InvalidDate, match=r"no serial number|is no date"):
        DueDates("excel", UTC).read(serial)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 999))
def test_a_time_of_an_export_comes_back_with_its_microseconds(time: datetime, nanoseconds: int) -> None:
    text = time.isoformat(timespec="microseconds").replace("+00:00", f"{nanoseconds:03}Z")
    assert ISO_DATES.read(text) == time


def test_the_page_about_imports_says_what_is_read() -> None:
    page = (ROOT / "docs/imports.md").read_text()
    [example] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    assert ImportTasks.from_firestore(json.loads(example)).time_zone == "Europe/Berlin"
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", page[page.index("## Dates") :], re.MULTILINE)
    examples = [(re.findall(r"`([^`]+)`", cell), rule) for cell, rule in rows]
    assert [len(values) for values, _ in examples] == [3, 2, 2, 4]
    for values, rule in examples:
        for value in values:
            zoned = found(value, DueDates("excel" if "excel" in rule else "iso", BERLIN), csv=True)
            plain = found(value, csv=True)
            assert isinstance(zoned, ImportedTask) == (rule != "refused")
            assert isinstance(plain, ImportedTask) == rule.startswith("that time, exact to the microsecond")


@given(st.text(max_size=40))
def test_any_other_text_is_refused_and_no_more(text: str) -> None:
    message = found(text, DueDates("excel", BERLIN))
    assert isinstance(message, ImportedTask) or "dueDate: " in message


@pytest.mark.parametrize("zone", [None, "Mars/Olympus", "../etc/passwd", "", "Europe", "localtime", "Factory"])
def test_serial_numbers_need_a_time_zone_that_is_known(zone: str | None) -> None:
    job = {"operation": "import-tasks", "source": "public/a.csv", "dates": "excel", "timeZone": zone}
    with pytest.raises(ValidationError):
        ImportTasks.from_firestore(job)
