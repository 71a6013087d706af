"""A clock that calls scheduled functions, as Cloud Scheduler does in production. The emulators have no such clock."""

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
    """A schedule has a form that this module does not support. Cloud Scheduler may support it."""


def times(schedule: str, time_zone: str, start: datetime) -> Iterator[datetime]:
    """Return the times after the start at which a function runs, without end.

    Args:
        schedule: Five fields of Unix cron, or App Engine's `every 5 minutes`, `every 2 hours`, `every day 03:00`,
            `every monday,friday 17:30` (https://cloud.google.com/appengine/docs/flexible/scheduling-jobs-with-cron-yaml).
        time_zone: The name of a zone in the tz database.
        start: A time with a time zone.

    Raises:
        UnknownScheduleError: The schedule has another form.
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
    """A clock that calls scheduled functions through the Functions emulator, each in a thread of its own.

    A function is not called again while its last call runs.
    """

    def __init__(
        self, functions_emulator: str, project: str, may_call: Callable[[], AbstractContextManager[bool]]
    ) -> None:
        """Make a clock.

        Args:
            functions_emulator: The host and port of the Functions emulator.
            project: The project's id.
            may_call: A context manager for each call. If it yields False, the call is left out.
        """
        self._origin = f"http://{functions_emulator}"
        self._project = project
        self._may_call = may_call
        self._stopped = threading.Event()

    def start(self, declared: Sequence[Declared]) -> None:
        """Start to call functions. A schedule in an unknown form is reported and left out."""
        for function in declared:
            try:
                due = times(function.schedule, function.time_zone, datetime.now(UTC))
            except UnknownScheduleError:
                print(
                    f"warning: {function.name} will not run by itself, because its schedule is not supported here: "
                    f"{function.schedule!r}. Use five fields of cron, `every 5 minutes` or `every day 03:00`.",
                    file=sys.stderr,
                )
            else:
                threading.Thread(target=self._keep, args=(function, due), daemon=True).start()

    def stop(self) -> None:
        """Stop: no further call starts."""
        self._stopped.set()

    def _keep(self, function: Declared, due: Iterator[datetime]) -> None:
        for time in due:
            wait = (time - datetime.now(UTC)).total_seconds()
            if wait < 0:  # The last call was still running at this time.
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
            # The function logs the reason itself. As in production, it is called again at its next time.
            if not self._stopped.is_set():
                print(f"warning: the scheduled function {function.name} failed: {error}", file=sys.stderr, flush=True)

    def _addresses(self, name: str) -> list[str]:
        """Return the URLs of a function. The emulator knows its regions, which may come from a parameter."""
        with urllib.request.urlopen(f"{self._origin}/backends") as response:
            backends = json.load(response)["backends"]
        return [
            # The hub counts its requests to load the functions again. There were none.
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
