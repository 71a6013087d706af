"""The clock of the scheduled functions: in production Cloud Scheduler's; the emulators have none."""

import http.client
import json
import re
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter

from stoker_tools.emulators.discovery import Declared

UNITS = {"minute": "minutes", "min": "minutes", "hour": "hours"}
EVERY = re.compile(r"every (?:(?P<count>\d+) )?(?P<unit>minute|min|hour)s?(?: synchronized)?")
DAILY = re.compile(r"every (?P<days>day|[a-z]+(?:,[a-z]+)*) (?P<hour>\d\d?):(?P<minute>\d\d)")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


class UnknownScheduleError(ValueError):
    """A schedule in a form that is not understood here, though Cloud Scheduler may."""


def times(schedule: str, time_zone: str, start: datetime) -> Iterator[datetime]:
    """When a function runs: the times after the start, without end.

    Args:
        schedule: five fields of Unix cron, or App Engine's `every 5 minutes`, `every 2 hours`, `every day 03:00`,
            `every monday,friday 17:30` (https://cloud.google.com/appengine/docs/flexible/scheduling-jobs-with-cron-yaml).
        time_zone: its name in the tz database.
        start: with a time zone.

    Raises:
        UnknownScheduleError: another form.
    """
    words = " ".join(schedule.lower().split())
    if every := EVERY.fullmatch(words):
        interval = timedelta(**{UNITS[every["unit"]]: int(every["count"] or 1)})
        if not interval:
            raise UnknownScheduleError(schedule)
        return (start + interval * number for number in _naturals())
    if daily := DAILY.fullmatch(words):
        days = daily["days"].split(",")
        if days != ["day"] and any(day[:3] not in WEEKDAYS for day in days):
            raise UnknownScheduleError(schedule)
        weekdays = "*" if days == ["day"] else ",".join(str(WEEKDAYS.index(day[:3])) for day in days)
        words = f"{int(daily['minute'])} {int(daily['hour'])} * * {weekdays}"
    if len(words.split()) != 5 or not croniter.is_valid(words):
        raise UnknownScheduleError(schedule)
    cron: Iterator[datetime] = croniter(words, start.astimezone(ZoneInfo(time_zone)), datetime)
    return cron


class Clock:
    """Calls scheduled functions at their times, through the Functions emulator, each in a thread of its own.

    A call that still runs at the next time is not doubled.
    """

    def __init__(
        self, functions_emulator: str, project: str, may_call: Callable[[], AbstractContextManager[bool]]
    ) -> None:
        """Args:
        functions_emulator: its host and port.
        project: the project's id.
        may_call: entered for each call; a call is left out if it gives False.
        """
        self._origin = f"http://{functions_emulator}"
        self._project = project
        self._may_call = may_call
        self._stopped = threading.Event()

    def start(self, declared: Sequence[Declared]) -> None:
        """Keeps to these schedules from now on; a schedule in an unknown form is said and left out."""
        for function in declared:
            try:
                due = times(function.schedule, function.time_zone, datetime.now(UTC))
            except UnknownScheduleError:
                print(
                    f"warning: {function.name} will not run by itself, for its schedule is not understood here: "
                    f"{function.schedule!r}. Use five fields of cron, `every 5 minutes` or `every day 03:00`.",
                    file=sys.stderr,
                )
            else:
                threading.Thread(target=self._keep, args=(function, due), daemon=True).start()

    def stop(self) -> None:
        """Starts no call any more."""
        self._stopped.set()

    def _keep(self, function: Declared, due: Iterator[datetime]) -> None:
        for time in due:
            wait = (time - datetime.now(UTC)).total_seconds()
            if wait < 0:  # the call before took this long
                continue
            if self._stopped.wait(wait):
                return
            with self._may_call() as may_call:
                if may_call:
                    self._call(function, time)

    def _call(self, function: Declared, time: datetime) -> None:
        headers = {
            "Content-Type": "application/json",
            "X-CloudScheduler": "true",
            "X-CloudScheduler-JobName": f"firebase-schedule-{function.name}",
            "X-CloudScheduler-ScheduleTime": time.astimezone(UTC).isoformat(),
        }
        try:
            for address in self._addresses(function.name):
                request = urllib.request.Request(address, data=b"{}", headers=headers)
                with urllib.request.urlopen(request) as response:
                    response.read()
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            # The function's own log lines tell more; and as in production, it is called again at its next time.
            if not self._stopped.is_set():
                print(f"warning: the scheduled function {function.name} failed: {error}", file=sys.stderr, flush=True)

    def _addresses(self, name: str) -> list[str]:
        """Where the function is called: the emulator knows its regions, which may be a parameter's value."""
        with urllib.request.urlopen(f"{self._origin}/backends") as response:
            backends = json.load(response)["backends"]
        return [
            # The number is that of the times that the hub was asked to load the functions anew: none.
            f"{self._origin}/{self._project}/{trigger['region']}/{name}-0"
            for backend in backends
            for trigger in backend["functionTriggers"]
            if trigger["entryPoint"] == name
        ]


def _naturals() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number
